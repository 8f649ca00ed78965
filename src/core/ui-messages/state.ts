/**
 * The state of a message while it is written.
 *
 * @module
 */
import type { RunEvent } from '../events.ts'
import type { JsonValue } from '../messages.ts'
import { NO_COST } from '../money/cost.ts'
import type { Cost } from '../protocol.ts'
import type { UiMessageChunk } from './chunk.ts'

export type EventOf<Kind extends RunEvent['kind']> = RunEvent & { readonly kind: Kind }

/** The attempt whose text goes into the message as it is streamed, and what it has said so far. */
export interface Speaker {
  readonly step: number
  readonly attempt: number
  readonly text?: string
  readonly reasoning?: string
}

export interface UiMessageState {
  readonly speaker?: Speaker
  /** An attempt that was cancelled while it spoke, if nobody has spoken since. */
  readonly cut?: Speaker
  /** Why the last call has no answer, in words, if none was made or answered since. */
  readonly unanswered?: string
  /** Chunks that wait until the speaker has finished. */
  readonly held: readonly UiMessageChunk[]
  /** Whether the message is in a step; `empty` if the step has nothing yet, or all of it was taken back. */
  readonly inStep?: 'empty' | 'begun'
  /** Tool calls in the message that have not ended, by id. `asks`: people have to approve it. */
  readonly open: ReadonlyMap<string, 'asks' | 'works'>
  /** The ids of all approvals in the message, in order. Vendors may use an id again in a later step. */
  readonly asked: readonly string[]
  /** Steps that summarise the prompt. What they say is not for people. */
  readonly summaries: readonly number[]
  readonly cost: Cost
  readonly offset?: number
}

/** Texts that an event has only the beginning of, whole from the store. */
export interface Whole {
  /** The reasoning of an answer whose streamed pieces are gone. */
  readonly reasoning?: string
  readonly input?: JsonValue
  readonly output?: JsonValue
}

/** The next state, and the chunks that lead to it. */
export type Next = readonly [UiMessageState, readonly UiMessageChunk[]]

export const NEW_UI_MESSAGE: UiMessageState = { held: [], open: new Map(), asked: [], summaries: [], cost: NO_COST }
