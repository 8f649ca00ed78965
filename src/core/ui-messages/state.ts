/**
 * What is known of a message while it is told.
 *
 * @module
 */
import type { RunEvent } from '../events.ts'
import type { JsonValue } from '../messages.ts'
import { NO_COST } from '../money/cost.ts'
import type { Cost } from '../protocol.ts'
import type { UiMessageChunk } from './chunk.ts'

export type EventOf<Kind extends RunEvent['kind']> = RunEvent & { readonly kind: Kind }

/** The attempt that has the floor, and what it has said. */
export interface Speaker {
  readonly step: number
  readonly attempt: number
  readonly text?: string
  readonly reasoning?: string
}

export interface UiMessageState {
  readonly speaker?: Speaker | undefined
  /** What waits until the speaker has finished. */
  readonly held: readonly UiMessageChunk[]
  /** The step that the message is in; `empty`: nothing of it is there, or all was taken back. */
  readonly inStep?: 'empty' | 'begun'
  /** Tool calls in the message that have not ended; of one that `asks` people are to decide. */
  readonly open: ReadonlyMap<string, 'asks' | 'works'>
  /** The ids of the approvals in the message. Vendors may use one again in a later step. */
  readonly asked: readonly string[]
  /** Steps that sum up what is old: what they say is not for people. */
  readonly summaries: readonly number[]
  readonly cost: Cost
  readonly offset?: number
}

/** What an event only shows the beginning of, whole from the store. */
export interface Whole {
  /** The reasoning of an answer whose streamed pieces are gone. */
  readonly reasoning?: string | undefined
  readonly input?: JsonValue | undefined
  readonly output?: JsonValue | undefined
}

export type Next = readonly [UiMessageState, readonly UiMessageChunk[]]

export const NEW_UI_MESSAGE: UiMessageState = { held: [], open: new Map(), asked: [], summaries: [], cost: NO_COST }
