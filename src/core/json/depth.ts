/**
 * How deep a value is nested. What is written and read by functions that call themselves runs out of stack some thousands deep.
 *
 * @module
 */

/** Deeper values are refused. */
export const MOST_DEPTH = 1_000

/** Whether lists and objects of the value lie in each other more than {@link MOST_DEPTH} deep, as in what no person and no tool has in mind. */
export function isTooDeep(value: unknown, left = MOST_DEPTH): boolean {
  if (typeof value !== 'object' || value === null) return false
  return left === 0 || Object.values(value).some(inner => isTooDeep(inner, left - 1))
}
