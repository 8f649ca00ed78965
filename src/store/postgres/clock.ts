import type { PoolClient } from 'pg'

/** How far the server's clock is ahead of this machine's. 0 where the time that its answer took accounts for it. */
export async function clockAheadMs(client: PoolClient): Promise<number> {
  const askedAtMs = Date.now()
  const { rows } = await client.query<{ ms: string }>('select extract(epoch from clock_timestamp()) * 1000 as ms')
  // Ours tells whole milliseconds.
  const heardAtMs = Date.now() + 1
  const ms = Number(rows[0]?.ms)
  return askedAtMs <= ms && ms <= heardAtMs ? 0 : Math.round(ms - (askedAtMs + heardAtMs) / 2)
}

/** Clocks go apart slowly. */
const ASKED_AGAIN_AFTER_MS = 60_000

/** A clock that was put by more than this, or stood still with its machine, is another one. */
const PUT_MS = 1_000

export function keptForAWhile(ask: () => Promise<number>): () => Promise<number> {
  let kept: Promise<number> | undefined
  let at = { ms: 0, beganAtMs: 0 }
  return () => {
    const ms = performance.now()
    const beganAtMs = Date.now() - ms
    const isSame = Math.abs(beganAtMs - at.beganAtMs) < PUT_MS
    if (kept && isSame && ms - at.ms < ASKED_AGAIN_AFTER_MS) return kept
    at = { ms, beganAtMs }
    const asked = ask()
    // Whoever comes next asks again.
    asked.catch(() => {
      kept = undefined
    })
    kept = asked
    return asked
  }
}
