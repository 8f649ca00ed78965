/**
 * What `budgets` of a `signalbox.yaml` may hold.
 *
 * @module
 */
import { z } from 'zod'
import { PERIODS, type SharedBudget } from '../../../core/budgets/shared-budget.ts'
import { parseUsd } from '../../../core/money/pico.ts'
import { labels, mapping, oneOf, text, tokens, webhook } from './shape-parts.ts'

const USD = "an amount of USD, 0 or more, e.g. '100.00'"
const SHARE = 'a share of the limit: above 0, at most 1, e.g. 0.8'
const SHARES = 'a list of shares of the limit, e.g. [0.5, 0.8]'

/** YAML reads 100.00 as a number; its shortest decimal is what was meant. */
const usd = z
  .union([z.string(), z.number()], { error: USD })
  .transform(String)
  .refine(amount => parseUsd(amount).ok, { error: USD })

/** Six decimals, which is what the arithmetic keeps. */
const share = z
  .number({ error: SHARE })
  .refine(value => value > 0 && value <= 1 && Number(value.toFixed(6)) === value, { error: SHARE })

const scope = mapping({
  workspace: text('the name of a workspace').optional(),
  class: text('the name of a task class').optional(),
  label: labels.optional(),
  each: text('the name of a label').optional(),
  provider: text('the name of a provider').optional(),
  all: z.literal(true, { error: 'true' }).optional(),
}).refine(({ all, ...parts }) => (all === true) !== Object.values(parts).some(part => part !== undefined), {
  error: 'any of workspace, class, label, each, provider, all of which must match; or `all: true`',
})

export const budgetShape = mapping({
  scope,
  per: oneOf(PERIODS),
  usd: usd.optional(),
  tokens: tokens.optional(),
  warnAt: z.array(share, { error: SHARES }).optional(),
  ...webhook,
  webhook: webhook.webhook.optional(),
})
  .refine(({ usd: money, tokens: most }) => money !== undefined || most !== undefined, {
    error: 'usd, tokens, or both',
  })
  .refine(({ webhook: address, secret }) => secret === undefined || address !== undefined, {
    error: 'a secret together with a webhook; `alerts` has a secret of its own',
    path: ['secret'],
  })

export type BudgetShape = z.output<typeof budgetShape>

/** The budget as the rest of the product knows it: shares ascending and each once. */
export function budgetOf(name: string, { scope, warnAt = [], webhook: address, secret: _, ...shape }: BudgetShape) {
  const budget: SharedBudget = { name, ...shape, scope, warnAt: [...new Set(warnAt)].sort((a, b) => a - b) }
  return address === undefined ? budget : { ...budget, webhook: true as const }
}
