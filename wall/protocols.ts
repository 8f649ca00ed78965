/**
 * The four protocols of the wall, each with a model that its package knows.
 *
 * @module
 */
export const PROTOCOLS = ['openai', 'openai-responses', 'anthropic', 'google'] as const
export type WallProtocol = (typeof PROTOCOLS)[number]

/** Packages treat models that they know otherwise than others: reasoning, schemas, output limits. */
export const UPSTREAM: Readonly<Record<WallProtocol, string>> = {
  openai: 'gpt-5-mini',
  'openai-responses': 'gpt-5-mini',
  anthropic: 'claude-sonnet-4-5',
  google: 'gemini-3-pro-preview',
}

/** The protocol of the endpoint that stands by: the next in the list, so that every fallback is a move as well. */
export function standByOf(protocol: WallProtocol): WallProtocol {
  return PROTOCOLS[(PROTOCOLS.indexOf(protocol) + 1) % PROTOCOLS.length]!
}
