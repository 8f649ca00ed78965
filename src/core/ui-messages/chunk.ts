/**
 * The chunks of the AI SDK's UI message stream, which `useChat` reads: those of them that a run needs.
 *
 * @module
 */
import type { RunEvent } from '../events.ts'
import type { OutcomeKind } from '../protocol.ts'

/** The two kinds of streamed text: the answer, and the reasoning before it. */
export type Speech = 'text' | 'reasoning'

/** The message's `metadata` in the browser. Each key is present as soon as it is known. */
export interface UiMessageMetadata {
  /** The run that the message shows. */
  readonly runId?: string
  /** The offset of the event after which the message begins. Absent if it begins with the run. */
  readonly after?: number
  /** The offset of the last event in the message. The next message begins `after` it. */
  readonly offset?: number
  /**
   * The upper bound of what the run's calls and tools in this message have cost, as a decimal string in USD. Costs of runs below it are
   * not included.
   */
  readonly costUsd?: string
  /** How the run ended, and why if it did not answer. */
  readonly outcome?: OutcomeKind
  readonly message?: string
}

/** One member of the union for each type, so that `Extract` finds each. */
type Each<Type extends string, More> = Type extends string ? { readonly type: Type } & More : never

interface OfCall {
  readonly toolCallId: string
}

/** A chunk of the UI message stream. Readers need the AI SDK 7.0.90 or later. */
export type UiMessageChunk =
  | { readonly type: 'start'; readonly messageId: string; readonly messageMetadata: UiMessageMetadata }
  /** `reset-step` removes everything since the last `start-step` from the message. */
  | Each<'start-step' | 'reset-step' | 'finish-step', unknown>
  | Each<`${Speech}-${'start' | 'end'}`, { readonly id: string }>
  | Each<`${Speech}-delta`, { readonly id: string; readonly delta: string }>
  | (OfCall & { readonly type: 'tool-input-available'; readonly toolName: string; readonly input: unknown })
  | (OfCall & { readonly type: 'tool-approval-request'; readonly approvalId: string })
  | {
      readonly type: 'tool-approval-response'
      readonly approvalId: string
      readonly approved: boolean
      readonly reason?: string
    }
  | (OfCall & { readonly type: 'tool-output-available'; readonly output: unknown })
  | (OfCall & { readonly type: 'tool-output-error'; readonly errorText: string })
  | (OfCall & { readonly type: 'tool-output-denied' })
  /** An event that the protocol has no chunk for. It is not part of the message; `onData` of `useChat` gets it. */
  | { readonly type: 'data-event'; readonly data: RunEvent; readonly transient: true }
  | { readonly type: 'message-metadata'; readonly messageMetadata: UiMessageMetadata }
  | { readonly type: 'finish'; readonly finishReason: 'stop' | 'other'; readonly messageMetadata: UiMessageMetadata }
  | { readonly type: 'abort'; readonly reason: string }
  | { readonly type: 'error'; readonly errorText: string }
