import { addCost, exactCost, NO_COST } from '../../src/core/money/cost.ts'
import type { AttemptRecord } from '../../src/core/ports.ts'
import type { CallReport } from '../../src/store/index.ts'

let wires = 0

/** A row of the ledger at `provider:author/name`: one that was answered and cost 100 pico-dollars, if nothing else is said. */
export function attemptAt(endpoint: string, over: Partial<AttemptRecord> = {}): AttemptRecord {
  wires += 1
  const [provider = '', model = ''] = endpoint.split(':')
  return {
    attemptId: `call#${wires}`,
    attempt: 1,
    callId: 'call',
    runId: 'desk-1',
    step: 1,
    taskClass: 'strong',
    workspace: 'gazette',
    labels: { team: 'editorial' },
    endpoint,
    provider,
    model,
    planned: endpoint,
    reason: 'planned',
    wireRequestId: `wire-${wires}`,
    outcome: over.fault ? 'fault' : 'answered',
    usage: {},
    cost: exactCost(100n),
    catalogVersion: '1',
    startedAtMs: wires,
    ...over,
  }
}

export function callOf(attempts: readonly AttemptRecord[], over: Partial<CallReport> = {}): CallReport {
  const answered = attempts.find(attempt => attempt.outcome === 'answered')
  return {
    callId: 'call',
    runId: 'desk-1',
    step: 1,
    taskClass: 'strong',
    workspace: 'gazette',
    labels: { team: 'editorial' },
    planned: attempts[0]!.endpoint,
    ...(answered && { answeredBy: answered.endpoint }),
    attempts,
    usage: answered?.usage ?? {},
    cost: attempts.reduce((sum, { cost }) => addCost(sum, cost ?? NO_COST), NO_COST),
    startedAtMs: 1,
    answeredAtMs: 1_201,
    ...over,
  }
}
