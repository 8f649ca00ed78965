/**
 * Checks the inputs with which an app's workflows are started.
 *
 * @module
 */
import { isAsynchronous } from './asynchronous.ts'
import { requireZod4 } from './json-schema.ts'
import { parseWith } from './parse-with.ts'
import type { ZodSchema } from './zod-schema.ts'

/** Zod schemas by workflow name. Any zod schema will do: unlike a tool's input, it needs neither an object at its root nor a JSON form. */
export type WorkflowInputs = Readonly<Record<string, ZodSchema>>

/**
 * Why the workflow cannot be started with this input, for people; `undefined` if it can, or if it has no schema.
 *
 * This only checks. Defaults and transforms of the schema are not applied to the input; the workflow does that itself.
 *
 * @param input - The input as JSON.
 */
export function inputProblem(inputs: WorkflowInputs, workflow: string, input: unknown): string | undefined {
  const schema = Object.hasOwn(inputs, workflow) ? inputs[workflow] : undefined
  const parsed = schema && parseWith(schema, input)
  if (!parsed || parsed.ok) return undefined
  return `${workflow} cannot be started with this input: ${parsed.problem.replaceAll('\n', '; ')}`
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
