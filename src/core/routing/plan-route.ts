/**
 * Plans one call: every endpoint of the configuration ends up among the candidates, best first, or among the
 * rejections with its reason. Pure: the same input gives the same route.
 *
 * @module
 */
import type { Endpoint } from '../endpoints.ts'
import { type Demands, demandsOf, meets } from './demands.ts'
import { rankInputOf } from './endpoint-ahead.ts'
import { NOT_IN_CLASS, rejectionOf } from './filters.ts'
import { appearances, listedPlaces, NOT_LISTED } from './places.ts'
import { bestFirst, scoreOf } from './ranking.ts'
import { cacheTtlOf, type Roster, rosterOf } from './roster.ts'
import type { PlanInput, Rejection, Route } from './route.ts'
import { LEAST_CACHED_TOKENS, warmTokens } from './warmth.ts'

/**
 * The route of a call. It may have no candidates: `noRouteFault` says so in words, unless a rejection passes and can be waited for.
 *
 * Contract: an endpoint that is not fit changes nothing about the others.
 *
 * @param roster - The roster of the same endpoints, if there is one already: making it costs more than the plan.
 */
export function planRoute(input: PlanInput, roster: Roster = rosterOf(input.endpoints)): Route {
  const { taskClass, health } = input
  const { endpoints, modelOf } = roster
  const fit: Endpoint[] = []
  const scores = new Float64Array(endpoints.length)
  const rejections: { endpoint: Endpoint; rejection: Rejection }[] = []
  const listed = taskClass.models && listedPlaces(roster, taskClass.models, taskClass.places)
  const placeOf = appearances(roster)
  const demands = demandsOf(roster, input)
  const ranking = rankInputOf(input, roster)
  for (let at = 0; at < endpoints.length; at += 1) {
    const endpoint = endpoints[at]!
    const rejection = rejectionAt(roster, at, listed, demands, input)
    const its = rejection ? undefined : health(endpoint.id)
    if (!its || its.closed) {
      rejections.push({ endpoint, rejection: (rejection ?? its?.closed)! })
      continue
    }
    scores[fit.length] = scoreOf(at, listed ? listed[at]! : placeOf(modelOf[at]!), its, ranking)
    fit.push(endpoint)
  }
  const warm = warmEndpoint(input, roster)
  return { candidates: bestFirst(fit, scores), ...(warm !== undefined && { warm }), rejections }
}

/** The endpoint that answered last, if it still has the prompt cached. */
function warmEndpoint({ known, nowMs }: PlanInput, { byId }: Roster): string | undefined {
  const prefix = known?.warm?.[0]
  const endpoint = prefix && byId.get(prefix.endpoint)
  if (!endpoint || nowMs === undefined) return undefined
  return warmTokens(prefix, cacheTtlOf(endpoint), nowMs) >= LEAST_CACHED_TOKENS ? endpoint.id : undefined
}

function rejectionAt(
  roster: Roster,
  at: number,
  listed: Int16Array | undefined,
  demands: Demands,
  input: PlanInput,
): Rejection | undefined {
  if (listed && listed[at] === NOT_LISTED) return NOT_IN_CLASS
  return meets(roster, at, demands) ? undefined : rejectionOf(roster, at, demands, input)
}
