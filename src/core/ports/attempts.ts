/**
 * Calls and attempts, as they are written into the ledger and as it returns them.
 *
 * @module
 */
import type { SharedLimit } from '../budgets/shared-limit.ts'
import type { Endpoint } from '../endpoints.ts'
import type { Fault, FaultKind } from '../faults/fault.ts'
import type { Message } from '../messages.ts'
import type { AttemptOutcome, Cost, Labels, PromptView, RunRef, TranscriptRef } from '../protocol.ts'
import type { Usage } from '../usage.ts'

/** A call that begins. */
export interface NewCall {
  /** The run's key, the step and a digest of what is asked, so that a stored answer is never taken for another question's. */
  readonly callId: string
  readonly run: RunRef
  readonly step: number
  /** The class that serves it. */
  readonly taskClass: string
  /** The class that it was made in, if that is another one. */
  readonly asked?: string
  readonly labels: Labels
  readonly transcript: TranscriptRef
  /** The id of the Temporal run that makes it. After a reset or continue-as-new, a run of ours continues under another one. */
  readonly part?: string
  /** The messages to append at `transcript.length`. */
  readonly messages: readonly Message[]
  /**
   * What of the transcript is in the prompt; absent if all of it is. If this call is the first with the view, the event
   * `prompt-shortened` is written with it.
   */
  readonly view?: PromptView
  /** If present, the call summarises its transcript for calls of this class. */
  readonly sumsUpFor?: string
  /** Its plan, if the call is recorded before any endpoint is asked. */
  readonly route?: KeptRoute
  readonly startedAtMs: number
}

/** The most that an attempt may cost. */
export interface WorstCase {
  /** In pico-dollars; absent if the endpoint has no price. */
  readonly pico?: string
  readonly tokens: number
  /** Set if the configuration allows the endpoint under money limits without a price, so that only tokens are counted. */
  readonly unpriced?: true
}

/** A list of rejections, which many plans share. It is stored once, under a digest of its text. */
export interface KeptRejections {
  readonly digest: string
  readonly body: string
}

/** A plan as the ledger stores it: a `RouteRecord` as text. */
export interface KeptRoute {
  readonly record: string
  /** The rejections that the record refers to. Absent if the store has them already, or if there are none. */
  readonly rejections?: KeptRejections
}

/** Under which a request counts where the number of those in flight is limited. */
export interface Permit {
  readonly permitId: string
  readonly scopeIds: readonly string[]
  /** Until when it counts if nobody reports its end. */
  readonly untilMs: number
}

/** A request that is about to leave. */
export interface NewAttempt {
  /** `callId#attempt`. */
  readonly attemptId: string
  readonly attempt: number
  readonly call: NewCall
  readonly endpoint: Endpoint
  /** The endpoint that the plan put first. */
  readonly planned: string
  /** Why this endpoint and not another, e.g. `planned`, `rerouted: rate-limited`. */
  readonly reason: string
  /** The plan, if this is the first attempt under it. */
  readonly route?: KeptRoute
  readonly wireRequestId: string
  readonly worstCase: WorstCase
  /** The shared budgets that it counts towards. */
  readonly shared?: readonly SharedLimit[]
  /** Absent: nobody limits how many requests are in flight. */
  readonly permit?: Permit
  readonly catalogVersion: string
  readonly startedAtMs: number
}

/** How an attempt ended. */
export interface AttemptEnd {
  readonly outcome: AttemptOutcome
  readonly fault?: Fault
  readonly usage?: Usage
  /** Absent if the price is unknown. */
  readonly cost?: Cost
  /** The cost that the vendor itself reported, in pico-dollars. */
  readonly reportedCostPico?: string
  readonly requestId?: string
  readonly firstTokenMs?: number
  /** Absent of one in a batch: how long that took says nothing of the endpoint. */
  readonly totalMs?: number
  /** For people: why the call was not hedged although the attempt was slow and its class hedges. */
  readonly unhedged?: string
  readonly endedAtMs: number
}

/**
 * Why an attempt was paid for, or may have been, although nobody uses its answer: its fault, or one of these.
 *
 * - `worker-lost`, `handed-over` (its worker was shut down), `cancelled`: nobody knows what the vendor billed.
 * - `hedge`: another attempt of the call was faster.
 * - `second-answer`: its worker was considered lost, but answered too.
 * - `reset`: the run was reset to a point before it.
 */
export type WasteReason = FaultKind | 'worker-lost' | 'handed-over' | 'cancelled' | 'hedge' | 'second-answer' | 'reset'

/** A row of the ledger. */
export interface AttemptRecord {
  readonly attemptId: string
  readonly attempt: number
  readonly callId: string
  readonly runId: string
  readonly step: number
  readonly taskClass: string
  readonly workspace: string
  readonly labels: Labels
  readonly endpoint: string
  readonly provider: string
  readonly model: string
  readonly planned: string
  readonly reason: string
  /** The id of the Temporal run that made it. */
  readonly part?: string
  /** The vendor's id of the batch that it went into. While it is open, no worker need be at work on it. */
  readonly batch?: string
  readonly retention?: string
  readonly wireRequestId: string
  /** How it ended; `open` while it has not. */
  readonly outcome: AttemptOutcome | 'open'
  /** Why its answer is not used. Only reports have this. */
  readonly waste?: WasteReason
  readonly fault?: Fault
  readonly usage: Usage
  readonly cost?: Cost
  readonly reportedCostPico?: string
  readonly requestId?: string
  readonly catalogVersion: string
  readonly firstTokenMs?: number
  readonly totalMs?: number
  readonly unhedged?: string
  readonly startedAtMs: number
  readonly endedAtMs?: number
}

/** A shared budget that has no room, with its current limits. */
export interface ShortBudget {
  readonly name: string
  /** The label and its value, if the budget has a limit for each value. */
  readonly label?: Labels
  readonly limitPico?: string
  readonly limitTokens?: number
  /** When its period ends; absent if it has none. */
  readonly endsAtMs?: number
}

/** The result of a reservation. */
export type Reserved =
  | {
      readonly kind: 'reserved'
      /** Where the call's messages were appended, if it began with this attempt. */
      readonly transcript?: TranscriptRef
    }
  | NotReserved

/** A scope that does not admit a worst case. */
export interface ShortScope {
  readonly headroomPico?: string
  readonly headroomTokens?: number
  readonly scopeId: string
  /** Set if the scope is a run's slice of its tree's budget. */
  readonly slice?: true
  /** Set if the scope is a shared budget's. With neither, it is the tree's own. */
  readonly budget?: ShortBudget
}

/**
 * Nothing was reserved. It names the scope that is short, or of several the tightest that waiting does not help. The headroom is what a
 * smaller worst case could still have in every scope.
 */
export interface NotReserved extends ShortScope {
  readonly kind: 'short'
  /** Other attempts, perhaps of other runs, hold reservations in every scope that is short: waiting may free some. */
  readonly inFlight: boolean
  /** All that are short and that waiting does not help, each with its own headroom, the tightest first. Absent: there is one at most. */
  readonly several?: readonly ShortScope[]
}
