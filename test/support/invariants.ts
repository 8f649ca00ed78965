import { expect } from 'vitest'
import type { Stage } from './stage.ts'

/**
 * The ledger against the vendors' own meters, request by request: every request that a vendor metered has its row, a row
 * that claims to be exact is exact to the pico-dollar, and the sums bound what was billed.
 */
export async function expectLedgerMatchesMeter({ store, vendors }: Stage): Promise<void> {
  const rows = await store.reports.attempts({ limit: 10_000 })
  const byWireId = new Map(rows.map(row => [row.wireRequestId, row]))
  let [low, high, billed] = [0n, 0n, 0n]
  for (const row of rows) {
    low += BigInt(row.cost?.lowPico ?? 0)
    high += BigInt(row.cost?.highPico ?? 0)
  }
  for (const metered of vendors.meter()) {
    const row = byWireId.get(metered.clientRequestId ?? '')
    expect(row, `a metered request without a row: ${JSON.stringify(metered)}`).toBeDefined()
    billed += BigInt(metered.billedPico)
    if (row?.cost && row.cost.lowPico === row.cost.highPico) expect(metered.billedPico).toBe(row.cost.lowPico)
  }
  expect(low <= billed && billed <= high, `${low} <= ${billed} <= ${high}`).toBe(true)
}
