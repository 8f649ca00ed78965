/**
 * Asks, endpoints and provider settings for tests of model ports.
 *
 * @module
 */
import type { Endpoint, ProviderSettings } from '../../src/core/endpoints.ts'
import type { FunctionTool } from '../../src/core/messages.ts'
import type { Ask } from '../../src/core/ports.ts'

/** Must never reach a fault, a log or history. */
export const CANARY_KEY = 'sk-CANARY-KEY'
export const CANARY_PROMPT = 'CANARY-PROMPT'

export const WEATHER: FunctionTool = {
  type: 'function',
  name: 'get_weather',
  description: 'The weather in a city.',
  inputSchema: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
}

const UPSTREAM: Readonly<Record<string, string>> = {
  openai: 'gpt-4o-mini',
  'openai-responses': 'gpt-5-mini',
  anthropic: 'claude-sonnet-4-5',
  google: 'gemini-2.5-flash',
  'openai-compatible': 'large-v2',
}

export const PROTOCOLS = Object.keys(UPSTREAM)

/** The path before the resource, as the vendor's own base URL has it. */
export function basePath(protocol: string): string {
  return protocol === 'google' ? '/v1beta' : '/v1'
}

export function endpointOf(protocol: string, changes: Partial<Endpoint> = {}): Endpoint {
  return {
    id: 'acme:acme/large',
    provider: 'acme',
    model: 'acme/large',
    upstream: UPSTREAM[protocol]!,
    protocol,
    abilities: ['tools', 'json-schema', 'json-object', 'reasoning'],
    dataPolicy: {},
    ...changes,
  }
}

export function settingsOf(
  protocol: string,
  origin: string,
  changes: Partial<ProviderSettings> = {},
): ProviderSettings {
  return {
    name: 'acme',
    protocol,
    package: `@ai-sdk/${protocol === 'openai-responses' ? 'openai' : protocol}`,
    baseUrl: origin + basePath(protocol),
    apiKey: CANARY_KEY,
    headers: {},
    quirks: {},
    deadlines: { connectMs: 5_000, firstTokenMs: 10_000, stallMs: 10_000, totalMs: 20_000 },
    ...changes,
  }
}

/** An ask in which everything passes and nobody listens, but for the changes. */
export function askOf(endpoint: Endpoint, changes: Partial<Ask> = {}): Ask {
  return {
    endpoint,
    prompt: [
      { role: 'system', content: 'You greet people.' },
      { role: 'user', content: [{ type: 'text', text: `Greet Genève. ${CANARY_PROMPT}` }] },
    ],
    tools: [],
    settings: { maxOutputTokens: 500 },
    wireRequestId: 'wire-1',
    zdr: false,
    signal: new AbortController().signal,
    gate: async () => {},
    onDelta: () => {},
    ...changes,
  }
}
