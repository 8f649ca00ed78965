/**
 * Asking for an answer of a given shape in the best way that an endpoint has.
 *
 * @module
 */
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import type { Endpoint, Quirks } from '../../core/endpoints.ts'
import type { Message } from '../../core/messages.ts'
import type { Ask } from '../../core/ports.ts'

type ResponseFormat = LanguageModelV4CallOptions['responseFormat']

/** `native`: the schema goes out as one. `json`: JSON mode and the schema in words. `words`: the schema in words alone. */
export type SchemaWay = 'native' | 'json' | 'words'

/** The quirk decides where it is set; then the abilities. */
export function firstSchemaWay(endpoint: Endpoint, quirks: Quirks): SchemaWay {
  if (quirks.structuredOutputs ?? endpoint.abilities.includes('json-schema')) return 'native'
  return quirks.structuredOutputs === false || endpoint.abilities.includes('json-object') ? 'json' : 'words'
}

/** What is left to try when an endpoint rejects a way; nothing can be said against words. */
export function nextWay(way: SchemaWay): 'json' | 'words' | undefined {
  if (way === 'native') return 'json'
  return way === 'json' ? 'words' : undefined
}

/** `undefined`: the package is told of no format. */
export function responseFormat(schema: Ask['schema'], way: SchemaWay): ResponseFormat {
  if (!schema || way === 'words') return undefined
  if (way === 'json') return { type: 'json' }
  return { type: 'json', name: schema.name, schema: schema.json as never }
}

/**
 * Adds the schema to the prompt in words, at the end of the leading system messages: what stands before keeps its place
 * in the vendor's cache.
 */
export function withSchemaInWords(prompt: readonly Message[], schema: NonNullable<Ask['schema']>): Message[] {
  const words =
    `Answer with one JSON value and nothing else: no code fence, no text before or after it. ` +
    `It must satisfy this JSON schema, named ${schema.name}:\n${JSON.stringify(schema.json)}`
  const firstOther = prompt.findIndex(message => message.role !== 'system')
  const last = (firstOther < 0 ? prompt.length : firstOther) - 1
  const system = prompt[last]
  if (system?.role !== 'system') return [{ role: 'system', content: words }, ...prompt]
  return prompt.with(last, { ...system, content: `${system.content}\n\n${words}` })
}
