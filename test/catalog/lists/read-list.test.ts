import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { loadCatalogue } from '../../../src/catalog/catalogue.ts'
import { catalogueChanges } from '../../../src/catalog/lists/differences.ts'
import { readList } from '../../../src/catalog/lists/read-list.ts'
import { readSnapshot, type Snapshot } from '../../../src/catalog/snapshot.ts'
import { priceAt } from '../../../src/core/money/price-of.ts'

// biome-ignore lint/suspicious/noExplicitAny: somebody else's JSON, to be changed at will
type Loose = any

const AT = new Date('2026-11-26T00:00:00Z')
const whole = readSnapshot()
/** Most tests do with some providers: going through all the others takes each some hundred ms. */
const SOME = pick('azure', 'deepseek', 'google', 'groq', 'mistral', 'openai')
const shipped: Snapshot = { ...whole, providers: { ...SOME, ...pick('amazon-bedrock', 'openrouter', 'requesty') } }
const before = loadCatalogue({ snapshot: shipped, pricesAt: AT })

function pick(...ids: readonly string[]) {
  return Object.fromEntries(ids.map(id => [id, whole.providers[id]!]))
}

function read(list: unknown, source: Partial<Parameters<typeof readList>[1]> = {}) {
  return readList(Buffer.from(JSON.stringify(list)), { before: shipped, shipped, onDate: '2026-11-26', ...source })
}

function imported(list: unknown, source: Parameters<typeof read>[1] = {}) {
  const result = read(list, source)
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return loadCatalogue({ snapshot: result.value, pricesAt: AT })
}

/** As models.dev serves it: providers under their ids, each with its own, and no word of whose model an entry serves. */
function apiJson(change: (providers: Record<string, Loose>) => void = () => {}, all: object = SOME) {
  const providers = structuredClone(all) as Record<string, Loose>
  for (const [id, provider] of Object.entries(providers)) {
    Object.assign(provider, { id })
    for (const [upstream, model] of Object.entries<Loose>(provider.models)) {
      delete model.base
      Object.assign(model, { id: upstream, last_updated: '2026-11-20', open_weights: false })
    }
  }
  change(providers)
  return providers
}

const PRICED = { prompt: '0.0000005', completion: '0.0000015' }

function openRouterModel(id: string, more: object = {}) {
  return {
    id,
    canonical_slug: `${id}-20260101`,
    name: `Vendor: ${id}`,
    created: 1_767_225_600,
    context_length: 131_072,
    architecture: { modality: 'text->text', input_modalities: ['text', 'image'], output_modalities: ['text'] },
    pricing: PRICED,
    top_provider: { context_length: 131_072, max_completion_tokens: 32_768, is_moderated: false },
    supported_parameters: ['tools', 'structured_outputs', 'reasoning', 'temperature'],
    ...more,
  }
}

function openRouterEndpoint(more: object = {}) {
  return {
    name: 'DeepInfra | vendor/model',
    tag: 'deepinfra/fp8',
    context_length: 131_072,
    max_prompt_tokens: null,
    max_completion_tokens: 16_384,
    supported_parameters: ['tools'],
    status: 0,
    pricing: PRICED,
    ...more,
  }
}

describe("a list of models.dev's", () => {
  it('changes nothing when nothing in it has changed but its day, also where the price package rules over it', () => {
    const all = loadCatalogue({ pricesAt: AT })
    const after = imported(
      apiJson(() => {}, whole.providers),
      { before: whole, shipped: whole },
    )
    expect(catalogueChanges(all, after)).toEqual([])
    expect(after.providerIds).toEqual(all.providerIds)
  })

  it('leaves a new model to the price package where that has it: no list says that it asks more for a region', () => {
    const upstream = 'jp.anthropic.claude-opus-4-5-20251101-v1:0'
    const after = imported(
      apiJson(
        providers => {
          const { models } = providers['amazon-bedrock']
          models[upstream] = structuredClone(models['us.anthropic.claude-opus-4-5-20251101-v1:0'])
          models[upstream].cost = { input: 5, output: 25 }
        },
        { 'amazon-bedrock': shipped.providers['amazon-bedrock'] },
      ),
    )
    expect(after.priceOf('amazon-bedrock', upstream)).toMatchObject({
      price: { input: 5.5, output: 27.5 },
      source: 'genai-prices',
    })
  })

  it('keeps the names of models, also of new ones that several providers serve', () => {
    const after = imported(
      apiJson(providers => {
        providers.openai.models['gpt-9'] = { ...providers.openai.models['gpt-5-mini'], name: 'GPT-9' }
        providers.azure.models['gpt-9'] = { ...providers.azure.models['gpt-5-mini'], name: 'GPT-9' }
      }),
    )
    expect(after.endpointsOf('azure').find(({ upstream }) => upstream === 'gpt-5-mini')?.model).toBe(
      'openai/gpt-5-mini',
    )
    expect(after.providersOf('openai/gpt-9').slice(0, 2)).toEqual(['openai', 'azure'])
  })

  it('has changed prices that rule over those of the price package, which is older', () => {
    const after = imported(
      apiJson(({ openai }) => {
        openai.models['gpt-5-mini'].cost = { input: 0.5, output: 4, cache_read: 0.05 }
      }),
    )
    const changed = catalogueChanges(before, after).find(({ endpoint }) => endpoint === 'openai:openai/gpt-5-mini')
    expect(changed).toMatchObject({ kind: 'price', before: { input: 0.25 }, after: { input: 0.5, output: 4 } })
    expect(after.endpointsOf('openai').find(({ upstream }) => upstream === 'gpt-5-mini')?.priceSource).toBe('imported')
    expect(after.priceOf('openai', 'gpt-5-mini').price).toEqual({ input: 0.5, output: 4, cachedInput: 0.05 })
  })

  it('takes the older way to say what larger prompts cost where there is no other', () => {
    const above = { input: 9, output: 40, cache_read: 0.9 }
    const after = imported(
      apiJson(({ google, groq }) => {
        const [first, second] = Object.values<Loose>(google.models)
        first.cost = { input: 4, output: 20, context_over_200k: above }
        second.cost = {
          ...{ input: 4, output: 20, context_over_200k: above },
          tiers: [{ input: 8, tier: { type: 'context', size: 272_000 } }],
        }
        Object.values<Loose>(groq.models)[0].cost = { input: 1, output: 2, context_over_200k: null }
      }),
    )
    const [first, second] = Object.keys(shipped.providers.google!.models) as [string, string]
    expect(after.priceOf('google', first).price).toEqual({
      ...{ input: 4, output: 20 },
      tiers: [{ above: 200_000, input: 9, output: 40, cachedInput: 0.9 }],
    })
    expect(after.priceOf('google', second).price?.tiers).toEqual([{ above: 272_000, input: 8 }])
  })

  it('tells of a model that is called otherwise, for a class that names it finds another one or none', () => {
    const after = imported(
      apiJson(({ groq }) => {
        const [upstream, model] = Object.entries<Loose>(groq.models)[0]!
        groq.models[upstream] = { ...model, base: 'elsewhere/other-name' }
      }, shipped.providers),
    )
    const was = before.endpointsOf('groq')[0]!
    expect(catalogueChanges(before, after).filter(({ kind }) => kind === 'name')).toEqual([
      { kind: 'name', endpoint: was.id, before: was.model, after: 'elsewhere/other-name' },
    ])
  })

  it('names what is new, retired, deprecated, larger, dearer, or served elsewhere', () => {
    const list = apiJson(({ deepseek, groq, mistral }) => {
      deepseek.api = 'https://elsewhere.example/v1'
      const [first, second, third] = Object.keys(groq.models) as [string, string, string]
      delete groq.models[first]
      groq.models[second].status = 'deprecated'
      groq.models[third].limit.context = 999_999
      mistral.models['mistral-next'] = { ...Object.values<Loose>(mistral.models)[0], name: 'Next' }
    })
    const after = imported(list, { addresses: true })
    // Keys would go to whoever wrote the list.
    expect(imported(list).provider('deepseek')?.baseUrl).toBe(before.provider('deepseek')?.baseUrl)
    const kinds = catalogueChanges(before, after).filter(({ endpoint }) => /^(deepseek|groq|mistral)/.test(endpoint))
    const of = (kind: string) => kinds.filter(change => change.kind === kind)
    expect(of('address')).toMatchObject([{ endpoint: 'deepseek', after: expect.stringContaining('elsewhere.example') }])
    expect(of('retired')).toHaveLength(1)
    expect(of('deprecated')).toMatchObject([{ after: 'deprecated' }])
    expect(of('window')).toMatchObject([{ after: 999_999 }])
    expect(of('new')).toMatchObject([{ endpoint: 'mistral:mistral/mistral-next' }])
  })

  it('is taken gzipped, and in the shape of the one that is shipped', () => {
    const bytes = gzipSync(JSON.stringify({ ...shipped, date: '2026-10-01' }))
    const result = readList(bytes, { before: shipped, shipped, onDate: '2026-11-26' })
    if (!result.ok) throw new Error(JSON.stringify(result.problems))
    expect(loadCatalogue({ snapshot: result.value }).version).toMatch(
      /^models\.dev@2026-10-01 import@[0-9a-f]{8} genai-prices@/,
    )
  })

  it('is refused with every problem at once', () => {
    const result = read(
      apiJson(({ openai, groq, deepseek }) => {
        openai.models['gpt-5-mini'].cost.input = -1
        openai.models['gpt-5'].limit.context = 'many'
        openai.models['gpt-5'].limit.output = 0.5
        delete groq.npm
        deepseek.api = 'http://elsewhere.example/v1'
        openai.models['gpt-4o'].cost.output = 10_000_000
      }),
    )
    if (result.ok) throw new Error('taken')
    expect(result.problems.map(({ path }) => path).toSorted()).toEqual([
      'deepseek.api',
      'groq.npm',
      'openai.models.gpt-4o.cost.output',
      'openai.models.gpt-5-mini.cost.input',
      'openai.models.gpt-5.limit.context',
      'openai.models.gpt-5.limit.output',
    ])
    expect(result.problems.every(({ allowed }) => allowed)).toBe(true)
  })

  it.each([
    ['http://elsewhere.example/v1', false],
    ['http://localhost:1@elsewhere.example/v1', false],
    ['https://user:word@elsewhere.example/v1', false],
    ['https://', false],
    [`\${SOME_URL}.elsewhere.example/v1`, false],
    [`\${SOME_URL}@elsewhere.example/v1`, false],
    [`\${SOME_URL}/v1`, true],
    [`https://\${SOME_HOST}:\${SOME_PORT}/v1`, true],
    ['http://[::1]:8080/v1', true],
    ['http://localhost', true],
  ])('keys go to %s: %s', (api, isTaken) => {
    const list = apiJson(providers => {
      providers.novel = { ...providers.groq, api }
    })
    expect(read(list).ok).toBe(isTaken)
  })

  it('is as old as its newest entry, and refused when it is older than the shipped one', () => {
    expect(imported(apiJson()).version).toContain('models.dev@2026-11-20')
    const result = read({ ...shipped, date: '2026-01-01' })
    expect(result).toMatchObject({ ok: false, problems: [{ path: 'date', found: '2026-01-01' }] })
  })
})

describe("a list in OpenRouter's shape", () => {
  it('is the whole of one provider, and leaves the others as they are', () => {
    const list = { data: [openRouterModel('vendor/new'), openRouterModel('qwen/qwen-plus')], total_count: 2 }
    const after = imported(list)
    expect(after.endpointsOf('openrouter')).toHaveLength(2)
    expect(after.endpointsOf('openrouter').find(({ upstream }) => upstream === 'vendor/new')).toMatchObject({
      id: 'openrouter:vendor/new',
      contextWindow: 131_072,
      maxOutput: 32_768,
      abilities: ['tools', 'json-schema', 'json-object', 'images', 'reasoning'],
      price: { input: 0.5, output: 1.5 },
    })
    // The name that everybody has for it stays.
    expect(after.endpointsOf('openrouter').find(({ upstream }) => upstream === 'qwen/qwen-plus')?.model).toBe(
      'alibaba/qwen-plus',
    )
    const others = catalogueChanges(before, after).filter(({ endpoint }) => !endpoint.startsWith('openrouter'))
    expect(others).toEqual([])
    expect(after.version).toContain('openrouter@2026-11-26')
  })

  it('may be of another provider that copies the shape', () => {
    const after = imported({ data: [openRouterModel('vendor/new')] }, { provider: 'requesty' })
    expect(after.endpointsOf('requesty').map(({ id }) => id)).toEqual(['requesty:vendor/new'])
    expect(read({ data: [openRouterModel('vendor/new')] }, { provider: 'requestly' })).toMatchObject({
      ok: false,
      problems: [{ suggestion: 'requesty' }],
    })
  })

  it('counts the dearest endpoint that is up, the largest window, and peak hours at all hours', () => {
    const data = openRouterModel('vendor/model', {
      pricing: undefined,
      top_provider: undefined,
      endpoints: [
        openRouterEndpoint(),
        openRouterEndpoint({
          context_length: 262_144,
          pricing: {
            prompt: '0.0000006',
            completion: '0.000001',
            input_cache_read: '0.00000006',
            input_cache_write_1h: '0.000001',
            overrides: [
              { min_prompt_tokens: 200_000, prompt: '0.0000012' },
              { utc_start: 1630, utc_end: 30, completion: '0.000002' },
            ],
          },
        }),
        openRouterEndpoint({ status: -2, pricing: { prompt: '0.001', completion: '0.001' } }),
      ],
    })
    const after = imported({ data })
    const endpoint = after.endpointsOf('openrouter').find(({ upstream }) => upstream === 'vendor/model')
    expect(endpoint).toMatchObject({ contextWindow: 262_144, maxOutput: 16_384 })
    expect(endpoint?.price).toEqual({
      input: 0.6,
      output: 2,
      cachedInput: 0.06,
      cacheWriteHour: 1,
      tiers: [{ above: 200_000, input: 1.2 }],
    })
    // One model's endpoints say nothing of the provider's other models, nor of their prices.
    expect(after.endpointsOf('openrouter')).toHaveLength(before.endpointsOf('openrouter').length + 1)
    expect(catalogueChanges(before, after)).toMatchObject([{ kind: 'new', endpoint: 'openrouter:vendor/model' }])
    expect(endpoint?.priceSource).toBe('imported')
  })

  it('counts the dearest also above a size that only a cheaper endpoint names', () => {
    const endpoints = [
      openRouterEndpoint({ pricing: { prompt: '0.000003', completion: '0.000015' } }),
      openRouterEndpoint({
        pricing: {
          ...PRICED,
          overrides: [
            { min_prompt_tokens: 128_000, prompt: '0.000001' },
            { min_prompt_tokens: 200_000, prompt: '0.000004', completion: '0.00001' },
          ],
        },
      }),
    ]
    const after = imported({ data: openRouterModel('vendor/model', { endpoints }) })
    const { price } = after.endpointsOf('openrouter').find(({ upstream }) => upstream === 'vendor/model')!
    const at = (tokens: number) => priceAt(price!, tokens)
    expect(at(128_000)).toMatchObject({ input: 3, output: 15 })
    expect(at(128_001)).toMatchObject({ input: 3, output: 15 })
    expect(at(200_001)).toMatchObject({ input: 4, output: 15 })
  })

  it('is refused where a time is no time, as one in milliseconds', () => {
    const result = read({ data: [openRouterModel('vendor/model', { created: 1_767_225_600_000_000 })] })
    expect(result).toMatchObject({ ok: false, problems: [{ path: 'data[0].created' }] })
  })

  it.each([
    ['a price that depends on the choice', { prompt: '-1', completion: '-1' }],
    ['a free one', { prompt: '0', completion: '0' }],
    ['one that charges by the request too', { ...PRICED, request: '0.005' }],
  ])('has no price for %s', (_, pricing) => {
    const after = imported({ data: [openRouterModel('vendor/auto', { pricing })] })
    expect(after.endpointsOf('openrouter')[0]).not.toHaveProperty('price')
  })

  it('is refused with every problem at once', () => {
    const result = read({
      data: [
        openRouterModel('no-author'),
        openRouterModel('vendor/model', { pricing: { prompt: '5', completion: 'much' } }),
      ],
    })
    if (result.ok) throw new Error('taken')
    expect(result.problems.map(({ path }) => path)).toEqual([
      'data[0].id',
      'data[1].pricing.prompt',
      'data[1].pricing.completion',
    ])
  })
})

it.each([
  ['not JSON', Buffer.from('<html>')],
  ['no list', Buffer.from('{"hello": 1}')],
  ['an empty list', Buffer.from('{"data": []}')],
  ['cut', gzipSync('{}').subarray(0, 12)],
])('a file that is %s is refused', (_, bytes) => {
  expect(readList(bytes, { before: shipped, shipped, onDate: '2026-11-26' })).toMatchObject({ ok: false })
})
