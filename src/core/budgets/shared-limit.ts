/**
 * A shared budget at one moment: the scope to reserve in and its limits.
 *
 * @module
 */
import { picoOfUsd } from '../money/pico.ts'
import type { Labels } from '../protocol.ts'
import { beforeValue, readValue, shortValue, writeValue } from './each-value.ts'
import { periodAt } from './period.ts'
import { type BudgetPeriod, eachValue, isWithin, PERIODS, type SharedBudget, type Spender } from './shared-budget.ts'

/** What an attempt reserves in beside its run's own scope. */
export interface SharedLimit {
  /** `budget:<name>:<period>:<its start>`: each period has a scope of its own, and in it each value of a label: `…:<label>=<value>`. */
  readonly scopeId: string
  readonly budget: string
  /** Of one value of a label, where each has the limit for itself; a long value is shortened. */
  readonly label?: Labels
  /** Under which name people set limits for that value alone: `<name>:<label>=<value>`. */
  readonly ownLimits?: string
  /** As configured; a limit that was set in the store holds instead. */
  readonly limitPico?: string
  readonly limitTokens?: number
  readonly warnAt: readonly number[]
  /** The first moment of the next period; absent for a lifetime. */
  readonly endsAtMs?: number
}

/** The limits of the budgets that a spender counts towards now. */
export function budgetsFor(budgets: readonly SharedBudget[], spender: Spender, nowMs: number): readonly SharedLimit[] {
  return budgets
    .filter(({ scope }) => isWithin(scope, spender))
    .map(budget => limitAt(budget, nowMs, eachValue(budget.scope, spender)))
}

/**
 * @param value - Whose limit it is, where each value of a label has one. Without it, it is that of all of them, in which nobody reserves.
 * @throws RangeError when the money is no amount: the configuration checks it before.
 */
export function limitAt(budget: SharedBudget, nowMs: number, value?: string): SharedLimit {
  const { name, per, usd, tokens, warnAt, scope } = budget
  const { startMs, endMs } = periodAt(per, nowMs)
  const whole = { scopeId: `budget:${name}:${per}:${new Date(startMs).toISOString().slice(0, 13)}`, budget: name }
  return {
    ...(scope.each === undefined || value === undefined ? whole : ofValue(whole, scope.each, shortValue(value))),
    ...(usd !== undefined && { limitPico: picoOfUsd(usd, `The budget ${name}`).toString() }),
    ...(tokens !== undefined && { limitTokens: tokens }),
    warnAt,
    ...(endMs !== undefined && { endsAtMs: endMs }),
  }
}

function ofValue({ scopeId, budget }: Pick<SharedLimit, 'scopeId' | 'budget'>, each: string, value: string) {
  const written = `${beforeValue(each)}${writeValue(value)}`
  return {
    scopeId: `${scopeId}:${written}`,
    budget,
    label: { [each]: value },
    ownLimits: `${budget}:${written}`,
  }
}

const IN_PERIOD = new RegExp(`^budget:[^:]+:(${PERIODS.join('|')}):(\\d{4}-\\d{2}-\\d{2}T\\d{2})(?::|$)`)

/** When the period is over that a scope is of; `undefined` of a lifetime, and of a scope that is no budget's. */
export function endOfScope(scopeId: string): number | undefined {
  const [, per, start] = IN_PERIOD.exec(scopeId) ?? []
  return per === undefined ? undefined : periodAt(per as BudgetPeriod, Date.parse(`${start}:00Z`)).endMs
}

/** What the scopes of all values of a label begin with. @param whole - The limit of all of them. */
export function beginningOfEach({ scopeId }: Pick<SharedLimit, 'scopeId'>, each: string): string {
  return `${scopeId}:${beforeValue(each)}`
}

/** What the names begin with under which limits of single values are set. */
export function beginningOfOwn({ budget }: Pick<SharedLimit, 'budget'>, each: string): string {
  return `${budget}:${beforeValue(each)}`
}

/** The value that a scope, or a name under which limits are set, is of. */
export function valueIn(name: string, beginning: string): string {
  return readValue(name.slice(beginning.length))
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

/** The share that is spent, of money or tokens, whichever is nearer to its limit. 0 where neither is limited. */
export function shareSpent(
  { limitPico, limitTokens }: Pick<SharedLimit, 'limitPico' | 'limitTokens'>,
  spent: { readonly pico: bigint; readonly tokens: number },
): number {
  const money = limitPico === undefined || limitPico === '0' ? 0 : Number(spent.pico) / Number(limitPico)
  return Math.max(money, limitTokens ? spent.tokens / limitTokens : 0)
}

/** Shares have at most six decimals, which the configuration checks. */
const SHARE_UNIT = 1_000_000

function shareOf(limit: bigint, share: number): bigint {
  return (limit * BigInt(Math.round(share * SHARE_UNIT))) / BigInt(SHARE_UNIT)
}
