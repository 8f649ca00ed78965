/**
 * What this worker has seen of its endpoints and the others do not know yet.
 *
 * @module
 */
import type { SeenOf } from '../../core/ports.ts'
import type { Seen } from '../../core/routing/health/health-state.ts'

/** How many outcomes are kept for each endpoint while the store is out of reach. Older ones say little by then. */
const MOST_KEPT = 500

export interface News {
  readonly isEmpty: boolean
  add(endpointId: string, seen: Seen): void
  of(endpointId: string): readonly Seen[]
  /** Takes out what is kept of an endpoint, to send it. */
  take(endpointId: string): SeenOf
  takeAll(): readonly SeenOf[]
  /** Puts back what did not arrive. */
  putBack(news: readonly SeenOf[]): void
}

export function createNews(): News {
  const byEndpoint = new Map<string, Seen[]>()
  const take = (endpoint: string): SeenOf => {
    const seen = byEndpoint.get(endpoint) ?? []
    byEndpoint.delete(endpoint)
    return { endpoint, seen }
  }
  return {
    get isEmpty() {
      return byEndpoint.size === 0
    },
    add(endpoint, seen) {
      const its = byEndpoint.get(endpoint)
      if (!its) byEndpoint.set(endpoint, [seen])
      else if (its.push(seen) > MOST_KEPT) its.shift()
    },
    of: endpoint => byEndpoint.get(endpoint) ?? [],
    take,
    takeAll: () => [...byEndpoint.keys()].map(take),
    putBack(news) {
      for (const { endpoint, seen } of news) {
        const all = [...seen, ...(byEndpoint.get(endpoint) ?? [])]
        if (all.length > 0) byEndpoint.set(endpoint, all.slice(-MOST_KEPT))
      }
    },
  }
}
