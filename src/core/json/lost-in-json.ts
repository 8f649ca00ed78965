/**
 * Finds what JSON would lose silently: a Map becomes `{}`, NaN becomes `null`, and nothing is left of a function.
 *
 * @module
 */
import { shorten } from '../words/shorten.ts'
import { MOST_DEPTH } from './depth.ts'
import { isPlain, tagOf } from './tag-of.ts'

/**
 * The first place in a value that JSON would lose, in words; `undefined` if there is none.
 *
 * A value with `toJSON` counts as what that returns, so a Date is its text. A property that is `undefined` is left out, and in a
 * list it is `null`; neither counts as lost.
 *
 * @param bigints - `written`: whoever writes the value writes them as their digits. JSON itself throws, and says not where.
 */
export function lostInJson(value: unknown, bigints: 'refused' | 'written' = 'refused'): string | undefined {
  return lossAt({ path: '$', key: '', value, bigints }, [])
}

interface Place {
  readonly path: string
  readonly key: string
  readonly value: unknown
  readonly bigints: 'refused' | 'written'
}

const PATH_SHOWN = 60

function lossAt(place: Place, above: readonly object[]): string | undefined {
  const { path } = place
  const value = asWritten(place)
  if (isNotFinite(value) || (value === null && isInvalidDate(place.value)))
    return `${path} is ${value ?? 'an invalid Date'}, which JSON cannot hold; give null or a text, or leave it out`
  if (typeof value === 'function' || typeof value === 'symbol')
    return `${path} is a ${typeof value}, which JSON cannot hold; give the value itself`
  if (typeof value === 'bigint' && place.bigints === 'refused')
    return `${path} is a bigint, which JSON cannot hold; give its digits as a text, or a number`
  if (typeof value !== 'object' || value === null) return undefined
  if (above.includes(value)) return `${path} refers back to an object that contains it`
  if (above.length >= MOST_DEPTH) return `${shorten(path, PATH_SHOWN)} is nested more than ${MOST_DEPTH} deep`
  return hiddenIn(path, value) ?? lossInside({ ...place, value }, [...above, value])
}

/** The value as JSON would write it. Not for bytes, which JSON would write as a long list of numbers. */
function asWritten({ key, value }: Place): unknown {
  if (ArrayBuffer.isView(value) || value === null || !['object', 'function', 'bigint'].includes(typeof value))
    return value
  const { toJSON } = value as { readonly toJSON?: unknown }
  return typeof toJSON === 'function' ? toJSON.call(value, key) : value
}

function isNotFinite(value: unknown): boolean {
  return typeof value === 'number' && !Number.isFinite(value)
}

/** JSON would write it as `null`. */
function isInvalidDate(value: unknown): boolean {
  return tagOf(value) === 'Date' && isNotFinite(Number(value))
}

function lossInside(
  { path, value, bigints }: Place & { readonly value: object },
  above: readonly object[],
): string | undefined {
  const isList = Array.isArray(value)
  for (const [key, item] of isList ? value.entries() : Object.entries(value)) {
    const inside = isList ? `[${key}]` : `.${key}`
    const loss = lossAt({ path: `${path}${inside}`, key: `${key}`, value: item, bigints }, above)
    if (loss !== undefined) return loss
  }
  return undefined
}

/** What to give instead, by the value's tag. */
const INSTEAD: Readonly<Record<string, string>> = {
  Map: '`Object.fromEntries(map)`',
  Set: '`[...set]`',
  Error: 'its message',
  Promise: 'what it resolves with: `await` it',
  Response: '`await response.json()`',
  Uint8Array: 'its base64, as text',
}

/** A problem with an object whose content is not in its own properties, as with a Map: JSON would lose it. */
function hiddenIn(path: string, value: object): string | undefined {
  const tag = tagOf(value)
  if (Array.isArray(value) || isPlain(value)) return undefined
  // A user's own class may have any tag, so it counts as hidden only without properties.
  const isHidden = ArrayBuffer.isView(value) || Object.hasOwn(INSTEAD, tag)
  if (!isHidden && Object.keys(value).length > 0) return undefined
  const name = value.constructor?.name || tag
  const article = /^[AEIO]/.test(name) ? 'an' : 'a'
  return `${path} is ${article} ${name}, which JSON cannot hold; give ${INSTEAD[tag] ?? 'plain values of it'}`
}
