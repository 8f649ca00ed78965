import { expect, it } from 'vitest'
import { isUsedUp, leftWords, warningFigures } from '../../../src/core/budgets/warning-figures.ts'
import type { BudgetWarning } from '../../../src/core/ports.ts'

const WARNING: BudgetWarning = {
  scopeId: 'budget:all:day:2026-11-26T00',
  budget: 'all',
  share: 0.8,
  spentPico: '4200000000000',
  spentTokens: 900,
}

it.each([
  [{ limitPico: '5000000000000' }, '$0.8000 of $5.0000'],
  [{ limitTokens: 1_000 }, '100 of 1,000 tokens'],
  [{ limitPico: '5000000000000', limitTokens: 1_000 }, '$0.8000 of $5.0000 and 100 of 1,000 tokens'],
  [{ limitPico: '4000000000000', limitTokens: 800 }, '$0.0000 of $4.0000 and 0 of 800 tokens'],
])('says of %j how much of how much is left', (limits, words) => {
  expect(leftWords({ ...WARNING, ...limits })).toBe(words)
})

it('has the figures of those limits alone that are set', () => {
  const spent = { budget: 'all', share: 0.8, spentUsd: '4.2', spentTokens: 900 }
  expect(warningFigures(WARNING)).toEqual(spent)
  expect(warningFigures({ ...WARNING, limitPico: '5000000000000' })).toEqual({ ...spent, limitUsd: '5' })
  expect(warningFigures({ ...WARNING, limitTokens: 1_000 })).toEqual({ ...spent, limitTokens: 1_000 })
})

it.each([
  [{ limitPico: '5000000000000', limitTokens: 1_000 }, false],
  [{ limitPico: '5000000000000', limitTokens: 900 }, true],
  [{ limitPico: '4200000000000' }, true],
  [{}, false],
])('knows of %j whether nothing is left: %s', (limits, expected) => {
  expect(isUsedUp({ ...WARNING, ...limits })).toBe(expected)
})
