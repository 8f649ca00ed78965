/**
 * Asking a simulated vendor through the package that its protocol's users have.
 *
 * @module
 */
import { createAnthropic } from '@ai-sdk/anthropic'
import { createGoogleGenerativeAI } from '@ai-sdk/google'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4Content,
  LanguageModelV4FunctionTool,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from '@ai-sdk/provider'
import {
  type RunningVendors,
  startVendors,
  type VendorProtocol,
  type VendorScript,
} from '../../src/providers/simulated/index.ts'

export const PROTOCOLS: readonly VendorProtocol[] = [
  'openai',
  'openai-compatible',
  'openai-responses',
  'anthropic',
  'google',
]

export type VendorInput = VendorScript['vendors'][number]

/** Prices of which no two are alike, so that no line can stand in for another. */
export const PRICE = { input: 3, cachedInput: 0.3, cacheWrite: 3.75, cacheWriteHour: 6, output: 15, reasoning: 20 }

export function vendorOf(protocol: VendorProtocol, more: Partial<VendorInput> = {}): VendorInput {
  const model = { contextWindow: 20_000, maxOutput: 8_192, price: PRICE, answerTokens: [40, 60] as [number, number] }
  return { name: protocol, protocol, models: { 'model-1': model, thinker: { ...model, reasoningTokens: 30 } }, ...more }
}

/** Starts one vendor and closes it when the test is over, whatever became of it. */
export async function start(vendor: VendorInput, options: { now?: () => number } = {}): Promise<RunningVendors> {
  return await startVendors({ vendors: [vendor] }, options)
}

export function modelOf(running: RunningVendors, id = 'model-1', apiKey = 'none'): LanguageModelV4 {
  const { protocol, baseUrl, name } = running.vendors[0]!
  switch (protocol) {
    case 'openai':
      return createOpenAI({ apiKey, baseURL: baseUrl }).chat(id)
    case 'openai-responses':
      return createOpenAI({ apiKey, baseURL: baseUrl }).responses(id)
    case 'anthropic':
      return createAnthropic({ apiKey, baseURL: baseUrl })(id)
    case 'google':
      return createGoogleGenerativeAI({ apiKey, baseURL: baseUrl })(id)
    case 'openai-compatible':
      return createOpenAICompatible({
        name,
        apiKey,
        baseURL: baseUrl,
        includeUsage: true,
        supportsStructuredOutputs: true,
      })(id)
  }
}

export function user(text: string): LanguageModelV4Message {
  return { role: 'user', content: [{ type: 'text', text }] }
}

export const PROMPT: LanguageModelV4Prompt = [{ role: 'system', content: 'You are brief.' }, user('Say something.')]

/** A streamed answer, put together. */
export interface Asked {
  readonly text: string
  readonly reasoning: string
  readonly content: readonly LanguageModelV4Content[]
  readonly finish?: string
  readonly usage?: LanguageModelV4Usage
  readonly errors: readonly unknown[]
  readonly raw: readonly unknown[]
  readonly headers: Readonly<Record<string, string | undefined>>
}

type AskOptions = Partial<LanguageModelV4CallOptions>

export async function askStream(model: LanguageModelV4, options: AskOptions = {}): Promise<Asked> {
  const { stream, response } = await model.doStream({ prompt: PROMPT, includeRawChunks: true, ...options })
  const parts: LanguageModelV4StreamPart[] = []
  for await (const part of stream) parts.push(part)
  return gathered(parts, response?.headers ?? {})
}

export async function askWhole(model: LanguageModelV4, options: AskOptions = {}): Promise<Asked> {
  const { content, finishReason, usage, response } = await model.doGenerate({ prompt: PROMPT, ...options })
  const textOf = (kind: 'text' | 'reasoning') =>
    content.flatMap(part => (part.type === kind ? [part.text] : [])).join('')
  const raw = [response?.body]
  return {
    text: textOf('text'),
    reasoning: textOf('reasoning'),
    content,
    finish: finishReason.unified,
    usage,
    errors: [],
    raw,
    headers: response?.headers ?? {},
  }
}

function gathered(parts: readonly LanguageModelV4StreamPart[], headers: Record<string, string>): Asked {
  const texts = { 'text-delta': '', 'reasoning-delta': '' }
  for (const part of parts)
    if (part.type === 'text-delta' || part.type === 'reasoning-delta') texts[part.type] += part.delta
  const finish = parts.find(part => part.type === 'finish')
  return {
    text: texts['text-delta'],
    reasoning: texts['reasoning-delta'],
    content: contentOf(parts),
    ...(finish && { finish: finish.finishReason.unified, usage: finish.usage }),
    errors: parts.flatMap(part => (part.type === 'error' ? [part.error] : [])),
    raw: parts.flatMap(part => (part.type === 'raw' ? [part.rawValue] : [])),
    headers,
  }
}

/** The parts that a client would keep in its transcript. */
function contentOf(parts: readonly LanguageModelV4StreamPart[]): LanguageModelV4Content[] {
  const open = new Map<string, LanguageModelV4Content & { type: 'text' | 'reasoning' }>()
  const content: LanguageModelV4Content[] = []
  for (const part of parts) {
    if (part.type === 'tool-call') content.push(part)
    if (part.type === 'text-start' || part.type === 'reasoning-start') {
      const kept = { type: part.type === 'text-start' ? 'text' : 'reasoning', text: '' } as const
      open.set(part.id, { ...kept, providerMetadata: part.providerMetadata })
      content.push(open.get(part.id)!)
    }
    if (part.type === 'text-delta' || part.type === 'reasoning-delta') open.get(part.id)!.text += part.delta
    if ('id' in part && part.type !== 'tool-input-start' && 'providerMetadata' in part && part.providerMetadata)
      Object.assign(open.get(part.id) ?? {}, { providerMetadata: part.providerMetadata })
  }
  return content
}

/** An answer as the transcript's next message. */
type AssistantMessage = Extract<LanguageModelV4Message, { role: 'assistant' }>

export function asMessage(asked: Asked): AssistantMessage {
  const content = asked.content.flatMap((part): AssistantMessage['content'] => {
    const options =
      'providerMetadata' in part && part.providerMetadata ? { providerOptions: part.providerMetadata } : {}
    if (part.type === 'text' || part.type === 'reasoning')
      return [{ type: part.type, text: part.text, ...options } as AssistantMessage['content'][number]]
    if (part.type !== 'tool-call') return []
    const { toolCallId, toolName, input } = part
    return [{ type: 'tool-call' as const, toolCallId, toolName, input: JSON.parse(input), ...options }]
  })
  return { role: 'assistant', content }
}

/** The results of all calls of an answer. */
export function resultsOf(asked: Asked, value = 'done'): LanguageModelV4Message {
  const content = asked.content.flatMap(part =>
    part.type === 'tool-call'
      ? [
          {
            type: 'tool-result' as const,
            toolCallId: part.toolCallId,
            toolName: part.toolName,
            output: { type: 'text' as const, value },
          },
        ]
      : [],
  )
  return { role: 'tool', content }
}

export const READ_TOOL: LanguageModelV4FunctionTool = {
  type: 'function',
  name: 'read',
  description: 'Reads a file.',
  inputSchema: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
}
