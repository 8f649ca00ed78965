/**
 * Budgets that runs share.
 *
 * @module
 */
import type { SharedLimit } from '../budgets/shared-limit.ts'
import type { Labels, RunRef } from '../protocol.ts'
import type { WorstCase } from './attempts.ts'
import type { RunSeen } from './ledger.ts'

/** Spendings of a shared budget have reached a share of its limit. */
export interface BudgetWarning {
  readonly budget: string
  readonly label?: Labels
  readonly scopeId: string
  readonly share: number
  readonly limitPico?: string
  readonly limitTokens?: number
  readonly spentPico: string
  readonly spentTokens: number
  readonly endsAtMs?: number
}

/** An attempt that holds money or tokens of a budget. */
export interface BudgetHolder {
  readonly runId: string
  readonly attemptId: string
  readonly endpoint: string
  /** Absent: it has no known price. */
  readonly pico?: string
  readonly tokens: number
  readonly sinceMs: number
}

/** A call that waits for room in a budget. */
export interface BudgetWait {
  readonly scopeId: string
  readonly callId: string
  readonly run: Pick<RunRef, 'id' | 'key'>
  readonly step: number
  readonly taskClass: string
  readonly endpoint: string
  readonly reason: string
  /** What it asked for last. */
  readonly needed: WorstCase
  readonly sinceMs: number
  /** Of one that was put off: when it asks again. Absent of one that stands in line. */
  readonly dueAtMs?: number
}

/** One that waits, as people see it. */
export type BudgetWaiter = Omit<BudgetWait, 'scopeId' | 'callId' | 'run' | 'dueAtMs'> & { readonly runId: string }

/** Limits that people have set: each that is present holds instead of the configuration's. */
export interface SetLimits {
  readonly limitPico?: string
  readonly limitTokens?: number
  readonly setAtMs: number
}

/** How a shared budget stands in one period. */
export interface BudgetStanding {
  readonly scopeId: string
  readonly budget: string
  /** Of one value of a label, where each has a limit. */
  readonly label?: Labels
  /** The limits that hold now. */
  readonly limitPico?: string
  readonly limitTokens?: number
  /** Present where somebody has set limits. */
  readonly set?: SetLimits
  readonly spentPico: string
  readonly spentTokens: number
  readonly reservedPico: string
  readonly reservedTokens: number
  readonly endsAtMs?: number
  /** Longest first. */
  readonly holders: readonly BudgetHolder[]
  /** Longest first; calls that have waited for less than half a second are not among them. */
  readonly waiters: readonly BudgetWaiter[]
}

/** Budgets that runs share. Reserving in them and settling is the `LedgerPort`'s, together with the run's own. */
export interface BudgetPort {
  /** Shares reached that nobody was told of: each is given once, to one caller, however many ask. */
  warnings(limits: readonly SharedLimit[], atMs: number): Promise<readonly BudgetWarning[]>
  standing(limits: readonly SharedLimit[]): Promise<readonly BudgetStanding[]>
  /** The scopes whose ids begin so, those first from which most is spent; at most so many. */
  spentScopes(beginning: string, by: 'money' | 'tokens', most: number): Promise<readonly string[]>
  /** The names that begin so under which limits are set, the latest first; at most so many. */
  namesSet(beginning: string, most: number): Promise<readonly string[]>
  /**
   * Sets limits that hold at once, and leaves one that is absent as it was set; `undefined` gives the budget back to the configuration.
   *
   * @param name - A budget's, or that of one value's own limits, which hold before those of its budget.
   */
  setLimits(name: string, limits: SetLimits | undefined): Promise<void>
  /** Writes down that a call waits; once more with another scope, it waits there. In a run that has ended it changes nothing. */
  beginWait(wait: BudgetWait): Promise<void>
  endWait(callId: string): Promise<void>
  /**
   * Forgets calls that were put off and have not come back for ten minutes: their run has dropped them, and goes on. Looks once an hour
   * for periods that are over for a day, and forgets what was spent in them and told of it, except where something is reserved.
   */
  sweep(nowMs: number): Promise<void>
  /**
   * Runs that have open attempts, and so hold reservations, or calls that wait for some; and open ones that are sealed or whose
   * content has a retention, which begins with their end.
   */
  holdingRuns(): Promise<readonly RunSeen[]>
  /** Runs whose end is not written: of those whose key comes after `after`, in the order of keys, the first `limit`. */
  openRuns(after: string, limit: number): Promise<readonly RunSeen[]>
}
