/**
 * Budgets that many runs share: limits on what a workspace, a class, a label or a provider's key may spend in a period.
 *
 * @module
 */
import type { Labels } from '../protocol.ts'
import { hasLabels } from '../runs/has-labels.ts'

export const PERIODS = ['hour', 'day', 'week', 'month', 'lifetime'] as const

/** In UTC; weeks begin on Monday. A lifetime never ends. */
export type BudgetPeriod = (typeof PERIODS)[number]

/**
 * Which calls count towards a budget: those for which all of this holds. A label may be the call's or its run's. Calls of tools with a
 * price count where neither a class nor a provider is named.
 */
export interface BudgetScope {
  readonly workspace?: string
  readonly class?: string
  readonly label?: Labels
  /** Calls that have this label. Each of its values has the whole limit to itself. */
  readonly each?: string
  /** Attempts at this provider, which are what its API key spends. */
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
  /** Set if warnings are posted to a webhook. Its address stays in the configuration, because it may contain a secret. */
  readonly webhook?: true
}

/** For whom something is spent. */
export interface Payer {
  readonly workspace: string
  /** The labels of the run and of the call; for the same key, the call's counts. */
  readonly labels: Labels
}

/** Who spends. */
export interface Spender extends Payer {
  readonly taskClass: string
  /** The class whose rules or split have led to `taskClass`. */
  readonly asked?: string
  /** Absent while it is not known: it may be any provider then. */
  readonly provider?: string
}

/** Whether what this spender spends counts towards the scope. */
export function isWithin(scope: BudgetScope, spender: Spender): boolean {
  const { class: taskClass, provider } = scope
  if (provider !== undefined && provider !== (spender.provider ?? provider)) return false
  if (taskClass !== undefined && taskClass !== spender.taskClass && taskClass !== spender.asked) return false
  return isPaidBy(scope, spender)
}

/** The same for what a tool spends, which has neither a class nor a provider. */
export function isToolWithin(scope: BudgetScope, payer: Payer): boolean {
  return scope.class === undefined && scope.provider === undefined && isPaidBy(scope, payer)
}

function isPaidBy(scope: BudgetScope, payer: Payer): boolean {
  const { workspace, label } = scope
  if (scope.each !== undefined && eachValue(scope, payer) === undefined) return false
  return (workspace === undefined || workspace === payer.workspace) && hasLabels(payer.labels, label)
}

/**
 * The value of the label whose limit the call counts towards. `undefined` if values have no limits of their own, or if the call does not
 * have the label.
 */
export function eachValue({ each }: BudgetScope, { labels }: Pick<Spender, 'labels'>): string | undefined {
  // Runs from before labels were checked may have a number instead of a text.
  return each !== undefined && Object.hasOwn(labels, each) ? String(labels[each]) : undefined
}

/** Where a call needs a known price because of its budgets: everywhere, or at some providers. */
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

/** What follows a budget's name if each value of a label has a limit: ` for label customer=ann`. Empty for other budgets. */
export function whoseWords({ label }: { readonly label?: Labels }): string {
  return label ? ` for ${describeScope({ label })}` : ''
}
