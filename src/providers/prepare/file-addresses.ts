/**
 * Files' addresses as the specification has them: stored messages are JSON, where an address is text.
 *
 * @module
 */
import type { LanguageModelV4Message, LanguageModelV4Prompt } from '@ai-sdk/provider'
import type { Message } from '../../core/messages.ts'

/** The messages with every address of a file as a `URL`; a message without any is passed on as the same object. */
export function withAddresses(messages: readonly Message[]): LanguageModelV4Prompt {
  return messages.map(message => revived(message) as LanguageModelV4Message)
}

/** Goes no deeper than files can lie: a message's parts, and the parts of a tool's result. */
function revived(message: Message): unknown {
  if (message.role === 'system' || !message.content.some(holdsAddress)) return message
  return { ...message, content: message.content.map(part => (holdsAddress(part) ? withAddress(part) : part)) }
}

interface Holder {
  readonly type?: string
  readonly data?: unknown
  readonly output?: { readonly type: string; readonly value?: unknown }
}

interface Address {
  readonly type: 'url'
  readonly url: string
}

function holdsAddress(part: Holder): boolean {
  return isAddress(part.data) || contentOf(part).some(holdsAddress)
}

function withAddress(part: Holder): Holder {
  if (isAddress(part.data)) return { ...part, data: { ...part.data, url: new URL(part.data.url) } }
  const value = contentOf(part).map(inner => (holdsAddress(inner) ? withAddress(inner) : inner))
  return { ...part, output: { ...part.output!, value } }
}

function contentOf({ output }: Holder): readonly Holder[] {
  return output?.type === 'content' ? (output.value as readonly Holder[]) : []
}

function isAddress(data: unknown): data is Address {
  return typeof data === 'object' && data !== null && (data as { type?: unknown }).type === 'url'
}
