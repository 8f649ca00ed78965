/**
 * Plans one call: every endpoint of the configuration ends up among the candidates, best first, or among the
 * rejections with its reason. Pure: the same input gives the same route. Begin here: there is a folder for each part of routing, and none
 * imports from one below it.
 *
 * 1. `class/`: the class that serves the call, by the rules and the split of its own.
 * 2. `cache/`: which vendors have the beginning of a prompt cached, for how long, and what is marked for that.
 * 3. `limits/`: what vendors allow, learned from their 429s, and which calls go next where that is reached.
 * 4. `health/`: what is remembered of an endpoint's attempts, and what a plan sees of that.
 * 5. `call/`: what a call needs, what is expected of it, and `plan-input.ts`, all that its plan depends on.
 * 6. `filter/`: the endpoints, laid out as columns (`roster.ts`), and why one cannot serve the call.
 * 7. `ranking/`: the order of the others. `objective.ts` has the formula of `sort: measured`.
 * 8. `route/`: the plan, what the ledger keeps of it, and the words for a call that no endpoint may serve.
 * 9. `hedge/`: when a second endpoint is asked beside a slow one. It is no part of the plan.
 *
 * @module
 */
import type { Endpoint } from '../endpoints.ts'
import { cacheTtlOf } from './cache/cache-ttl.ts'
import { LEAST_CACHED_TOKENS, warmTokens } from './cache/warmth.ts'
import type { PlanInput } from './call/plan-input.ts'
import { type Demands, demandsOf, meets } from './filter/demands.ts'
import { NOT_IN_CLASS, rejectionOf } from './filter/find-rejection.ts'
import type { Rejection } from './filter/rejection.ts'
import { type Roster, rosterOf } from './filter/roster.ts'
import { bestFirst, scoreOf } from './ranking/best-first.ts'
import { rankInputOf } from './ranking/endpoint-ahead.ts'
import { appearances, listedPlaces, NOT_LISTED } from './ranking/places.ts'
import type { Route } from './route/route.ts'

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
