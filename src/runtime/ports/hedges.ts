/**
 * What this worker knows for its hedges.
 *
 * @module
 */
import type { HedgePort } from '../../core/ports.ts'
import { type FirstTokens, p95Of, withFirstToken } from '../../core/routing/hedge/first-tokens.ts'

/** The share of a class holds over about so many calls: what was saved up before gives no right to hedge a whole bad hour. */
const COUNTED_CALLS = 1_000

interface Counts {
  calls: number
  hedged: number
}

/** Lives as long as the worker. Each worker keeps to the share, and so do they all together. */
export function createHedges(): HedgePort {
  const times = new Map<string, FirstTokens>()
  const classes = new Map<string, Counts>()
  return {
    heard(endpoint, firstTokenMs) {
      times.set(endpoint, withFirstToken(times.get(endpoint) ?? [], firstTokenMs))
    },
    p95Ms: endpoint => p95Of(times.get(endpoint) ?? []),
    called(taskClass) {
      const counts = classes.get(taskClass) ?? { calls: 0, hedged: 0 }
      classes.set(taskClass, counts)
      counts.calls += 1
      if (counts.calls < COUNTED_CALLS) return
      counts.calls /= 2
      counts.hedged /= 2
    },
    take(taskClass, share) {
      const counts = classes.get(taskClass)
      if (!counts || share <= 0 || counts.hedged > counts.calls * share) return false
      counts.hedged += 1
      return true
    },
  }
}
