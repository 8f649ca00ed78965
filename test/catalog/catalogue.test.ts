import { describe, expect, it } from 'vitest'
import { loadCatalogue } from '../../src/catalog/catalogue.ts'
import { findEndpoints, sift } from '../../src/catalog/find-endpoints.ts'
import { readSnapshot } from '../../src/catalog/snapshot.ts'

const catalogue = loadCatalogue({ pricesAt: new Date('2026-09-20T12:00:00Z') })
const all = catalogue.providerIds.flatMap(id => catalogue.endpointsOf(id))

function endpoint(id: string) {
  return all.find(other => other.id === id)
}

describe('the snapshot', () => {
  it('holds 147 providers and 5,239 endpoints', () => {
    expect(catalogue.providerIds).toHaveLength(147)
    expect(all).toHaveLength(5_239)
  })

  it('gives each endpoint an id of its own', () => {
    expect(new Set(all.map(({ id }) => id)).size).toBe(5_239)
    expect(all.filter(({ model }) => !/^[^/]+\/.+/.test(model))).toEqual([])
  })

  it('names its own version and that of the price package', () => {
    expect(catalogue.version).toBe('models.dev@2026-07-02 genai-prices@0.1.8')
  })
})

describe('names of models', () => {
  it.each([
    ['openai', 'gpt-5-mini', 'openai/gpt-5-mini'],
    ['azure', 'gpt-5-mini', 'openai/gpt-5-mini'],
    ['anthropic', 'claude-sonnet-4-5', 'anthropic/claude-sonnet-4-5'],
    ['amazon-bedrock', 'anthropic.claude-opus-4-8', 'anthropic/claude-opus-4-8'],
    ['amazon-bedrock', 'eu.anthropic.claude-opus-4-8', 'anthropic/eu.anthropic.claude-opus-4-8'],
    ['openrouter', 'qwen/qwen-2.5-7b-instruct', 'qwen/qwen-2.5-7b-instruct'],
    ['openrouter', 'qwen/qwen-plus', 'alibaba/qwen-plus'],
    ['openrouter', 'meta-llama/llama-3.3-70b-instruct:free', 'meta-llama/llama-3.3-70b-instruct:free'],
    ['moonshotai', 'kimi-k2.7-code-highspeed', 'moonshotai/kimi-k2.7-code-highspeed'],
  ])('%s calls %s what everybody calls it: %s', (provider, upstream, model) => {
    expect(catalogue.endpointsOf(provider).find(other => other.upstream === upstream)?.model).toBe(model)
  })
})

describe('a known provider', () => {
  it.each([
    ['openai', 'openai-responses', '@ai-sdk/openai', undefined],
    ['anthropic', 'anthropic', '@ai-sdk/anthropic', undefined],
    ['google', 'google', '@ai-sdk/google', undefined],
    ['deepseek', 'openai-compatible', '@ai-sdk/openai-compatible', 'https://api.deepseek.com'],
    ['openrouter', 'openai-compatible', '@ai-sdk/openai-compatible', 'https://openrouter.ai/api/v1'],
    ['mistral', '@ai-sdk/mistral', '@ai-sdk/mistral', undefined],
    // Their packages follow another version of the AI SDK, or count in words of their own.
    ['venice', 'openai-compatible', '@ai-sdk/openai-compatible', 'https://api.venice.ai/api/v1'],
    ['vercel', 'openai-compatible', '@ai-sdk/openai-compatible', 'https://ai-gateway.vercel.sh/v1'],
  ])('%s speaks %s', (id, protocol, npm, baseUrl) => {
    expect(catalogue.provider(id)).toMatchObject({ protocol, package: npm })
    expect(catalogue.provider(id)?.baseUrl).toBe(baseUrl)
  })

  it('may serve models of others in another protocol than OpenAI’s', () => {
    const spoken = (id: string, model: string) =>
      catalogue.endpointsOf(id).find(endpoint => endpoint.model === model)?.protocol
    for (const id of ['azure', 'azure-cognitive-services']) {
      expect(spoken(id, 'openai/gpt-5.4')).toBe('openai-responses')
      expect(spoken(id, `${id}/codex-mini`)).toBe('openai-responses')
      expect(spoken(id, `${id}/deepseek-v3.2`)).toBe('openai-compatible')
      // At Azure another address serves them, in Anthropic's words.
      expect(catalogue.endpointsOf(id).filter(({ model }) => model.startsWith('anthropic/'))).toEqual([])
    }
    expect(spoken('google-vertex', 'google/gemini-2.5-flash')).toBe('@ai-sdk/google-vertex')
    expect(catalogue.endpointsOf('google-vertex').filter(({ model }) => /claude/.test(model))).toEqual([])
  })

  it('tells variables with a key from those with a setting', () => {
    expect(catalogue.provider('cloudflare-workers-ai')?.keyVariables).toEqual(['CLOUDFLARE_API_KEY'])
    expect(catalogue.provider('google')?.keyVariables).toHaveLength(3)
    expect(catalogue.provider('amazon-bedrock')?.settingVariables).toEqual(['AWS_REGION'])
    // Part of an address, which says itself what it lacks.
    expect(catalogue.provider('azure')?.settingVariables).toEqual([])
  })

  it('is not found under a name that every object has', () => {
    expect(catalogue.provider('constructor')).toBeUndefined()
    expect(catalogue.endpointsOf('__proto__')).toEqual([])
  })
})

describe('an endpoint of the catalogue', () => {
  it('answers in a shape at every Claude with tools, of which the snapshot does not say it', () => {
    const found = catalogue.endpointsOf('anthropic').filter(({ abilities }) => abilities.includes('tools'))
    expect(found.length).toBeGreaterThan(10)
    for (const { abilities } of found) expect(abilities).toEqual(expect.arrayContaining(['json-schema', 'json-object']))
  })

  it('has the abilities and limits of its entry', () => {
    expect(endpoint('openai:openai/gpt-5-mini')).toMatchObject({
      upstream: 'gpt-5-mini',
      contextWindow: 400_000,
      maxInput: 272_000,
      maxOutput: 128_000,
      abilities: ['tools', 'json-schema', 'json-object', 'images', 'reasoning', 'cache'],
      dataPolicy: {},
    })
  })

  it('leaves a limit of 0 unknown', () => {
    const image = endpoint('openai:openai/chatgpt-image-latest')
    expect(image).toBeDefined()
    expect(image).not.toHaveProperty('contextWindow')
    expect(image).not.toHaveProperty('maxOutput')
  })

  it.each([
    ['openai', 'text-embedding-3-small'],
    ['groq', 'whisper-large-v3'],
    ['openai', 'gpt-image-1'],
    ['anthropic', 'claude-3-5-sonnet-20241022'],
  ])('is not offered to a class without models unless it answers text and is current: %s %s', (provider, upstream) => {
    const found = catalogue.endpointsOf(provider).find(other => other.upstream === upstream)
    expect(found?.offered).toBe(false)
  })

  it('has no price where the snapshot has no cost and the package no model', () => {
    const snapshot = readSnapshot()
    const costless = Object.values(snapshot.providers)
      .flatMap(({ models }) => Object.values(models))
      .filter(m => !m.cost)
    expect(costless).toHaveLength(382)
    expect(all.filter(({ price }) => price?.free)).toEqual([])
    expect(all.filter(({ price }) => price && Object.values(price).includes(0))).toEqual([])
  })
})

describe('looking for endpoints', () => {
  it('finds all 5,239 when nothing is asked', () => {
    expect(findEndpoints(catalogue, { all: true })).toHaveLength(5_239)
  })

  it('holds every condition, and an unknown value fails a bound', () => {
    const found = findEndpoints(catalogue, {
      text: 'claude SONNET',
      abilities: ['tools', 'images'],
      maxInputPrice: 3,
      maxOutputPrice: 15,
      contextWindow: 500_000,
    })
    expect(found.length).toBeGreaterThan(5)
    for (const { id, title, abilities, price, contextWindow } of found) {
      expect(`${id} ${title}`.toLowerCase()).toMatch(/claude.*sonnet|sonnet.*claude/)
      expect(abilities).toEqual(expect.arrayContaining(['tools', 'images']))
      expect(price?.input).toBeLessThanOrEqual(3)
      expect(price?.output).toBeLessThanOrEqual(15)
      expect(contextWindow).toBeGreaterThanOrEqual(500_000)
    }
  })

  it('counts JSON mode among what an endpoint can do that takes schemas', () => {
    const strict = { ...all[0]!, offered: true, abilities: ['json-schema' as const] }
    expect(sift([strict], { abilities: ['json-object'] })).toHaveLength(1)
    expect(sift([strict], { abilities: ['json-object', 'tools'] })).toHaveLength(0)
  })

  it('sorts by price with the unknown last, by window, by release and by name', () => {
    const totals = findEndpoints(catalogue, { provider: 'openai' }).map(
      ({ price }) => (price?.input ?? Infinity) + (price?.output ?? Infinity),
    )
    expect(totals).toEqual([...totals].sort((a, b) => (a === b ? 0 : a - b)))
    const windows = findEndpoints(catalogue, { provider: 'openai', sort: 'window' }).map(e => e.contextWindow ?? 0)
    expect(windows).toEqual([...windows].sort((a, b) => b - a))
    const dates = findEndpoints(catalogue, { provider: 'openai', sort: 'release' }).map(e => e.releaseDate)
    expect(dates).toEqual([...dates].sort().reverse())
    const names = findEndpoints(catalogue, { provider: 'openai', sort: 'name' }).map(e => e.id)
    expect(names).toEqual([...names].sort())
  })
})
