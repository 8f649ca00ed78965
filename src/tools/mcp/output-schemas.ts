/**
 * The JSON schemas by which MCP servers describe the results of their tools.
 *
 * @module
 */
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/ajv'
import type { jsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/types.js'
import { shorten } from '../../core/words/shorten.ts'

/**
 * Validates results as the SDK does by itself, but accepts everything if a schema is invalid, say because of a bad pattern. The SDK
 * compiles the schemas when it lists the tools, so a single bad one would make the whole server unusable.
 */
export function lenientValidator(): jsonSchemaValidator {
  const strict = new AjvJsonSchemaValidator()
  return {
    getValidator<Result>(schema: Parameters<jsonSchemaValidator['getValidator']>[0]) {
      try {
        return strict.getValidator<Result>(schema)
      } catch {
        return result => ({ valid: true, data: result as Result, errorMessage: undefined })
      }
    },
  }
}

/** One warning for each invalid schema, for whoever runs the worker. The server works without it, so nobody would notice otherwise. */
export function unusableSchemas(server: string, tools: readonly ToolWithSchema[]): readonly string[] {
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

/** The reason may quote the whole schema. */
const REASON_CHARACTERS = 200

interface ToolWithSchema {
  readonly name: string
  readonly outputSchema?: Parameters<jsonSchemaValidator['getValidator']>[0]
}
