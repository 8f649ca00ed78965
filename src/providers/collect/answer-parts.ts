/**
 * The parts of an answer while they grow, in the order in which they began.
 *
 * @module
 */
import { isTooDeep } from '../../core/json/depth.ts'
import { isRecord } from '../../core/json/is-record.ts'
import type { AnswerPart, JsonValue, ProviderOptions } from '../../core/messages.ts'
import { parsedOf } from '../json.ts'
import { marked, type Origin } from '../prepare/origin.ts'
import { isTakenEverywhere } from '../prepare/tool-call-ids.ts'

/** A text or a piece of reasoning that grows. */
export interface Draft {
  readonly type: 'text' | 'reasoning'
  text: string
  metadata?: ProviderOptions
}

/** A tool call; it comes whole. */
export interface ToolCallDraft {
  readonly type: 'tool-call'
  readonly toolCallId: string
  /** What the vendor calls it, where that is too long to be told apart by. */
  readonly vendorId?: string
  readonly toolName: string
  /** JSON text as the model wrote it. */
  readonly input: string
  readonly metadata?: ProviderOptions
}

export type PartDraft = Draft | ToolCallDraft

/**
 * The parsed arguments of a tool call. No arguments at all count as an empty object; `undefined` if they are anything but an
 * object, or nested too deep.
 */
export function toolInput(draft: ToolCallDraft): object | undefined {
  const input = draft.input.trim() === '' ? {} : parsedOf(draft.input)
  return isRecord(input) && !isTooDeep(input) ? input : undefined
}

/**
 * The drafts as the content of a message. Some parts are marked with the endpoint that made them: reasoning, parts with the
 * vendor's metadata, and tool calls with ids that only that vendor takes.
 *
 * @param truncated - The answer ended at its output limit. Its tool calls never run, so they are left out.
 */
export function contentOf(drafts: readonly PartDraft[], origin: Origin, truncated: boolean): AnswerPart[] {
  const content: AnswerPart[] = []
  for (const draft of drafts) {
    const marks = draft.metadata || draft.type === 'reasoning' || hasOwnId(draft)
    const vendorId = draft.type === 'tool-call' ? draft.vendorId : undefined
    const provided = marks ? { providerOptions: marked(draft.metadata, origin, vendorId) } : {}
    if (draft.type !== 'tool-call') {
      if (draft.text !== '' || draft.metadata) content.push({ type: draft.type, text: draft.text, ...provided })
    } else if (!truncated) {
      const { toolCallId, toolName } = draft
      content.push({ type: 'tool-call', toolCallId, toolName, input: toolInput(draft) as JsonValue, ...provided })
    }
  }
  return content
}

function hasOwnId(draft: PartDraft): boolean {
  return draft.type === 'tool-call' && !isTakenEverywhere(draft.vendorId ?? draft.toolCallId)
}
