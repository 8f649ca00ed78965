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

/** Clocks go apart slowly, and one that is put right should be noticed. */
const ASKED_AGAIN_AFTER_MS = 60_000

export function keptForAWhile(ask: () => Promise<number>): () => Promise<number> {
  let kept: Promise<number> | undefined
  let atMs = 0
  return () => {
    if (kept && performance.now() - atMs < ASKED_AGAIN_AFTER_MS) return kept
    atMs = performance.now()
    const asked = ask()
    // Whoever comes next asks again.
    asked.catch(() => {
      kept = undefined
    })
    kept = asked
    return asked
  }
}
