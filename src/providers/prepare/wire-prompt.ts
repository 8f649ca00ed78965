/**
 * The transcript as one endpoint may see it.
 *
 * @module
 */
import type { AssistantMessage, Message, ToolMessage } from '../../core/messages.ts'
import { type Origin, originIs, unmarked } from './origin.ts'
import { portableId } from './tool-call-ids.ts'

type Part = AssistantMessage['content'][number]

/** Ids of tool calls that are written differently for this endpoint. */
type RenamedIds = Map<string, string>

/**
 * Leaves out what only its maker can read: reasoning of another endpoint (or of unknown origin), another endpoint's
 * metadata on any part, and our marks. Then empty text parts, which some vendors refuse, and assistant messages of which
 * nothing is left. Ids of another endpoint's tool calls are rewritten where not every vendor takes them. Everything
 * else passes as it is: system messages anywhere, orphan tool results, order.
 *
 * The transcript is not changed; a message without anything to change is passed on as the same object.
 */
export function wirePrompt(messages: readonly Message[], origin: Origin): Message[] {
  const prompt: Message[] = []
  const renamed: RenamedIds = new Map()
  for (const message of messages) {
    const wire = wireMessage(message, origin, renamed)
    if (wire) prompt.push(wire)
  }
  return prompt
}

function wireMessage(message: Message, origin: Origin, renamed: RenamedIds): Message | undefined {
  if (message.role === 'assistant') return wireAnswer(message, origin, renamed)
  return message.role === 'tool' && renamed.size > 0 ? wireResults(message, renamed) : message
}

function wireAnswer(message: AssistantMessage, origin: Origin, renamed: RenamedIds): AssistantMessage | undefined {
  let changed = false
  const content: Part[] = []
  for (const part of message.content) {
    const wire = wirePart(part, origin, renamed)
    changed ||= wire !== part
    if (wire) content.push(wire)
  }
  if (content.length === 0) return undefined
  return changed ? { ...message, content } : message
}

function wirePart(part: Part, origin: Origin, renamed: RenamedIds): Part | undefined {
  const made = originIs(part.providerOptions, origin)
  const readableByMakerOnly = part.type === 'reasoning' || part.type === 'reasoning-file' || part.type === 'custom'
  if (readableByMakerOnly && made !== 'own') return undefined
  if (made === 'unmarked') return isEmptyText(part) ? undefined : part
  const { providerOptions, ...bare } = part
  const kept = made === 'own' ? unmarked(providerOptions) : undefined
  const wire = (kept ? { ...bare, providerOptions: kept } : bare) as Part
  if (isEmptyText(wire)) return undefined
  return made === 'foreign' && wire.type === 'tool-call' ? withPortableId(wire, renamed) : wire
}

function withPortableId(call: Extract<Part, { type: 'tool-call' }>, renamed: RenamedIds): Part {
  const toolCallId = portableId(call.toolCallId)
  if (toolCallId === call.toolCallId) return call
  renamed.set(call.toolCallId, toolCallId)
  return { ...call, toolCallId }
}

function wireResults(message: ToolMessage, renamed: RenamedIds): ToolMessage {
  const content = message.content.map(part => {
    const toolCallId = part.type === 'tool-result' ? renamed.get(part.toolCallId) : undefined
    return toolCallId === undefined ? part : ({ ...part, toolCallId } as typeof part)
  })
  return content.every((part, index) => part === message.content[index]) ? message : { ...message, content }
}

/** An empty text with metadata stays: Google hangs signatures on such parts. */
function isEmptyText(part: Part): boolean {
  return part.type === 'text' && part.text === '' && part.providerOptions === undefined
}
