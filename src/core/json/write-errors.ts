/**
 * Writes errors so that JSON keeps their message, which it would lose by itself.
 *
 * @module
 */
import { MOST_DEPTH } from './depth.ts'
import { isPlain, tagOf } from './tag-of.ts'
/**
 * The value with `{ name, message }` in place of each error in its lists and plain objects, as in the result of
 * `Promise.allSettled`. Without it, whoever passes such a result on would lose what the rest has cost. A value without errors is
 * returned as the same object. An error with `toJSON` is left to that. Values deeper than {@link MOST_DEPTH} are left as they are,
 * because `lostInJson` refuses them.
 */
export function writeErrors<Value>(value: Value, above: readonly object[] = []): Value {
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return value
  if (above.includes(value) || above.length > MOST_DEPTH) return value
  const written = isError(value)
    ? { name: value.name, message: value.message }
    : writtenInside(value, [...above, value])
  return written as Value
}

function writtenInside(value: object, above: readonly object[]): object {
  if (Array.isArray(value)) {
    const items = value.map(item => writeErrors(item, above))
    return items.some((item, at) => item !== value[at]) ? items : value
  }
  if (!isPlain(value)) return value
  const before = Object.entries(value)
  const after = before.map(([key, item]) => [key, writeErrors(item, above)] as const)
  return after.some(([, item], at) => item !== before[at]![1]) ? Object.fromEntries(after) : value
}

/** Whether it is an error, of this realm or another. */
function isError(value: object): value is Error {
  return value instanceof Error || tagOf(value) === 'Error'
}
