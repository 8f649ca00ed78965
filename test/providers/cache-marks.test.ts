import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Message, ProviderOptions } from '../../src/core/messages.ts'
import type { Ask } from '../../src/core/ports.ts'
import { WEATHER } from '../support/model-asks.ts'
import { type AskChanges, type Harness, startHarness } from '../support/port-harness.ts'
import { replyText } from '../support/replies.ts'
import { replying } from '../support/scripted-vendor.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.stop())

const PRICE = { input: 3, cachedInput: 0.3, cacheWrite: 3.75, cacheWriteHour: 6, output: 15 }
const CACHING = { key: 'run-1', recurring: 'all' as const }
const BY_HAND: ProviderOptions = { anthropic: { cacheControl: { type: 'ephemeral' } } }

const text = (role: 'user' | 'assistant', words: string, providerOptions?: ProviderOptions) =>
  ({ role, content: [{ type: 'text', text: words }], ...(providerOptions && { providerOptions }) }) as Message

const LOOP: readonly Message[] = [
  { role: 'system', content: 'You greet people.' },
  text('user', 'first'),
  text('assistant', 'second'),
  text('user', 'third'),
  text('assistant', 'fourth'),
  text('user', 'fifth'),
]

async function bodyOf(protocol: string, ask: Partial<Ask>, endpoint: AskChanges['endpoint'] = {}) {
  const changes = { ask: { caching: CACHING, ...ask }, endpoint: { price: PRICE, abilities: ['tools'], ...endpoint } }
  await harness.ask(protocol, replying(replyText(protocol, 'text.sse')), changes as AskChanges)
  return JSON.parse(harness.vendor.seen.at(-1)!.body)
}

/** The texts and tools that carry a mark, in the order of the request, each with its time to live. */
async function marksOf(ask: Partial<Ask>, endpoint: AskChanges['endpoint'] = {}): Promise<readonly string[]> {
  const body = await bodyOf('anthropic', ask, endpoint)
  const blocks = [...(body.tools ?? []), ...(body.system ?? []), ...body.messages.flatMap((one: Loose) => one.content)]
  const marked = blocks.filter((block: Loose) => block.cache_control)
  return [
    ...(body.cache_control ? ['the request'] : []),
    ...marked.map((block: Loose) => (block.text ?? block.name) + (block.cache_control.ttl ?? '')),
  ]
}

// biome-ignore lint/suspicious/noExplicitAny: what a vendor reads of a body
type Loose = any

describe('marks at Anthropic', () => {
  it('stand on tools, system, where the last prompt ended and where this one does', async () => {
    const marks = await marksOf({ prompt: LOOP, tools: [WEATHER] })
    expect(marks).toEqual(['get_weather', 'You greet people.', 'third', 'fifth'])
  })

  it('of a call that stands alone end before its last message', async () => {
    const caching = { ...CACHING, recurring: 'before-last' as const }
    const prompt = [LOOP[0]!, text('user', 'A document.'), text('user', 'A question.')]
    expect(await marksOf({ prompt, caching })).toEqual(['You greet people.', 'A document.'])
    expect(await marksOf({ prompt: [text('user', 'A question.')], caching })).toEqual([])
  })

  it('by hand win over ours', async () => {
    expect(await marksOf({ prompt: LOOP.with(1, text('user', 'first', BY_HAND)), tools: [WEATHER] })).toEqual(['first'])
    const request = { providerOptions: { anthropic: { cacheControl: { type: 'ephemeral' } } } } as const
    expect(await marksOf({ prompt: LOOP, settings: request })).toEqual(['the request'])
    const none = { providerOptions: { anthropic: { cacheControl: null } } } as const
    expect(await marksOf({ prompt: LOOP, settings: none })).toEqual([])
  })

  it('are never more than four: of those by hand the first and the last three stay', async () => {
    const prompt = ['a', 'b', 'c', 'd', 'e', 'f'].map(words => text('user', words, BY_HAND))
    expect(await marksOf({ prompt })).toEqual(['a', 'd', 'e', 'f'])
    const settings = { providerOptions: { anthropic: { cacheControl: { type: 'ephemeral' } } } } as const
    expect(await marksOf({ prompt, settings })).toEqual(['the request', 'a', 'e', 'f'])
  })

  it('are not placed where what is written has no price, or nothing is kept', async () => {
    expect(await marksOf({ prompt: LOOP }, { price: { input: 3, cachedInput: 0.3, output: 15 } })).toEqual([])
    expect(await marksOf({ prompt: LOOP }, { cacheTtlMs: 0 })).toEqual([])
  })

  it('are for an hour where the endpoint keeps that long, but not under zero retention', async () => {
    const endpoint = { cacheTtlMs: 3_600_000 }
    expect(await marksOf({ prompt: LOOP }, endpoint)).toEqual(['You greet people.1h', 'third1h', 'fifth1h'])
    expect(await marksOf({ prompt: LOOP, zdr: true }, endpoint)).toEqual(['You greet people.', 'third', 'fifth'])
  })
})

describe.each(['openai', 'openai-responses'])('the cache key at %s', protocol => {
  it('is the run’s, unless another is given by hand', async () => {
    expect(await bodyOf(protocol, {})).toMatchObject({ prompt_cache_key: 'run-1' })
    const own = { providerOptions: { openai: { promptCacheKey: 'mine' } } }
    expect(await bodyOf(protocol, { settings: own })).toMatchObject({ prompt_cache_key: 'mine' })
    const none = { providerOptions: { openai: { promptCacheKey: null } } }
    expect(await bodyOf(protocol, { settings: none })).not.toHaveProperty('prompt_cache_key')
  })

  it('does not go to an endpoint that caches nothing, nor to those that only resemble it', async () => {
    expect(await bodyOf(protocol, {}, { cacheTtlMs: 0 })).not.toHaveProperty('prompt_cache_key')
    expect(await bodyOf('openai-compatible', {})).not.toHaveProperty('prompt_cache_key')
  })
})
