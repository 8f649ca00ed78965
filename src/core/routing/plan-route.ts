/**
 * Plans one call: every endpoint of the configuration ends up among the candidates, best first, or among the
 * rejections with its reason. Pure: the same input gives the same route.
 *
 * @module
 */
import type { Endpoint } from '../endpoints.ts'
import { combinePolicies } from '../policy.ts'
import { NOT_IN_CLASS, rejectionOf } from './filters.ts'
import { bestFirst, scoreOf } from './ranking.ts'
import type { PlanInput, Rejection, Route } from './route.ts'

/**
 * The route of a call. No candidates is a valid plan: `noRouteFault` says it in words, unless a rejection is passing and
 * can be waited for.
 *
 * Contract: an endpoint that is not fit changes nothing about the others.
 */
export function planRoute(input: PlanInput): Route {
  const { endpoints, taskClass, needs, draw, health } = input
  const fit: Endpoint[] = []
  const scores = new Float64Array(endpoints.length)
  const rankInput = { sort: taskClass.sort, needs, draw }
  const rejections: { endpoint: Endpoint; rejection: Rejection }[] = []
  const listed = taskClass.models && placesOf(taskClass.models)
  const combined = combinePolicies(input.policies)
  const appeared = new Map<string, number>()
  for (const endpoint of endpoints) {
    const place = listed ? (listed.get(endpoint.model) ?? listed.get(endpoint.id)) : -1
    if (place === undefined) {
      rejections.push({ endpoint, rejection: NOT_IN_CLASS })
      continue
    }
    const rejection = rejectionOf(endpoint, input, combined)
    if (rejection) {
      rejections.push({ endpoint, rejection })
      continue
    }
    const its = health(endpoint.id)
    if (its.closedUntilMs) {
      rejections.push({ endpoint, rejection: its.closedUntilMs })
      continue
    }
    scores[fit.length] = scoreOf(endpoint, listed ? place : appearance(appeared, endpoint), its, rankInput)
    fit.push(endpoint)
  }
  return { candidates: bestFirst(fit, scores), rejections }
}

/** A listed name is a model's, or one endpoint's id. */
function placesOf(models: readonly string[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>()
  for (const [place, name] of models.entries()) if (!places.has(name)) places.set(name, place)
  return places
}

/** Without a list models take the places of their first appearance among the fit. */
function appearance(appeared: Map<string, number>, { model }: Endpoint): number {
  const known = appeared.get(model)
  if (known !== undefined) return known
  appeared.set(model, appeared.size)
  return appeared.size - 1
}
