/**
 * The line of an author's code that an error came from.
 *
 * @module
 */
import { fileURLToPath } from 'node:url'
import { shortPath } from './short-path.ts'

/** A line of a file: at the head of what Node says of a syntax error, or in a frame. */
const PLACE = /^(?:\s+at (?:.*\()?)?((?:file:\/\/|\/|[A-Za-z]:\\).*?:\d+(?::\d+)?)\)?$/

/** Frames of the package itself and of its dependencies are nothing that the author could correct. */
const ownSource = () => fileURLToPath(new URL('../../..', import.meta.url))

/** `shop.ts:5:9`: the first place in a stack that is the author's own; `undefined` where none is. */
export function placeIn(stack: string): string | undefined {
  const places = stack.split('\n').flatMap(placeOf)
  const own = ownSource()
  const place = places.find(found => !found.startsWith(own) && !found.includes('node_modules'))
  return place && shortPath(place)
}

/** Of one line of a stack: none or one. */
export function placeOf(line: string): readonly string[] {
  const place = PLACE.exec(line)?.[1]
  return place === undefined ? [] : [pathOf(place)]
}

function pathOf(place: string): string {
  if (!place.startsWith('file://')) return place
  const [, url = place, line = ''] = /^(.*?)((?::\d+)+)$/.exec(place) ?? []
  return `${fileURLToPath(url)}${line}`
}
