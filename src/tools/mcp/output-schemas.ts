/**
 * The schemas by which MCP servers describe what their tools give.
 *
 * @module
 */
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/ajv'
import type { jsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/types.js'
import { shorten } from '../../core/words/shorten.ts'

/**
 * Holds results to them as the SDK does by itself, but for a schema that is none, say by a bad pattern: nothing is held to that. The SDK
 * compiles them where tools are listed, so one of them would keep the whole server from being used.
 */
export function outputSchemas(): jsonSchemaValidator {
  const strict = new AjvJsonSchemaValidator()
  return {
    getValidator<Given>(schema: Parameters<jsonSchemaValidator['getValidator']>[0]) {
      try {
        return strict.getValidator<Given>(schema)
      } catch {
        return given => ({ valid: true, data: given as Given, errorMessage: undefined })
      }
    },
  }
}

/** Of such schemas a sentence each, for whoever runs the worker: the server works without them, and nobody else would notice. */
export function unusableSchemas(server: string, tools: readonly Described[]): readonly string[] {
  const strict = new AjvJsonSchemaValidator()
  return tools.flatMap(({ name, outputSchema }) => {
    try {
      if (outputSchema) strict.getValidator(outputSchema)
      return []
    } catch (error) {
      const reason = shorten(error instanceof Error ? error.message : String(error), REASON_CHARACTERS)
      return [
        `the MCP server '${server}' gives its tool '${name}' an output schema that is not valid, so its results are not checked: ${reason}`,
      ]
    }
  })
}

/** It may quote the schema. */
const REASON_CHARACTERS = 200

interface Described {
  readonly name: string
  readonly outputSchema?: Parameters<jsonSchemaValidator['getValidator']>[0] | undefined
}
