/**
 * The order in which fit endpoints are asked. Every sort gives each endpoint one number, so that the sorting itself is cheap.
 *
 * @module
 */
import type { Endpoint } from '../endpoints.ts'
import type { Sort } from '../task-class.ts'
import { blendedPrice } from './expected-cost.ts'
import type { CallNeeds, EndpointHealth } from './route.ts'

export interface RankInput {
  readonly sort: Sort | undefined
  readonly needs: CallNeeds
  readonly draw: number
}

/**
 * Sorts endpoints by their scores, least first. Scores are zero or more, one for each endpoint, and are used up.
 *
 * The low half-word of each score gives way to its index, which breaks ties by the order of the configuration and leaves
 * 36 bits to the score: a typed array then sorts without a comparator, several times as fast. It holds for up to
 * 65,536 endpoints; the whole catalogue has 5,276.
 */
export function bestFirst(endpoints: readonly Endpoint[], scores: Float64Array): Endpoint[] {
  const words = new Uint32Array(scores.buffer)
  const ranked = new Array<Endpoint>(endpoints.length)
  for (let index = 0; index < endpoints.length; index += 1)
    words[2 * index + LOW_WORD] = (words[2 * index + LOW_WORD]! & 0xffff_0000) | index
  scores.subarray(0, endpoints.length).sort()
  for (let index = 0; index < endpoints.length; index += 1)
    ranked[index] = endpoints[words[2 * index + LOW_WORD]! & 0xffff]!
  return ranked
}

/** Where the machine keeps the low word of a float. */
const LOW_WORD = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 0 : 1

/** More than any time to first token in ms, or any number of models, so that one group of endpoints comes after another. */
const NEXT_GROUP = 1e8

/**
 * The score of a fit endpoint, less being better.
 *
 * - Without a sort: by the model's place; among one model's endpoints the steady ones first, weighted by 1/price².
 * - `order`: by the model's place; among one model's endpoints the steady ones first, as configured.
 * - `price`: the expected cost of this call; unknown prices last.
 * - `latency`: steady endpoints that lack their five samples first, as listed, so that each is measured once; then by
 *   the average time to first token; unsteady ones last.
 *
 * @param place - Of its model: in the class's list, or by first appearance among the fit endpoints.
 */
export function scoreOf(endpoint: Endpoint, place: number, health: EndpointHealth, input: RankInput): number {
  const { sort, needs, draw } = input
  switch (sort) {
    case 'price':
      return Math.min(Number.MAX_VALUE, blendedPrice(endpoint.price, needs))
    case 'latency':
      return (
        (health.steady ? 0 : 2 * NEXT_GROUP) +
        (health.firstTokenMs === undefined ? place : NEXT_GROUP + health.firstTokenMs)
      )
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
