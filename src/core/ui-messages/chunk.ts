/**
 * What the AI SDK's `useChat` reads of a message: its UI message stream, as far as a run has something to say in it.
 *
 * @module
 */
import type { RunEvent } from '../events.ts'
import type { OutcomeKind } from '../protocol.ts'

/** What a model says, and what it thinks before. */
export type Speech = 'text' | 'reasoning'

/** `metadata` of the message in the browser: each key is there once it is known. */
export interface UiMessageMetadata {
  readonly runId?: string
  /** Of the event behind which the message begins; absent of one from the run's beginning on. */
  readonly after?: number
  /** Of the last event in the message: the next message begins `after` it. */
  readonly offset?: number
  /** What the run's own calls in this message have cost at most, as a decimal string; not those of the runs below it. */
  readonly costUsd?: string
  /** How the run ended, and what it said then. */
  readonly outcome?: OutcomeKind
  readonly message?: string
}

interface OfCall {
  readonly toolCallId: string
}

/** A piece of a message, for readers of the AI SDK 7.0.90 and later. */
export type UiMessageChunk =
  | { readonly type: 'start'; readonly messageId: string; readonly messageMetadata: UiMessageMetadata }
  /** `reset-step` takes what has come since the last `start-step` out of the message. */
  | { readonly type: 'start-step' | 'reset-step' | 'finish-step' }
  | { readonly type: `${Speech}-${'start' | 'end'}`; readonly id: string }
  | { readonly type: `${Speech}-delta`; readonly id: string; readonly delta: string }
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
  /** What the protocol has no word for. It is no part of the message: `onData` is told. */
  | { readonly type: 'data-event'; readonly data: RunEvent; readonly transient: true }
  | { readonly type: 'message-metadata'; readonly messageMetadata: UiMessageMetadata }
  | { readonly type: 'finish'; readonly finishReason: 'stop' | 'other'; readonly messageMetadata: UiMessageMetadata }
  | { readonly type: 'abort'; readonly reason: string }
  | { readonly type: 'error'; readonly errorText: string }
