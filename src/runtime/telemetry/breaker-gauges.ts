/**
 * Measures which endpoints are closed by a breaker, as this worker knows it, aside from the calls that it keeps from them.
 *
 * @module
 */
import type { HealthPort } from '../../core/ports.ts'
import type { Metrics } from './metrics.ts'

/** A scrape finds what was true this long ago. Soon enough for a breaker that opens for ten seconds. */
const EVERY_MS = 2_000

/**
 * Looks regularly, until the returned function is called. An endpoint has no series before its breaker opens.
 *
 * A gauge keeps its last value, and nobody may ask an endpoint again for hours: so a breaker whose time is over counts as closed, although
 * only an answer closes it. While one is open, the store is asked whether another worker has got an answer.
 */
export function measureBreakers(
  endpoints: () => readonly { readonly id: string }[],
  health: Pick<HealthPort, 'now' | 'of'>,
  metrics: Pick<Metrics, 'breaker'>,
): () => void {
  let open: readonly string[] = []
  const look = () => {
    const of = open.length > 0 ? health.now() : health.of
    const before = open
    open = endpoints().flatMap(({ id }) => (of(id).closed?.rule === 'breaker-open' ? [id] : []))
    for (const id of before) if (!open.includes(id)) metrics.breaker(id, false)
    for (const id of open) if (!before.includes(id)) metrics.breaker(id, true)
  }
  const timer = setInterval(look, EVERY_MS).unref()
  return () => clearInterval(timer)
}
