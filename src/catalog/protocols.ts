/**
 * Which protocol and npm package speak to a provider.
 *
 * @module
 */
import type { Protocol } from '../core/endpoints.ts'

/** The protocols with an adapter of their own, and the package behind each. */
const PROTOCOL_PACKAGES = {
  openai: '@ai-sdk/openai',
  'openai-responses': '@ai-sdk/openai',
  anthropic: '@ai-sdk/anthropic',
  google: '@ai-sdk/google',
  'openai-compatible': '@ai-sdk/openai-compatible',
} as const

/** The package of a protocol as a configuration names it. */
export function packageOf(protocol: Protocol): string {
  return Object.hasOwn(PROTOCOL_PACKAGES, protocol)
    ? PROTOCOL_PACKAGES[protocol as keyof typeof PROTOCOL_PACKAGES]
    : protocol
}

/**
 * The protocol of a provider of the snapshot. A package that is not one of the AI SDK's own (OpenRouter's, Venice's)
 * is not needed where the provider has an address: each of those speaks OpenAI's format there.
 */
export function protocolOf(npm: string, api: string | undefined): { protocol: Protocol; package: string } {
  const protocol = (Object.keys(PROTOCOL_PACKAGES) as (keyof typeof PROTOCOL_PACKAGES)[]).find(
    name => PROTOCOL_PACKAGES[name] === npm,
  )
  if (protocol) return { protocol, package: npm }
  if (!npm.startsWith('@ai-sdk/') && api !== undefined)
    return { protocol: 'openai-compatible', package: PROTOCOL_PACKAGES['openai-compatible'] }
  return { protocol: npm, package: npm }
}
