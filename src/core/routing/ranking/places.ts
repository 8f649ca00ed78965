/**
 * The places that a class gives to the models of endpoints.
 *
 * @module
 */
import type { Roster } from '../filter/roster.ts'

/** The place of an endpoint that a class does not list. */
export const NOT_LISTED = -1

/**
 * The place of each of the roster's endpoints, in its order. A listed name is a model, or one endpoint's id.
 *
 * @param places - The places of the names, if some of them are equals.
 */
export function listedPlaces(
  { endpoints, models, modelOf }: Roster,
  names: readonly string[],
  places?: readonly number[],
): Int16Array {
  const ofModel = new Int16Array(models.size).fill(NOT_LISTED)
  const ofEndpoint = new Map<string, number>()
  for (const [index, name] of names.entries()) {
    const place = places ? places[index]! : index
    const model = models.get(name)
    if (model === undefined) ofEndpoint.set(name, ofEndpoint.get(name) ?? place)
    else if (ofModel[model] === NOT_LISTED) ofModel[model] = place
  }
  const listed = new Int16Array(endpoints.length)
  for (let at = 0; at < listed.length; at += 1) listed[at] = ofModel[modelOf[at]!]!
  if (ofEndpoint.size > 0)
    for (const [at, { id }] of endpoints.entries())
      if (listed[at] === NOT_LISTED) listed[at] = ofEndpoint.get(id) ?? NOT_LISTED
  return listed
}

/** Places for a class without a list: models get them in the order in which they first appear among the fit endpoints. */
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
