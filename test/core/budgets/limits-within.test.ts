import { expect, test } from 'vitest'
import { limitsWithin } from '../../../src/core/budgets/limits-within.ts'

test('a run without limits of its own stands under those above it', () => {
  expect(limitsWithin({}, [{ usd: '0.50', tokens: 5, steps: 9 }, {}])).toEqual({ usd: '0.50', tokens: 5 })
  expect(limitsWithin({}, [])).toEqual({})
})

test('a run has its own limits where those above it have none', () => {
  expect(limitsWithin({ usd: '2', tokens: 5 }, [{ steps: 9 }, {}])).toEqual({ usd: '2', tokens: 5 })
})

test('of two limits the lower one holds, and steps and time are its own', () => {
  const above = [
    { usd: '0.5', tokens: 900, timeMs: 1 },
    { usd: '10', tokens: 100 },
  ]
  expect(limitsWithin({ usd: '2', tokens: 500, steps: 3 }, above)).toEqual({ usd: '0.5', tokens: 100, steps: 3 })
  expect(limitsWithin({ usd: '0.25', onShort: 'refuse' }, above)).toEqual({
    usd: '0.25',
    tokens: 100,
    onShort: 'refuse',
  })
})

test('people are asked where a run above asks them', () => {
  expect(limitsWithin({}, [{ usd: '0.50', onShort: 'ask' }])).toEqual({ usd: '0.50', onShort: 'ask' })
})
