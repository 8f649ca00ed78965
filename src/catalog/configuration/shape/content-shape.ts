/**
 * What `content` of a policy may hold.
 *
 * @module
 */
import { z } from 'zod'
import type { ContentRule } from '../../../core/content/content-rule.ts'
import { duration, flag, listOf, mapping, text } from './shape-parts.ts'

const PATTERN = 'a regular expression without slashes, e.g. "\\b\\d{16}\\b"'
export const TIME_LIMIT = 'a duration of at most 1s, such as 50ms'
const ACTION = 'block: true, or replace: a text'

/** Of a pattern: with a longer one a call would hold up all others of its worker. */
const LONGEST_MS = 1_000

const rule = mapping({
  name: text('a name for the rule'),
  pattern: z
    .string({ error: PATTERN })
    .min(1, { error: PATTERN })
    .refine(written => expressionOf(written, false) !== undefined, { error: PATTERN }),
  ignoreCase: flag.optional(),
  block: z.literal(true, { error: 'true' }).optional(),
  replace: z.string({ error: 'a text' }).optional(),
  timeLimit: duration.refine(ms => ms <= LONGEST_MS, { error: TIME_LIMIT }).optional(),
})
  .refine(({ block, replace }) => (block === true) !== (replace !== undefined), { error: ACTION })
  .refine(({ pattern, ignoreCase }) => !expressionOf(pattern, ignoreCase)?.test(''), {
    error: 'a pattern that does not match an empty text',
    path: ['pattern'],
  })
  .transform(
    ({ block: _, timeLimit, ...given }): ContentRule => ({ ...given, ...(timeLimit && { timeLimitMs: timeLimit }) }),
  )

export const contentShape = listOf(rule, 'content rules, each with name, pattern and block or replace')

function expressionOf(pattern: string, ignoreCase: boolean | undefined): RegExp | undefined {
  try {
    return new RegExp(pattern, ignoreCase ? 'i' : '')
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
