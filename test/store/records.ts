import type { Endpoint } from '../../src/core/endpoints.ts'
import type { Message } from '../../src/core/messages.ts'
import type {
  AnswerCommit,
  AttemptEnd,
  LedgerPort,
  NewAttempt,
  NewCall,
  NewRun,
  WorstCase,
} from '../../src/core/ports.ts'
import type { Cost, RunRef, TranscriptRef } from '../../src/core/protocol.ts'
import { openRow } from '../../src/store/ledger/attempt-rows.ts'
import type { RunTable } from '../../src/store/schema.ts'

/** What the store is given in its tests: whole records, of which a test names only what it is about. */

export const RUN: RunRef = { id: 'letter-1', key: 'first-run-1', workspace: 'acme', labels: { team: 'growth' } }

export const ENDPOINT: Endpoint = {
  id: 'acme:acme/large',
  provider: 'acme',
  model: 'acme/large',
  upstream: 'large-v2',
  protocol: 'openai-compatible',
  abilities: ['tools'],
  dataPolicy: { retention: 'none' },
}

export function newRun(changes: Partial<NewRun> = {}): NewRun {
  return { run: RUN, workflow: 'agent', budget: {}, startedAtMs: 1_000, ...changes }
}

export function newCall(step: number, changes: Partial<NewCall> = {}): NewCall {
  const run = changes.run ?? RUN
  return {
    callId: `${run.key}/${step}/d1g357`,
    run,
    step,
    taskClass: 'strong',
    labels: {},
    transcript: { lineage: run.key, length: 0 },
    messages: [],
    startedAtMs: 2_000 + step,
    ...changes,
  }
}

export function newAttempt(call: NewCall, attempt: number, changes: Partial<NewAttempt> = {}): NewAttempt {
  return {
    attemptId: `${call.callId}#${attempt}`,
    attempt,
    call,
    endpoint: ENDPOINT,
    planned: ENDPOINT.id,
    reason: 'planned',
    wireRequestId: `wire-${call.step}-${attempt}`,
    worstCase: { pico: '1000', tokens: 100 },
    catalogVersion: 'test-1',
    startedAtMs: call.startedAtMs + attempt,
    ...changes,
  }
}

/** A statement that writes so many copies of each attempt beside it, past the store: more than a test would ask for. */
export function copyingAttempts(copies: number): string {
  const columns = Object.keys(openRow(newAttempt(newCall(1), 1), {} as RunTable, '{}'))
  return copying('attempts', 'attempt_id', columns, copies)
}

/** The same of calls, which nobody has answered. */
export function copyingCalls(copies: number): string {
  return copying(
    'calls',
    'call_id',
    ['call_id', 'run_key', 'step', 'task_class', 'workspace', 'labels', 'started_at_ms'],
    copies,
  )
}

/** The same of runs, which have not ended. */
export function copyingRuns(copies: number): string {
  const named = ['run_key', 'run_id', 'workflow', 'workspace', 'labels', 'budget', 'scope_id']
  return copying('runs', 'run_key', [...named, 'started_at_ms', 'next_offset'], copies)
}

function copying(table: string, key: string, columns: readonly string[], copies: number): string {
  const copied = columns.map(column => (column === key ? `${key} || '-' || i` : column))
  return `insert into ${table} (${columns.join()})
    with recursive numbers(i) as (select 1 union all select i + 1 from numbers where i < ${copies})
    select ${copied.join()} from ${table}, numbers`
}

export function worst(pico: bigint | number, tokens = 0): { worstCase: WorstCase } {
  return { worstCase: { pico: pico.toString(), tokens } }
}

export function exactly(pico: bigint | number): Cost {
  return { lowPico: pico.toString(), highPico: pico.toString() }
}

export function answered(changes: Partial<AttemptEnd> = {}): AttemptEnd {
  return {
    outcome: 'answered',
    usage: { inputTokens: 30, outputTokens: 12 },
    cost: exactly(420),
    firstTokenMs: 12.5,
    totalMs: 80.25,
    endedAtMs: 9_000,
    ...changes,
  }
}

export function faulted(changes: Partial<AttemptEnd> = {}): AttemptEnd {
  return {
    outcome: 'fault',
    fault: { kind: 'rate-limited', message: 'acme answered 429', evidence: { status: 429, retryAfterMs: 2_000 } },
    cost: exactly(0),
    totalMs: 5,
    endedAtMs: 8_000,
    ...changes,
  }
}

export function newCommit(
  attempt: NewAttempt,
  transcript: TranscriptRef,
  changes: Partial<AnswerCommit> = {},
): AnswerCommit {
  return {
    call: attempt.call,
    attemptId: attempt.attemptId,
    end: answered(),
    message: said('Dear reader'),
    answer: {
      text: 'Dear reader',
      toolCalls: [],
      truncated: false,
      callId: attempt.call.callId,
      endpoint: attempt.endpoint.id,
      model: attempt.endpoint.model,
    },
    transcript,
    ...changes,
  }
}

/** Asks once, and puts what comes into the journal. */
export async function answer(ledger: LedgerPort, call: NewCall): Promise<void> {
  const attempt = newAttempt(call, 1)
  await ledger.beginAttempt(attempt)
  await ledger.commitAnswer(newCommit(attempt, call.transcript))
}

export function asked(text: string): Message {
  return { role: 'user', content: [{ type: 'text', text }] }
}

export function said(text: string): AnswerCommit['message'] {
  return { role: 'assistant', content: [{ type: 'text', text }] }
}
