/**
 * The ledger against the vendors' meter, request by request.
 *
 * @module
 */
import type { MeterRow } from '../../../../src/providers/simulated/index.ts'
import type { AttemptRow, Evidence } from '../evidence.ts'
import type { Problem, ProblemKind } from './judge.ts'

export function judgeMoney({ rows, meter }: Evidence): readonly Problem[] {
  const attempts = new Map(rows.attempts.map(row => [row.wire_request_id, row]))
  const metered = new Map(meter.map(row => [row.clientRequestId, row]))
  return [
    ...(metered.size < meter.length ? [problem('doubled', 'a request reached the vendors twice')] : []),
    ...meter.flatMap(row => judgeRequest(row, attempts.get(row.clientRequestId ?? ''))),
    ...rows.attempts.flatMap(row => judgeAttempt(row, metered.get(row.wire_request_id))),
    ...judgeSums(rows.attempts, meter),
  ]
}

const problem = (kind: ProblemKind, words: string, run?: string): Problem => ({ kind, words, ...(run && { run }) })

function judgeRequest(metered: MeterRow, attempt: AttemptRow | undefined): readonly Problem[] {
  if (!attempt) return [problem('exactMismatch', `the request ${metered.requestId} at ${metered.vendor} has no row`)]
  const [low, high, billed] = [attempt.cost_low_pico, attempt.cost_high_pico, metered.billedPico]
  if (low === null || high === null)
    return [problem('exactMismatch', `the row ${attempt.attempt_id} has no price`, attempt.run_id)]
  if (low === high && billed !== low)
    return [problem('exactMismatch', `${attempt.attempt_id} cost ${billed}, not ${low}`, attempt.run_id)]
  if (BigInt(low) <= BigInt(billed) && BigInt(billed) <= BigInt(high)) return []
  return [problem('outsideBounds', `${attempt.attempt_id} cost ${billed}, not ${low} to ${high}`, attempt.run_id)]
}

/** A row that never reached a vendor, or that nobody settled. */
function judgeAttempt(attempt: AttemptRow, metered: MeterRow | undefined): readonly Problem[] {
  const { attempt_id: id, outcome, run_id: run, cost_low_pico: low } = attempt
  return [
    ...(outcome === 'open' ? [problem('reservationsLeft', `${id} is still open`, run)] : []),
    ...(!metered && BigInt(low ?? 0) > 0n ? [problem('exactMismatch', `${id} was never at a vendor`, run)] : []),
  ]
}

function judgeSums(attempts: readonly AttemptRow[], meter: readonly MeterRow[]): readonly Problem[] {
  const low = attempts.reduce((sum, row) => sum + BigInt(row.cost_low_pico ?? 0), 0n)
  const high = attempts.reduce((sum, row) => sum + BigInt(row.cost_high_pico ?? 0), 0n)
  const billed = meter.reduce((sum, row) => sum + BigInt(row.billedPico), 0n)
  if (low <= billed && billed <= high) return []
  return [problem('outsideBounds', `all in all ${billed} was billed, and the ledger says ${low} to ${high}`)]
}
