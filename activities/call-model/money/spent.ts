/**
 * What a call has spent over its attempts, from the ledger's rows.
 *
 * @module
 */
import { definedOnly } from '../../../src/core/defined-only.ts'
import { addCost, NO_COST, UNPRICED_COST } from '../../../src/core/money/cost.ts'
import type { AttemptEnd, AttemptRecord, NewAttempt } from '../../../src/core/ports.ts'
import type { AttemptSummary, Cost, Spent } from '../../../src/core/protocol.ts'
import { addUsage, type Usage } from '../../../src/core/usage.ts'

/** One ended attempt: what people see of it, and what it consumed. */
export interface EndedAttempt {
  readonly summary: AttemptSummary
  readonly usage: Usage
  /** Absent: the class that the call was asked in. */
  readonly servedClass?: string
}

export function endedFrom(record: AttemptRecord, asked: string): EndedAttempt {
  const { attempt, endpoint, fault, cost, firstTokenMs, totalMs, usage } = record
  const outcome = record.outcome === 'open' ? 'abandoned' : record.outcome
  const summary = summaryOf({ attempt, endpoint, outcome, fault, cost, firstTokenMs, totalMs })
  return { usage, summary, ...servedIn(record.taskClass, asked) }
}

export function endedOf({ attempt, endpoint, call }: NewAttempt, end: AttemptEnd): EndedAttempt {
  const { outcome, fault, cost, firstTokenMs, totalMs } = end
  const summary = summaryOf({ attempt, endpoint: endpoint.id, outcome, fault, cost, firstTokenMs, totalMs })
  return { usage: end.usage ?? {}, summary, ...servedIn(call.taskClass, call.asked ?? call.taskClass) }
}

function servedIn(taskClass: string, asked: string): Pick<EndedAttempt, 'servedClass'> {
  return taskClass === asked ? {} : { servedClass: taskClass }
}

type SummaryParts = Omit<AttemptSummary, 'fault'> & Pick<AttemptEnd, 'fault'>

function summaryOf({ fault, ...rest }: SummaryParts): AttemptSummary {
  return { ...definedOnly(rest), ...(fault && { fault: fault.kind }) }
}

/** The sum over all attempts. An attempt without a known price is counted as unpriced. */
export function spentOn(attempts: readonly EndedAttempt[]): Spent {
  const servedClass = attempts.at(-1)?.servedClass
  return {
    attempts: attempts.map(({ summary }) => summary),
    usage: attempts.reduce<Usage>((sum, { usage }) => addUsage(sum, usage), {}),
    cost: attempts.reduce<Cost>((sum, { summary }) => addCost(sum, summary.cost ?? UNPRICED_COST), NO_COST),
    ...(servedClass !== undefined && { servedClass }),
  }
}
