/**
 * Holds a person's answer to the schema of its question, as this worker's app has it.
 *
 * @module
 */
import type { RegistryPort } from '../src/core/ports.ts'
import type { ReadAnswerInput, ReadAnswerResult } from '../src/core/protocol.ts'
import { unknownName } from './names.ts'

export interface ReadAnswerPorts {
  readonly registry: RegistryPort
}

export function createReadAnswer({ registry }: ReadAnswerPorts): (input: ReadAnswerInput) => Promise<ReadAnswerResult> {
  return async ({ schema: name, answer }) => {
    const schema = registry.schema(name)
    if (!schema) return { problem: unknownName('schema', name, registry.names('schema')) }
    const parsed = schema.parse(JSON.parse(answer))
    return parsed.ok ? { value: parsed.value } : { problem: parsed.problem }
  }
}
