/**
 * Holds what a model wrote to a schema.
 *
 * @module
 */
import { z } from 'zod'
import { describeIssues } from './json-schema.ts'
import type { OutputOf, ZodSchema } from './zod-schema.ts'

/** Of a transform that gives a promise zod's compiled code knows nothing, and fails in words of its own. */
const JITLESS = { jitless: true }

export type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  /** For the model that wrote it. */
  | { readonly ok: false; readonly problem: string }

/**
 * What an author's own check or transform throws is a problem of the input, as one that it reports is: it was thrown for what a model
 * wrote, `new URL('nowhere')`, and would be thrown again at every try.
 */
export function parseWith<Schema extends ZodSchema>(schema: Schema, input: unknown): Parsed<OutputOf<Schema>> {
  try {
    const parsed = z.safeParse(schema as ZodSchema as z.core.$ZodType<OutputOf<Schema>>, input, JITLESS)
    return parsed.success ? { ok: true, value: parsed.data } : { ok: false, problem: describeIssues(parsed.error) }
  } catch (error) {
    return { ok: false, problem: wordsOf(error) }
  }
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // By its name: the schema may be of another copy of zod.
  if (error.constructor.name !== z.core.$ZodAsyncError.name) return error.message
  return 'a check or transform of its schema is asynchronous, so nothing passes it: its author has to make it synchronous, and do what takes time where the value is used'
}
