/**
 * Connections to vendors: one pool per origin, kept alive between calls.
 *
 * @module
 */
import { type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici'
import { type Proxies, proxyOf } from './proxies.ts'

export interface Pools {
  for(origin: string, connectMs: number): Dispatcher
  /** Closes each connection when what is in flight on it has ended. Later requests open new ones. */
  rest(): void
  close(): Promise<void>
}

/**
 * Longer than the 4 s that undici keeps an idle connection, because an agent's tools run between two of its calls; shorter than
 * the 60 s after which common load balancers drop one. A server's own Keep-Alive hint shortens it.
 */
const KEEP_ALIVE_MS = 30_000

/**
 * HTTP/2 is off, so that one attempt has one socket and an abort closes it; undici's own timeouts are off but for the connect one,
 * because the exchange has deadlines of its own.
 */
const SETTINGS = { allowH2: false, keepAliveTimeout: KEEP_ALIVE_MS, headersTimeout: 0, bodyTimeout: 0 }

/**
 * Creates pools on demand, through a proxy where there is one for the origin.
 *
 * `close` destroys what is open; asks in flight end with a fault.
 */
export function createPools(proxies: Proxies): Pools {
  const pools = new Map<string, Dispatcher>()
  const resting = new Set<Dispatcher>()
  return {
    for(origin, connectMs) {
      const key = `${origin} ${connectMs}`
      const found = pools.get(key)
      if (found) return found
      const pool = proxyOf(origin, proxies) ? proxied(proxies, connectMs) : direct(origin, connectMs)
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

function direct(origin: string, connectMs: number): Pool {
  return new Pool(origin, { ...SETTINGS, connect: { timeout: connectMs } })
}

/** A proxy that takes the connection and says nothing is one that cannot be reached, by the same deadline. */
function proxied({ https = '', http = '', except = '' }: Proxies, connectMs: number): EnvHttpProxyAgent {
  return new EnvHttpProxyAgent({
    ...SETTINGS,
    httpsProxy: https,
    httpProxy: http,
    noProxy: except,
    connect: { timeout: connectMs },
    connectTimeout: connectMs,
    clientFactory: (origin, settings) => new Pool(origin, { ...settings, headersTimeout: connectMs }),
  })
}
