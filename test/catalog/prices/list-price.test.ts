import { describe, expect, it } from 'vitest'
import { loadCatalogue } from '../../../src/catalog/catalogue.ts'
import { importedPrice, listPrice } from '../../../src/catalog/prices/list-price.ts'
import { snapshotPrice } from '../../../src/catalog/prices/snapshot-price.ts'

const AT = new Date('2026-09-20T12:00:00Z')

/** What the vendors publish on the pages named, in USD per million tokens. */
const PUBLISHED = [
  {
    what: 'cache read, and cache writes of 5 minutes and of 1 hour',
    source: 'https://platform.claude.com/docs/en/build-with-claude/prompt-caching#pricing',
    provider: 'anthropic',
    upstream: 'claude-opus-4-1',
    price: { input: 15, cachedInput: 1.5, cacheWrite: 18.75, cacheWriteHour: 30, output: 75 },
  },
  {
    what: 'a tier above 200,000 tokens that raises cache writes of both kinds',
    source: 'https://platform.claude.com/docs/en/about-claude/pricing#long-context-pricing',
    provider: 'anthropic',
    upstream: 'claude-sonnet-4-5',
    price: {
      input: 3,
      cachedInput: 0.3,
      cacheWrite: 3.75,
      cacheWriteHour: 6,
      output: 15,
      tiers: [{ above: 200_000, input: 6, cachedInput: 0.6, cacheWrite: 7.5, cacheWriteHour: 12, output: 22.5 }],
    },
  },
  {
    what: 'cache read without a price for writes, which the vendor does not charge apart',
    source: 'https://platform.openai.com/docs/pricing',
    provider: 'openai',
    upstream: 'gpt-5-mini',
    price: { input: 0.25, cachedInput: 0.025, output: 2 },
  },
  {
    what: 'a tier above 200,000 tokens of input',
    source: 'https://ai.google.dev/gemini-api/docs/pricing#gemini-2.5-pro',
    provider: 'google',
    upstream: 'gemini-2.5-pro',
    price: {
      input: 1.25,
      cachedInput: 0.125,
      output: 10,
      tiers: [{ above: 200_000, input: 2.5, cachedInput: 0.25, output: 15 }],
    },
  },
  {
    what: 'a tier that begins at 272,000 tokens exactly, so above 271,999',
    source: 'https://platform.openai.com/docs/pricing, as genai-prices 0.1.8 transcribes it',
    provider: 'openai',
    upstream: 'gpt-5.5',
    price: {
      input: 5,
      cachedInput: 0.5,
      output: 30,
      tiers: [{ above: 271_999, input: 10, cachedInput: 1, output: 45 }],
    },
  },
]

describe('a published price list', () => {
  it.each(PUBLISHED)('$provider $upstream: $what ($source)', ({ provider, upstream, price }) => {
    expect(listPrice(provider, upstream, undefined, AT)).toEqual({ price, source: 'genai-prices' })
  })

  it('has a price for reasoning where the vendor bills it apart (https://www.alibabacloud.com/help/en/model-studio/models)', () => {
    const catalogue = loadCatalogue({ pricesAt: AT })
    const plus = catalogue.endpointsOf('alibaba').find(({ upstream }) => upstream === 'qwen-plus')
    expect(plus?.price).toEqual({ input: 0.4, output: 1.2, reasoning: 4 })
    expect(plus?.priceSource).toBe('models.dev')
  })

  it('changes on the day that was announced (https://ai.google.dev/gemini-api/docs/pricing: introductory until 2026-12-31, after genai-prices 0.1.8)', () => {
    const on = (day: string) => listPrice('google', 'gemini-3.6-flash', undefined, new Date(day)).price
    expect(on('2026-12-31T12:00:00Z')).toEqual({ input: 0.75, cachedInput: 0.075, output: 3.75 })
    expect(on('2027-01-01T12:00:00Z')).toEqual({ input: 1.5, cachedInput: 0.15, output: 7.5 })
  })

  it('counts the dearest hour where the price depends on it (https://api-docs.deepseek.com/quick_start/pricing, after genai-prices 0.1.8)', () => {
    const peak = { price: { input: 1.32, cachedInput: 0.044, output: 3.96 }, source: 'genai-prices', hourly: true }
    for (const hour of ['02:00', '05:00', '23:00'])
      expect(listPrice('deepseek', 'deepseek-v4-pro', undefined, new Date(`2026-09-20T${hour}:00Z`))).toEqual(peak)
  })

  it('counts the dearest hour above the threshold of an imported list, too', () => {
    const imported = { input: 0.1, output: 5, tiers: [{ tier: { size: 200_000 }, input: 0.2, output: 6 }] }
    expect(importedPrice('deepseek', 'deepseek-v4-pro', imported, AT).price).toEqual({
      input: 1.32,
      cachedInput: 0.044,
      output: 5,
      tiers: [{ above: 200_000, input: 1.32, cachedInput: 0.044, output: 6 }],
    })
  })
})

describe('an unknown price', () => {
  it.each([
    ['transcription by the hour', 'groq', 'whisper-large-v3', undefined],
    ['a free variant', 'openrouter', 'meta-llama/llama-3.3-70b-instruct:free', { input: 0, output: 0 }],
    ['a charge by the request beside that by the token', 'perplexity', 'sonar', { input: 1, output: 1 }],
    ['a plan', 'github-copilot', 'gpt-4.1', { input: 0, output: 0 }],
    ['a provider without a list', 'acme', 'large', undefined],
  ])('%s', (_, provider, upstream, cost) => {
    expect(listPrice(provider, upstream, cost, AT)).toEqual({})
  })

  it('is that of a kind with a cost of 0 in the snapshot', () => {
    expect(snapshotPrice({ input: 0.5, output: 1.5, cache_read: 0 })).toEqual({ input: 0.5, output: 1.5 })
  })

  it('makes the whole entry unknown where requests or quotes are charged too', () => {
    expect(snapshotPrice({ input: 1, output: 1, request: 5 })).toBeUndefined()
    expect(snapshotPrice({ input: 2, output: 8, citation: 2 })).toBeUndefined()
  })
})

describe('two lists', () => {
  it('complete each other where they name the same input and output', () => {
    const cost = { input: 0.25, output: 2, cache_read: 0.03, cache_write: 0.31 }
    expect(listPrice('openai', 'gpt-5-mini', cost, AT).price).toEqual({
      input: 0.25,
      cachedInput: 0.025,
      cacheWrite: 0.31,
      output: 2,
    })
  })

  it('do not mix where they differ: the price package rules', () => {
    const cost = { input: 9, output: 9, cache_write: 9 }
    expect(listPrice('openai', 'gpt-5-mini', cost, AT).price).toEqual({ input: 0.25, cachedInput: 0.025, output: 2 })
  })

  it('leave a Bedrock id without a geography to the snapshot, for the package matches it to a dearer profile', () => {
    const cost = { input: 5, output: 25, cache_read: 0.5, cache_write: 6.25 }
    const price = (upstream: string) => listPrice('amazon-bedrock', upstream, cost, AT).price?.input
    expect(price('anthropic.claude-opus-4-8')).toBe(5)
    expect(price('eu.anthropic.claude-opus-4-8')).toBe(5.5)
  })

  it("sort the snapshot's tiers and keep their thresholds", () => {
    const tiers = [
      { tier: { size: 512_000 }, input: 4, output: 8 },
      { tier: { size: 128_000 }, input: 2, output: 4 },
    ]
    expect(snapshotPrice({ input: 1, output: 2, tiers })?.tiers).toEqual([
      { above: 128_000, input: 2, output: 4 },
      { above: 512_000, input: 4, output: 8 },
    ])
  })

  it('have their differences listed, with what is used first', () => {
    const differences = loadCatalogue({ pricesAt: AT }).priceDifferences()
    expect(differences.find(({ endpoint }) => endpoint === 'minimax:minimax/MiniMax-M2.5-highspeed')).toEqual({
      endpoint: 'minimax:minimax/MiniMax-M2.5-highspeed',
      used: { input: 0.6, cachedInput: 0.03, cacheWrite: 0.375, output: 2.4 },
      other: { input: 0.6, cachedInput: 0.06, cacheWrite: 0.375, output: 2.4 },
    })
    expect(differences.map(({ endpoint }) => endpoint)).not.toContain('openai:openai/gpt-5.5')
  })

  it('are exact to one pico-dollar a token, also where a list is a quotient', () => {
    const catalogue = loadCatalogue({ pricesAt: AT })
    const prices = catalogue.endpointsOf('openrouter').flatMap(({ price }) => Object.values(price ?? {}))
    const numbers = prices.filter(price => typeof price === 'number')
    expect(numbers.length).toBeGreaterThan(500)
    expect(numbers.filter(price => Math.round(price * 1e6) / 1e6 !== price)).toEqual([])
  })
})
