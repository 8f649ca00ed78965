/**
 * Holds the input of a run to the schema that this worker's app has for its workflow.
 *
 * @module
 */
import type { RegistryPort } from '../src/core/ports.ts'
import type { InputProblemInput } from '../src/core/protocol.ts'

export interface InputProblemPorts {
  readonly registry: RegistryPort
}

export function createInputProblem({
  registry,
}: InputProblemPorts): (input: InputProblemInput) => Promise<string | null> {
  return async ({ workflow, input }) => registry.inputProblem(workflow, input) ?? null
}
