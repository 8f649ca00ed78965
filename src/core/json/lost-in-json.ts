/**
 * What JSON loses without a word: a Map becomes `{}`, NaN becomes `null`, and of a function nothing is left.
 *
 * @module
 */
import { shorten } from '../words/shorten.ts'
import { isPlain, tagOf } from './tag-of.ts'

/**
 * The first place that JSON would lose, in words; `undefined`: there is none. What says by `toJSON` what it is as JSON is that, so a Date
 * is its text. A property that is `undefined` is left out, and in a list it is `null`. A large integer is not lost: JSON refuses it.
 */
export function lostInJson(value: unknown): string | undefined {
  return lossAt({ path: '$', key: '', value }, [])
}

interface Place {
  readonly path: string
  readonly key: string
  readonly value: unknown
}

/** What is nested some thousands deep, `JSON.stringify` does not write: it runs out of its stack. */
const MOST_DEPTH = 1_000

const PATH_SHOWN = 60

function lossAt(place: Place, above: readonly object[]): string | undefined {
  const { path } = place
  const value = asWritten(place)
  if (isNoNumber(value) || (value === null && isNoDay(place.value)))
    return `${path} is ${value ?? 'an invalid Date'}, which JSON cannot hold; give null or a text, or leave it out`
  if (typeof value === 'function' || typeof value === 'symbol')
    return `${path} is a ${typeof value}, which JSON cannot hold; give the value itself`
  if (typeof value !== 'object' || value === null) return undefined
  if (above.includes(value)) return `${path} refers back to an object that contains it`
  if (above.length >= MOST_DEPTH) return `${shorten(path, PATH_SHOWN)} is nested more than ${MOST_DEPTH} deep`
  return hiddenIn(path, value) ?? lossInside(path, value, [...above, value])
}

/** Of bytes JSON has a long list of numbers, in which nobody would read. */
function asWritten({ key, value }: Place): unknown {
  if (ArrayBuffer.isView(value) || value === null || !['object', 'function', 'bigint'].includes(typeof value))
    return value
  const { toJSON } = value as { readonly toJSON?: unknown }
  return typeof toJSON === 'function' ? toJSON.call(value, key) : value
}

function isNoNumber(value: unknown): boolean {
  return typeof value === 'number' && !Number.isFinite(value)
}

/** Its text would be `null`. */
function isNoDay(value: unknown): boolean {
  return tagOf(value) === 'Date' && isNoNumber(Number(value))
}

function lossInside(path: string, value: object, above: readonly object[]): string | undefined {
  const isList = Array.isArray(value)
  for (const [key, item] of isList ? value.entries() : Object.entries(value)) {
    const inside = isList ? `[${key}]` : `.${key}`
    const loss = lossAt({ path: `${path}${inside}`, key: `${key}`, value: item }, above)
    if (loss !== undefined) return loss
  }
  return undefined
}

/** By its tag. */
const INSTEAD: Readonly<Record<string, string>> = {
  Map: '`Object.fromEntries(map)`',
  Set: '`[...set]`',
  Error: 'its message',
  Promise: 'what it resolves with: `await` it',
  Response: '`await response.json()`',
  Uint8Array: 'its base64, as text',
}

/** JSON has of an object what its own properties show. What a language or a platform makes holds its content elsewhere. */
function hiddenIn(path: string, value: object): string | undefined {
  const tag = tagOf(value)
  if (Array.isArray(value) || isPlain(value)) return undefined
  // Somebody's own class may have any tag.
  const isHidden = ArrayBuffer.isView(value) || Object.hasOwn(INSTEAD, tag)
  if (!isHidden && Object.keys(value).length > 0) return undefined
  const name = value.constructor?.name || tag
  const article = /^[AEIO]/.test(name) ? 'an' : 'a'
  return `${path} is ${article} ${name}, which JSON cannot hold; give ${INSTEAD[tag] ?? 'plain values of it'}`
}
