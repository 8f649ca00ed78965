/**
 * A shared budget at a moment: its scope, in which calls reserve, and its limits.
 *
 * @module
 */
import { picoOfUsd } from '../money/pico.ts'
import type { Labels } from '../protocol.ts'
import { beforeValue, readValue, shortValue, writeValue } from './each-value.ts'
import { periodAt } from './period.ts'
import {
  type BudgetPeriod,
  eachValue,
  isToolWithin,
  isWithin,
  type Payer,
  PERIODS,
  type SharedBudget,
  type Spender,
} from './shared-budget.ts'

/** A limit under which an attempt reserves, besides that of its run. */
export interface SharedLimit {
  /** `budget:<name>:<period>:<start>`, so that each period has a scope of its own. With `:<label>=<value>` at its end, that of one value. */
  readonly scopeId: string
  readonly budget: string
  /** The label and its value, if each value has the limit to itself. A long value is shortened. */
  readonly label?: Labels
  /** The name under which people set limits for this value alone: `<name>:<label>=<value>`. */
  readonly ownLimits?: string
  /** The configured limits. Those that people have set in the store apply instead. */
  readonly limitPico?: string
  readonly limitTokens?: number
  readonly warnAt: readonly number[]
  /** The first moment of the next period; absent for a lifetime. */
  readonly endsAtMs?: number
}

/** The limits of the budgets that a spender counts towards now. */
export function budgetsFor(budgets: readonly SharedBudget[], spender: Spender, nowMs: number): readonly SharedLimit[] {
  return limitsOf(budgets, isWithin, spender, nowMs)
}

/** The limits of the budgets that a call of a tool counts towards now. */
export function budgetsForTool(budgets: readonly SharedBudget[], payer: Payer, nowMs: number): readonly SharedLimit[] {
  return limitsOf(budgets, isToolWithin, payer, nowMs)
}

function limitsOf<Spending extends Payer>(
  budgets: readonly SharedBudget[],
  isOf: (scope: SharedBudget['scope'], spending: Spending) => boolean,
  spending: Spending,
  nowMs: number,
): readonly SharedLimit[] {
  return budgets
    .filter(({ scope }) => isOf(scope, spending))
    .map(budget => limitAt(budget, nowMs, eachValue(budget.scope, spending)))
}

/**
 * A budget's limit at a moment.
 *
 * @param value - The value of its label, if each value has a limit. If absent, the limit is that of all of them, in which nobody reserves.
 * @throws RangeError if its money is not an amount. The configuration was checked for that.
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

/** Whether the scope is a shared budget's, and not that of a run. */
export function isOfBudget(scopeId: string): boolean {
  return scopeId.startsWith('budget:')
}

/** When the period of a scope is over. `undefined` for a lifetime, and for a scope that is not a budget's. */
export function endOfScope(scopeId: string): number | undefined {
  const [, per, start] = IN_PERIOD.exec(scopeId) ?? []
  return per === undefined ? undefined : periodAt(per as BudgetPeriod, Date.parse(`${start}:00Z`)).endMs
}

/** How the scopes of all values of a label begin. */
export function beginningOfEach({ scopeId }: Pick<SharedLimit, 'scopeId'>, each: string): string {
  return `${scopeId}:${beforeValue(each)}`
}

/** How the names begin under which limits of single values are set. */
export function beginningOfOwn({ budget }: Pick<SharedLimit, 'budget'>, each: string): string {
  return `${budget}:${beforeValue(each)}`
}

/** The value in the id of a scope, or in a name under which limits are set. */
export function valueIn(name: string, beginning: string): string {
  return readValue(name.slice(beginning.length))
}

/** Those of the shares to warn at that the spending has reached. */
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

/** The share of the limit that is spent, of money or of tokens, whichever is higher. 0 if neither is limited. */
export function shareSpent(
  { limitPico, limitTokens }: Pick<SharedLimit, 'limitPico' | 'limitTokens'>,
  spent: { readonly pico: bigint; readonly tokens: number },
): number {
  const money = limitPico === undefined || limitPico === '0' ? 0 : Number(spent.pico) / Number(limitPico)
  return Math.max(money, limitTokens ? spent.tokens / limitTokens : 0)
}

/** Shares have at most six decimals. The configuration was checked for that. */
const SHARE_UNIT = 1_000_000

function shareOf(limit: bigint, share: number): bigint {
  return (limit * BigInt(Math.round(share * SHARE_UNIT))) / BigInt(SHARE_UNIT)
}
