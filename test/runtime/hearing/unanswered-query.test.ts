import { type Client, QueryNotRegisteredError, type WorkflowHandle } from '@temporalio/client'
import { expect, it } from 'vitest'
import { toldInTime } from '../../../src/runtime/hearing/run-unheard.ts'
import { unansweredBecause } from '../../../src/runtime/hearing/unanswered-query.ts'

const INVALID_ARGUMENT = 3

// What the SDKs of TypeScript, Python and .NET, Go, and Java say.
it.each([
  'Workflow did not register a handler for state. Registered queries: [__stack_trace]',
  "Query handler for 'state' expected but not found, known queries: [__stack_trace ledger]",
  'unknown queryType state. KnownQueryTypes=[__stack_trace __open_sessions]',
  'Unknown query type: state, knownTypes=[__stack_trace]',
])('a workflow that is no run, in whatever language, has been asked in vain and not too early: %s', message => {
  expect(unansweredBecause(new QueryNotRegisteredError(message, INVALID_ARGUMENT))).toBeUndefined()
})

/** No task of a run that waits has failed yet: the query is the first to replay it. The core shows the whole event, with what people said. */
it('a quiet run whose code has changed cannot answer: what to do is said, and not what its history holds', async () => {
  const event =
    'HistoryEvent { event_id: 5, event_time: None, event_type: WorkflowExecutionSignaled, attributes: Some(Input { payloads: ["known query"] }) }'
  const changed = `[TMPRL1100] Nondeterminism error: Timer machine does not handle this event: ${event}`
  const error = new QueryNotRegisteredError(changed, INVALID_ARGUMENT)
  const words =
    "its workflow's code has changed since the run got this far: [TMPRL1100] Nondeterminism error: Timer machine does not handle this event: HistoryEvent(id: 5, WorkflowExecutionSignaled). Serve it with the earlier code, or guard the change with `patched()`"
  expect(unansweredBecause(error)).toBe(words)
  const workflow = { workflowId: 'ticket-7' } as unknown as WorkflowHandle
  const asking = toldInTime({} as Client, workflow, () => Promise.reject(error))
  await expect(asking).rejects.toMatchObject({ name: 'RunUnheard', message: `run ticket-7 cannot answer: ${words}` })
})
