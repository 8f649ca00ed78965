/**
 * The shared budgets of a store.
 *
 * @module
 */
import type { SharedLimit } from '../budgets/shared-limit.ts'
import type { Labels, RunName } from '../protocol.ts'
import type { WorstCase } from './attempts.ts'
import type { RunSeen } from './ledger.ts'

/** What was spent of a shared budget has reached a share of its limit for which the configuration wants a warning, or it turns calls away. */
export interface BudgetWarning {
  readonly budget: string
  readonly label?: Labels
  readonly scopeId: string
  /** The share that was reached; for `turnsAway` the one that is spent, in whole percents. */
  readonly share: number
  /** Set if it turned a call away before all shares were reached: the call's worst case is more than what is left. */
  readonly turnsAway?: true
  readonly limitPico?: string
  readonly limitTokens?: number
  readonly spentPico: string
  readonly spentTokens: number
  readonly endsAtMs?: number
}

/** An attempt that holds a reservation in a budget. */
export interface BudgetHolder {
  readonly runId: string
  readonly attemptId: string
  readonly endpoint: string
  /** In pico-dollars; absent if the price is unknown. */
  readonly pico?: string
  readonly tokens: number
  readonly sinceMs: number
}

/** A call that waits for room in a budget. */
export interface BudgetWait {
  readonly scopeId: string
  readonly callId: string
  readonly run: RunName
  readonly step: number
  readonly taskClass: string
  readonly endpoint: string
  readonly reason: string
  /** The worst case of its last attempt to reserve. */
  readonly needed: WorstCase
  readonly sinceMs: number
  /** When it asks again, if the run set a timer. Absent if its activity waits in line. */
  readonly dueAtMs?: number
}

/** A call that waits for room in a budget, for people. */
export type BudgetWaiter = Omit<BudgetWait, 'scopeId' | 'callId' | 'run' | 'dueAtMs'> & { readonly runId: string }

/** Limits that people have set. Each one that is present replaces the configuration's. */
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
  /** The current limits. */
  readonly limitPico?: string
  readonly limitTokens?: number
  /** The limits that people have set, if any. */
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

/** Shared budgets. The `LedgerPort` reserves in them and settles, together with the run's own budget. */
export interface BudgetPort {
  /**
   * New warnings. Each is returned once in a period, to one caller only.
   *
   * @param turnedAwayBy - The scope that has just turned a call away, if one has.
   */
  warnings(limits: readonly SharedLimit[], atMs: number, turnedAwayBy?: string): Promise<readonly BudgetWarning[]>
  standing(limits: readonly SharedLimit[]): Promise<readonly BudgetStanding[]>
  /** At most `most` scopes whose ids begin so, those with the highest spending first. */
  spentScopes(beginning: string, by: 'money' | 'tokens', most: number): Promise<readonly string[]>
  /** At most `most` names that begin so and for which people have set limits, the latest first. */
  namesSet(beginning: string, most: number): Promise<readonly string[]>
  /**
   * Sets limits, which apply at once. A limit that is absent stays as it was. `undefined` removes what was set, so that the configuration
   * applies again.
   *
   * @param name - The name of a budget, or of the limits of a single value of its label, which take precedence.
   */
  setLimits(name: string, limits: SetLimits | undefined): Promise<void>
  /** Writes down that a call waits in a scope, and no longer in another one. Does nothing if the call has its answer or the run has ended. */
  beginWait(wait: BudgetWait): Promise<void>
  endWait(callId: string): Promise<void>
  /**
   * Forgets waiting calls that are ten minutes late to ask again, since their runs continue without them. Once an hour it also forgets
   * the spending and the warnings of periods that ended more than a day ago, unless something is still reserved in them.
   */
  sweep(nowMs: number): Promise<void>
  /**
   * Runs whose end must not be missed: those with open attempts, which hold reservations; those with calls that wait for room; and open
   * ones that are sealed or have a retention time, which begins with their end.
   */
  holdingRuns(): Promise<readonly RunSeen[]>
  /** The first `limit` runs whose end is not recorded and whose key comes after `after`, ordered by key. */
  openRuns(after: string, limit: number): Promise<readonly RunSeen[]>
}
