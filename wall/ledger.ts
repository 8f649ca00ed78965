/**
 * The ledger of one run against the vendors' meters.
 *
 * @module
 */
import type { AttemptRecord } from '../src/core/ports.ts'
import type { MeterRow } from '../src/providers/simulated/index.ts'

/**
 * Whether each request that a vendor metered has its row and each row has ended, a row that claims to be exact is exact, and
 * low and high bound what was billed. Gives what is wrong, or nothing.
 */
export function ledgerProblem(rows: readonly AttemptRecord[], metered: readonly MeterRow[]): string | undefined {
  const byWireId = new Map(rows.map(row => [row.wireRequestId, row]))
  const open = rows.find(row => row.outcome === 'open')
  if (open) return `attempt ${open.attempt} was never ended`
  const billed = metered.reduce((sum, row) => sum + BigInt(row.billedPico), 0n)
  const low = rows.reduce((sum, row) => sum + BigInt(row.cost?.lowPico ?? 0), 0n)
  const high = rows.reduce((sum, row) => sum + BigInt(row.cost?.highPico ?? 0), 0n)
  if (billed < low || billed > high) return `${billed} were billed, the ledger says ${low} to ${high}`
  for (const request of metered) {
    const row = byWireId.get(request.clientRequestId ?? '')
    if (!row) return `the vendor ${request.vendor} metered a request that has no row`
    if (!row.cost) return `attempt ${row.attempt} has no cost`
    if (row.cost.lowPico === row.cost.highPico && row.cost.lowPico !== request.billedPico)
      return `attempt ${row.attempt} says exactly ${row.cost.lowPico}, the vendor ${request.billedPico}`
  }
  return undefined
}
