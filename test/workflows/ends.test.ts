import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inspectRun } from '../../src/runtime/inspect/inspect-run.ts'
import type { RunHandle } from '../../src/runtime/runs/run-handle.ts'
import { signalbox } from '../cli/captured.ts'
import { allEvents, eventOf } from '../support/following.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'
import type { Ending, Speaking } from './fixtures/ending.ts'

let stage: Stage

beforeAll(async () => {
  stage = await stageScene()
})

afterAll(() => stage?.close())

/** The end of a run as each of those has it who tell it: its outcome, the store, its events, its page and its search attributes at Temporal. */
async function endOf(run: RunHandle) {
  const { kind, message } = await run.outcome()
  await signalbox(['budget', 'reconcile'], { env: stage.commandEnv })
  const { report } = await inspectRun(stage.signalbox, run.id)
  const events = (await allEvents(run.events())).filter(event => event.kind === 'run-end' || event.kind === 'run-reset')
  const { status, searchAttributes } = await stage.signalbox.client.workflow.getHandle(run.id).describe()
  return {
    outcome: [kind, message],
    store: [report?.outcome, report?.message],
    events: events.map(event => (event.kind === 'run-end' ? [event.outcome, event.message] : [event.kind])),
    temporal: [status.name, searchAttributes.SignalboxOutcome?.[0]],
  }
}

/** The same end everywhere. */
const everywhere = (kind: string, message: string | undefined, temporal: readonly unknown[]) => ({
  outcome: [kind, message],
  store: [kind, message],
  events: [[kind, message]],
  temporal,
})

const WALKED_OUT = 'the editor walked out'
const COMPLETED = ['COMPLETED', 'answered']

describe.concurrent('a run ends as its workflow does', () => {
  it.for<[Ending, ReturnType<typeof everywhere>]>([
    ['returns', everywhere('answered', undefined, COMPLETED)],
    ['fails', everywhere('failed', WALKED_OUT, ['FAILED', 'failed'])],
    ['fails-unclosed', everywhere('failed', WALKED_OUT, ['FAILED', 'failed'])],
    ['asks', everywhere('failed', 'a model was asked after the run was closed; close it last', ['FAILED', 'failed'])],
    ['goes-on-as-new', everywhere('answered', undefined, COMPLETED)],
    ['returns-of-child', everywhere('failed', WALKED_OUT, ['COMPLETED', 'failed'])],
  ])('that %s', async ([input, end], { expect }) => {
    expect(await endOf(await stage.signalbox.start('ending', { input }))).toEqual(end)
  })

  it.for<Ending>(['unclosed', 'returns-other'])(
    'which is an answer if it returns something else than `run.close` gave: %s',
    async (input, { expect }) => {
      const message = 'the run completed without `return run.close(…)`'
      const end = { ...everywhere('answered', message, COMPLETED), outcome: ['answered', undefined] }
      expect(await endOf(await stage.signalbox.start('ending', { input }))).toEqual(end)
    },
  )

  it('and no earlier, whatever it does after `run.close`', async ({ expect }) => {
    const run = await stage.signalbox.start('ending', { input: 'works-on-and-lingers' })
    await expect.poll(async () => await run.state()).toMatchObject({ status: 'closed', toolCalls: 2 })
    const { searchAttributes } = await stage.signalbox.client.workflow.getHandle(run.id).describe()
    expect(searchAttributes.SignalboxOutcome).toBeUndefined()
    await run.cancel()
  })

  it('which is an answer if it returns an outcome of no kind that there is', async ({ expect }) => {
    const message = 'the run completed without `return run.close(…)`'
    const end = { ...everywhere('answered', message, COMPLETED), outcome: ['answered', undefined] }
    const run = await stage.signalbox.start('ending', { input: 'returns-a-kind-of-its-own' })
    expect(await endOf(run)).toEqual(end)
    const { output, toolCalls } = await run.outcome()
    expect([output, toolCalls]).toMatchObject([{ kind: 'published' }, 1])
    const above = await stage.signalbox.start('ending', { input: 'has-child-of-that-kind' })
    const told = { kind: 'answered', output: { kind: 'published' }, toolCalls: 1 }
    expect(await above.outcome()).toMatchObject({ kind: 'answered', output: told, toolCalls: 2 })
  })

  it('which is an answer if it returns its cost, but not all that an outcome has', async ({ expect }) => {
    const run = await stage.signalbox.start('ending', { input: 'has-child-that-does-so' })
    const told = { kind: 'answered', output: { kind: 'invoice' }, toolCalls: 1 }
    expect(await run.outcome()).toMatchObject({ kind: 'answered', output: told, toolCalls: 2 })
  })

  it.for<Speaking>(['goes-on', 'passes-on'])(
    'and has in its outcome all that it and its child have spent, whosever outcome it returns: %s',
    async (input, { expect }) => {
      const once = await (await stage.signalbox.start('speaking', { input: 'once' })).outcome()
      const run = await stage.signalbox.start('speaking', { input })
      const more = await run.outcome()
      expect(more).toMatchObject({ kind: 'answered', output: 'hello', calls: 2 })
      expect(BigInt(more.cost.highPico)).toBe(2n * BigInt(once.cost.highPico))
      const { searchAttributes } = await stage.signalbox.client.workflow.getHandle(run.id).describe()
      expect(searchAttributes.SignalboxCostUsd).toEqual([Number(more.costUsd)])
    },
  )

  it.for<Speaking>(['goes-on', 'passes-on'])(
    'tells the run above it all that it has spent: %s',
    async (input, { expect }) => {
      const once = await (await stage.signalbox.start('speaking', { input: 'once' })).outcome()
      const run = await stage.signalbox.start('above', { input })
      await run.outcome()
      const [end] = (await allEvents(run.events())).filter(event => event.kind === 'child-end')
      expect(BigInt(end!.cost.highPico)).toBe(2n * BigInt(once.cost.highPico))
    },
  )

  it.for([
    ['cancel', everywhere('cancelled', 'the run was cancelled', ['CANCELLED', 'cancelled'])],
    ['terminate', everywhere('failed', 'the run was terminated', ['TERMINATED', undefined])],
  ] as const)('where somebody ends it after `run.close`: %s', async ([verb, end], { expect }) => {
    const run = await stage.signalbox.start('ending', { input: 'lingers' })
    await expect.poll(async () => (await run.state()).status).toBe('closed')
    await stage.signalbox.client.workflow.getHandle(run.id)[verb]()
    expect(await endOf(run)).toEqual(end)
  })

  it.for([
    ['steps', { steps: 1 }, 'the budget of 1 step is used up'],
    ['time', { timeMs: 4_000 }, 'the time budget of 4.0 s is used up'],
    ['stop', {}, 'the run was stopped'],
  ] as const)(
    'and says why it could ask nobody more, where it caught that and closed: %s',
    async ([input, budget, words], { expect }) => {
      const run = await stage.signalbox.start('contenting', { input, budget })
      await eventOf(run.events(), 'answer')
      if (input === 'stop') await run.stop()
      expect(await endOf(run)).toEqual(everywhere('answered', words, COMPLETED))
    },
  )
})

/** Not even asked for by a worker that looks for what has ended. */
describe('a run that ends before its part has begun a verb is in the store at once', () => {
  let unserved: Stage
  let stopped: RunHandle

  beforeAll(async () => {
    unserved = await stageScene({ workers: 0 })
    stopped = await unserved.signalbox.start('talking', { input: {} })
    await stopped.stop()
    await unserved.startWorker({ reconcileEveryMs: 0 })
  })

  afterAll(() => unserved?.close())

  async function recorded(run: RunHandle) {
    const { kind, message } = await run.outcome()
    const { outcome, message: words } = (await unserved.store.reports.run(run.id)) ?? {}
    expect([outcome, words]).toEqual([kind, message])
    const last = (await allEvents(run.events())).at(-1)
    expect(last).toMatchObject({ kind: 'run-end', outcome: kind, message })
    return kind
  }

  it('stopped before a worker came to it', async () => {
    expect(await recorded(stopped)).toBe('stopped')
  })

  it('out of steps at the beginning of a later part', async () => {
    const run = await unserved.signalbox.start('tireless', { input: 1, budget: { steps: 2 } })
    expect(await recorded(run)).toBe('out-of-budget')
  })

  it('refused because it is a fork of no agent’s run', async () => {
    const run = await unserved.signalbox.start('chatter', { input: 1 })
    await run.outcome()
    expect(await recorded(await unserved.signalbox.fork(run.id, { atStep: 1 }))).toBe('refused')
  })
})
