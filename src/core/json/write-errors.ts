/**
 * Errors on their way into JSON, which by itself has next to nothing of them: not their message.
 *
 * @module
 */
import { isPlain, tagOf } from './tag-of.ts'

/** What is nested deeper is no JSON to us anyway. */
const MOST_DEPTH = 1_000

/**
 * The value with `{ name, message }` for each error in its lists and plain objects, as in what `Promise.allSettled` gives: whoever passes
 * that on has paid for the rest of it. What holds none is itself, and an error with a `toJSON` is what that says.
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

/** Also of another realm. */
function isError(value: object): value is Error {
  return value instanceof Error || tagOf(value) === 'Error'
}
