/**
 * The order in which fit endpoints are asked. Every sort gives each endpoint one number, so that the sorting itself is cheap.
 *
 * @module
 */
import type { Endpoint } from '../../endpoints.ts'
import { uniformOf } from '../../uniform.ts'
import type { EndpointHealth } from '../health/endpoint-health.ts'
import { blendedPrice } from './blended-price.ts'
import { expectedCostAt, type RankInput } from './endpoint-ahead.ts'

/**
 * Sorts endpoints by their scores, least first. Scores are zero or more, one for each endpoint, and are used up.
 *
 * The low half-word of each score gives way to its index, which breaks ties by the order of the configuration and leaves
 * 36 bits to the score: a typed array then sorts without a comparator, several times as fast. It holds for up to
 * 65,536 endpoints; the whole catalogue has 5,276. The bits of floats from zero up sort as whole numbers do, a third faster than
 * as floats (400 scores: 13.2 against 20.8 µs), which have a NaN and a minus zero to look out for.
 */
export function bestFirst(endpoints: readonly Endpoint[], scores: Float64Array): Endpoint[] {
  const words = new Uint32Array(scores.buffer)
  const ranked = new Array<Endpoint>(endpoints.length)
  for (let index = 0; index < endpoints.length; index += 1)
    words[2 * index + LOW_WORD] = (words[2 * index + LOW_WORD]! & 0xffff_0000) | index
  new BigUint64Array(scores.buffer, 0, endpoints.length).sort()
  for (let index = 0; index < endpoints.length; index += 1)
    ranked[index] = endpoints[words[2 * index + LOW_WORD]! & 0xffff]!
  return ranked
}

/** The index of the low half-word of a float on this machine. */
const LOW_WORD = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 0 : 1

/** More than any time to first token in ms, or any number of models, so that one group of endpoints comes after another. */
const NEXT_GROUP = 1e8

/**
 * The score of a fit endpoint; lower is better. An ejected one comes after all others of its place, or after all others if the sort
 * ignores places.
 *
 * - Without a sort: by the model's place; among one model's endpoints the steady ones first, weighted by 1/price².
 * - `order`: by the model's place; among one model's endpoints the steady ones first, as configured.
 * - `price`: the expected cost of this call; unknown prices last.
 * - `throughput`: first steady endpoints without measurements, and those whose turn it is to be measured again; then the fastest;
 *   unsteady ones last.
 * - `measured`: by the model's place, where equals share one; in a place by the expected cost, its time and risk included.
 * - `latency`: first steady endpoints with fewer than five samples, as listed, so that each gets measured, and those whose turn it is to
 *   be measured again; then by the average time to first token; unsteady ones last.
 *
 * @param at - The endpoint's place in the roster.
 * @param place - Its model's place: in the class's list, or by first appearance among the fit endpoints.
 */
export function scoreOf(at: number, place: number, health: EndpointHealth, input: RankInput): number {
  const { sort, needs, draw, roster } = input
  const endpoint = roster.endpoints[at]!
  switch (sort) {
    case 'measured':
      return (
        place +
        (isExplored(at, health, input) ? 0 : health.ejected ? LAST : squashed(expectedCostAt(at, health, input)))
      )
    case 'throughput':
      return (
        groupOf(health, 2 * NEXT_GROUP) +
        (health.measured && !isExplored(at, health, input) ? NEXT_GROUP / health.measured.tokensPerSecond : 0)
      )
    case 'price':
      return health.ejected ? Number.MAX_VALUE : Math.min(Number.MAX_VALUE, blendedPrice(endpoint.price, needs))
    case 'latency':
      return (
        groupOf(health, 2 * NEXT_GROUP) +
        (health.firstTokenMs === undefined || isExplored(at, health, input) ? place : NEXT_GROUP + health.firstTokenMs)
      )
    case 'order':
      return 3 * place + groupOf(health, 1)
    case undefined:
      return (
        3 * place + groupOf(health, 1) + drawnScore(roster.providerHash[at]!, blendedPrice(endpoint.price, needs), draw)
      )
  }
}

/** The group of an endpoint: steady, unsteady or ejected. */
function groupOf({ steady, ejected }: EndpointHealth, apart: number): number {
  if (steady) return 0
  return ejected ? 2 * apart : apart
}

/**
 * In one of two hundred runs an endpoint is asked first, whatever its measurements. Endpoints that are not asked are not measured, so
 * without this nobody would notice that one has become better, and a bad hour would count for ever. If a model has many endpoints, one of
 * them is chosen so in one of twenty runs. Never if a prefix is cached.
 */
const EXPLORED = 0.005
const EXPLORED_IN_ALL = 0.05

function isExplored(at: number, health: EndpointHealth, { roster, warm, draw }: RankInput): boolean {
  if (warm.length > 0 || !health.steady) return false
  const share = Math.min(EXPLORED, EXPLORED_IN_ALL / roster.peers[at]!)
  return uniformOf(roster.providerHash[at]!, draw) < share
}

/** Maps dollars to [0, 1) and keeps their order. Half of the range is for less than a tenth of a cent, as most calls cost. */
function squashed(dollars: number): number {
  const scaled = dollars * 1_000
  return Math.min(LAST, scaled === Number.POSITIVE_INFINITY ? LAST : scaled / (1 + scaled))
}

/**
 * A number in [0, 1) that sorts endpoints into a random order with weights 1/price²: -ln(u) / weight with u uniform in (0, 1), least first
 * (Efraimidis and Spirakis, "Weighted random sampling with a reservoir", 2006). Each endpoint's u depends only on the run's draw and the
 * provider's name, so the order of two endpoints does not depend on any other.
 */
function drawnScore(providerHash: number, price: number, draw: number): number {
  if (price === Number.POSITIVE_INFINITY) return LAST
  const spread = -Math.log(uniformOf(providerHash, draw)) * price * price
  return Math.min(LAST, spread / (1 + spread))
}

/** The largest score below 1 that survives being added to a place. */
const LAST = 1 - 2 ** -24
