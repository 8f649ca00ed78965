/**
 * What the workflows of an app may be started with: a zod schema by the workflow's name.
 *
 * @module
 */
import { isAsynchronous } from './asynchronous.ts'
import { requireZod4 } from './json-schema.ts'
import { parseWith } from './parse-with.ts'
import type { ZodSchema } from './zod-schema.ts'

/** Schemas by the names of workflows. Unlike what a model writes, an input may have any root, and need not have a JSON schema. */
export type WorkflowInputs = Readonly<Record<string, ZodSchema>>

/**
 * Why the workflow cannot be started with the input, in words for people; `undefined` where it can, or there is no schema for it. The
 * input stays as it is: a schema's defaults and transforms are the workflow's own to apply.
 *
 * @param input - As JSON has it.
 */
export function inputProblem(inputs: WorkflowInputs, workflow: string, input: unknown): string | undefined {
  const schema = Object.hasOwn(inputs, workflow) ? inputs[workflow] : undefined
  const parsed = schema && parseWith(schema, input)
  if (!parsed || parsed.ok) return undefined
  return `${workflow} cannot be started with this input: ${parsed.problem.replaceAll('\n', '; ')}`
}

/** What is wrong with the schemas themselves, one sentence each. */
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
