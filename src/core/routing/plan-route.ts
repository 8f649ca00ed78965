/**
 * Plans one call: every endpoint of the configuration ends up among the candidates, best first, or among the
 * rejections with its reason. Pure: the same input gives the same route.
 *
 * @module
 */
import type { Endpoint } from '../endpoints.ts'
import type { TaskClass } from '../task-class.ts'
import { NOT_IN_CLASS, rejectionOf } from './filters.ts'
import { type Fit, rank } from './ranking.ts'
import type { PlanInput, Rejection, Route } from './route.ts'

/**
 * The route of a call. No candidates is a valid plan: `noRouteFault` says it in words, unless a rejection is passing and
 * can be waited for.
 *
 * Contract: an endpoint that is not fit changes nothing about the others.
 */
export function planRoute(input: PlanInput): Route {
  const { endpoints, taskClass, needs, draw, health } = input
  const fits: Fit[] = []
  const rejections: { endpoint: Endpoint; rejection: Rejection }[] = []
  const placeOf = places(taskClass)
  for (const endpoint of endpoints) {
    const place = placeOf(endpoint)
    if (place === undefined) {
      rejections.push({ endpoint, rejection: NOT_IN_CLASS })
      continue
    }
    const its = health(endpoint.id)
    const rejection = rejectionOf(endpoint, input, its)
    if (rejection) rejections.push({ endpoint, rejection })
    else fits.push({ endpoint, place, health: its })
  }
  return { candidates: rank(fits, { sort: taskClass.sort, needs, draw }), rejections }
}

/** A listed name is a model's, or one endpoint's id. Without a list models take the places of their first appearance. */
function places({ models }: TaskClass): (endpoint: Endpoint) => number | undefined {
  const known = new Map<string, number>()
  if (!models)
    return ({ model }) => {
      const place = known.get(model) ?? known.size
      known.set(model, place)
      return place
    }
  for (const [place, name] of models.entries()) if (!known.has(name)) known.set(name, place)
  return ({ model, id }) => known.get(model) ?? known.get(id)
}
