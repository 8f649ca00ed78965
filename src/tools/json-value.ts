/**
 * Tells JSON from everything else that a function may return. `JSON.stringify` alone would hide the difference: it
 * writes `{}` for a Map, `null` for NaN and nothing for a function.
 *
 * @module
 */
import type { JsonValue } from '../core/messages.ts'
import { shorten } from '../core/shorten.ts'

export type JsonCheck =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly problem: string }

/**
 * The value as plain JSON, or what in it is not. Properties that are `undefined` are left out, as JSON does; a value
 * that is `undefined` as a whole becomes `null`, so that a tool may return nothing.
 */
export function checkJson(value: unknown): JsonCheck {
  if (value === undefined) return { ok: true, value: null }
  const problem = jsonProblem(value, '$', [])
  return problem === undefined ? { ok: true, value: JSON.parse(JSON.stringify(value)) } : { ok: false, problem }
}

/** What is nested some thousands deep, `JSON.stringify` does not write: it runs out of its stack. */
const MOST_DEPTH = 1_000

const PATH_SHOWN = 60

function jsonProblem(value: unknown, path: string, ancestors: readonly object[]): string | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${path} is ${value}`
  if (typeof value !== 'object') return `${path} is ${value === undefined ? 'undefined' : `a ${typeof value}`}`
  if (ancestors.includes(value)) return `${path} refers back to an object that contains it`
  if (ancestors.length >= MOST_DEPTH) return `${shorten(path, PATH_SHOWN)} is nested more than ${MOST_DEPTH} deep`
  const inside = [...ancestors, value]
  if (Array.isArray(value)) return firstProblem(value.entries(), ([index, item]) => [`${path}[${index}]`, item], inside)
  if (!isPlain(value)) return `${path} is a ${value.constructor?.name || 'class instance'}`
  const properties = Object.entries(value).filter(([, item]) => item !== undefined)
  return firstProblem(properties, ([key, item]) => [`${path}.${key}`, item], inside)
}

function firstProblem<Item>(
  items: Iterable<Item>,
  place: (item: Item) => [path: string, value: unknown],
  ancestors: readonly object[],
): string | undefined {
  for (const item of items) {
    const [path, value] = place(item)
    const problem = jsonProblem(value, path, ancestors)
    if (problem !== undefined) return problem
  }
  return undefined
}

/** Plain in any realm: its prototype is none, or one that has none itself. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
