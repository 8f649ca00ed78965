import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ProviderOptions } from '../../src/core/messages.ts'
import type { Outgoing } from '../../src/core/ports.ts'
import { askedService, priceRangeOf, servedService } from '../../src/providers/service-tier.ts'
import { type Harness, startHarness } from '../support/port-harness.ts'
import { replyText } from '../support/replies.ts'
import { replying } from '../support/scripted-vendor.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.stop())

/** Asks with these options, of a vendor whose reply says what the changes put into it; tells what was asked for, and what is known of the prices. */
async function asked(
  protocol: string,
  providerOptions: ProviderOptions,
  changes: readonly (readonly [string, string])[],
) {
  const text = changes.reduce(
    (all, [from, to]) => {
      expect(all).toContain(from)
      return all.replaceAll(from, to)
    },
    replyText(protocol, 'text.sse'),
  )
  let outgoing: Outgoing | undefined
  const gate = async (shown: Outgoing) => {
    outgoing = shown
  }
  const settings = { maxOutputTokens: 500, providerOptions }
  const reply = await harness.ask(protocol, replying(text), {
    ask: { settings, gate },
    endpoint: { upstream: UPSTREAM[protocol]! },
  })
  expect(reply.kind).toBe('answer')
  return [outgoing?.priceRange, reply.priceRange]
}

const UPSTREAM: Readonly<Record<string, string>> = {
  openai: 'gpt-5.2',
  'openai-responses': 'gpt-5.2',
  anthropic: 'claude-opus-4-6',
  google: 'gemini-3-pro',
  'openai-compatible': 'large-v2',
}

const HALF = { leastPercent: 50, mostPercent: 100 }
const DEARER = { leastPercent: 100, mostPercent: 250 }
const FAST = { leastPercent: 100, mostPercent: 600 }
const US = { leastPercent: 100, mostPercent: 110 }

const CLAUDE = 'projects/p/locations/l/publishers/anthropic/models/'

/** Of each vendor the field of the request, as its package sends it, and where its reply says how it was served. */
describe.each<{
  protocol: string
  options: (tier: string) => ProviderOptions
  served: (tier: string) => readonly (readonly [string, string])[]
  usual: string
}>([
  {
    // https://developers.openai.com/api/reference/resources/chat, `service_tier` of each chunk
    protocol: 'openai',
    options: serviceTier => ({ openai: { serviceTier } }),
    served: tier => [['"object":', `"service_tier":"${tier}","object":`]],
    usual: 'default',
  },
  {
    // The response's own field; `auto` until it is decided.
    protocol: 'openai-responses',
    options: serviceTier => ({ openai: { serviceTier } }),
    served: tier => [
      ['"status":"in_progress","error"', '"service_tier":"auto","status":"in_progress","error"'],
      ['"status":"completed","error"', `"service_tier":"${tier}","status":"completed","error"`],
    ],
    usual: 'default',
  },
  {
    // https://ai.google.dev/gemini-api/docs/priority-inference, and the package's schema of `usageMetadata`
    protocol: 'google',
    options: serviceTier => ({ google: { serviceTier } }),
    served: tier => [['"promptTokenCount"', `"serviceTier":"${tier}","promptTokenCount"`]],
    usual: 'standard',
  },
  {
    // Fireworks and others take the option over from OpenAI: https://docs.fireworks.ai/serverless/serverless-modes
    protocol: 'openai-compatible',
    options: tier => ({ acme: { service_tier: tier } }),
    served: tier => [['"object":', `"service_tier":"${tier}","object":`]],
    usual: 'default',
  },
])('$protocol', ({ protocol, options, served, usual }) => {
  it.each([
    ['flex', HALF],
    ['priority', DEARER],
  ] as const)('%s has prices of its own, whoever asked for it', async (tier, range) => {
    expect(await asked(protocol, options(tier), served(tier))).toEqual([range, range])
    expect(await asked(protocol, {}, served(tier))).toEqual([undefined, range])
  })

  it('what was asked for holds unless the reply says otherwise', async () => {
    expect(await asked(protocol, options('priority'), [])).toEqual([DEARER, DEARER])
    expect(await asked(protocol, options('priority'), served(usual))).toEqual([DEARER, undefined])
    expect(await asked(protocol, {}, served(usual))).toEqual([undefined, undefined])
  })
})

/** https://platform.claude.com/docs/en/build-with-claude/fast-mode, https://platform.claude.com/docs/en/api/service-tiers */
describe('anthropic', () => {
  const saying = (words: string) => [['"cache_read_input_tokens"', `${words},"cache_read_input_tokens"`]] as const

  it('the fast mode, and a place where it is to run, have prices of their own', async () => {
    const fast = { anthropic: { speed: 'fast' } }
    expect(await asked('anthropic', fast, saying('"speed":"fast"'))).toEqual([FAST, FAST])
    expect(await asked('anthropic', fast, saying('"service_tier":"standard"'))).toEqual([FAST, FAST])
    expect(await asked('anthropic', fast, saying('"speed":"standard"'))).toEqual([FAST, undefined])
    expect(await asked('anthropic', { anthropic: { inferenceGeo: 'us' } }, [])).toEqual([US, US])
    expect(await asked('anthropic', {}, saying('"inference_geo":"us"'))).toEqual([undefined, US])
    const both = { anthropic: { speed: 'fast', inferenceGeo: 'us' } }
    expect((await asked('anthropic', both, []))[1]).toEqual({ leastPercent: 100, mostPercent: 660 })
  })

  // https://platform.claude.com/docs/en/build-with-claude/refusals-and-fallback, and the package's `AnthropicUsageIteration`
  it('another model that Anthropic falls back on has prices of its own, beside what the first one has begun', async () => {
    const options = { anthropic: { fallbacks: 'default' } }
    const range = { leastPercent: 0, mostPercent: 200 }
    const counts = '"input_tokens":472,"output_tokens":89'
    const iterations = (second: string) =>
      `"iterations":[{"type":"message",${counts}}${second}],"service_tier":"standard"`
    const fallen = iterations(`,{"type":"fallback_message","model":"claude-opus-4-8",${counts}}`)
    expect(await asked('anthropic', options, saying(fallen))).toEqual([range, range])
    expect(await asked('anthropic', options, saying(iterations('')))).toEqual([range, undefined])
  })

  // https://openrouter.ai/docs/api/api-reference/anthropic-messages/create-messages takes both.
  it('another model in a dearer tier is as dear as both together', () => {
    const body = { model: 'claude-opus-4-8', service_tier: 'priority', fallbacks: [{ model: 'claude-sonnet-5' }] }
    const service = askedService(new URL('https://openrouter.ai/api/v1/messages'), body, {})
    expect(priceRangeOf(service)).toEqual({ leastPercent: 0, mostPercent: 500 })
    expect(priceRangeOf(servedService({ service_tier: 'priority' }, service))).toEqual(DEARER)
  })

  it('capacity that was paid for ahead is not paid for again', async () => {
    const usual = saying('"service_tier":"standard","inference_geo":"not_available"')
    expect(await asked('anthropic', {}, usual)).toEqual([undefined, undefined])
    expect(await asked('anthropic', {}, saying('"service_tier":"priority"'))).toEqual([
      undefined,
      { leastPercent: 0, mostPercent: 100 },
    ])
  })
})

/** A tenth more: https://developers.openai.com/api/docs/guides/data-residency, https://platform.claude.com/docs/en/about-claude/pricing */
it.each([
  ['https://eu.api.openai.com/v1/responses', 'gpt-5.4', US],
  ['https://us.api.openai.com/v1/chat/completions', 'gpt-6-sol', US],
  ['https://eu.api.openai.com/v1/responses', 'gpt-5.2', undefined],
  ['https://api.openai.com/v1/responses', 'gpt-5.4', undefined],
  [
    `https://europe-west1-aiplatform.googleapis.com/v1/${CLAUDE}claude-opus-4-8@default:streamRawPredict`,
    undefined,
    US,
  ],
  [
    `https://europe-west1-aiplatform.googleapis.com/v1/${CLAUDE}claude-opus-4-1@20250805:streamRawPredict`,
    undefined,
    undefined,
  ],
  [`https://aiplatform.eu.rep.googleapis.com/v1/${CLAUDE}claude-sonnet-5:streamRawPredict`, undefined, US],
  [`https://aiplatform.googleapis.com/v1/${CLAUDE}claude-opus-4-8@default:streamRawPredict`, undefined, undefined],
])('at %s %s has prices of its own where the region is one to be kept to', (url, model, range) => {
  const service = askedService(new URL(url), { model }, {})
  expect(priceRangeOf(servedService({ usage: { inference_geo: 'not_available' } }, service))).toEqual(range)
})

/** https://platform.claude.com/docs/en/release-notes/overview: "no longer billed … without Claude having generated any output". */
it('a refusal without a word, which Anthropic counts and does not bill, costs no more than what was counted', async () => {
  const text = replyText('anthropic', 'refused.sse')
  const wordless = text.replaceAll(/event: content_block[\s\S]*?\n\n/g, '')
  expect(wordless.length).toBeLessThan(text.length)
  const refused = { kind: 'fault', whole: true, fault: { kind: 'refused' }, usage: { inputTokens: 2520 } }
  const reply = await harness.ask('anthropic', replying(wordless))
  expect(reply).toMatchObject({ ...refused, priceRange: { leastPercent: 0, mostPercent: 100 } })
  const late = await harness.ask('anthropic', replying(text))
  expect(late).toMatchObject(refused)
  expect(late.priceRange).toBeUndefined()
})

/** https://docs.aws.amazon.com/bedrock/latest/userguide/latency-optimized-inference.html */
it('Amazon’s optimized latency is dearer, unless the reply says that the usual one was given', () => {
  const url = new URL('https://bedrock-runtime.us-east-2.amazonaws.com/model/us.amazon.nova-pro-v1:0/converse-stream')
  const service = askedService(url, { performanceConfig: { latency: 'optimized' } }, {})
  const dearer = { leastPercent: 100, mostPercent: 150 }
  expect(priceRangeOf(service)).toEqual(dearer)
  const said = (latency: string) => ({ metadata: { usage: {}, performanceConfig: { latency } } })
  expect(priceRangeOf(servedService(said('optimized'), service))).toEqual(dearer)
  expect(priceRangeOf(servedService(said('standard'), service))).toBeUndefined()
  expect(priceRangeOf(servedService({ performanceConfig: { latency: 'optimized' } }, {}))).toEqual(dearer)
})

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ServiceTier.html; Vertex's are those of `usageMetadata.trafficType`. */
it.each<[string, unknown, string | undefined]>([
  ['a stream of Amazon’s', { metadata: { usage: {}, serviceTier: { type: 'priority' } } }, 'priority'],
  ['a whole body of Amazon’s', { output: {}, serviceTier: { type: 'flex' } }, 'flex'],
  ['Vertex', { usageMetadata: { trafficType: 'ON_DEMAND_PRIORITY' } }, 'priority'],
  ['Vertex, of what is paid ahead', { usageMetadata: { trafficType: 'PROVISIONED_THROUGHPUT' } }, 'reserved'],
  ['Google, by its enumeration', { usageMetadata: { serviceTier: 'SERVICE_TIER_FLEX' } }, 'flex'],
  ['a chunk that says nothing', { choices: [], service_tier: null, metadata: null }, undefined],
])('%s', (_, chunk, tier) => {
  expect(servedService(chunk, {}).tier).toBe(tier)
})
