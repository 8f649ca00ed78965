/**
 * Calls and attempts on their way into the ledger, and as it shows them.
 *
 * @module
 */
import type { SharedLimit } from '../budgets/shared-limit.ts'
import type { Endpoint } from '../endpoints.ts'
import type { Fault, FaultKind } from '../faults/fault.ts'
import type { Message } from '../messages.ts'
import type { AttemptOutcome, Cost, Labels, PromptView, RunRef, TranscriptRef } from '../protocol.ts'
import type { Usage } from '../usage.ts'

/** A call's identity: the run's key, the step and a digest of what is asked, so that it never answers another question. */
export interface NewCall {
  readonly callId: string
  readonly run: RunRef
  readonly step: number
  /** The class that serves it. */
  readonly taskClass: string
  /** The class that it was asked in, where that is another one. */
  readonly asked?: string
  readonly labels: Labels
  readonly transcript: TranscriptRef
  /** The Temporal run that asks: a run that was reset goes on under another. */
  readonly part?: string
  /** The messages to append at `transcript.length`. */
  readonly messages: readonly Message[]
  /** Absent: the whole transcript is the prompt. One that begins with this call has an event, which is written with the call. */
  readonly view?: PromptView
  /** Present: the call sums up its transcript for calls of this class. */
  readonly sumsUpFor?: string
  /** Its plan, if the call is written down before any endpoint is asked. */
  readonly route?: KeptRoute
  readonly startedAtMs: number
}

/** The most that an attempt may cost. Without `pico` the endpoint has no price. */
export interface WorstCase {
  readonly pico?: string
  readonly tokens: number
  /** The configuration lets it work under money limits without a price: its tokens alone are counted. */
  readonly unpriced?: true
}

/** Rejections that many plans have in common, by the digest of their text. */
export interface KeptRejections {
  readonly digest: string
  readonly body: string
}

/** A plan as the ledger keeps it: a `RouteRecord` as text. */
export interface KeptRoute {
  readonly record: string
  /** The rejections that the record refers to. Absent: they are in the store already, or it has none. */
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
  /** The plan that it is the first attempt of. */
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
  /** Absent: unpriced. */
  readonly cost?: Cost
  readonly reportedCostPico?: string
  readonly requestId?: string
  readonly firstTokenMs?: number
  readonly totalMs?: number
  /** Why no second endpoint was asked beside it, for people. Absent: one was, it began in time, or its class does not hedge. */
  readonly unhedged?: string
  readonly endedAtMs: number
}

/**
 * Why money was spent on what nobody uses: the attempt's fault; `worker-lost` and `cancelled`, where nobody knows what was billed;
 * `hedge`, where another attempt was faster; `second-answer`, where a worker that was believed lost answered too; `reset`, where the run
 * was reset to before it.
 */
export type WasteReason = FaultKind | 'worker-lost' | 'cancelled' | 'hedge' | 'second-answer' | 'reset'

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
  /** The Temporal run that made it: not the last one where the run was reset since. */
  readonly part?: string
  readonly retention?: string
  readonly wireRequestId: string
  /** `open` while the request is out; then how it ended. */
  readonly outcome: AttemptOutcome | 'open'
  /** Why it was paid, or may have been, and is not used. Only reports say it. */
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

/** A shared budget that has no room, with the limits that hold now. */
export interface ShortBudget {
  readonly name: string
  /** The label and its value, if the budget has a limit for each value. */
  readonly label?: Labels
  readonly limitPico?: string
  readonly limitTokens?: number
  /** When its period ends; absent for a lifetime. */
  readonly endsAtMs?: number
}

/** What became of a reservation. */
export type Reserved =
  | {
      readonly kind: 'reserved'
      /** Present when the call began with this attempt: where its messages were appended. */
      readonly transcript?: TranscriptRef
    }
  | NotReserved

/** A scope that does not admit a worst case. */
export interface ShortScope {
  readonly headroomPico?: string
  readonly headroomTokens?: number
  readonly scopeId: string
  /** Present: it is a run's slice of its tree's budget. */
  readonly slice?: true
  /** Present: it is a shared budget's. With neither it is the tree's own. */
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
