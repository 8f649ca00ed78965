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
 * What the package of a list speaks here. Responses goes for OpenAI: its chat completions refuse tools to the models that reason
 * since GPT-5.4, and know nothing of those for code.
 */
const LISTED: Readonly<Record<string, Protocol>> = {
  '@ai-sdk/openai': 'openai-responses',
  '@ai-sdk/azure': 'openai-responses',
  '@ai-sdk/anthropic': 'anthropic',
  '@ai-sdk/google': 'google',
  '@ai-sdk/openai-compatible': 'openai-compatible',
}

/** Packages whose makers serve OpenAI's format too, where counts and limits can be read. */
const OPENAI_TOO = /^@ai-sdk\/(?:gateway|perplexity|vercel)$|^(?!@ai-sdk\/)/

/**
 * The protocol of a provider of the snapshot. Of those with a package that is not one of the AI SDK's own (OpenRouter's, Venice's)
 * each speaks OpenAI's format where it has an address; without one nothing here speaks to it.
 */
export function protocolOf(npm: string, address: string | undefined): { protocol: Protocol; package: string } {
  const listed = Object.hasOwn(LISTED, npm) ? LISTED[npm] : undefined
  const protocol = listed ?? (address !== undefined && OPENAI_TOO.test(npm) ? 'openai-compatible' : npm)
  return { protocol, package: packageOf(protocol) }
}

/** A package that is asked for by its name, where the list's providers are asked in OpenAI's format instead. */
export function isOwnFormat(npm: string, protocol: Protocol): boolean {
  return npm === protocol && OPENAI_TOO.test(npm)
}

/** Whether a protocol belongs to the package of a list: it then knows where that list's provider is. */
export function knowsAddress(npm: string, protocol: Protocol): boolean {
  return wholePackage(npm) === wholePackage(packageOf(protocol))
}

/** `@ai-sdk/google-vertex` of its subpath `@ai-sdk/google-vertex/anthropic`. */
function wholePackage(npm: string): string {
  return npm.split('/').slice(0, 2).join('/')
}

/** Whether a provider that is reached through this package alone cannot be asked here. */
export function isForeign(npm: string): boolean {
  return !/^@(?:ai-sdk|openrouter)\//.test(npm)
}

/** They serve OpenAI's models through Responses, and those of others through chat completions. */
export const OTHERS_BY_CHAT = /^(?:azure|azure-cognitive-services|vivgrid)$/

/** By its author, or by its own name where the list has no author for it (`azure/codex-mini`). */
const OPENAIS = /^openai\/|\/(?:gpt-|o\d|codex)/

/** The protocol of one model, whose provider usually speaks `usual`. */
export function protocolOfModel(providerId: string, usual: Protocol, model: string): Protocol {
  return OTHERS_BY_CHAT.test(providerId) && !OPENAIS.test(model) ? 'openai-compatible' : usual
}

/** Responses have no texts at which an answer ends: OpenAI's, and xAI's, through which its package asks. */
export function takesStop(protocol: Protocol): boolean {
  return protocol !== 'openai-responses' && protocol !== '@ai-sdk/xai'
}
