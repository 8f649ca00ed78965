/**
 * The demo's result as one plain JSON object. Money is in USD as decimal strings, to the last pico-dollar.
 *
 * @module
 */
import type { FaultKind } from '../../core/faults/fault.ts'
import type { AttemptRecord } from '../../core/ports.ts'
import type { Labels, OutcomeKind } from '../../core/protocol.ts'
import type { Usage } from '../../core/usage.ts'

export interface DemoRun {
  readonly id: string
  readonly workflow: string
  readonly outcome: OutcomeKind
  readonly message?: string
  /** The high bound. */
  readonly costUsd: string
  readonly costLowUsd: string
  readonly calls: number
  readonly toolCalls: number
  /** Its page in the Temporal UI. */
  readonly url: string
}

export interface DemoAttempt {
  readonly run: string
  readonly step: number
  readonly class: string
  readonly attempt: number
  readonly provider: string
  readonly model: string
  readonly reason: string
  readonly outcome: AttemptRecord['outcome']
  /** `null`: none. */
  readonly fault: FaultKind | null
  /** `null`: unknown. */
  readonly retention: string | null
  /** `null`, like the high one: the endpoint has no known price for what was used. */
  readonly costLowUsd: string | null
  readonly costHighUsd: string | null
  /** What the vendor's own meter says; `null` when the request never reached it. */
  readonly meterUsd: string | null
  readonly wireRequestId: string
  readonly firstTokenMs?: number
  readonly totalMs?: number
}

/** A move to another endpoint within one call, after a fault. */
export interface DemoFallback {
  readonly run: string
  readonly step: number
  readonly class: string
  readonly fault: FaultKind
  /** Endpoints, `provider:author/name`. */
  readonly from: string
  readonly to: string
}

/** What caches saved the answers of one run at one endpoint. Money by the price list. */
export interface DemoCache {
  readonly run: string
  readonly endpoint: string
  readonly answers: number
  readonly inputTokens: number
  /** Of them, those that were read from the cache. */
  readonly cachedTokens: number
  readonly paidUsd: string
  /** The same usage with nothing read from a cache, and nothing written to one. */
  readonly uncachedUsd: string
  readonly savedUsd: string
}

/** A call whose first endpoint was slow to begin, so that a second one was asked beside it. */
export interface DemoHedge {
  readonly run: string
  readonly step: number
  readonly class: string
  /** Endpoints, `provider:author/name`. */
  readonly first: string
  readonly second: string
  /** `null`: nobody. */
  readonly answeredBy: string | null
  readonly reason: string
}

/** An answer of the wrong shape that was asked again of another class. */
export interface DemoEscalation {
  readonly run: string
  readonly step: number
  /** Classes. */
  readonly from: string
  readonly to: string
  readonly gaveUpOn: string
  /** `null`: nobody. */
  readonly answeredBy: string | null
  readonly reason: string
}

export interface DemoCall {
  readonly run: string
  readonly step: number
  readonly class: string
  readonly labels: Labels
  /** `null`: no route was found. */
  readonly planned: string | null
  readonly answeredBy: string | null
  /** One for each attempt: `planned`, `rerouted: rate-limited`. */
  readonly attempts: readonly string[]
  readonly usage: Usage
  readonly costLowUsd: string
  readonly costHighUsd: string
  /** The answering attempt's. */
  readonly firstTokenMs?: number
  /** From the call's start to its answer, waits and failed attempts included. */
  readonly totalMs?: number
  /** What the answer's usage would have cost on `strong`; `null`: it cannot be said. */
  readonly allStrongUsd: string | null
}

export interface DemoSum {
  readonly calls: number
  /** The high bound. */
  readonly costUsd: string
  readonly costLowUsd: string
}

export interface DemoTotals {
  /** Attempts with one exact cost, and what the vendors billed for the same ones. */
  readonly ledgerExactUsd: string
  readonly meterExactUsd: string
  readonly ledgerLowUsd: string
  readonly ledgerHighUsd: string
  readonly meterUsd: string
  /** Every answer's usage at the price of {@link DemoReport.strongEndpoint}. */
  readonly allStrongUsd: string
  readonly toolCalls: number
}

export interface DemoReport {
  readonly runs: readonly DemoRun[]
  readonly calls: readonly DemoCall[]
  /** In the order in which they left. */
  readonly attempts: readonly DemoAttempt[]
  readonly fallbacks: readonly DemoFallback[]
  readonly caches: readonly DemoCache[]
  readonly hedges: readonly DemoHedge[]
  readonly escalations: readonly DemoEscalation[]
  readonly classes: Readonly<Record<string, DemoSum>>
  /** Keyed `key=value`; a call with two labels is in both. */
  readonly labels: Readonly<Record<string, DemoSum>>
  readonly totals: DemoTotals
  readonly strongEndpoint: string
  /** The rows of all vendors' meters. */
  readonly meteredRequests: number
  /** Empty when every run answered and the ledger agrees with the vendors' meters. */
  readonly problems: readonly string[]
}
