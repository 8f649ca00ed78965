/**
 * What the AI SDK's `useChat` reads of a message: its UI message stream, as far as a run has something to say in it.
 *
 * @module
 */
import type { RunEvent } from '../events.ts'
import type { OutcomeKind } from '../protocol.ts'

/** What a model says, and what it thinks before. */
export type Speech = 'text' | 'reasoning'

/** The message's `metadata` in the browser. Each key is there once it is known. */
export interface UiMessageMetadata {
  readonly runId?: string
  /** The offset of the event after which the message begins. Absent if it begins with the run. */
  readonly after?: number
  /** The offset of the last event in the message. The next message begins `after` it. */
  readonly offset?: number
  /** The most that the run's own calls in this message have cost, as a decimal string in USD. Costs of runs below it are not included. */
  readonly costUsd?: string
  /** How the run ended, and what it said then. */
  readonly outcome?: OutcomeKind
  readonly message?: string
}

/** One member for each type, so that `Extract` finds each. */
type Each<Type extends string, More> = Type extends string ? { readonly type: Type } & More : never

interface OfCall {
  readonly toolCallId: string
}

/** A piece of a message, for readers of the AI SDK 7.0.90 and later. */
export type UiMessageChunk =
  | { readonly type: 'start'; readonly messageId: string; readonly messageMetadata: UiMessageMetadata }
  /** `reset-step` takes what has come since the last `start-step` out of the message. */
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
  /** Events for which the protocol has no word. They are not part of the message; `onData` gets them. */
  | { readonly type: 'data-event'; readonly data: RunEvent; readonly transient: true }
  | { readonly type: 'message-metadata'; readonly messageMetadata: UiMessageMetadata }
  | { readonly type: 'finish'; readonly finishReason: 'stop' | 'other'; readonly messageMetadata: UiMessageMetadata }
  | { readonly type: 'abort'; readonly reason: string }
  | { readonly type: 'error'; readonly errorText: string }
