import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli } from '../../src/cli/run-cli.ts'
import { RunUnheard } from '../../src/runtime/hearing/run-unheard.ts'
import { inspectRun } from '../../src/runtime/inspect/inspect-run.ts'
import { captured, signalbox } from '../cli/captured.ts'
import { historyOf } from '../support/history.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'

const WORDS =
  /its workflow's code throws at \S+fixtures\/throwing\.ts:7:\d+: Cannot read properties of null.* within ten minutes/

let stage: Stage
let env: NodeJS.ProcessEnv

beforeAll(async () => {
  stage = await stageScene()
  env = stage.commandEnv
})

afterAll(() => stage?.close())

/** Temporal tries a workflow's task again for ever: no worker answers for it, and no event says why. */
describe.concurrent('a workflow whose code throws', () => {
  it('is told of by start and by show, with the line, and with where code belongs that no workflow may have', async () => {
    const ids: string[] = []
    const started = async (name: string, input: string): Promise<{ readonly id: string; readonly err: string }> => {
      const id = `${name}-${ids.length}`
      ids.push(id)
      const { err } = await signalbox(['start', name, '--id', id, '--input', input, '--task-queue', stage.taskQueue], {
        env,
      })
      // It looks for two seconds, in which the worker of a busy machine may not have tried yet: then another run is started.
      return err.includes('code throws') || ids.length > 40 ? { id, err } : started(name, input)
    }
    const [careless, outgoing] = await Promise.all([
      started('careless', 'null'),
      started('outgoing', '"http://a.example"'),
    ])
    expect(careless.err).toMatch(WORDS)
    expect((await inspectRun(stage.signalbox, careless.id)).note).toMatch(WORDS)
    expect(outgoing.err).toMatch(
      /belongs in tools\)\. If the code is at fault, correct it .*; if its input is, .* ends this one/,
    )
    // A start that did not get through to a busy server has begun nothing.
    await Promise.allSettled(ids.map(id => stage.signalbox.client.workflow.getHandle(id).terminate()))
  })

  it('is told of to whoever asks or tells the run something, and where it is stopped or cancelled', async ({
    expect,
  }) => {
    const run = await stage.signalbox.start('careless', { input: null })
    await expect.poll(async () => (await inspectRun(stage.signalbox, run.id)).note).toMatch(WORDS)
    // Each waits long for a worker that can answer, and none is told what another has said.
    for (const error of await Promise.all([run.state(), run.say('hello')].map(told => told.catch(caught => caught)))) {
      expect(error).toBeInstanceOf(RunUnheard)
      expect(error.message).toMatch(WORDS)
    }
    for (const verb of ['stop', 'cancel']) {
      const { err, out } = await signalbox([verb, run.id], { env })
      expect(err).toMatch(WORDS)
      expect(out).toContain(`run ${run.id} is told to `)
    }
    await stage.signalbox.client.workflow.getHandle(run.id).terminate()
  })

  it('is listed with what fails among the open runs, if the run had begun, and no other is', async ({ expect }) => {
    const run = await stage.signalbox.start('absentminded', { input: null as never })
    const waiting = await stage.signalbox.start('clerk', { input: 'Please publish this.' })
    const listed = async (id: string, words: readonly string[] = []) => {
      const { runs } = (await signalbox(['runs', '--outcome', 'open', ...words, '--json'], { env })).json()
      return runs.find((each: { readonly id: string }) => each.id === id)
    }
    const words = /its workflow's code throws at .* within ten minutes.* ends this one/
    await expect.poll(async () => (await listed(run.id))?.failing).toMatch(words)
    await expect.poll(async () => (await listed(run.id, ['--workspace', 'default']))?.failing).toMatch(words)
    await expect.poll(async () => (await waiting.state()).pending.length).toBe(1)
    expect(await listed(waiting.id)).not.toHaveProperty('failing')
    const line = new RegExp(`^${run.id} +absentminded .* open .* its workflow's code throws at`, 'm')
    await expect.poll(async () => (await signalbox(['runs', '--outcome', 'open'], { env })).out).toMatch(line)
    await Promise.all([stage.signalbox.client.workflow.getHandle(run.id).terminate(), waiting.cancel()])
  })

  it('is told of by show of the run above, for a child that had begun', async ({ expect }) => {
    const run = await stage.signalbox.start('adopting', { input: 'absentminded' })
    const child = `${run.id}/absentminded-0-1`
    const failing = async () => (await signalbox(['show', run.id, '--json'], { env })).json().children[0]?.failing
    await expect.poll(failing).toMatch(/its workflow's code throws at .* within ten minutes/)
    const line = new RegExp(`^${child} +absentminded .* running: its workflow's code throws at`, 'm')
    await expect.poll(async () => (await signalbox(['show', run.id], { env })).out).toMatch(line)
    for (const id of [child, run.id]) await stage.signalbox.client.workflow.getHandle(id).terminate()
  })

  it('is told of as changed where it no longer does what the run’s history has', async ({ expect }) => {
    // It forgets the run at once, and replays it for its second task.
    const worker = { maxCachedWorkflows: 0 }
    const forgetful = await stageScene({ worker })
    const { client } = forgetful.signalbox
    const run = await forgetful.signalbox.start('changed', { input: null })
    const words = /its workflow's code has changed since the run got this far: .* `patched\(\)`.* within ten minutes/
    // Nobody queries it before: a query that met its failing task would end that as done, and the run would stand still for ever.
    const types = async () => (await historyOf(client, run.id)).map(({ type }) => type)
    await expect.poll(types).toContain('workflowTaskFailed')
    await expect.poll(async () => (await inspectRun(forgetful.signalbox, run.id)).note).toMatch(words)
    await client.workflow.getHandle(run.id).terminate()
    await forgetful.close()
  })

  it('is told of while it is watched, once, also from its start on', async ({ expect }) => {
    const run = await stage.signalbox.start('careless', { input: null })
    const begun = ['careless', '--id', 'watched', '--input', 'null', '--task-queue', stage.taskQueue]
    const watching = [
      ['watch', run.id],
      ['start', ...begun, '--watch'],
    ].map(words => {
      const { terminal, written } = captured({ env })
      return { written, ended: runCli(words, terminal) }
    })
    for (const { written } of watching) await expect.poll(() => written.err).toMatch(WORDS)
    // It looks again every five seconds.
    await delay(6_000)
    for (const id of [run.id, 'watched']) await stage.signalbox.client.workflow.getHandle(id).terminate()
    for (const { written, ended } of watching) {
      await ended
      expect(written.err.split(WORDS)).toHaveLength(2)
    }
  })

  it('ends no worker where it never gives its thread back', async ({ expect }) => {
    const worker = { isolateExecutionTimeout: '1s' } as object // Temporal's own, 5 s, makes this test long
    const held = await stageScene({ worker })
    const run = await held.signalbox.start('endless', { input: null })
    const failed = async () =>
      (await historyOf(held.signalbox.client, run.id)).filter(({ type }) => type === 'workflowTaskFailed')
    await expect.poll(async () => (await failed()).length).toBeGreaterThan(0)
    expect((await inspectRun(held.signalbox, run.id)).note).toMatch(/timed out .*\(it loops without an `await`, or/)
    await delay(3_000) // it is tried again, and forgotten in between
    const other = await held.signalbox.start('declining', { input: 'a word' as never })
    expect((await other.outcome()).output).toBe('read')
    await held.signalbox.client.workflow.getHandle(run.id).terminate()
    await held.close()
  })
})
