/**
 * Budgets that many runs share: limits on what a workspace, a class, a label or a provider's key may spend in a period.
 *
 * @module
 */
import type { Labels } from '../protocol.ts'

export const PERIODS = ['hour', 'day', 'week', 'month', 'lifetime'] as const

/** In UTC; weeks begin on Monday. A lifetime never ends. */
export type BudgetPeriod = (typeof PERIODS)[number]

/** What counts towards a budget: calls for which everything named here holds. A label is the call's or else its run's. */
export interface BudgetScope {
  readonly workspace?: string
  readonly class?: string
  readonly label?: Labels
  /** Calls that have this label: each of its values has the limit for itself. */
  readonly each?: string
  /** Attempts at this provider, and so what its one API key spends. */
  readonly provider?: string
  /** Every call. */
  readonly all?: true
}

/** A limit of the configuration. Without `usd` money is not limited, without `tokens` tokens are not. */
export interface SharedBudget {
  readonly name: string
  readonly scope: BudgetScope
  readonly per: BudgetPeriod
  /** Decimal string, e.g. `'100.00'`. */
  readonly usd?: string
  readonly tokens?: number
  /** Shares of the limit, ascending, at which somebody is told. */
  readonly warnAt: readonly number[]
  /** Each warning is posted. Where to stays with the configuration, for it may hold a secret. */
  readonly webhook?: true
}

/** Who spends. */
export interface Spender {
  readonly workspace: string
  readonly taskClass: string
  /** The class whose rules or split have led to that one. */
  readonly asked?: string
  /** The run's with the call's, which win. */
  readonly labels: Labels
  /** Absent: not known yet, and so it may be any. */
  readonly provider?: string
}

/** Whether what this spender spends counts towards the scope. */
export function isWithin(scope: BudgetScope, spender: Spender): boolean {
  const { workspace, class: taskClass, label, provider } = scope
  if (scope.each !== undefined && eachValue(scope, spender) === undefined) return false
  if (provider !== undefined && provider !== (spender.provider ?? provider)) return false
  if (workspace !== undefined && workspace !== spender.workspace) return false
  if (taskClass !== undefined && taskClass !== spender.taskClass && taskClass !== spender.asked) return false
  return Object.entries(label ?? {}).every(([key, value]) => spender.labels[key] === value)
}

/** Whose limit a call counts towards, where each value of a label has one; `undefined` of any other scope, and without the label. */
export function eachValue({ each }: BudgetScope, { labels }: Pick<Spender, 'labels'>): string | undefined {
  // Runs that were begun before labels were checked may have a number for a text.
  return each !== undefined && Object.hasOwn(labels, each) ? String(labels[each]) : undefined
}

/** Where a call needs a known price for the budgets that it counts towards: everywhere, or at some providers. */
export interface MoneyLimits {
  readonly moneyLimited: boolean
  readonly moneyLimitedAt: readonly string[]
}

/** Where the budgets that this spender counts towards limit money. */
export function moneyLimitsOf(budgets: readonly SharedBudget[], spender: Spender): MoneyLimits {
  const limiting = budgets.filter(({ usd, scope }) => usd !== undefined && isWithin(scope, spender))
  const providers = limiting.map(({ scope }) => scope.provider)
  return {
    moneyLimited: providers.includes(undefined),
    moneyLimitedAt: providers.filter(provider => provider !== undefined),
  }
}

/** `workspace acme, label team=growth`, `each customer`, or `all calls`. */
export function describeScope({ workspace, class: taskClass, label, each, provider }: BudgetScope): string {
  const parts = [
    ...(workspace === undefined ? [] : [`workspace ${workspace}`]),
    ...(taskClass === undefined ? [] : [`class ${taskClass}`]),
    ...Object.entries(label ?? {}).map(([key, value]) => `label ${key}=${value}`),
    ...(each === undefined ? [] : [`each ${each}`]),
    ...(provider === undefined ? [] : [`provider ${provider}`]),
  ]
  return parts.length > 0 ? parts.join(', ') : 'all calls'
}

/** What stands behind a budget's name where each value of a label has a limit: ` for label customer=ann`. Elsewhere nothing. */
export function whoseWords({ label }: { readonly label?: Labels }): string {
  return label ? ` for ${describeScope({ label })}` : ''
}
