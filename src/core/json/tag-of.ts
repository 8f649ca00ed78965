/**
 * What a value is whose class this realm may not know.
 *
 * @module
 */

/** `Map`, `Date`, `Error`; of a class of somebody's own `Object`, unless that has a tag of its own. */
export function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1)
}

/** Plain in any realm: its prototype is none, or one that has none itself. */
export function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
