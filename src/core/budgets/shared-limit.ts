/**
 * A shared budget at one moment: the scope to reserve in and its limits.
 *
 * @module
 */
import { picoOfUsd } from '../money/pico.ts'
import { periodAt } from './period.ts'
import { isWithin, type SharedBudget, type Spender } from './shared-budget.ts'

/** What an attempt reserves in beside its run's own scope. */
export interface SharedLimit {
  /** `budget:<name>:<period>:<its start>`: each period has a scope of its own. */
  readonly scopeId: string
  readonly budget: string
  /** As configured; a limit that was set in the store holds instead. */
  readonly limitPico?: string
  readonly limitTokens?: number
  readonly warnAt: readonly number[]
  /** The first moment of the next period; absent for a lifetime. */
  readonly endsAtMs?: number
}

/** The limits of the budgets that a spender counts towards now. */
export function budgetsFor(budgets: readonly SharedBudget[], spender: Spender, nowMs: number): readonly SharedLimit[] {
  return budgets.filter(({ scope }) => isWithin(scope, spender)).map(budget => limitAt(budget, nowMs))
}

/** @throws RangeError when the money is no amount: the configuration checks it before. */
export function limitAt({ name, per, usd, tokens, warnAt }: SharedBudget, nowMs: number): SharedLimit {
  const { startMs, endMs } = periodAt(per, nowMs)
  return {
    scopeId: `budget:${name}:${per}:${new Date(startMs).toISOString().slice(0, 13)}`,
    budget: name,
    ...(usd !== undefined && { limitPico: picoOfUsd(usd, `The budget ${name}`).toString() }),
    ...(tokens !== undefined && { limitTokens: tokens }),
    warnAt,
    ...(endMs !== undefined && { endsAtMs: endMs }),
  }
}

/** The shares of the limit that spendings have reached, of those at which somebody is to be told. */
export function sharesReached(
  { warnAt, limitPico, limitTokens }: Pick<SharedLimit, 'warnAt' | 'limitPico' | 'limitTokens'>,
  spent: { readonly pico: bigint; readonly tokens: number },
): readonly number[] {
  return warnAt.filter(
    share =>
      (limitPico !== undefined && spent.pico >= shareOf(BigInt(limitPico), share)) ||
      (limitTokens !== undefined && spent.tokens >= limitTokens * share),
  )
}

/** Shares have at most six decimals, which the configuration checks. */
const SHARE_UNIT = 1_000_000

function shareOf(limit: bigint, share: number): bigint {
  return (limit * BigInt(Math.round(share * SHARE_UNIT))) / BigInt(SHARE_UNIT)
}
