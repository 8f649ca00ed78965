import { afterAll, beforeAll, describe, inject, it } from 'vitest'
import { EXIT } from '../../src/cli/exit-codes.ts'
import { connect } from '../../src/runtime/client.ts'
import { RunEnded } from '../../src/runtime/runs/run-ended.ts'
import type { RunHandle } from '../../src/runtime/runs/run-handle.ts'
import { localConnection } from '../../src/runtime/temporal/connection-options.ts'
import { StoreProblem } from '../../src/store/index.ts'
import { defineAgent } from '../../src/tools/index.ts'
import { signalbox } from '../cli/captured.ts'
import { eventOf } from '../support/following.ts'
import { APP } from '../support/scene.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'

const FAILED = { outcome: 'failed', message: 'the run was terminated' }

let stage: Stage
let env: NodeJS.ProcessEnv

beforeAll(async () => {
  stage = await stageScene()
  env = stage.commandEnv
})

afterAll(() => stage?.close())

async function statusOf(id: string): Promise<string> {
  return (await stage.signalbox.client.workflow.getHandle(id).describe()).status.name
}

/** Nobody who is only told to end can do so: the code of a run would have to run for that. */
describe.concurrent('a run that is terminated', () => {
  it('has ended at once, with the runs below it, though no code of theirs runs any more', async ({ expect }) => {
    const run = await stage.signalbox.start('adopting', { input: 'absentminded' })
    const child = `${run.id}/absentminded-0-1`
    const failing = async () => (await signalbox(['show', run.id, '--json'], { env })).json().children[0]?.failing
    await expect.poll(failing).toContain(`\`signalbox terminate ${child}\` ends this one`)
    const { exitCode, out, err } = await signalbox(['terminate', run.id], { env })
    expect([exitCode, out, err]).toEqual([EXIT.done, `run ${run.id} is terminated, with 1 run below it\n`, ''])
    expect(await Promise.all([run.id, child].map(statusOf))).toEqual(['TERMINATED', 'TERMINATED'])
    expect(await stage.store.reports.run(run.id)).toMatchObject(FAILED)
    expect(await stage.store.reports.run(child)).toMatchObject(FAILED)
    expect(await run.outcome()).toMatchObject({ kind: 'failed', message: FAILED.message, calls: 1 })
    const kinds = []
    for await (const { kind } of run.events()) kinds.push(kind)
    expect(kinds.slice(-2)).toEqual(['child-end', 'run-end'])
  })

  it('needs no worker, and ends once', async ({ expect }) => {
    const taskQueue = `nobody-${crypto.randomUUID()}`
    const { client } = stage.signalbox
    const elsewhere = await connect({ client, store: stage.store, taskQueue })
    const run = await elsewhere.start('clerk', { input: 'Please publish this.' })
    const stopped = await signalbox(['stop', run.id, '--json'], { env })
    expect(stopped.json().note).toMatch(/none serves .*; `signalbox terminate \S+` ends the run without one$/)
    const terminate = () => signalbox(['terminate', run.id, '--json'], { env })
    expect((await terminate()).json()).toEqual({ run: run.id, done: 'terminated', runs: [run.id], recorded: true })
    expect(await run.outcome()).toMatchObject({ kind: 'failed', message: FAILED.message, calls: 0 })
    const again = await terminate()
    expect([again.exitCode, again.out]).toEqual([EXIT.runEnded, ''])
    expect(again.err).toContain(`run ${run.id} has ended (terminated) and cannot be terminated any more`)
    await expect(run.terminate()).rejects.toThrow(RunEnded)
    expect((await signalbox(['terminate', 'nobody'], { env })).exitCode).toBe(EXIT.noSuchRun)
  })

  it('gives back at once what its call holds, and the call on the wire is aborted', async ({ expect }) => {
    const held = await stageScene()
    await held.vendors.setFaults('one', [{ kind: 'stall', afterTokens: 3 }])
    const run = await held.signalbox.start('clerk', { input: 'What is the sum?', taskClass: 'only-one' })
    await expect.poll(() => held.vendors.meter().length).toBe(1)
    const holds = async () => (await held.store.budgets.holdingRuns()).map(({ id }) => id)
    expect(await holds()).toEqual([run.id])
    expect(await run.terminate()).toEqual({ runs: [run.id], recorded: true })
    expect(await holds()).toEqual([])
    await expect.poll(() => held.vendors.meter().map(({ outcome }) => outcome)).toEqual(['aborted'])
    await held.close()
  })

  it('ends where the store is out of reach, and says that it is not recorded', async ({ expect }) => {
    const run = await stage.signalbox.start('clerk', { input: 'Please publish this.' })
    const away = { ...env, DATABASE_URL: 'postgres://127.0.0.1:9/nobody' }
    const { exitCode, out, err } = await signalbox(['terminate', run.id], { env: away })
    expect([exitCode, out]).toEqual([EXIT.done, `run ${run.id} is terminated\n`])
    expect(err).toMatch(
      /^note: the store does not have that yet: a worker records it within minutes, and withdraws .* batch/,
    )
    expect(await statusOf(run.id)).toBe('TERMINATED')
  })

  it('is left to workers to record where the client has no store', async ({ expect }) => {
    const begun = await stage.signalbox.start('clerk', { input: 'Please publish this.' })
    await eventOf(begun.events(), 'approval-ask')
    const bare = await connect({ temporal: localConnection(inject('temporalAddress')), store: false })
    expect(await bare.run(begun.id).terminate()).toEqual({ runs: [begun.id], recorded: false })
    await bare.close()
    expect(await stage.store.reports.run(begun.id)).not.toHaveProperty('outcome')
    await signalbox(['budget', 'reconcile'], { env })
    expect(await stage.store.reports.run(begun.id)).toMatchObject(FAILED)
  })
})

/** Temporal only asks those below to cancel themselves, and a run that has ended no longer tells of them. */
describe('a run that waits for a worker below one that Temporal has ended', () => {
  const { tools = [] } = APP
  const agent = (name: string, agents: readonly ReturnType<typeof defineAgent>[] = []) =>
    defineAgent({ name, instructions: 'You work.', tools: agents.length > 0 ? [] : tools, agents, taskClass: 'cheap' })
  const teller = agent('teller')
  const desk = agent('desk', [teller])
  const lead = agent('lead', [desk])
  const asking = (name: string, input: string) => ({ tools: [{ name, arguments: { input } }] })
  const behaviours = [
    { match: 'complaint', turns: [asking('desk', 'See to a customer.')] },
    { match: 'customer', turns: [asking('teller', 'Please publish this.')] },
  ]

  let left: Stage
  let runs: readonly RunHandle[]
  const below = ({ id }: RunHandle) => [`${id}/desk-1-1`, `${id}/desk-1-1/teller-1-1`] as const

  beforeAll(async () => {
    left = await stageScene({ app: { tools, agents: [teller, desk, lead] }, behaviours })
    runs = await Promise.all([1, 2, 3].map(() => left.signalbox.start('lead', { input: 'A complaint.' })))
    for (const run of runs) {
      await eventOf(run.events(), 'below')
      await eventOf(left.signalbox.run(below(run)[1]).events(), 'approval-ask')
    }
    for (const { shutdown } of left.workers) shutdown()
    await Promise.all(left.workers.map(worker => (worker as { done?: Promise<void> }).done))
  })

  afterAll(() => left?.close())

  const terminate = ({ id }: RunHandle) => signalbox(['terminate', id, '--json'], { env: left.commandEnv })

  it('is terminated with the run above both', async ({ expect }) => {
    const [run] = runs as [RunHandle]
    const [middle, lowest] = below(run)
    await left.signalbox.client.workflow.getHandle(middle).terminate()
    expect((await terminate(run)).json()).toEqual({
      run: run.id,
      done: 'terminated',
      runs: [run.id, lowest],
      recorded: true,
    })
    expect(await statusOf(lowest)).toBe('TERMINATED')
    expect(await left.store.reports.openBelow(run.id)).toEqual([])
  })

  it('is shown below that one and terminated with it, once', async ({ expect }) => {
    const run = runs[1]!
    await left.signalbox.client.workflow.getHandle(run.id).terminate()
    await signalbox(['budget', 'reconcile'], { env: left.commandEnv })
    const shown = (await signalbox(['show', run.id, '--json'], { env: left.commandEnv })).json()
    expect(shown.children.map(({ id }: { readonly id: string }) => id)).toEqual(below(run))
    const { exitCode, out } = await signalbox(['terminate', run.id], { env: left.commandEnv })
    expect([exitCode, out]).toEqual([EXIT.done, `run ${run.id} had ended; terminated 2 runs below it\n`])
    for (const id of below(run)) expect(await left.store.reports.run(id)).toMatchObject(FAILED)
    const again = await terminate(run)
    expect([again.exitCode, again.out]).toEqual([EXIT.runEnded, ''])
    await expect(run.terminate()).rejects.toThrow(RunEnded)
  })

  it('is said to be terminated also where the store fails behind that', async ({ expect }) => {
    const run = runs[2]!
    const { client } = left.signalbox
    await client.workflow.getHandle(run.id).terminate()
    const openBatches = () => Promise.reject(new StoreProblem('unreachable', 'the store is away'))
    const store = { ...left.store, ledger: { ...left.store.ledger, openBatches } }
    const failing = await connect({ client, store })
    expect(await failing.run(run.id).terminate()).toEqual({ runs: below(run), recorded: false })
  })
})
