/**
 * The schemas by which MCP servers describe what their tools give.
 *
 * @module
 */
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/ajv'
import type { jsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/types.js'

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
