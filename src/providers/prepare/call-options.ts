/**
 * From an ask to the specification's call options.
 *
 * @module
 */
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import type { Ask } from '../../core/ports.ts'
import type { Dialect } from '../dialect.ts'
import { withAddresses } from './file-addresses.ts'
import { originOf } from './origin.ts'
import { takenReasoning } from './reasoning.ts'
import { responseFormat, type SchemaMode, withSchemaInWords } from './schema-request.ts'
import { withPortableNames } from './tool-names.ts'
import { wirePrompt } from './wire-prompt.ts'

/**
 * Everything the package needs; aborting and headers are the transport's. An endpoint without the ability `reasoning`
 * is not asked for any: many answer 400 to the option.
 */
export function callOptions(ask: Ask, dialect: Dialect, mode: SchemaMode): LanguageModelV4CallOptions {
  const { endpoint, schema } = ask
  const { maxOutputTokens, temperature, reasoning } = ask.settings
  const wire = withPortableNames(wirePrompt(ask.prompt, originOf(endpoint)), ask.tools)
  const prompt = dialect.fit?.(wire) ?? wire
  const shape = dialect.shape(ask, prompt)
  const mayThink = shape.reasoning && endpoint.abilities.includes('reasoning')
  const degree = mayThink && reasoning ? takenReasoning(endpoint, reasoning) : undefined
  const plain = { prompt: schema && mode !== 'native' ? withSchemaInWords(prompt, schema) : prompt, tools: ask.tools }
  const marked = dialect.mark?.(ask, plain) ?? plain
  return {
    prompt: withAddresses(marked.prompt),
    includeRawChunks: true,
    providerOptions: shape.providerOptions,
    ...(marked.tools.length > 0 && { tools: [...marked.tools] }),
    ...(schema && mode !== 'words' && { responseFormat: responseFormat(schema, mode) }),
    ...(maxOutputTokens !== undefined && {
      maxOutputTokens: Math.max(maxOutputTokens, dialect.leastOutputTokens ?? 1),
    }),
    ...(temperature !== undefined && { temperature }),
    ...(degree && { reasoning: degree }),
  }
}
