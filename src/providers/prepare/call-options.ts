/**
 * From an ask to the specification's call options.
 *
 * @module
 */
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { definedOnly } from '../../core/defined-only.ts'
import type { Ask } from '../../core/ports.ts'
import { samplingOf } from '../../core/settings/sampling.ts'
import type { Dialect } from '../dialect.ts'
import { withAddresses } from './file-addresses.ts'
import { originOf } from './origin.ts'
import { sentReasoning } from './reasoning.ts'
import { responseFormat, type SchemaWay, withSchemaInWords } from './schema-request.ts'
import { type ChoiceWay, toolChoice, withChoiceInWords } from './tool-choice.ts'
import { withPortableNames } from './tool-names.ts'
import { wirePrompt } from './wire-prompt.ts'

/** How an endpoint is told what not every endpoint takes in the same form. */
export interface Ways {
  /** How the answer's schema goes out, where there is one. */
  readonly schemaWay: SchemaWay
  /** How a choice of tools goes out, where there is one. */
  readonly choiceWay: ChoiceWay
}

/** Everything the package needs; aborting and headers are the transport's. */
export function callOptions(ask: Ask, dialect: Dialect, { schemaWay, choiceWay }: Ways): LanguageModelV4CallOptions {
  const { endpoint, schema } = ask
  const { maxOutputTokens, reasoning, providerOptions: plainOptions = {} } = ask.settings
  const choice = toolChoice(ask, choiceWay)
  const given = choice.words === undefined ? ask.prompt : withChoiceInWords(ask.prompt, choice.words)
  const wire = withPortableNames(wirePrompt(given, originOf(endpoint)), ask.tools)
  const prompt = dialect.fit?.(wire, ask) ?? wire
  const { providerOptions, withoutReasoning } = dialect.shape?.(ask, prompt) ?? { providerOptions: plainOptions }
  const plain = {
    prompt: schema && schemaWay !== 'native' ? withSchemaInWords(prompt, schema) : prompt,
    tools: ask.tools,
  }
  const marked = dialect.mark?.(ask, plain) ?? plain
  return definedOnly({
    prompt: withAddresses(marked.prompt),
    includeRawChunks: true,
    providerOptions,
    ...(marked.tools.length > 0 && { tools: [...marked.tools], ...choice.option }),
    responseFormat: responseFormat(schema, schemaWay),
    maxOutputTokens:
      maxOutputTokens === undefined ? undefined : Math.max(maxOutputTokens, dialect.leastOutputTokens ?? 1),
    ...samplingOptions(ask, dialect),
    reasoning: withoutReasoning ? undefined : sentReasoning(endpoint, reasoning),
  })
}

/** Leaves out an empty list of stop sequences, by which a call takes back those of its class: vendors refuse one. */
function samplingOptions({ settings }: Ask, { takesStop = () => true }: Dialect): Partial<LanguageModelV4CallOptions> {
  const { stopSequences = [], ...others } = samplingOf(settings)
  const stops = stopSequences.filter(takesStop)
  return { ...others, ...(stops.length > 0 && { stopSequences: stops }) }
}
