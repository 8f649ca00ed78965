/**
 * Checks the inputs with which an app's workflows are started.
 *
 * @module
 */
import { isAsynchronous } from './asynchronous.ts'
import { describeIssues, requireZod4 } from './json-schema.ts'
import { ASYNCHRONOUS, isAsyncError, type Judged, judgeWith } from './parse-with.ts'
import { withoutContent } from './without-content.ts'
import type { ZodSchema } from './zod-schema.ts'

/** Zod schemas by workflow name. Any zod schema will do: unlike a tool's input, it needs neither an object at its root nor a JSON form. */
export type WorkflowInputs = Readonly<Record<string, ZodSchema>>

/**
 * Why the workflow cannot be started with this input, for people; `undefined` if it can, or if it has no schema. It names places in
 * the input and quotes nothing of it.
 *
 * This only checks. Defaults and transforms of the schema are not applied to the input; the workflow does that itself.
 *
 * @param input - The input as JSON.
 */
export function inputProblem(inputs: WorkflowInputs, workflow: string, input: unknown): string | undefined {
  const schema = Object.hasOwn(inputs, workflow) ? inputs[workflow] : undefined
  const judged = schema && judgeWith(schema, input)
  if (!judged || judged.kind === 'fits') return undefined
  return `${workflow} cannot be started with this input: ${wordsOf(judged, input).replaceAll('\n', '; ')}`
}

function wordsOf(judged: Exclude<Judged<unknown>, { readonly kind: 'fits' }>, input: unknown): string {
  if (judged.kind === 'does-not-fit') return describeIssues(withoutContent(judged.issues, input))
  if (isAsyncError(judged.error)) return ASYNCHRONOUS
  return `a check or transform of its schema throws ${judged.error instanceof Error ? `a ${judged.error.name}` : 'what is no error'}`
}

/** Everything that is wrong with the schemas themselves, one sentence each. */
export function inputsProblems(inputs: WorkflowInputs): readonly string[] {
  if (Array.isArray(inputs)) return ['`inputs` is a list; give the schemas by name, `{ review: z.object({ … }) }`']
  return Object.entries(inputs).flatMap(([name, schema]) => schemaProblem(`the input of '${name}'`, schema) ?? [])
}

function schemaProblem(owner: string, schema: ZodSchema): string | undefined {
  try {
    requireZod4(owner, schema)
  } catch (error) {
    return (error as TypeError).message
  }
  if (!isAsynchronous(schema)) return undefined
  return `${owner} has an asynchronous check or transform in its schema; make it synchronous`
}
