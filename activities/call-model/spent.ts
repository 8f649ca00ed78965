/**
 * What a call has spent over its attempts, from the ledger's rows.
 *
 * @module
 */
import { definedOnly } from '../../src/core/defined-only.ts'
import { addCost, NO_COST, UNPRICED_COST } from '../../src/core/money/cost.ts'
import type { AttemptEnd, AttemptRecord, NewAttempt } from '../../src/core/ports.ts'
import type { AttemptSummary, Cost, Spent } from '../../src/core/protocol.ts'
import { addUsage, type Usage } from '../../src/core/usage.ts'

/** One ended attempt: what people see of it, and what it consumed. */
export interface EndedAttempt {
  readonly summary: AttemptSummary
  readonly usage: Usage
}

export function endedFrom(record: AttemptRecord): EndedAttempt {
  const { attempt, endpoint, fault, cost, firstTokenMs, totalMs, usage } = record
  const outcome = record.outcome === 'open' ? 'abandoned' : record.outcome
  return { usage, summary: summaryOf({ attempt, endpoint, outcome, fault, cost, firstTokenMs, totalMs }) }
}

export function endedOf({ attempt, endpoint }: NewAttempt, end: AttemptEnd): EndedAttempt {
  const { outcome, fault, cost, firstTokenMs, totalMs } = end
  const summary = summaryOf({ attempt, endpoint: endpoint.id, outcome, fault, cost, firstTokenMs, totalMs })
  return { usage: end.usage ?? {}, summary }
}

type SummaryParts = Omit<AttemptSummary, 'fault'> & Pick<AttemptEnd, 'fault'>

function summaryOf({ fault, ...rest }: SummaryParts): AttemptSummary {
  return { ...definedOnly(rest), ...(fault && { fault: fault.kind }) }
}

/** The sum over all attempts. An attempt without a known price is counted as unpriced. */
export function spentOn(attempts: readonly EndedAttempt[]): Spent {
  return {
    attempts: attempts.map(({ summary }) => summary),
    usage: attempts.reduce<Usage>((sum, { usage }) => addUsage(sum, usage), {}),
    cost: attempts.reduce<Cost>((sum, { summary }) => addCost(sum, summary.cost ?? UNPRICED_COST), NO_COST),
  }
}
