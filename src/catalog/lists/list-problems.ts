/**
 * Holds a list that was given to its shape, and says all that is wrong with it.
 *
 * @module
 */
import { z } from 'zod'
import type { Shaped } from '../configuration/shape/check-shape.ts'
import { type Problem, pathText } from '../configuration/text/problem.ts'
import { describeFound } from '../configuration/text/quoting.ts'
import { valueAt } from '../configuration/text/value-at.ts'

export function holdTo<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  at: readonly (string | number)[] = [],
): Shaped<z.output<Schema>> {
  const result = schema.safeParse(value)
  if (result.success) return { ok: true, value: result.data }
  return { ok: false, problems: result.error.issues.map(issue => problemOf(issue, value, at)) }
}

function problemOf(issue: z.core.$ZodIssue, value: unknown, at: readonly (string | number)[]): Problem {
  const path = issue.path.map(part => (typeof part === 'symbol' ? String(part) : part))
  const found = valueAt(value, path)
  return {
    path: pathText([...at, ...path]),
    message: found === undefined ? 'a value is missing' : 'the value is not allowed',
    found: describeFound(found),
    allowed: issue.message,
  }
}

const COUNT = 'a whole number of tokens, 0 for unknown'

export const count = z.number({ error: COUNT }).int({ error: COUNT }).nonnegative({ error: COUNT })

/** The dearest model known costs 600 USD per million tokens: a price above this is one per token or of another currency. */
const DEAREST_USD = 10_000

const PRICE = `0 to ${DEAREST_USD} USD per million tokens`

export const usdPerMillion = z.number({ error: PRICE }).min(0, { error: PRICE }).max(DEAREST_USD, { error: PRICE })

/** An id on the wire, or of a provider. */
export const ID = /^[^\s"\\<>{}]{1,200}$/
