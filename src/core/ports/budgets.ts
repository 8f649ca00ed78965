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
  /** The worst case that it asked room for last. */
  readonly needed: WorstCase
  readonly sinceMs: number
  /** When the call asks again, if it was put off. Absent: it stands in line. */
  readonly dueAtMs?: number
}

/** A call that waits for room in a budget, as people see it. */
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
  /** The label and its value, if the budget has a limit for each value. */
  readonly label?: Labels
  /** The limits that hold now. */
  readonly limitPico?: string
  readonly limitTokens?: number
  /** The limits that people have set. Absent: nobody has set any. */
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
  /** The warnings that nobody was given yet. Each is given once, to one caller, however many ask. */
  warnings(limits: readonly SharedLimit[], atMs: number): Promise<readonly BudgetWarning[]>
  standing(limits: readonly SharedLimit[]): Promise<readonly BudgetStanding[]>
  /** At most `most` scopes whose ids have this beginning, those first in which most is spent. */
  spentScopes(beginning: string, by: 'money' | 'tokens', most: number): Promise<readonly string[]>
  /** At most `most` names with this beginning under which limits are set, the latest first. */
  namesSet(beginning: string, most: number): Promise<readonly string[]>
  /**
   * Sets limits, which hold at once; one that is absent stays as it was. `undefined` gives the budget back to the configuration.
   *
   * @param name - A budget's, or that of the limits of one value alone, which go before those of its budget.
   */
  setLimits(name: string, limits: SetLimits | undefined): Promise<void>
  /** Writes down that a call waits in a scope, and no longer in another one. Does nothing if the call has its answer or the run has ended. */
  beginWait(wait: BudgetWait): Promise<void>
  endWait(callId: string): Promise<void>
  /**
   * Forgets calls that were put off and have not come back for ten minutes: their runs go on without them. Once an hour it also forgets
   * what was spent in periods that ended a day ago, and which warnings were given, except where something is still reserved.
   */
  sweep(nowMs: number): Promise<void>
  /**
   * Runs whose end must not be missed: those that hold reservations by open attempts, or whose calls wait for room; and open ones that
   * are sealed or whose content has a retention, which begins with their end.
   */
  holdingRuns(): Promise<readonly RunSeen[]>
  /** Runs whose end is not written: of those whose key comes after `after`, in the order of keys, the first `limit`. */
  openRuns(after: string, limit: number): Promise<readonly RunSeen[]>
}
