/**
 * What kind a value is, even if it comes from another realm, where `instanceof` fails.
 *
 * @module
 */

/** The tag of a value: `Map`, `Date`, `Error`. For a user's own class it is `Object`, unless the class sets another one. */
export function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1)
}

/** Whether an object is plain, in any realm: it has no prototype, or one that has none itself. */
export function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
