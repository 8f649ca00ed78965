import { QueryNotRegisteredError } from '@temporalio/client'
import { expect, it } from 'vitest'
import { unansweredBecause } from '../../../src/runtime/runs/unanswered-query.ts'

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
