/**
 * Connections to vendors: one pool per origin, kept alive between calls.
 *
 * @module
 */
import { Pool } from 'undici'

export interface Pools {
  for(origin: string, connectMs: number): Pool
  /** Lets connections go once what is in flight on them has ended; who asks after that opens others. */
  rest(): void
  close(): Promise<void>
}

/**
 * Longer than the 4 s that undici keeps an idle connection, because an agent's tools run between two of its calls; shorter than
 * the 60 s after which common load balancers drop one. A server's own Keep-Alive hint shortens it.
 */
const KEEP_ALIVE_MS = 30_000

/**
 * Creates pools on demand. HTTP/2 is off, so that one attempt has one socket and an abort closes it; undici's own
 * timeouts are off but for the connect one, because the exchange has deadlines of its own.
 *
 * `close` destroys what is open; asks in flight end with a fault.
 */
export function createPools(): Pools {
  const pools = new Map<string, Pool>()
  const resting = new Set<Pool>()
  return {
    for(origin, connectMs) {
      const key = `${origin} ${connectMs}`
      const found = pools.get(key)
      if (found) return found
      const pool = new Pool(origin, {
        connect: { timeout: connectMs },
        allowH2: false,
        keepAliveTimeout: KEEP_ALIVE_MS,
        headersTimeout: 0,
        bodyTimeout: 0,
      })
      pools.set(key, pool)
      return pool
    },
    rest() {
      for (const pool of pools.values()) {
        resting.add(pool)
        void pool.close().then(() => resting.delete(pool))
      }
      pools.clear()
    },
    async close() {
      await Promise.all([...pools.values(), ...resting].map(pool => pool.destroy()))
      pools.clear()
    },
  }
}
