/**
 * Turns what a function returned into JSON.
 *
 * @module
 */
import { lostInJson } from '../core/json/lost-in-json.ts'
import { writeErrors } from '../core/json/write-errors.ts'
import type { JsonValue } from '../core/messages.ts'

/** The value as JSON, or why it cannot be written as JSON. */
export type JsonCheck =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly problem: string }

/**
 * The value as `JSON.stringify` writes it, or a problem that names what JSON would lose, such as a `Map` or `NaN`.
 *
 * More lenient than JSON in three ways, so that a tool which has done its work does not fail because of a database row: `undefined`
 * becomes `null`, a bigint its digits, and an error its name and message.
 */
export function checkJson(returned: unknown): JsonCheck {
  const value = writeErrors(returned)
  const problem = lostInJson(value, 'written')
  if (problem !== undefined) return { ok: false, problem }
  return { ok: true, value: JSON.parse(JSON.stringify(value, withDigits) ?? 'null') }
}

function withDigits(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}` : value
}
