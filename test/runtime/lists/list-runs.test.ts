import { expect, it } from 'vitest'
import type { RunEventBody } from '../../../src/core/events.ts'
import { listRuns } from '../../../src/runtime/lists/list-runs.ts'
import { newRun, RUN } from '../../store/records.ts'
import { storeWithRun } from '../events/store-with-run.ts'

const store = storeWithRun()

/** What the list says that the run waits for after so much more. */
async function waitingAfter(...events: readonly RunEventBody[]) {
  await store().events.write(RUN, events, 5_000)
  const { runs } = await listRuns(store(), {})
  return runs.find(({ key }) => key === RUN.key)?.waitingFor
}

const called = { step: 1, toolName: 'note' }
const ask = { kind: 'approval-ask', step: 1, toolCallId: 'pay-1', toolName: 'pay', inputPreview: '{}' } as const
const attempt = { step: 1, attempt: 1, endpoint: 'one' }
const cost = { lowPico: '1', highPico: '1' }

it('says of an open run that it waits for an approval, whatever other tools have done since, until somebody has decided', async () => {
  const worked = Array.from({ length: 45 }, (_, at): readonly RunEventBody[] => [
    { kind: 'tool-start', ...called, toolCallId: `note-${at}` },
    { kind: 'tool-end', ...called, toolCallId: `note-${at}`, isError: false, preview: '' },
  ])
  expect(await waitingAfter(ask, ...worked.flat())).toBe('waiting for approval: pay')
  const { toolCallId, toolName } = ask
  const decided = { step: 1, toolCallId, toolName, decision: 'approve' } as const
  expect(await waitingAfter({ kind: 'approval-decision', ...decided })).toBeUndefined()
  expect(await waitingAfter(ask, { kind: 'approval-withdrawn', step: 1, toolCallId, toolName })).toBeUndefined()
})

it('says it no more once a reset has taken the approval back', async () => {
  const start = { kind: 'step-start', step: 1, taskClass: 'cheap' } as const
  expect(await waitingAfter(start, ask)).toBe('waiting for approval: pay')
  expect(await waitingAfter(start)).toBeUndefined()
})

it('says of an open run that it waits for time or money until its call goes on, is answered by a batch, or ends', async () => {
  const wait = { kind: 'wait', step: 1, ms: 1_000, reason: 'one is down' } as const
  const short = { kind: 'budget-ask', step: 1, message: '$1 is short' } as const
  const until = 'waiting until 1970-01-01 00:00:06 UTC: one is down'
  expect(await waitingAfter({ kind: 'attempt-start', ...attempt }, wait)).toBe(until)
  const answered = { kind: 'attempt-end', ...attempt, outcome: 'answered', cost, superseded: false } as const
  expect(await waitingAfter(answered)).toBeUndefined()
  expect(await waitingAfter(wait)).toBe(until)
  const unanswered = { kind: 'unanswered', step: 1, fault: 'overloaded', message: 'one is down' } as const
  expect(await waitingAfter(unanswered)).toBeUndefined()
  expect(await waitingAfter(short)).toBe('waiting for a larger budget: $1 is short')
  expect(await waitingAfter({ kind: 'budget-raise', usd: '1' })).toBeUndefined()
  expect(await waitingAfter(short, { kind: 'attempt-start', ...attempt, attempt: 2 })).toBeUndefined()
})

it('says it of each of more runs than are asked for at once', async () => {
  const runs = Array.from({ length: 501 }, (_, at) => ({ ...RUN, id: `run-${at}`, key: `key-${at}` }))
  for (const run of runs) await store().ledger.openRun(newRun({ run, startedAtMs: 2_000 }))
  const asking = [runs[0]!, runs[250]!, runs[500]!]
  for (const run of asking) await store().events.write(run, [ask], 5_000)
  const { runs: listed } = await listRuns(store(), { limit: 600 })
  const waiting = listed.flatMap(({ key, waitingFor }) => (waitingFor === undefined ? [] : key))
  expect(waiting.toSorted()).toEqual(asking.map(({ key }) => key).toSorted())
})
