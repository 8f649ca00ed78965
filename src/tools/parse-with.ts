/**
 * Parses what a model wrote with a zod schema.
 *
 * @module
 */
import { z } from 'zod'
import { describeIssues } from './json-schema.ts'
import type { OutputOf, ZodSchema } from './zod-schema.ts'

/**
 * How zod runs. `jitless`, because zod's compiled code does not recognise a transform that returns a promise and fails with an obscure
 * message. `async: false` is left out on purpose: with it zod throws and drops the promise, whose rejection would end the process.
 */
const ZOD_OPTIONS = { jitless: true }

/** The parsed value, or what is wrong with the input, in words for the model that wrote it. */
export type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: string }

/** What became of a value, before anybody puts it into words. */
export type Judged<Value> =
  | { readonly kind: 'fits'; readonly value: Value }
  | { readonly kind: 'does-not-fit'; readonly issues: readonly z.core.$ZodRawIssue[] }
  | { readonly kind: 'throws'; readonly error: unknown }

/** {@link judgeWith}, in words for the model that wrote the value: they may quote it. */
export function parseWith<Schema extends ZodSchema>(schema: Schema, input: unknown): Parsed<OutputOf<Schema>> {
  const judged = judgeWith(schema, input)
  return judged.kind === 'fits' ? { ok: true, value: judged.value } : { ok: false, problem: problemIn(judged) }
}

/** The words of an issue may be a function of the author's, too, which throws. */
function problemIn(judged: Exclude<Judged<unknown>, { readonly kind: 'fits' }>): string {
  if (judged.kind === 'throws') return wordsOf(judged.error)
  try {
    return describeIssues(errorOf(judged.issues).issues)
  } catch (error) {
    return wordsOf(error)
  }
}

/** Never throws: an error from the author's own code in the schema, say from a transform, is a problem like any other. */
export function judgeWith<Schema extends ZodSchema>(schema: Schema, input: unknown): Judged<OutputOf<Schema>> {
  try {
    const { _zod } = schema as ZodSchema as z.core.$ZodType<OutputOf<Schema>>
    const parsed = _zod.run({ value: input, issues: [] }, ZOD_OPTIONS)
    if (parsed instanceof Promise) {
      // Unhandled, its rejection would end the process.
      parsed.catch(() => {})
      return { kind: 'throws', error: new z.core.$ZodAsyncError() }
    }
    if (parsed.issues.length === 0) return { kind: 'fits', value: parsed.value as OutputOf<Schema> }
    return { kind: 'does-not-fit', issues: parsed.issues }
  } catch (error) {
    return { kind: 'throws', error }
  }
}

/** The error that zod's own `parse` would throw, with a message for each issue. */
function errorOf(issues: readonly z.core.$ZodRawIssue[]): z.core.$ZodError {
  return new z.core.$ZodError(issues.map(issue => z.core.util.finalizeIssue(issue, ZOD_OPTIONS, z.core.config())))
}

export const ASYNCHRONOUS =
  'a check or transform of its schema is asynchronous, so nothing passes it: its author has to make it synchronous, and do what takes time where the value is used'

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return isAsyncError(error) ? ASYNCHRONOUS : error.message
}

/** Compared by name: the schema may come from another copy of zod. */
export function isAsyncError(error: unknown): boolean {
  return error instanceof Error && error.constructor.name === z.core.$ZodAsyncError.name
}
