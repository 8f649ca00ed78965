import { expect, it } from 'vitest'
import { budgetProblem } from '../../../src/core/budgets/budget-problem.ts'

it.each([
  [{ steps: 0 }, "the budget's steps is 0; it must be a whole number above 0"],
  [{ tokens: 1.5 }, "the budget's tokens is 1.5; it must be a whole number above 0"],
  [{ tokens: '5' }, `the budget's tokens is "5"; it must be a whole number above 0`],
  [{ steps: 2 ** 53 }, "the budget's steps is 9007199254740992; it may be at most 9007199254740991"],
  [{ timeMs: 3_153_600_000_001 }, "the budget's timeMs is 3153600000001; it may be at most 3153600000000"],
  [{ usd: 0.5 }, "the budget's usd is 0.5; write it as text, like '0.50'"],
  [{ usd: '0,50' }, `the budget's usd: "0,50" is not an amount; write USD like '0.50'`],
  [{ onShort: 'wait' }, `the budget's onShort is "wait"; it may be 'ask' or 'refuse'`],
  ['0.50', `the budget is "0.50"; write { usd: '0.50' }, or any of usd, tokens, steps, timeMs`],
  [null, "the budget is null; write { usd: '0.50' }, or any of usd, tokens, steps, timeMs"],
  [[], "the budget is []; write { usd: '0.50' }, or any of usd, tokens, steps, timeMs"],
  [{ money: '1' }, "the budget's money is not a unit that is counted; the units are usd, tokens, steps, timeMs"],
])('%j is refused with what it may be', (budget, problem) => {
  expect(budgetProblem(budget)).toBe(problem)
})

it.each([
  [{}],
  [{ usd: '0', tokens: 1, steps: 1, timeMs: 3_153_600_000_000, onShort: 'ask' }],
  [{ onShort: 'refuse' }],
])('%j can be held to', budget => {
  expect(budgetProblem(budget)).toBeUndefined()
})
