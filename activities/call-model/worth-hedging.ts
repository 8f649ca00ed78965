/**
 * Whether a call is hedged: how long its first endpoint has to begin, and which other one is worth asking then.
 *
 * @module
 */
import type { Endpoint } from '../../src/core/endpoints.ts'
import { readyBeside } from '../../src/core/faults/readiness.ts'
import { SECONDS_WORTH } from '../../src/core/routing/ahead.ts'
import { isWorthHedging } from '../../src/core/routing/hedge.ts'
import { type Walk, warmTokensAt } from './walk.ts'

/** How long the first endpoint has for its first token before a second may be asked; `undefined`: as long as it takes. */
export function hedgeAfterMs(walk: Walk, endpoint: Endpoint): number | undefined {
  const { ports, prepared, attempts, hedged, repair, truncated } = walk
  const { hedge, name } = prepared.taskClass
  if (!hedge) return undefined
  if (attempts === 0) ports.hedges.called(name)
  if (hedged || repair.length > 0 || truncated) return undefined
  return hedge.after === 'p95' ? ports.hedges.p95Ms(endpoint.id) : hedge.after
}

/** The best candidate of the same route, at another provider where there is one: what slows one down often slows its neighbours. */
export function secondTo(walk: Walk, first: Endpoint, waitedMs: number): Endpoint | undefined {
  const { ports, prepared, plan, state } = walk
  const { hedge, secondsWorth = SECONDS_WORTH, name } = prepared.taskClass
  if (walk.activity.cancellationSignal.aborted) return undefined
  const closed = (id: string) => ports.health.of(id).closedUntilMs
  const isCooling = state.candidates.some(({ endpoint }) => closed(endpoint)?.rule === 'cooling')
  const moment = { waitedMs, secondsWorth, warmUsd: warmUsd(walk, first), isCooling }
  // Others wait for the same money: a second reservation would take it from them.
  if (!ports.line.isEmpty || !isWorthHedging(moment)) return undefined
  const ready = readyBeside(state, first.id, ports.now())
    .filter(id => !closed(id))
    .map(plan.endpoint)
  const second = ready.find(({ provider }) => provider !== first.provider) ?? ready[0]
  return second && ports.hedges.take(name, hedge!.share) ? second : undefined
}

function warmUsd(walk: Walk, endpoint: Endpoint): number {
  const { input, cachedInput } = endpoint.price ?? {}
  if (input === undefined || cachedInput === undefined) return 0
  return (warmTokensAt(walk, endpoint, walk.ports.now()) * Math.max(0, input - cachedInput)) / 1e6
}
