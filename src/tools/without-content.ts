/**
 * Zod's complaints about a value that must not be repeated.
 *
 * @module
 */
import { z } from 'zod'

type RawIssue = z.core.$ZodRawIssue
type Issue = z.core.$ZodIssue
type ErrorMap = (issue: object) => string | { readonly message: string } | undefined | null

const localeError = z.locales.en().localeError as ErrorMap

/**
 * The issues in zod's own words, and in an author's where these stand in the schema: what a check adds when it runs may quote the value.
 *
 * @param value - What was held to the schema.
 */
export function withoutContent(issues: readonly RawIssue[], value: unknown): readonly Issue[] {
  return issues.map(issue => {
    const path = issue.path ?? []
    const inside = valueAt(value, path)
    const errors = unionErrors(issue)?.map(form => withoutContent(form as readonly RawIssue[], inside))
    return { ...issue, path, message: wordsOf(issue, inside), ...(errors && { errors }) } as unknown as Issue
  })
}

function wordsOf(issue: RawIssue, input: unknown): string {
  const inSchema = issue.inst?._zod?.def.error as ErrorMap | undefined
  const fixed = issue.message === undefined ? wordsInSchema(inSchema, issue) : undefined
  if (fixed !== undefined) return fixed
  if (issue.code === 'custom') return 'does not pass a check of its schema'
  return unwrapped(localeError({ ...issue, input })) ?? 'Invalid input'
}

/** Words that are made of the input may throw without it. */
function wordsInSchema(inSchema: ErrorMap | undefined, issue: RawIssue): string | undefined {
  try {
    return unwrapped(inSchema?.({ ...issue, input: undefined }))
  } catch {
    return undefined
  }
}

function unwrapped(words: ReturnType<ErrorMap>): string | undefined {
  return typeof words === 'string' ? words : words?.message
}

/** Those of a union are finished already, and have no schema left. */
function unionErrors(issue: RawIssue): readonly (readonly object[])[] | undefined {
  return issue.code === 'invalid_union' ? (issue.errors as readonly (readonly object[])[]) : undefined
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((above, key) => Object(above)[key], value)
}
