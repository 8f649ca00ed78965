/**
 * A message of a chat as `useChat` of the AI SDK holds it, and how it grows with each chunk of its stream.
 *
 * @module
 */
import type { Speech, UiMessageChunk, UiMessageMetadata } from './chunk.ts'

/**
 * A message of a chat: a `UIMessage` of the AI SDK, with those of its parts that a run needs. Plain JSON. Its list is not readonly because
 * that of the AI SDK is not.
 */
export interface UiMessage {
  readonly id: string
  readonly role: 'user' | 'assistant'
  readonly metadata?: UiMessageMetadata
  readonly parts: UiMessagePart[]
}

/** A part of a message. A text that people have written has no `state`. */
export type UiMessagePart =
  | { readonly type: 'step-start' }
  | { readonly type: 'text'; readonly text: string; readonly state?: SpeechState }
  | { readonly type: 'reasoning'; readonly id: string; readonly text: string; readonly state: SpeechState }
  /** `url`: an address, or the file itself as a `data:` URL. */
  | { readonly type: 'file'; readonly mediaType: string; readonly filename?: string; readonly url: string }
  | UiToolPart

type SpeechState = 'streaming' | 'done'

interface UiTool {
  readonly type: `tool-${string}`
  readonly toolCallId: string
  readonly input: unknown
}

/** An approval that was given or refused; its `id` is what `run.approve` took. */
interface Decided<Approved extends boolean> {
  readonly id: string
  readonly approved: Approved
  readonly reason?: string
}

/** A tool call, in the state in which it is. */
type UiToolPart = UiTool &
  (
    | { readonly state: 'input-available' }
    | { readonly state: 'approval-requested'; readonly approval: { readonly id: string } }
    | { readonly state: 'approval-responded'; readonly approval: Decided<boolean> }
    | { readonly state: 'output-available'; readonly output: unknown; readonly approval?: Decided<true> }
    | { readonly state: 'output-error'; readonly errorText: string; readonly approval?: Decided<true> }
    | { readonly state: 'output-denied'; readonly approval: Decided<false> }
  )

/** The message with one more chunk of its stream, as the AI SDK's own reader has it then. */
export function addChunk(message: UiMessage, chunk: UiMessageChunk): UiMessage {
  switch (chunk.type) {
    case 'start':
      return { ...withMetadata(message, chunk.messageMetadata), id: chunk.messageId }
    case 'message-metadata':
    case 'finish':
      return withMetadata(message, chunk.messageMetadata)
    case 'start-step':
      return withPart(message, { type: 'step-start' })
    case 'reset-step':
      return { ...message, parts: message.parts.slice(0, stepOf(message)) }
    case 'text-start':
      return withPart(message, { type: 'text', text: '', state: 'streaming' })
    case 'reasoning-start':
      return withPart(message, { type: 'reasoning', id: chunk.id, text: '', state: 'streaming' })
    case 'text-delta':
    case 'reasoning-delta':
      return speak(message, chunk.type === 'text-delta' ? 'text' : 'reasoning', chunk.delta)
    case 'text-end':
    case 'reasoning-end':
      return speak(message, chunk.type === 'text-end' ? 'text' : 'reasoning')
    default:
      return 'toolCallId' in chunk || chunk.type === 'tool-approval-response' ? addToCall(message, chunk) : message
  }
}

type ToolChunk = Extract<UiMessageChunk, { readonly type: `tool-${string}` }>

function addToCall(message: UiMessage, chunk: ToolChunk): UiMessage {
  switch (chunk.type) {
    case 'tool-input-available':
      return showCall(message, chunk)
    case 'tool-approval-request':
      return change(message, callAt(message, chunk), {
        state: 'approval-requested',
        approval: { id: chunk.approvalId },
      })
    case 'tool-approval-response': {
      const { approvalId: id, approved, reason } = chunk
      const approval = { id, approved, ...(reason !== undefined && { reason }) }
      const asked = message.parts.findIndex(part => 'approval' in part && part.approval?.id === id)
      return change(message, asked, { state: 'approval-responded', approval })
    }
    case 'tool-output-available':
      return change(message, callAt(message, chunk), { state: 'output-available', output: chunk.output })
    case 'tool-output-error':
      return change(message, callAt(message, chunk), { state: 'output-error', errorText: chunk.errorText })
    case 'tool-output-denied':
      return change(message, callAt(message, chunk), { state: 'output-denied' })
  }
}

/** A call that the step has already, as of a run that was reset, begins again in its place. */
function showCall(message: UiMessage, { toolCallId, toolName, input }: ToolChunk & { type: 'tool-input-available' }) {
  const call = { type: `tool-${toolName}`, toolCallId, state: 'input-available', input } as const
  const at = callAt(message, call)
  if (at < stepOf(message)) return withPart(message, call)
  return change(message, at, { ...call, output: undefined, errorText: undefined })
}

/** The latest call of an id: vendors may use one again in a later step. */
function callAt({ parts }: UiMessage, { toolCallId }: Pick<UiToolPart, 'toolCallId'>): number {
  return parts.findLastIndex(part => 'toolCallId' in part && part.toolCallId === toolCallId)
}

/** Where the parts of the current step begin. */
function stepOf({ parts }: UiMessage): number {
  return parts.findLastIndex(({ type }) => type === 'step-start') + 1
}

/** Only one text, and one reasoning before it, is streamed at a time. */
function speak(message: UiMessage, speech: Speech, delta?: string): UiMessage {
  const at = message.parts.findLastIndex(part => part.type === speech && part.state === 'streaming')
  const { text } = message.parts[at] as Extract<UiMessagePart, { readonly type: Speech }>
  return change(message, at, delta === undefined ? { state: 'done' } : { text: text + delta })
}

/** The chunk says which state the part has by then, and the stream's order that it may. */
function change({ parts, ...message }: UiMessage, at: number, changed: object): UiMessage {
  return { ...message, parts: parts.with(at, { ...parts[at], ...changed } as UiMessagePart) }
}

function withPart(message: UiMessage, part: UiMessagePart): UiMessage {
  return { ...message, parts: [...message.parts, part] }
}

function withMetadata(message: UiMessage, metadata: UiMessageMetadata): UiMessage {
  return { ...message, metadata: { ...message.metadata, ...metadata } }
}
