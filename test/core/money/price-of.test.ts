import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Price } from '../../../src/core/endpoints.ts'
import { formatUsd } from '../../../src/core/money/pico.ts'
import { pricedUsage } from '../../../src/core/money/price-of.ts'
import { worstCase } from '../../../src/core/money/worst-case.ts'
import type { Usage } from '../../../src/core/usage.ts'

/** Claude Sonnet 4.5, https://docs.claude.com/en/docs/about-claude/pricing: writes 1.25x (5 min) and 2x (1 h), reads 0.1x. */
const SONNET: Price = {
  input: 3,
  cachedInput: 0.3,
  cacheWrite: 3.75,
  cacheWriteHour: 6,
  output: 15,
  tiers: [{ above: 200_000, input: 6, cachedInput: 0.6, cacheWrite: 7.5, cacheWriteHour: 12, output: 22.5 }],
}
/** GPT-4o, https://platform.openai.com/docs/pricing: cached input at half price, writes are not billed. */
const GPT_4O: Price = { input: 2.5, cachedInput: 1.25, output: 10 }
/** Gemini 2.5 Pro, https://ai.google.dev/gemini-api/docs/pricing: another price for prompts above 200k tokens. */
const GEMINI_PRO: Price = {
  input: 1.25,
  cachedInput: 0.125,
  output: 10,
  tiers: [{ above: 200_000, input: 2.5, cachedInput: 0.25, output: 15 }],
}
/** Sonar Deep Research, https://docs.perplexity.ai/getting-started/pricing: reasoning has a line of its own. */
const SONAR: Price = { input: 2, output: 8, reasoning: 3 }

const usd = (usage: Usage, price: Price) => {
  const cost = pricedUsage(usage, price)
  return cost.kind === 'priced' ? formatUsd(cost.pico) : cost
}

describe('published price lists', () => {
  test('Anthropic: reads, 5-minute and 1-hour writes are parts of the input, each at its own price', () => {
    const usage = { inputTokens: 10_000, cacheReadTokens: 2_000, cacheWriteTokens: 3_000, outputTokens: 500 }
    // 5,000 x 3 + 2,000 x 0.30 + 3,000 x 3.75 + 500 x 15, per million
    expect(usd(usage, SONNET)).toBe('0.03435')
    // 1,000 of the writes at 6 instead of 3.75
    expect(usd({ ...usage, cacheWriteHourTokens: 1_000 }, SONNET)).toBe('0.0366')
  })

  test('OpenAI: cached input at its own price, reasoning as output', () => {
    const usage = { inputTokens: 10_000, cacheReadTokens: 4_000, outputTokens: 500, reasoningTokens: 400 }
    expect(usd(usage, GPT_4O)).toBe('0.025')
  })

  test('Gemini: the dearer price holds for the whole request, from one token above 200k on', () => {
    expect(usd({ inputTokens: 200_000, outputTokens: 1_000 }, GEMINI_PRO)).toBe('0.26')
    expect(usd({ inputTokens: 250_000, outputTokens: 1_000 }, GEMINI_PRO)).toBe('0.64')
    expect(usd({ inputTokens: 200_001, outputTokens: 0 }, GEMINI_PRO)).toBe('0.5000025')
    expect(usd({ inputTokens: 250_000, cacheReadTokens: 100_000, outputTokens: 0 }, GEMINI_PRO)).toBe('0.4')
  })

  test('Perplexity: reasoning at its own price is not billed as output again', () => {
    expect(usd({ inputTokens: 33, outputTokens: 1_000, reasoningTokens: 600 }, SONAR)).toBe('0.005066')
    // Not told apart, it is billed with the rest of the output.
    expect(usd({ inputTokens: 33, outputTokens: 1_000 }, SONAR)).toBe('0.008066')
  })
})

test('a list with several bounds: each holds from its own on, and what it does not name costs what it did below', () => {
  const price: Price = {
    ...{ input: 1, cachedInput: 0.1, output: 5 },
    tiers: [
      { above: 32_000, input: 1.8, output: 9 },
      { above: 128_000, input: 3 },
    ],
  }
  expect(usd({ inputTokens: 32_000, outputTokens: 1_000 }, price)).toBe('0.037')
  expect(usd({ inputTokens: 128_000, cacheReadTokens: 28_000, outputTokens: 1_000 }, price)).toBe('0.1918')
  expect(usd({ inputTokens: 128_001, outputTokens: 1_000 }, price)).toBe('0.393003')
})

describe('what is not known is not zero', () => {
  test('tokens of a kind without a price', () => {
    const usage = { inputTokens: 10, outputTokens: 1 }
    expect(pricedUsage({ ...usage, cacheWriteTokens: 1 }, GPT_4O)).toEqual({ kind: 'unpriced', missing: 'cacheWrite' })
    expect(pricedUsage(usage, { input: 1 })).toEqual({ kind: 'unpriced', missing: 'output' })
    expect(pricedUsage(usage, undefined)).toEqual({ kind: 'unpriced', missing: 'input' })
  })

  test('tokens that were not counted', () => {
    expect(pricedUsage({ outputTokens: 1 }, GPT_4O)).toEqual({ kind: 'unmetered', missing: 'inputTokens' })
    expect(pricedUsage({ inputTokens: 1 }, GPT_4O)).toEqual({ kind: 'unmetered', missing: 'outputTokens' })
  })

  test('a free endpoint costs nothing, whatever it says it used', () => {
    expect(usd({}, { free: true, input: 5 })).toBe('0')
  })

  test('a fraction of a pico-dollar is rounded up, once', () => {
    expect(pricedUsage({ inputTokens: 1, outputTokens: 1 }, { input: 0.0000001, output: 0.0000001 })).toEqual({
      kind: 'priced',
      pico: 1n,
    })
    // One token at 1,000,000.000001 pico-dollars: the least fraction counts as a whole.
    expect(pricedUsage({ inputTokens: 1, outputTokens: 0 }, { input: 1.000000000001, output: 0 })).toEqual({
      kind: 'priced',
      pico: 1_000_001n,
    })
  })
})

const count = fc.integer({ min: 0, max: 150_000 })
const millionths = fc.integer({ min: 0, max: 50_000_000 }).map(each => each / 1e6)
const kinds = { input: millionths, cachedInput: millionths, cacheWrite: millionths, cacheWriteHour: millionths }
const line = fc.record({ ...kinds, output: millionths, reasoning: millionths })
const tier = fc.record(
  { above: count, ...kinds, output: millionths, reasoning: millionths },
  { requiredKeys: ['above'] },
)
const tiered = fc
  .tuple(line, fc.uniqueArray(tier, { selector: ({ above }) => above, minLength: 1, maxLength: 3 }))
  .map(([base, tiers]): Price => ({ ...base, tiers: tiers.toSorted((a, b) => a.above - b.above) }))
const parts = fc.record({ fresh: count, read: count, write: count, hour: count, said: count, thought: count })
const usageOf = (part: Record<'fresh' | 'read' | 'write' | 'hour' | 'said' | 'thought', number>) => ({
  inputTokens: part.fresh + part.read + part.write + part.hour,
  cacheReadTokens: part.read,
  cacheWriteTokens: part.write + part.hour,
  cacheWriteHourTokens: part.hour,
  outputTokens: part.said + part.thought,
  reasoningTokens: part.thought,
})
const picoOf = (usage: Usage, price: Price): bigint => {
  const cost = pricedUsage(usage, price)
  if (cost.kind !== 'priced') throw new Error(`not priced: ${cost.missing}`)
  return cost.pico
}

describe('any usage at any price', () => {
  test('is the exact sum of its parts', () => {
    fc.assert(
      fc.property(parts, line, (part, price) => {
        const lines = [
          [part.fresh, price.input],
          [part.read, price.cachedInput],
          [part.write, price.cacheWrite],
          [part.hour, price.cacheWriteHour],
          [part.said, price.output],
          [part.thought, price.reasoning],
        ] as const
        // a price of whole millionths of a dollar per million tokens is a whole number of pico-dollars per token
        const sum = lines.reduce((total, [tokens, each]) => total + BigInt(tokens) * BigInt(Math.round(each * 1e6)), 0n)
        expect(picoOf(usageOf(part), price)).toBe(sum)
      }),
    )
  })

  test('costs no less with more tokens of any kind at a flat price', () => {
    fc.assert(
      fc.property(parts, parts, line, (part, more, price) => {
        const grown = Object.fromEntries(
          Object.entries(part).map(([kind, tokens]) => [kind, tokens + more[kind as keyof typeof more]]),
        ) as typeof part
        expect(picoOf(usageOf(grown), price)).toBeGreaterThanOrEqual(picoOf(usageOf(part), price))
      }),
    )
  })

  test('never costs more than the worst case that was reserved for it', () => {
    fc.assert(
      fc.property(parts, tiered, count, count, (part, price, slackIn, slackOut) => {
        const usage = usageOf(part)
        const worst = worstCase({
          promptTokens: usage.inputTokens + slackIn,
          maxOutputTokens: usage.outputTokens + slackOut,
          price,
        })
        expect(worst).toBeGreaterThanOrEqual(picoOf(usage, price))
      }),
    )
  })
})

describe('the worst case', () => {
  test('takes the dearest write for the prompt, and the tier that the prompt can reach', () => {
    expect(worstCase({ promptTokens: 1_000, maxOutputTokens: 100, price: SONNET })).toBe(7_500_000_000n)
    expect(worstCase({ promptTokens: 200_001, maxOutputTokens: 0, price: GEMINI_PRO })).toBe(500_002_500_000n)
  })

  test.each(['cachedInput', 'cacheWrite', 'cacheWriteHour', 'reasoning'] as const)(
    'takes the price of %s where that is the dearest',
    kind => {
      const price = { input: 0.1, output: 0.1, [kind]: 0.2 }
      expect(worstCase({ promptTokens: 10, maxOutputTokens: 10, price })).toBe(3_000_000n)
    },
  )

  test('is unknown without a price, and nothing where it is free', () => {
    expect(worstCase({ promptTokens: 1, maxOutputTokens: 1, price: { input: 1 } })).toBeUndefined()
    expect(worstCase({ promptTokens: 1, maxOutputTokens: 1, price: undefined })).toBeUndefined()
    expect(worstCase({ promptTokens: 1, maxOutputTokens: 1, price: { free: true } })).toBe(0n)
  })
})
