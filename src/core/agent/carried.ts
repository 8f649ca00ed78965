/**
 * What crosses from one part of a run to the next.
 *
 * @module
 */
import type { JsonValue } from '../messages.ts'
import type {
  Addition,
  Decision,
  HeldDecision,
  PendingApproval,
  PromptState,
  RoutingMemory,
  Said,
  Terms,
  TranscriptRef,
} from '../protocol.ts'
import type { AgentState } from './state.ts'
import type { Totals } from './totals.ts'

/** What was said to a workflow that hears for itself, under an id that it has also if nobody gave it one. */
export type Unheard = Said & { readonly id: string }

/**
 * What a run takes along when it continues as new: references, totals and what it waits for, never content. The run keeps
 * its one id, its one cost and its one list of events.
 */
export interface Carried {
  /** The id of Temporal's first run, which is not known before it has begun. Absent in what older versions carried. */
  readonly run?: string
  /** The number of parts so far. */
  readonly parts: number
  /** When the run's first part began; its time budget counts from there. */
  readonly startedAtMs: number
  readonly draw: number
  /** As it was when the run began; see `OpenRunResult`. */
  readonly isStrict?: true
  /** No part has opened the run in the store, for none has used a verb that needs it. Older versions do not say it: see {@link hasBegun}. */
  readonly isUnopened?: true
  readonly step: number
  readonly ownTools: number
  /** The number of children so far, from which the next one is named. Absent in what older versions carried. */
  readonly children?: number
  readonly totals: Totals
  /** The last decisions, so that a repeated one is recognised. */
  readonly decided: readonly HeldDecision[]
  /** The ids of the last messages, so that a repeated one is recognised. Absent in what older versions carried. */
  readonly heard?: readonly string[]
  /** What people have said and the workflow has not heard yet. Absent where it does not hear for itself. */
  readonly unheard?: readonly Unheard[]
  /** Absent where the workflow has no question open. */
  readonly questions?: readonly CarriedQuestion[]
  readonly agent?: CarriedAgent
}

/** A question of the workflow itself, and the decision on it, if the workflow has not seen that yet. */
export interface CarriedQuestion {
  readonly ask: PendingApproval
  readonly decision?: Decision
  /**
   * When the decision was made. Carried so that the part that has begun to record it, and the next part, which records it again,
   * write the same.
   */
  readonly decidedAtMs?: number
}

/** An agent loop at a quiet point. */
export interface CarriedAgent {
  readonly state: AgentState
  /** What the loop was about to do; absent while it waits for a person. */
  readonly additions?: readonly Addition[]
  readonly transcript?: TranscriptRef
  readonly known?: RoutingMemory['known']
  readonly callId?: string
  readonly prompt?: PromptState
}

/** What the last part of the run has carried over; `undefined` in its first part. */
export function carriedIn({ carried }: Terms): Carried | undefined {
  return carried as Carried | undefined
}

/** The form in which the terms have it. Only the run itself may look into it. */
export function toCarry(carried: Carried): JsonValue {
  return carried as unknown as JsonValue
}

/**
 * Whether a part has opened the run in the store. Where an older version carried nothing that only an open run has, none may have: the
 * next part then opens the run as one that begins, which changes nothing if it is open.
 */
export function hasBegun({ isUnopened, isStrict, step, ownTools, children, agent, questions }: Carried): boolean {
  if (isUnopened) return false
  const hasAsked = step > 0 || ownTools > 0 || (children ?? 0) > 0
  return isStrict === true || hasAsked || agent !== undefined || questions !== undefined
}
