import { expect, it } from 'vitest'
import { outputLimitAt } from '../../../../src/core/routing/call/output-limit.ts'
import { endpoint } from '../plan-fixtures.ts'

it('a call asks for what it wants, but for no more than the model gives and its window has room for, and at least one token', () => {
  const its = endpoint('acme', 'm/one', { contextWindow: 10_000, maxOutput: 4_000 })
  expect(outputLimitAt(its, 1_000, 500)).toBe(500)
  expect(outputLimitAt(its, 1_000, 8_000)).toBe(4_000)
  expect(outputLimitAt(its, 9_000, 8_000)).toBe(1_000)
  expect(outputLimitAt(its, 12_000, 8_000)).toBe(1)
  expect(outputLimitAt({ ...its, contextWindow: undefined, maxOutput: undefined }, 12_000, 8_000)).toBe(8_000)
})
