/**
 * Where a class places the models of its endpoints.
 *
 * @module
 */
import type { Roster } from './roster.ts'

/** The place of an endpoint that a class does not list. */
export const NOT_LISTED = -1

/** A listed name is a model's, or one endpoint's id. The places run along the roster's endpoints. */
export function listedPlaces({ endpoints, models, modelOf }: Roster, names: readonly string[]): Int16Array {
  const ofModel = new Int16Array(models.size).fill(NOT_LISTED)
  const ofEndpoint = new Map<string, number>()
  for (const [place, name] of names.entries()) {
    const model = models.get(name)
    if (model === undefined) ofEndpoint.set(name, ofEndpoint.get(name) ?? place)
    else if (ofModel[model] === NOT_LISTED) ofModel[model] = place
  }
  const places = new Int16Array(endpoints.length)
  for (let at = 0; at < places.length; at += 1) places[at] = ofModel[modelOf[at]!]!
  if (ofEndpoint.size > 0)
    for (const [at, { id }] of endpoints.entries())
      if (places[at] === NOT_LISTED) places[at] = ofEndpoint.get(id) ?? NOT_LISTED
  return places
}

/** Without a list models take the places of their first appearance among the fit endpoints. */
export function appearances({ models }: Roster): (model: number) => number {
  const places = new Int16Array(models.size).fill(NOT_LISTED)
  let seen = 0
  return model => {
    if (places[model] === NOT_LISTED) {
      places[model] = seen
      seen += 1
    }
    return places[model]!
  }
}
