import { ActivityCancellationDetails, type ActivityCancellationDetailsOptions } from '@temporalio/common'
import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { keepingEnds, keepingResults } from '../../../src/runtime/store/keep-ends.ts'
import { openStore, type Store, StoreProblem } from '../../../src/store/index.ts'
import { answered, newAttempt, newCall, newCommit, newRun, RUN } from '../../store/records.ts'

let store: Store

beforeEach(async () => {
  store = await openStore({ path: ':memory:' })
  await store.ledger.openRun(newRun())
})

afterEach(() => store.close())

const newActivity = () => new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') })

const inActivity = <Written>(write: () => Promise<Written>) => newActivity().run(write)

const away = () => new StoreProblem('unreachable', 'The PostgreSQL database is shutting down or starting.')

const busy = () => new StoreProblem('busy', 'The PostgreSQL database has no connection left.')

/** The first time it is written, and nobody hears of that: the server went between the two. */
function onceUnheard<Given extends unknown[], Written>(write: (...given: Given) => Promise<Written>, problem = away) {
  let times = 0
  return async (...given: Given): Promise<Written> => {
    const written = await write(...given)
    if (++times === 1) throw problem()
    return written
  }
}

it('writes an answer once the store is back, and counts it once', async () => {
  const call = newCall(1)
  const attempt = newAttempt(call, 1)
  const { transcript } = await store.ledger.beginCall(call)
  await store.ledger.beginAttempt(attempt)
  const ledger = keepingEnds({ ...store.ledger, commitAnswer: onceUnheard(store.ledger.commitAnswer) })
  const committing = inActivity(() => ledger.commitAnswer(newCommit(attempt, transcript, { end: answered() })))
  expect(await committing).toMatchObject({ transcript: { length: transcript.length + 1 } })
  expect(await store.ledger.attemptsOf(call.callId)).toMatchObject([{ outcome: 'answered', cost: { highPico: '420' } }])
  expect(await store.reports.run(RUN.id)).toMatchObject({ cost: { highPico: '420' } })
})

it('says that the store is away, which may be for two minutes until the activity fails', async () => {
  const call = newCall(1)
  const attempt = newAttempt(call, 1)
  await store.ledger.beginCall(call)
  await store.ledger.beginAttempt(attempt)
  const said: unknown[] = []
  const logger = new DefaultLogger('WARN', ({ message, meta }) => said.push([message, meta?.error]))
  const ledger = keepingEnds({ ...store.ledger, endAttempt: onceUnheard(store.ledger.endAttempt) })
  await new MockActivityEnvironment({}, { logger }).run(() => ledger.endAttempt(attempt.attemptId, answered()))
  expect(said).toEqual([[away().message, away()]])
})

it('keeps what a tool gave, which would be done once more or be unknown', async () => {
  const key = { run: RUN, step: 1, toolCallId: 'call_1', toolName: 'refund' }
  await store.tools.begin(key, 1_000)
  const tools = keepingResults({ ...store.tools, finish: onceUnheard(store.tools.finish, busy) })
  const end = { isError: false, result: 'refunded', preview: '"refunded"', atMs: 2_000, saidNothing: true }
  expect(await inActivity(() => tools.finish(key, end))).toMatchObject({ isError: false, result: 'refunded' })
  expect(await store.tools.begin(key, 3_000)).toMatchObject({ kind: 'finished', result: 'refunded' })
})

it('tries again on another connection where the server had left without a word, which takes a minute to show', async () => {
  const call = newCall(1)
  const attempt = newAttempt(call, 1)
  await store.ledger.beginCall(call)
  await store.ledger.beginAttempt(attempt)
  const clock = vi.spyOn(performance, 'now')
  onTestFinished(() => clock.mockRestore())
  const silent = () => {
    clock.mockReturnValue(performance.now() + 60_010)
    return new StoreProblem('unreachable', 'The PostgreSQL database did not answer in time.')
  }
  const ledger = keepingEnds({ ...store.ledger, endAttempt: onceUnheard(store.ledger.endAttempt, silent) })
  await inActivity(() => ledger.endAttempt(attempt.attemptId, answered()))
  expect(await store.ledger.attemptsOf(call.callId)).toMatchObject([{ outcome: 'answered', cost: { highPico: '420' } }])
})

it('gives up at once what no time mends', async () => {
  const damaged = async () => {
    throw new StoreProblem('corrupt', 'The store file is damaged.')
  }
  const ledger = keepingEnds({ ...store.ledger, endAttempt: damaged })
  await expect(ledger.endAttempt('attempt-1', answered())).rejects.toMatchObject({ kind: 'corrupt' })
})

it('leaves an answer to another worker where this one shuts down, and keeps the cost of a run that is cancelled', async () => {
  const call = newCall(1)
  const attempt = newAttempt(call, 1)
  await store.ledger.beginCall(call)
  await store.ledger.beginAttempt(attempt)
  let isAway = true
  const endAttempt = async (...given: Parameters<Store['ledger']['endAttempt']>) => {
    if (isAway) throw away()
    await store.ledger.endAttempt(...given)
  }
  const ledger = keepingEnds({ ...store.ledger, endAttempt })
  const ending = (reason: 'CANCELLED' | 'WORKER_SHUTDOWN', details: ActivityCancellationDetailsOptions) => {
    const activity = newActivity()
    const ended = activity.run(() => ledger.endAttempt(attempt.attemptId, answered()))
    activity.cancel(reason, new ActivityCancellationDetails(details))
    return ended
  }
  await expect(ending('WORKER_SHUTDOWN', { workerShutdown: true })).rejects.toMatchObject({ kind: 'unreachable' })
  const cancelled = ending('CANCELLED', { cancelRequested: true })
  isAway = false
  await cancelled
  expect(await store.ledger.attemptsOf(call.callId)).toMatchObject([{ outcome: 'answered' }])
})
