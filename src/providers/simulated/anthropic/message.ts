import type { Loose } from '../loose.ts'

/** A message as Anthropic takes it, read as far as its blocks. */
export interface AnthropicMessage {
  readonly role: string
  readonly blocks: readonly Loose[]
}
