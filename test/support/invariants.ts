import { setTimeout as delay } from 'node:timers/promises'
import type { RunningVendors } from '../../src/providers/simulated/index.ts'
import type { Store } from '../../src/store/index.ts'

/** What pays, and what is paid. */
export interface Paying {
  readonly store: Pick<Store, 'reports'>
  readonly vendors: Pick<RunningVendors, 'meter'>
}

/**
 * Holds the ledger against the vendors' own meters, request by request: every request that a vendor metered has its row, and
 * what was billed for it lies within the row's bounds, which are one figure where the row claims to be exact. A row of which
 * no vendor knows may have cost nothing.
 *
 * @throws with every difference.
 */
export async function expectLedgerMatchesMeter({ store, vendors }: Paying): Promise<void> {
  const rows = await store.reports.attempts({ limit: 10_000 })
  const billed = new Map<string, bigint>()
  for (const { clientRequestId = 'no id', billedPico } of await closedMeter(vendors))
    billed.set(clientRequestId, (billed.get(clientRequestId) ?? 0n) + BigInt(billedPico))
  const differences = rows.flatMap(row => {
    const pico = billed.get(row.wireRequestId) ?? 0n
    billed.delete(row.wireRequestId)
    if (row.cost === undefined) return []
    const { lowPico, highPico } = row.cost
    if (BigInt(lowPico) <= pico && pico <= BigInt(highPico)) return []
    return `${row.callId} at ${row.endpoint} (${row.outcome}): billed ${pico}, in the ledger ${lowPico} to ${highPico}`
  })
  for (const [id, pico] of billed) differences.push(`${id}: billed ${pico}, and not in the ledger`)
  if (differences.length > 0) throw new Error(`the ledger differs from the vendors' meters\n${differences.join('\n')}`)
}

/** A vendor hears of a connection that was left a moment later, and bills then; one that somebody still listens on is billed so far. */
async function closedMeter(vendors: Paying['vendors']) {
  const isOpen = () => vendors.meter().some(({ state }) => state === 'open')
  for (let left = 50; left > 0 && isOpen(); left -= 1) await delay(20)
  return vendors.meter()
}
