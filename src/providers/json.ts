/**
 * Reading JSON of unknown shape without trusting it.
 *
 * @module
 */
import { isRecord } from '../core/json/is-record.ts'

export type JsonRecord = Readonly<Record<string, unknown>>

/** The value as an object, or an empty one, so that a missing level reads as missing fields. */
export function recordOf(value: unknown): JsonRecord {
  return isRecord(value) ? value : {}
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** A count as vendors report them: a whole number from 0; anything else is unknown. */
export function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** The parsed text, or `undefined` when it is not JSON. */
export function parsedOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What a table holds under a name that came from outside: `constructor` is a name like any other, and in no table. */
export function own<T>(table: Readonly<Record<string, T>>, name: string | undefined): T | undefined {
  return name !== undefined && Object.hasOwn(table, name) ? table[name] : undefined
}
