/**
 * Chance that is the same for every way of routing: a number from the names of what it decides, not from a stream that
 * one way would draw from more often than another.
 *
 * @module
 */

/** In [0, 1). */
export function chanceOf(seed: number, ...names: readonly (string | number)[]): number {
  let hash = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b)
  for (const letter of names.join('/')) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}

/** Exponentially distributed. */
export function waitOf(mean: number, chance: number): number {
  return -mean * Math.log(1 - chance)
}

/** Log-normal, by its median and the factor within which two thirds lie. */
export function spreadOf(median: number, factor: number, one: number, other: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - one)) * Math.cos(2 * Math.PI * other)
  return median * factor ** normal
}
