/**
 * The transcript as one endpoint may see it.
 *
 * @module
 */
import type { AssistantMessage, Message } from '../../core/messages.ts'
import { type Origin, originIs, unmarked } from './origin.ts'

type Part = AssistantMessage['content'][number]

/**
 * Leaves out what only its maker can read: reasoning of another endpoint (or of unknown origin), another endpoint's
 * metadata on any part, and our marks. Then empty text parts, which some vendors refuse, and assistant messages of which
 * nothing is left. Everything else passes as it is: system messages anywhere, orphan tool results, order.
 *
 * The transcript is not changed; a message without anything to remove is passed on as the same object.
 */
export function wirePrompt(messages: readonly Message[], origin: Origin): Message[] {
  const prompt: Message[] = []
  for (const message of messages) {
    const wire = message.role === 'assistant' ? wireMessage(message, origin) : message
    if (wire) prompt.push(wire)
  }
  return prompt
}

function wireMessage(message: AssistantMessage, origin: Origin): AssistantMessage | undefined {
  let changed = false
  const content: Part[] = []
  for (const part of message.content) {
    const wire = wirePart(part, origin)
    changed ||= wire !== part
    if (wire) content.push(wire)
  }
  if (content.length === 0) return undefined
  return changed ? { ...message, content } : message
}

function wirePart(part: Part, origin: Origin): Part | undefined {
  const made = originIs(part.providerOptions, origin)
  const readableByMakerOnly = part.type === 'reasoning' || part.type === 'reasoning-file' || part.type === 'custom'
  if (readableByMakerOnly && made !== 'own') return undefined
  if (made === 'unmarked') return isEmptyText(part) ? undefined : part
  const { providerOptions, ...bare } = part
  const kept = made === 'own' ? unmarked(providerOptions) : undefined
  const wire = (kept ? { ...bare, providerOptions: kept } : bare) as Part
  return isEmptyText(wire) ? undefined : wire
}

/** An empty text with metadata stays: Google hangs signatures on such parts. */
function isEmptyText(part: Part): boolean {
  return part.type === 'text' && part.text === '' && part.providerOptions === undefined
}
