import { afterEach, describe, expect, test } from 'vitest'
import { createBiller, usdOf } from '../../src/providers/simulated/bill.ts'
import type { RunningVendors } from '../../src/providers/simulated/index.ts'
import type { VendorUsage } from '../../src/providers/simulated/reply.ts'
import type { ModelPrice } from '../../src/providers/simulated/script.ts'
import { askStream, modelOf, PRICE, PROTOCOLS, start, vendorOf } from './asking.ts'

let running: RunningVendors | undefined
afterEach(() => running?.close())

const USAGE = {
  inputTokens: 10_000,
  cachedTokens: 6_000,
  writtenTokens: 3_000,
  writtenHourTokens: 1_000,
  outputTokens: 500,
  reasoningTokens: 200,
}

const billOf = (usage: VendorUsage, price: ModelPrice) => createBiller(price)(usage)

describe('the arithmetic of the meter', () => {
  test('bills every kind of token at its own price', () => {
    // 1,000 × 3 + 6,000 × 0.30 + 2,000 × 3.75 + 1,000 × 6 + 300 × 15 + 200 × 20 = 26,800 USD per million tokens
    expect(billOf(USAGE, PRICE)).toBe(26_800_000_000n)
    expect(usdOf(26_800_000_000n)).toBe(0.0268)
  })

  test.each(Object.keys(PRICE) as (keyof typeof PRICE)[])('one wrong price shows: %s', kind => {
    expect(billOf(USAGE, { ...PRICE, [kind]: PRICE[kind] + 0.000001 })).not.toBe(billOf(USAGE, PRICE))
  })

  test('takes prices that binary fractions cannot hold, and very small ones', () => {
    const million = { ...USAGE, inputTokens: 1_000_000, cachedTokens: 0, writtenTokens: 0, writtenHourTokens: 0 }
    const onlyInput = (input: number) =>
      billOf({ ...million, outputTokens: 0, reasoningTokens: 0 }, { input, output: 0 })
    expect(onlyInput(0.1)).toBe(100_000_000_000n)
    expect(onlyInput(0.0000001)).toBe(100_000n)
    expect(onlyInput(1e-12)).toBe(1n)
  })

  test('lays every tier that the prompt passes over the price, in the order of their borders', () => {
    const tiers = [
      { above: 9_999, output: 40 },
      { above: 5_000, input: 6, output: 30 },
      { above: 10_000, input: 100 },
    ]
    // 1,000 × 6 + 6,000 × 0.30 + 2,000 × 3.75 + 1,000 × 6 + 300 × 40 + 200 × 20 = 37,300 USD per million tokens
    expect(billOf(USAGE, { ...PRICE, tiers })).toBe(37_300_000_000n)
    expect(billOf({ ...USAGE, inputTokens: 5_000, cachedTokens: 1_000 }, { ...PRICE, tiers })).toBe(
      billOf({ ...USAGE, inputTokens: 5_000, cachedTokens: 1_000 }, PRICE),
    )
  })

  test('bills absent cache lines as input and absent reasoning as output', () => {
    const { input, output } = PRICE
    expect(billOf(USAGE, { input, output })).toBe(10_000n * 3_000_000n + 500n * 15_000_000n)
  })
})

test.each(PROTOCOLS)('%s: what the package says was used, priced by hand, is what the meter billed', async protocol => {
  running = await start(vendorOf(protocol))
  const { usage } = await askStream(modelOf(running))
  const [input, output] = [BigInt(usage!.inputTokens.total!), BigInt(usage!.outputTokens.total!)]
  const row = running.meter()[0]!
  expect(row.billedPico).toBe((input * 3_000_000n + output * 15_000_000n).toString())
  expect(row.billedPico).not.toBe((input * 3_000_001n + output * 15_000_000n).toString())
})

test('a vendor that reports its cost says what it bills', async () => {
  running = await start(vendorOf('openai-compatible', { reportsCost: true }))
  const { raw } = await askStream(modelOf(running))
  const costs = raw.flatMap(chunk => (chunk as { usage?: { cost?: number } }).usage?.cost ?? [])
  expect(costs).toEqual([usdOf(BigInt(running.meter()[0]!.billedPico))])
})
