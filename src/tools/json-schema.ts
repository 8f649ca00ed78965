/**
 * Turns zod schemas into the JSON schemas that vendors accept, and zod's issues into words that a model can act on.
 *
 * @module
 */
import { z } from 'zod'
import type { JsonValue } from '../core/messages.ts'
import { isAsynchronous } from './asynchronous.ts'
import type { ZodSchema } from './zod-schema.ts'

/** A model with more problems than this has misread the whole schema; more lines would only cost tokens. */
const MAX_PROBLEMS = 10

/**
 * The JSON schema of what a model has to write, in draft 7, which all vendors' dialects are based on.
 *
 * Objects forbid additional properties, as vendors' strict modes demand, unless the zod schema is loose.
 *
 * @param owner - Names the tool or schema in messages.
 * @throws TypeError for a schema without a JSON form, with an asynchronous check, or without an object at its root.
 */
export function toVendorSchema(owner: string, schema: ZodSchema): JsonValue {
  requireZod4(owner, schema)
  const { $schema: _, ...json } = convert(owner, schema)
  if (isAsynchronous(schema))
    throw new TypeError(
      `${owner} has an asynchronous check or transform in its schema; make it synchronous, and do slow work where the value is used`,
    )
  if (json.type !== 'object')
    throw new TypeError(
      `${owner} has ${json.type ?? 'no single type'} at the root of its schema; model vendors accept only an object: wrap it in z.object({ … })`,
    )
  return json as JsonValue
}

/**
 * An app may have zod 3 installed beside our zod 4. Its schemas look alike but have no JSON form.
 *
 * @throws TypeError that says how to get zod 4.
 */
export function requireZod4(owner: string, schema: object): void {
  if ('_zod' in Object(schema)) return
  const what = '_def' in Object(schema) ? 'a zod 3 schema' : 'something that is not a zod schema'
  throw new TypeError(
    `${owner} was given ${what}; make it with zod 4: \`npm install zod@4\`, or import z from 'zod/v4' if you have to keep zod 3.25`,
  )
}

function convert(owner: string, schema: ZodSchema) {
  try {
    return z.toJSONSchema(schema as z.core.$ZodType, {
      io: 'input',
      target: 'draft-7',
      override: ({ jsonSchema }) => tighten(jsonSchema),
    })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new TypeError(
      `${owner} has a schema that JSON schema cannot express: ${reason}; use a JSON type and convert it inside`,
      { cause },
    )
  }
}

/** Forbids additional properties, and drops keywords that strict modes refuse and that restrict nothing. */
function tighten(json: z.core.JSONSchema.BaseSchema): void {
  if (json.type === 'object') json.additionalProperties ??= false
  if (typeof json.propertyNames === 'object' && json.propertyNames.type === 'string') delete json.propertyNames
  if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum
  if (json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum
}

/** One line for each problem, at most ten: `path: message`, without a path if the whole value is wrong. */
export function describeIssues(issues: readonly z.core.$ZodIssue[]): string {
  const lines = issues.slice(0, MAX_PROBLEMS).map(lineOf)
  const more = issues.length - lines.length
  return more > 0 ? [...lines, `and ${more} more`].join('\n') : lines.join('\n')
}

function lineOf(issue: z.core.$ZodIssue): string {
  return issue.path.length === 0 ? wordsOf(issue) : `${pathOf(issue.path)}: ${wordsOf(issue)}`
}

/** For a union, zod's own message says only that nothing fits; this adds why each form does not. */
function wordsOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return issue.message
  const forms = issue.errors.slice(0, MAX_PROBLEMS).map(problems => problems.map(lineOf).join(', '))
  return `${issue.message}: ${forms.join('; or ')}`
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.map((key, at) => (typeof key === 'number' ? `[${key}]` : `${at > 0 ? '.' : ''}${String(key)}`)).join('')
}
