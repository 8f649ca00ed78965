/**
 * The transcript as one endpoint may see it.
 *
 * @module
 */
import type {
  AnswerPart,
  AssistantMessage,
  Message,
  ToolCallPart,
  ToolMessage,
  UserMessage,
} from '../../core/messages.ts'
import { type Origin, originIs, unmarked, vendorIdIn } from './origin.ts'
import { freeId, portableId } from './tool-call-ids.ts'

/** The ids of the tool calls so far. */
interface CallIds {
  /** As they go out. */
  readonly taken: Set<string>
  /** Those of the transcript that go out as another one, each as in its latest call. */
  readonly renamed: Map<string, string>
}

/**
 * Leaves out what only its maker can read: reasoning of another endpoint (or of unknown origin), another endpoint's
 * metadata on any part, and our marks. Then blank text parts, which Anthropic refuses (models write `\n\n` before a tool call), and
 * assistant messages of which nothing is left. Ids of another endpoint's tool calls are rewritten where not every vendor takes them; the
 * endpoint that made them gets its own back. An id that an earlier call of the prompt has is rewritten, too, since Anthropic refuses it:
 * transcripts of earlier workers have some.
 * Everything else passes as it is: system messages anywhere, orphan tool results, order.
 *
 * The transcript is not changed; a message without anything to change is passed on as the same object.
 */
export function wirePrompt(messages: readonly Message[], origin: Origin): Message[] {
  const prompt: Message[] = []
  const ids: CallIds = { taken: new Set(), renamed: new Map() }
  for (const message of messages) {
    const wire = wireMessage(message, origin, ids)
    if (wire) prompt.push(wire)
  }
  return prompt
}

function wireMessage(message: Message, origin: Origin, ids: CallIds): Message | undefined {
  if (message.role === 'assistant') return wireAnswer(message, origin, ids)
  if (message.role === 'user') return wireQuestion(message)
  return message.role === 'tool' && ids.renamed.size > 0 ? wireResults(message, ids) : message
}

function wireAnswer(message: AssistantMessage, origin: Origin, ids: CallIds): AssistantMessage | undefined {
  let changed = false
  const content: AnswerPart[] = []
  for (const part of message.content) {
    const wire = wirePart(part, origin, ids)
    changed ||= wire !== part
    if (wire) content.push(wire)
  }
  if (content.length === 0) return undefined
  return changed ? { ...message, content } : message
}

function wirePart(part: AnswerPart, origin: Origin, ids: CallIds): AnswerPart | undefined {
  const made = originIs(part.providerOptions, origin)
  const readableByMakerOnly = part.type === 'reasoning' || part.type === 'reasoning-file' || part.type === 'custom'
  if (readableByMakerOnly && made !== 'own') return undefined
  const wire = made === 'unmarked' ? part : withoutMark(part, made)
  if (wire.type === 'tool-call') {
    const { toolCallId } = wire
    const known = vendorIdIn(part.providerOptions) ?? toolCallId
    return withWireId(wire, made === 'foreign' ? portableId(toolCallId) : known, ids)
  }
  return isBlankText(wire) ? undefined : wire
}

function withoutMark(part: AnswerPart, made: 'own' | 'foreign'): AnswerPart {
  const { providerOptions, ...bare } = part
  const kept = made === 'own' ? unmarked(providerOptions) : undefined
  return (kept ? { ...bare, providerOptions: kept } : bare) as AnswerPart
}

function withWireId(call: ToolCallPart, wanted: string, { taken, renamed }: CallIds): AnswerPart {
  const toolCallId = freeId(wanted, taken)
  taken.add(toolCallId)
  if (toolCallId === call.toolCallId) {
    renamed.delete(toolCallId)
    return call
  }
  renamed.set(call.toolCallId, toolCallId)
  return { ...call, toolCallId }
}

function wireResults(message: ToolMessage, { renamed }: CallIds): ToolMessage {
  const content = message.content.map(part => {
    const toolCallId = part.type === 'tool-result' ? renamed.get(part.toolCallId) : undefined
    return toolCallId === undefined ? part : ({ ...part, toolCallId } as typeof part)
  })
  return content.every((part, index) => part === message.content[index]) ? message : { ...message, content }
}

/** A blank text with metadata stays: Google hangs signatures on such parts. */
function isBlankText(part: AnswerPart): boolean {
  return part.type === 'text' && part.text.trim() === '' && part.providerOptions === undefined
}

/** Leaves out blank texts. A message of nothing else stays, so that the vendor's refusal tells its author. */
function wireQuestion(message: UserMessage): UserMessage {
  const content = message.content.filter(part => part.type !== 'text' || part.text.trim() !== '')
  return content.length === 0 || content.length === message.content.length ? message : { ...message, content }
}
