import { expect, test } from 'vitest'
import {
  type BudgetScope,
  describeScope,
  isWithin,
  moneyLimitsOf,
  type SharedBudget,
  type Spender,
} from '../../../src/core/budgets/shared-budget.ts'

const PRESS: Spender = { workspace: 'press', taskClass: 'strong', asked: 'auto', labels: { team: 'growth' } }

test.each<[BudgetScope, string, boolean]>([
  [{}, 'all calls', true],
  [{ workspace: 'press' }, 'workspace press', true],
  [{ workspace: 'sales' }, 'workspace sales', false],
  [{ class: 'strong' }, 'class strong', true],
  [{ class: 'auto' }, 'class auto', true],
  [{ class: 'cheap' }, 'class cheap', false],
  [{ label: { team: 'growth' } }, 'label team=growth', true],
  [{ label: { team: 'growth', customer: 'ann' } }, 'label team=growth, label customer=ann', false],
  [{ each: 'team' }, 'each team', true],
  [{ each: 'customer' }, 'each customer', false],
  [{ workspace: 'press', provider: 'acme' }, 'workspace press, provider acme', true],
  [{ provider: 'bolt' }, 'provider bolt', false],
])('%j is "%s"', (scope, words, within) => {
  expect(describeScope(scope)).toBe(words)
  expect(isWithin(scope, { ...PRESS, provider: 'acme' })).toBe(within)
})

test('a call whose provider is not chosen yet is within the budget of any', () => {
  expect(isWithin({ provider: 'bolt' }, PRESS)).toBe(true)
})

test('a price must be known everywhere, or at the providers whose money is limited, for budgets of money that a call counts towards', () => {
  const budget = (scope: BudgetScope, limit: Partial<SharedBudget>): SharedBudget => ({
    name: 'any',
    per: 'day',
    warnAt: [],
    scope,
    ...limit,
  })
  const atAcme = budget({ provider: 'acme' }, { usd: '1' })
  const others = [budget({}, { tokens: 9 }), budget({ workspace: 'sales' }, { usd: '1' })]
  expect(moneyLimitsOf([atAcme, ...others], PRESS)).toEqual({ moneyLimited: false, moneyLimitedAt: ['acme'] })
  expect(moneyLimitsOf([budget({ class: 'strong' }, { usd: '1' }), ...others], PRESS)).toEqual({
    moneyLimited: true,
    moneyLimitedAt: [],
  })
})
