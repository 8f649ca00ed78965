import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { EXIT } from '../../src/cli/exit-codes.ts'
import type { RunHandle } from '../../src/runtime/runs/run-handle.ts'
import { waitingRuns } from '../../src/runtime/waiting/waiting-runs.ts'
import { newMasterKey } from '../../src/store/index.ts'
import { defineAgent, defineSchema } from '../../src/tools/index.ts'
import { newRun } from '../store/records.ts'
import { eventOf, untilState } from '../support/following.ts'
import { refusingProxy } from '../support/refusing-proxy.ts'
import { resetPoints, resetTo } from '../support/reset.ts'
import { APP } from '../support/scene.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'
import { toolNamed } from '../support/tool-named.ts'
import { signalbox } from './captured.ts'

const DEADLINE_MS = 1_500

const deadline = (withinMs: number) => ({ needsApproval: { withinMs, otherwise: 'deny' } }) as const
const release = toolNamed('release', () => 'released', deadline(DEADLINE_MS))
const relinquish = toolNamed('relinquish', () => 'relinquished', deadline(3_600_000))

const clerk = APP.agents!.find(({ name }) => name === 'clerk')!
const releaser = defineAgent({
  name: 'releaser',
  instructions: 'You release.',
  tools: [release, relinquish],
  taskClass: 'cheap',
})
const chief = defineAgent({ name: 'chief', instructions: 'You lead.', agents: [clerk], taskClass: 'cheap' })
const critic = defineAgent({ name: 'critic', instructions: 'You judge.', taskClass: 'cheap' })

const behaviours = [
  { match: 'let go', turns: [{ tools: [{ name: 'release', arguments: {} }] }, { text: 'So be it.' }] },
  { match: 'give up', turns: [{ tools: [{ name: 'relinquish', arguments: {} }] }, { text: 'So be it.' }] },
  {
    match: 'entrust',
    turns: [{ tools: [{ name: 'clerk', arguments: { input: 'Please publish this.' } }] }, { text: 'Entrusted.' }],
  },
]

let stage: Stage
let env: NodeJS.ProcessEnv

beforeAll(async () => {
  stage = await stageScene({
    app: {
      ...APP,
      tools: [...APP.tools!, release, relinquish],
      agents: [...APP.agents!, releaser, chief, critic],
      schemas: [...APP.schemas!, defineSchema('Invoice', z.object({ total: z.number() }))],
    },
    behaviours,
  })
  env = stage.commandEnv
})

afterAll(() => stage?.close())

const waiting = async (...flags: string[]) =>
  (await signalbox(['runs', '--waiting', '--json', ...flags], { env })).json().waiting

/** What that run, or one below it, waits for. */
const waitsOf = async ({ id }: Pick<RunHandle, 'id'>) =>
  (await waiting()).filter(({ run }: { readonly run: string }) => run === id || run.startsWith(`${id}/`))

async function publishing(): Promise<{ readonly run: RunHandle; readonly toolCallId: string }> {
  const run = await stage.signalbox.start('clerk', { input: 'Please publish this.' })
  const { toolCallId } = await eventOf(run.events(), 'approval-ask')
  await untilState(run, ({ toolCalls }) => toolCalls === 1)
  return { run, toolCallId }
}

describe('a run that waits for a person', () => {
  it('is listed with what it waits for, since when, and the command that answers it, until somebody has', async () => {
    const { run, toolCallId } = await publishing()
    const asked = await eventOf(run.events(), 'approval-ask')
    const answer = `signalbox approve ${run.id} ${toolCallId}    or: signalbox deny ${run.id} ${toolCallId}`
    const what = { for: 'approval', toolName: 'publish', toolCallId, step: 1, sinceMs: asked.atMs, answer }
    expect(await waitsOf(run)).toMatchObject([{ run: run.id, workflow: 'clerk', ...what }])
    const { exitCode, out } = await signalbox(['runs', '--waiting'], { env })
    expect(exitCode).toBe(EXIT.done)
    expect(out).toMatch(new RegExp(`^${run.id} +clerk +approval of publish, step 1 +\\d{4}-.*signalbox approve`, 'm'))
    expect(await waiting('--workspace', 'acme')).toEqual([])
    const { err } = await signalbox(['runs', '--waiting', '--label', 'team=nobody', '--json'], { env })
    expect(err).toContain("the ledger has no runs with the label 'team=nobody'")
    const { waiting: listed, unasked } = await stage.signalbox.waiting()
    const { answer: _, ...asData } = (await waitsOf(run))[0]
    expect({ listed: listed.filter(wait => wait.run === run.id), unasked }).toEqual({ listed: [asData], unasked: [] })
    expect((await stage.signalbox.waiting({ workspace: 'acme' })).waiting).toEqual([])
    const proxy = await refusingProxy(env.TEMPORAL_ADDRESS!, 'DescribeWorkflowExecution')
    const without = await signalbox(['runs', '--waiting', '--json'], {
      env: { ...env, TEMPORAL_ADDRESS: proxy.address },
    })
    proxy.close()
    expect(without.json().unasked).toContainEqual({ id: run.id, why: expect.stringContaining('shard closed') })
    await expect(stage.signalbox.waiting({ limit: 0 })).rejects.toThrow('the list of what waits has limit 0')
    await run.approve(toolCallId)
    expect(await waitsOf(run)).toEqual([])
    await run.outcome()
    expect(await waitsOf(run)).toEqual([])
  })

  it('is one of more than the list shows, which says so', async () => {
    const [first, second] = [await publishing(), await publishing()]
    const cut = await signalbox(['runs', '--waiting', '--limit', '1', '--json'], { env })
    expect(cut.json()).toMatchObject({ waiting: [{ run: second.run.id }], more: true })
    expect(cut.err).toMatch(/^only the newest 1 are listed, and there are more/)
    const whole = await signalbox(['runs', '--waiting', '--limit', '50', '--json'], { env })
    expect(whole.json().more).toBe(false)
    for (const { run } of [first, second]) await run.cancel()
  })

  it('is listed with its deadline', async () => {
    const run = await stage.signalbox.start('releaser', { input: 'Please give up.' })
    const { atMs } = await eventOf(run.events(), 'approval-ask')
    await untilState(run, ({ pending }) => pending.length === 1)
    const [wait] = await waitsOf(run)
    expect(wait).toMatchObject({ toolName: 'relinquish', until: { otherwise: 'deny' } })
    expect(wait.until.atMs).toBeGreaterThanOrEqual(atMs)
    await run.cancel()
  })

  it('is not listed once its deadline has decided', async () => {
    const run = await stage.signalbox.start('releaser', { input: 'Please let go.' })
    await eventOf(run.events(), 'approval-decision')
    expect(await waitsOf(run)).toEqual([])
  })

  it('is listed with the question that its workflow asks, and is answered by the command', async () => {
    const run = await stage.signalbox.start('inquiring', {
      input: { question: 'What now?', answers: ['print', 'hold it'] },
    })
    await untilState(run, ({ pending }) => pending.length === 1)
    const answer = `signalbox answer ${run.id} print print    or: signalbox answer ${run.id} print 'hold it'`
    expect(await waitsOf(run)).toMatchObject([
      { for: 'approval', toolName: 'print', inputPreview: 'What now?', answer },
    ])
    expect((await signalbox(['show', run.id], { env })).out).toMatch(
      /^print +0 +What now\? +signalbox answer .* print print +or: /m,
    )
    const wrong = await signalbox(['approve', run.id], { env })
    expect(wrong.exitCode).toBe(EXIT.badInput)
    const { out } = await signalbox(['answer', run.id, 'print', 'hold', 'it', '--by', 'Ada'], { env })
    expect(out).toBe(`answered print of run ${run.id}\n`)
    expect((await run.outcome()).output).toEqual({ decision: 'hold it', by: 'Ada', deadline: false })
    expect((await signalbox(['show', run.id], { env })).out).toMatch(/^print +0 +answered with 'hold it' +Ada/m)
    expect(await waitsOf(run)).toEqual([])
  })

  it("is answered with a text of one's own where it wants one, also from a file, which lists show cut", async () => {
    const run = await stage.signalbox.start('inquiring', { input: { question: 'Which title?', answers: 'text' } })
    await untilState(run, ({ pending }) => pending.length === 1)
    const answer = `signalbox answer ${run.id} print <text>`
    expect(await waitsOf(run)).toMatchObject([{ answers: 'text', answer }])
    const wrong = await signalbox(['approve', run.id], { env })
    expect(wrong.err).toContain(`'approve' is not an answer to print of run ${run.id}; answer it with \`${answer}\``)
    expect((await signalbox(['answer', run.id, 'print'], { env })).err).toContain('either as text after the question')
    const input = `${'By night. '.repeat(50)}\n`
    const { out } = await signalbox(['answer', run.id, 'print', '--file', '-'], { env, input })
    expect(out).toBe(`answered print of run ${run.id}\n`)
    expect((await run.outcome()).output).toMatchObject({ decision: input.trimEnd() })
    expect((await signalbox(['show', run.id], { env })).out).toMatch(/^print +0 +answered with 'By night\. .{189}…'/m)
    const again = await signalbox(['answer', run.id, 'print', 'By', 'day'], { env })
    expect(again.exitCode).toBe(EXIT.runEnded)
  })

  it('is answered with a value where it wants one, which is refused with its problems until it fits', async () => {
    const ask = { question: 'Is this right?', schema: 'Invoice' }
    const run = await stage.signalbox.start('billing', { input: { ask } })
    await untilState(run, ({ pending }) => pending.length === 1)
    const answer = `signalbox answer ${run.id} invoice --file <Invoice.json>`
    expect(await waitsOf(run)).toMatchObject([{ schema: 'Invoice', jsonSchema: { required: ['total'] }, answer }])
    const wrong = await signalbox(['answer', run.id, 'invoice', '{"total":"5"}'], { env })
    expect(wrong.exitCode).toBe(EXIT.badInput)
    expect(wrong.err).toContain('a value that is no Invoice (total: Invalid input')
    const { out } = await signalbox(['answer', run.id, 'invoice', '--file', '-'], { env, input: '{ "total": 5 }\n' })
    expect(out).toBe(`answered invoice of run ${run.id}\n`)
    expect((await run.outcome()).output).toEqual({ value: { total: 5 }, deadline: false })
  })

  it('is the run below that asks', async () => {
    const run = await stage.signalbox.start('chief', { input: 'Please entrust this.' })
    const { event } = (await eventOf(run.events(), 'below')) as { readonly event: { readonly toolCallId?: string } }
    await untilState(stage.signalbox.run(`${run.id}/clerk-1-1`), ({ pending }) => pending.length === 1)
    expect(await waitsOf(run)).toMatchObject([
      { run: `${run.id}/clerk-1-1`, answer: expect.stringContaining(`${run.id}/clerk-1-1 ${event.toolCallId}`) },
    ])
    await run.cancel()
    await run.outcome().catch(() => undefined)
    expect(await waitsOf(run)).toEqual([])
  })

  it('is the one run whose budget is short, for itself or for all below it', async () => {
    const own = await stage.signalbox.start('clerk', { input: 'A sum.', budget: { tokens: 5, onShort: 'ask' } })
    const tree = await stage.signalbox.start('panel', { input: 2, budget: { tokens: 5, onShort: 'ask' } })
    await untilState(tree, ({ waitingFor = '' }) => waitingFor.includes('2 runs below are short of it'))
    await untilState(own, ({ status }) => status === 'waiting')
    for (const run of [own, tree])
      expect(await waitsOf(run)).toMatchObject([
        {
          run: run.id,
          for: 'raise',
          message: expect.stringContaining('5 tokens are left'),
          sinceMs: expect.any(Number),
          budget: { tokens: 5 },
          answer: `signalbox approve ${run.id} --raise-tokens <count>    or: signalbox stop ${run.id}`,
        },
      ])
    for (const run of [own, tree]) await run.raiseBudget({ tokens: 100_000 })
    for (const run of [own, tree]) await run.outcome()
    expect([...(await waitsOf(own)), ...(await waitsOf(tree))]).toEqual([])
  })

  it('is listed again where a reset has taken back what was decided, also after its end and without its content', async () => {
    for (const isPurged of [false, true]) {
      const { run, toolCallId } = await publishing()
      const { atMs } = await eventOf(run.events(), 'approval-ask')
      await run.approve(toolCallId)
      await run.outcome()
      if (isPurged) await stage.store.content.purge(run.id, Date.now())
      const { client } = stage.signalbox
      const points = await resetPoints(client, run.id)
      const asking = await askingPoint(run, points)
      await resetTo(client, run.id, asking, 'what came later')
      await untilState(run, ({ pending }) => pending.length === 1)
      expect(await stage.store.reports.run(run.id)).toMatchObject({ outcome: 'answered' })
      await expect.poll(() => waitsOf(run)).toMatchObject([{ run: run.id, toolCallId }])
      const asked = isPurged ? { run: run.id } : { run: run.id, sinceMs: atMs }
      expect([await waitsOf(run), await run.pending()]).toMatchObject([[asked], [asked]])
      await run.cancel()
    }
  })

  it('is looked for among the newest of the open workflows, and it is said since when where there are more', async () => {
    const { run, toolCallId } = await publishing()
    await run.approve(toolCallId)
    await run.outcome()
    const { client } = stage.signalbox
    await resetTo(client, run.id, await askingPoint(run, await resetPoints(client, run.id)), 'what came later')
    await untilState(run, ({ pending }) => pending.length === 1)
    const { startTime } = await client.workflow.getHandle(run.id).describe()
    const { run: later } = await publishing()
    const isOpenThere = async () => {
      for await (const { workflowId } of client.workflow.list({ query: `WorkflowId = '${later.id}'` }))
        return workflowId === later.id
    }
    await expect.poll(isOpenThere).toBe(true)
    const look = (mostLookedAt: number) => waitingRuns(stage.signalbox, { limit: 50, mostLookedAt })
    const idsOf = async (most: number) => (await look(most)).waiting.map(({ report }) => report.id)
    await expect.poll(() => idsOf(1_000)).toEqual([later.id, run.id])
    expect(await look(1_000)).not.toHaveProperty('resetSinceMs')
    const cut = await look(1)
    expect(cut.waiting.map(({ report }) => report.id)).toEqual([later.id])
    expect(cut.resetSinceMs).toBeGreaterThan(startTime.getTime())
    for (const each of [run, later]) await each.cancel()
  })

  it('is not one of which the store alone believes so: it was reset, or terminated and nobody has noticed', async () => {
    const idle = await stage.signalbox.start('heedless', { input: 1 })
    await untilState(idle, ({ calls }) => calls === 1)
    const { key } = (await stage.store.reports.run(idle.id))!
    const left = { step: 1, toolCallId: 'call_left', toolName: 'publish', inputPreview: '{}' }
    const ref = { id: idle.id, key, workspace: 'default', labels: {} }
    await stage.store.events.write(ref, [{ kind: 'approval-ask', ...left }], Date.now())
    expect(await waitsOf(idle)).toEqual([])
    await idle.cancel()
    const { run } = await publishing()
    await stage.signalbox.client.workflow.getHandle(run.id).terminate()
    expect(await stage.store.reports.run(run.id)).not.toHaveProperty('outcome')
    expect(await waitsOf(run)).toEqual([])
  })
})

describe('a run that cannot be asked', () => {
  it('is named beside the list, with why, and the exit code says that the list may lack it', async () => {
    const run = await stage.signalbox.start('clerk', { input: 'Please publish this.', policy: { zdr: true } })
    await untilState(run, ({ pending }) => pending.length === 1)
    expect(await waitsOf(run)).toMatchObject([{ run: run.id, toolName: 'publish' }])
    const elsewhere = { ...env, SIGNALBOX_MASTER_KEY: newMasterKey() }
    const { exitCode, out, err } = await signalbox(['runs', '--waiting'], { env: elsewhere })
    expect(exitCode).toBe(EXIT.outOfReach)
    expect(err).toMatch(new RegExp(`^run ${run.id} may wait too, and could not be asked: .*master key`, 'm'))
    expect(out).not.toContain(run.id)
    await run.cancel()
    const lost = { id: 'nowhere', key: 'key-of-nowhere', workspace: 'default', labels: {} }
    await stage.store.ledger.openRun(newRun({ run: lost }))
    await stage.store.events.write(lost, [{ kind: 'budget-ask', step: 1, message: 'it is short' }], Date.now())
    const { err: told } = await signalbox(['runs', '--waiting'], { env })
    expect(told).toContain('run nowhere may wait too, and could not be asked: this Temporal server does not have it')
    await stage.store.ledger.closeRun(lost, { outcome: 'failed', endedAtMs: Date.now() })
  })

  it('is said to be elsewhere where it is one of another namespace, and the list is whole without it', async () => {
    const ref = { id: 'elsewhere', key: 'key-of-elsewhere', workspace: 'default', labels: {} }
    await stage.store.ledger.openRun(newRun({ run: ref, namespaceId: 'another' }))
    await stage.store.events.write(ref, [{ kind: 'budget-ask', step: 1, message: 'it is short' }], Date.now())
    const { run } = await publishing()
    const { exitCode, out, err } = await signalbox(['runs', '--waiting', '--json'], { env })
    expect(JSON.parse(out)).toMatchObject({ waiting: [{ run: run.id }], unasked: [{ id: ref.id, elsewhere: true }] })
    expect(exitCode).toBe(EXIT.done)
    expect(err).toBe(
      'note: 1 run of other namespaces or servers may wait too, and can be asked only there: set TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE to those\n',
    )
    await run.cancel()
    await stage.store.ledger.closeRun(ref, { outcome: 'failed', endedAtMs: Date.now() })
  })

  it('is every one that is left when a minute is over', async () => {
    const { run } = await publishing()
    const asked = await waitingRuns(stage.signalbox, { limit: 50, withinMs: 0 })
    expect(asked).toMatchObject({ waiting: [], more: false })
    expect(asked.unasked).toContainEqual({ id: run.id, why: 'those before it took too long to answer' })
    await run.cancel()
  })

  it('is none that has ended, so that --outcome does not go with it', async () => {
    const { exitCode, err } = await signalbox(['runs', '--waiting', '--outcome', 'failed'], { env })
    expect(exitCode).toBe(EXIT.badInput)
    expect(err).toContain('leave out --outcome, or --waiting')
  })
})

describe('an open run', () => {
  it('is listed with what it waits for by its events, also where its key is out of reach, and that no worker takes it up', async () => {
    const listed = async (id: string, of = env) => {
      const { runs } = (await signalbox(['runs', '--outcome', 'open', '--json'], { env: of })).json()
      return runs.find((found: { readonly id: string }) => found.id === id)
    }
    const { run } = await publishing()
    const waitingFor = 'waiting for approval: publish'
    expect(await listed(run.id)).toMatchObject({ waitingFor })
    expect((await signalbox(['runs'], { env })).out).toMatch(new RegExp(`^${run.id} .* open .*${waitingFor}`, 'm'))
    expect(await stage.signalbox.runs()).toContainEqual(expect.objectContaining({ id: run.id, waitingFor }))
    const sealed = await stage.signalbox.start('clerk', { input: 'Please publish this.', policy: { zdr: true } })
    await untilState(sealed, ({ pending }) => pending.length === 1)
    expect(await listed(sealed.id)).toMatchObject({ waitingFor })
    const elsewhere = await listed(sealed.id, { ...env, SIGNALBOX_MASTER_KEY: newMasterKey() })
    expect(elsewhere).not.toHaveProperty('waitingFor')
    await sealed.cancel()
    stage.workers.at(-1)!.shutdown()
    const aMinuteLater = async () => {
      await stage.signalbox.client.workflow.getHandle(run.id).signal('nobody-hears')
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 })
      return (await listed(run.id).finally(() => vi.useRealTimers())).failing
    }
    await expect.poll(aMinuteLater, { timeout: 60_000 }).toMatch(/^no worker has picked it up yet: /)
    await run.terminate()
  })
})

/** Behind the answer that asks, and the tool beside it; before the decision. */
async function askingPoint(run: RunHandle, points: Awaited<ReturnType<typeof resetPoints>>) {
  const { events } = await stage.signalbox.client.workflow.getHandle(run.id).fetchHistory()
  const decided = events!.find(event => event.workflowExecutionUpdateAcceptedEventAttributes)!
  return points.filter(({ eventId }) => eventId < Number(decided.eventId)).at(-2)!
}
