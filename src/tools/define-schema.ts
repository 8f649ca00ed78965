/**
 * Named schemas for answers.
 *
 * @module
 */
import type { Read } from '../core/messages.ts'
import type { AnswerSchemaOf } from '../core/ports.ts'
import { toVendorSchema } from './json-schema.ts'
import { checkJson } from './json-value.ts'
import { parseWith } from './parse-with.ts'
import type { OutputOf, ZodSchema } from './zod-schema.ts'

/**
 * Names a zod schema, so that a workflow can ask for it by name: `run.generate('cheap', { prompt, schema: 'Verdict' })`.
 *
 * The parsed value reaches the workflow as JSON, so a `Date` becomes its text. Prefer `.nullable()` to `.optional()`: the strict mode of
 * OpenAI's API refuses properties that are not required. Checks must be synchronous.
 *
 * @throws TypeError if the schema has no JSON form, no object at its root, or an asynchronous check.
 */
export function defineSchema<Schema extends ZodSchema, Name extends string = string>(
  name: Name,
  schema: Schema,
): AnswerSchemaOf<Read<OutputOf<Schema>>, Name, Schema['_zod']['input']> {
  return {
    name,
    json: toVendorSchema(`Schema '${name}'`, schema),
    parse: value => {
      const parsed = parseWith(schema, value)
      return parsed.ok ? checkJson(parsed.value) : parsed
    },
  }
}
