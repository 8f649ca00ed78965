import { expect, it } from 'vitest'
import { waitForFirstMs } from '../../../../src/core/routing/cache/shared-prefix.ts'

/** 4,096 tokens cost 1.1 cents less from the cache. */
const SIBLING = { price: { input: 3, cachedInput: 0.3, output: 15 }, secondsWorth: 0.001, firstTokenMs: 2_000 }

it('a call waits for the first that begins like it while a cached beginning saves more than the time is worth', () => {
  expect(waitForFirstMs(SIBLING)).toBe(7_000)
  expect(waitForFirstMs({ ...SIBLING, secondsWorth: 0.0055 })).toBe(7_000)
  expect(waitForFirstMs({ ...SIBLING, secondsWorth: 0.0056 })).toBe(0)
  expect(waitForFirstMs({ ...SIBLING, secondsWorth: 0, firstTokenMs: 60_000 })).toBe(15_000)
})

it('a call waits for nobody where reading from the cache is no cheaper, or nobody knows the price', () => {
  const worthless = { ...SIBLING, secondsWorth: 0 }
  expect(waitForFirstMs({ ...worthless, price: { input: 3, cachedInput: 3 } })).toBe(0)
  expect(waitForFirstMs({ ...worthless, price: { input: 3, output: 15 } })).toBe(0)
  expect(waitForFirstMs({ ...worthless, price: undefined })).toBe(0)
  expect(waitForFirstMs({ ...worthless, price: { free: true } })).toBe(0)
})
