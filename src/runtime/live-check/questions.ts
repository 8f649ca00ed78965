/**
 * The tiny questions that show whether an endpoint works, and what they cost at most.
 *
 * @module
 */
import type { Endpoint } from '../../core/endpoints.ts'
import { type FunctionTool, type JsonValue, type Message, userText } from '../../core/messages.ts'
import { worstCase } from '../../core/money/worst-case.ts'
import { byteBound } from '../../providers/estimate-tokens.ts'

/** Plain text first: when that fails there is nothing more to ask. */
export type QuestionKind = 'text' | 'tools' | 'json'

export interface Question {
  readonly kind: QuestionKind
  readonly prompt: readonly Message[]
  readonly tools: readonly FunctionTool[]
  readonly schema?: { readonly name: string; readonly json: JsonValue }
}

/** Of output, for each question. 300: some models think before they say a word, and cannot be told not to. */
export const MOST_OUTPUT_TOKENS = 300

const REPORT: FunctionTool = {
  type: 'function',
  name: 'report_health',
  description: 'Reports that the model is well.',
  inputSchema: {
    type: 'object',
    properties: { well: { type: 'boolean' } },
    required: ['well'],
    additionalProperties: false,
  },
}

const said = (text: string): readonly Message[] => [userText(text)]

const QUESTIONS: Readonly<Record<QuestionKind, Question>> = {
  text: { kind: 'text', prompt: said('Answer with the one word: ready'), tools: [] },
  tools: { kind: 'tools', prompt: said('Call the tool report_health with well = true.'), tools: [REPORT] },
  json: {
    kind: 'json',
    prompt: said('Answer with the JSON object {"well": true} and nothing else.'),
    tools: [],
    schema: { name: 'Health', json: REPORT.inputSchema as JsonValue },
  },
}

/** What is asked of an endpoint: of its abilities, those that it is said to have. */
export function questionsFor({ abilities }: Endpoint): readonly Question[] {
  const json = abilities.includes('json-schema') || abilities.includes('json-object')
  return [QUESTIONS.text, ...(abilities.includes('tools') ? [QUESTIONS.tools] : []), ...(json ? [QUESTIONS.json] : [])]
}

/** The most that one question can cost; `undefined` for an endpoint without a price. */
export function mostOf({ price }: Endpoint, { prompt, tools, schema }: Question): bigint | undefined {
  // A schema may go out in words, with a sentence around it.
  const words = schema ? 4 * JSON.stringify(schema).length : 0
  return worstCase({ promptTokens: byteBound(prompt, tools) + words, maxOutputTokens: MOST_OUTPUT_TOKENS, price })
}
