/**
 * Holds what a model wrote to a schema.
 *
 * @module
 */
import { z } from 'zod'
import { describeIssues } from './json-schema.ts'
import type { OutputOf, ZodSchema } from './zod-schema.ts'

/**
 * Of a transform that gives a promise zod's compiled code knows nothing, and fails in words of its own. It is not said to be synchronous
 * either: zod would throw, and leave a promise behind whose rejection ends the process.
 */
const JITLESS = { jitless: true }

export type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  /** For the model that wrote it. */
  | { readonly ok: false; readonly problem: string }

/**
 * Never throws: what the author's own code in a schema throws, a transform that cannot read what it is given for example, is a problem
 * like any other.
 */
export function parseWith<Schema extends ZodSchema>(schema: Schema, input: unknown): Parsed<OutputOf<Schema>> {
  try {
    const { _zod } = schema as ZodSchema as z.core.$ZodType<OutputOf<Schema>>
    const parsed = _zod.run({ value: input, issues: [] }, JITLESS)
    if (parsed instanceof Promise) {
      parsed.catch(() => {})
      return { ok: false, problem: ASYNCHRONOUS }
    }
    if (parsed.issues.length === 0) return { ok: true, value: parsed.value as OutputOf<Schema> }
    return { ok: false, problem: describeIssues(errorOf(parsed.issues)) }
  } catch (error) {
    return { ok: false, problem: wordsOf(error) }
  }
}

/** As zod's own parse gives it, in words. */
function errorOf(issues: readonly z.core.$ZodRawIssue[]): z.core.$ZodError {
  return new z.core.$ZodError(issues.map(issue => z.core.util.finalizeIssue(issue, JITLESS, z.core.config())))
}

const ASYNCHRONOUS =
  'a check or transform of its schema is asynchronous, so nothing passes it: its author has to make it synchronous, and do what takes time where the value is used'

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // By its name: the schema may be of another copy of zod.
  return error.constructor.name === z.core.$ZodAsyncError.name ? ASYNCHRONOUS : error.message
}
