import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  addCost,
  costBetween,
  costUsd,
  exactCost,
  isExactCost,
  NO_COST,
  UNPRICED_COST,
} from '../../../src/core/money/cost.ts'

const cost = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.nat({ max: 2 }))
  .map(([low, more, unpriced]) => ({ ...costBetween(low, low + more), ...(unpriced > 0 && { unpriced }) }))

test('costs add up in any order, and nothing changes them by being nothing', () => {
  fc.assert(
    fc.property(cost, cost, cost, (a, b, c) => {
      expect(addCost(addCost(a, b), c)).toEqual(addCost(a, addCost(c, b)))
      expect(addCost(a, NO_COST)).toEqual(a)
    }),
  )
})

test('what has no price is counted, and makes the sum inexact', () => {
  const sum = addCost(addCost(UNPRICED_COST, exactCost(5n)), UNPRICED_COST)
  expect(sum).toEqual({ lowPico: '5', highPico: '5', unpriced: 2 })
  expect(isExactCost(sum)).toBe(false)
  expect(isExactCost(exactCost(5n))).toBe(true)
  expect(isExactCost(costBetween(1n, 5n))).toBe(false)
})

test('people are shown the high bound', () => {
  expect(costUsd(costBetween(0n, 1_500_000_000_000n))).toBe('1.5')
})

test('bounds the wrong way round are a bug', () => {
  expect(() => costBetween(2n, 1n)).toThrow(RangeError)
  expect(() => costBetween(-1n, 1n)).toThrow(RangeError)
})
