/**
 * The order in which fit endpoints are asked. Every sort gives each endpoint one number, so that the sorting itself is cheap.
 *
 * @module
 */
import type { Endpoint } from '../endpoints.ts'
import type { Sort } from '../task-class.ts'
import { blendedPrice } from './expected-cost.ts'
import type { CallNeeds, EndpointHealth } from './route.ts'

/** A fit endpoint with what ranking needs to know of it. */
export interface Fit {
  readonly endpoint: Endpoint
  /** The place of its model: in the class's list, or by first appearance among the fit endpoints. */
  readonly place: number
  readonly health: EndpointHealth
}

export interface RankInput {
  readonly sort: Sort | undefined
  readonly needs: CallNeeds
  readonly draw: number
}

/**
 * Best first.
 *
 * - Without a sort: by the model's place; among one model's endpoints the steady ones first, weighted by 1/price².
 * - `order`: by the model's place; among one model's endpoints the steady ones first, as configured.
 * - `price`: the expected cost of this call; unknown prices last.
 * - `latency`: steady endpoints that lack their five samples first, as listed, so that each is measured once; then by
 *   the average time to first token; unsteady ones last.
 *
 * Ties keep the order of the configuration.
 */
export function rank(fits: readonly Fit[], input: RankInput): Endpoint[] {
  const scores = new Float64Array(fits.length)
  const order = new Array<number>(fits.length)
  for (let index = 0; index < fits.length; index += 1) {
    scores[index] = scoreOf(fits[index]!, input)
    order[index] = index
  }
  order.sort((a, b) => scores[a]! - scores[b]! || a - b)
  return order.map(index => fits[index]!.endpoint)
}

/** Longer than any time to first token, so that unsteady endpoints come after it. */
const UNSTEADY = 1e9

function scoreOf({ endpoint, place, health }: Fit, { sort, needs, draw }: RankInput): number {
  switch (sort) {
    case 'price':
      return Math.min(Number.MAX_VALUE, blendedPrice(endpoint.price, needs))
    case 'latency':
      return (health.steady ? 0 : UNSTEADY) + (health.firstTokenMs ?? place - UNSTEADY / 4)
    case 'order':
      return 2 * place + (health.steady ? 0 : 1)
    case undefined:
      return 2 * place + (health.steady ? 0 : 1) + drawnScore(endpoint, blendedPrice(endpoint.price, needs), draw)
  }
}

/**
 * A number in [0, 1) by which endpoints sort into an order drawn with weights 1/price²: -ln(u) / weight with u uniform
 * in (0, 1), least first (Efraimidis and Spirakis, "Weighted random sampling with a reservoir", 2006). Each endpoint's u comes from the
 * run's draw and the provider's name alone, so the order of two endpoints does not depend on a third one.
 */
function drawnScore(endpoint: Endpoint, price: number, draw: number): number {
  if (price === Number.POSITIVE_INFINITY) return LAST
  const spread = -Math.log(uniform(endpoint.provider, draw)) * price * price
  return Math.min(LAST, spread / (1 + spread))
}

/** The largest score below 1 that survives being added to a place. */
const LAST = 1 - 2 ** -24

/** FNV-1a over the name, mixed with the draw by the finalizer of MurmurHash3. */
function uniform(name: string, draw: number): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < name.length; index += 1) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193)
  hash ^= Math.floor(draw * 2 ** 32)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (((hash ^ (hash >>> 16)) >>> 0) + 0.5) / 2 ** 32
}
