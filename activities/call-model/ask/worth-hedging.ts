/**
 * Whether a call is hedged: how long its first endpoint has to begin, and which other one is worth asking then.
 *
 * @module
 */
import type { Endpoint } from '../../../src/core/endpoints.ts'
import { readyBeside } from '../../../src/core/faults/readiness.ts'
import { SECONDS_WORTH } from '../../../src/core/routing/call/call-ahead.ts'
import { isWorthHedging } from '../../../src/core/routing/hedge/hedge.ts'
import { formatDuration } from '../../../src/core/words/format-duration.ts'
import type { Attempted } from '../attempt/attempt.ts'
import { type Walk, warmTokensAt } from '../walk/walk.ts'

/** How long the first endpoint has for its first token before a second may be asked; or that no second is asked, and why. */
export type HedgeTime = { readonly afterMs: number } | { readonly unhedged?: string }

export function hedgeTime(walk: Walk, endpoint: Endpoint): HedgeTime {
  const { ports, prepared, attempts, hedged, repair, truncated } = walk
  const { hedge, name } = prepared.taskClass
  if (!hedge) return {}
  if (attempts === 0) ports.hedges.called(name)
  if (hedged || repair.length > 0 || truncated) return {}
  const afterMs = hedge.after === 'p95' ? ports.hedges.p95Ms(endpoint.id) : hedge.after
  return afterMs === undefined
    ? { unhedged: `this worker had too few answers of ${endpoint.id} to know the 95th of 100 of its times` }
    : { afterMs }
}

/** The second endpoint, or why there is none. */
type Second = { readonly second: Endpoint } | { readonly unhedged: string }

/**
 * The best other candidate of the same route, or why there is none. One at another provider goes first: what slows an endpoint
 * down often slows its neighbours too.
 */
export function secondTo(walk: Walk, first: Endpoint, waitedMs: number): Second {
  const { ports, prepared, plan, state } = walk
  const { hedge, name } = prepared.taskClass
  const closed = (id: string) => ports.health.of(id).closed
  const unhedged = obstacle(walk, first, waitedMs)
  if (unhedged !== undefined) return { unhedged }
  const ready = readyBeside(state, first.id, ports.now())
    .filter(id => !closed(id))
    .map(plan.endpoint)
  const second = ready.find(({ provider }) => provider !== first.provider) ?? ready[0]
  if (!second) return { unhedged: 'no other endpoint of its plan could be asked' }
  const { share } = hedge!
  if (ports.hedges.take(name, share)) return { second }
  return { unhedged: `this worker had hedged the share of the calls of ${name} that may be (${share * 100} %)` }
}

/** Why no endpoint at all is worth asking beside the first; `undefined` if one may be. */
function obstacle(walk: Walk, first: Endpoint, waitedMs: number): string | undefined {
  const { ports, prepared, state } = walk
  if (walk.activity.cancellationSignal.aborted) return 'the call was told to end'
  // A second reservation would take room from them.
  if (!ports.line.isEmpty) return 'other calls waited for room in a budget'
  const cooling = state.candidates.find(({ endpoint }) => ports.health.of(endpoint).closed?.rule === 'cooling')
  if (cooling) return `${cooling.endpoint} was left alone after a 429: more requests do not help who is full`
  const { secondsWorth = SECONDS_WORTH } = prepared.taskClass
  const saved = warmUsd(walk, first)
  if (isWorthHedging({ waitedMs, secondsWorth, warmUsd: saved })) return undefined
  return `what it had cached saved $${saved.toPrecision(2)}, more than ${formatDuration(waitedMs)} are worth`
}

/** Adds to the attempt's end why it was not hedged, if that is known. */
export function notHedged(attempted: Attempted, unhedged: string | undefined): Attempted {
  if (unhedged === undefined || attempted.kind !== 'replied' || !attempted.row) return attempted
  const { row } = attempted
  return { ...attempted, row: { ...row, end: { ...row.end, unhedged } } }
}

function warmUsd(walk: Walk, endpoint: Endpoint): number {
  const { input, cachedInput } = endpoint.price ?? {}
  if (input === undefined || cachedInput === undefined) return 0
  return (warmTokensAt(walk, endpoint, walk.ports.now()) * Math.max(0, input - cachedInput)) / 1e6
}
