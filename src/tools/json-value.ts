/**
 * What a function has returned, as JSON.
 *
 * @module
 */
import { lostInJson } from '../core/json/lost-in-json.ts'
import { writeErrors } from '../core/json/write-errors.ts'
import type { JsonValue } from '../core/messages.ts'

export type JsonCheck =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly problem: string }

/**
 * As `JSON.stringify` writes it, or what in it would be lost. Nothing at all is `null`, of a large integer there are its digits, and of an
 * error its name and message: rows of databases have such, and a tool that has done its work is not to fail for them.
 */
export function checkJson(given: unknown): JsonCheck {
  const value = writeErrors(given)
  const problem = lostInJson(value)
  if (problem !== undefined) return { ok: false, problem }
  return { ok: true, value: JSON.parse(JSON.stringify(value, withDigits) ?? 'null') }
}

function withDigits(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}` : value
}
