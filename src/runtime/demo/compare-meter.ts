/**
 * The ledger against the vendors' own meters, request by request.
 *
 * @module
 */
import { isExactCost } from '../../core/money/cost.ts'
import { formatUsd } from '../../core/money/pico.ts'
import type { AttemptRecord } from '../../core/ports.ts'
import type { MeterRow } from '../../providers/simulated/index.ts'

export type Metered = Pick<MeterRow, 'vendor' | 'requestId' | 'clientRequestId' | 'billedPico' | 'state'>

export interface MeterComparison {
  /** Over attempts with one exact cost, and what the meters say of the same ones. */
  readonly ledgerExactPico: bigint
  readonly meterExactPico: bigint
  readonly ledgerLowPico: bigint
  readonly ledgerHighPico: bigint
  /** Over every metered request, also those that no attempt accounts for. */
  readonly meterPico: bigint
  /** By the wire's request id. */
  readonly meteredOf: ReadonlyMap<string, Metered>
  /** What does not agree, one line each. */
  readonly problems: readonly string[]
}

/** Joins attempts and metered requests by the id that travelled on the wire. */
export function compareWithMeter(attempts: readonly AttemptRecord[], metered: readonly Metered[]): MeterComparison {
  const meteredOf = new Map(metered.map(row => [row.clientRequestId ?? '', row]))
  const exact = attempts.filter(({ cost }) => cost && isExactCost(cost))
  const sums = {
    ledgerExactPico: sum(exact.map(({ cost }) => cost?.lowPico)),
    meterExactPico: sum(exact.map(({ wireRequestId }) => meteredOf.get(wireRequestId)?.billedPico)),
    ledgerLowPico: sum(attempts.map(({ cost }) => cost?.lowPico)),
    ledgerHighPico: sum(attempts.map(({ cost }) => cost?.highPico)),
    meterPico: sum(metered.map(row => row.billedPico)),
  }
  const known = new Set(attempts.map(attempt => attempt.wireRequestId))
  const problems = [
    ...metered.filter(row => !known.has(row.clientRequestId ?? '')).map(unmatched),
    ...attempts.flatMap(attempt => disagreement(attempt, meteredOf.get(attempt.wireRequestId))),
  ]
  return { ...sums, meteredOf, problems }
}

function sum(picos: readonly (string | undefined)[]): bigint {
  return picos.reduce((total, pico) => total + BigInt(pico ?? 0), 0n)
}

function unmatched({ vendor, requestId, billedPico }: Metered): string {
  return `${vendor} metered request ${requestId} ($${formatUsd(BigInt(billedPico))}), which the ledger does not have`
}

function disagreement(attempt: AttemptRecord, row: Metered | undefined): readonly string[] {
  const name = `attempt ${attempt.attempt} of step ${attempt.step} of ${attempt.runId} at ${attempt.endpoint}`
  const { cost, outcome } = attempt
  if (!row && outcome === 'answered') return [`${name} was answered, and no vendor has metered it`]
  if (row?.state === 'open') return [`${name} is still open at the vendor`]
  if (!cost) return [`${name} has no known price`]
  const billed = BigInt(row?.billedPico ?? 0)
  if (BigInt(cost.lowPico) <= billed && billed <= BigInt(cost.highPico)) return []
  const ledger = isExactCost(cost) ? usd(cost.lowPico) : `${usd(cost.lowPico)} to ${usd(cost.highPico)}`
  return [`${name} costs ${ledger} in the ledger and $${formatUsd(billed)} on the meter`]
}

function usd(pico: string): string {
  return `$${formatUsd(BigInt(pico))}`
}
