import type { LanguageModelV4Prompt } from '@ai-sdk/provider'
import { afterEach, describe, expect, test } from 'vitest'
import type { RunningVendors } from '../../src/providers/simulated/index.ts'
import { askStream, modelOf, READ_TOOL, start, user, vendorOf } from './asking.ts'

let running: RunningVendors | undefined
afterEach(() => running?.close())

const MANUAL = 'Be exact, be brief, name your sources. '.repeat(200)
const first: LanguageModelV4Prompt = [{ role: 'system', content: MANUAL }, user('What is the rule?')]
const second: LanguageModelV4Prompt = [
  ...first,
  { role: 'assistant', content: [{ type: 'text', text: 'Be exact.' }] },
  user('And then?'),
]

/** The last row's tokens, and the prompt of the row before it: what a warm prefix should give. */
function lastRow() {
  return running!.meter().at(-1)!
}

describe.each(['openai', 'openai-compatible', 'openai-responses', 'google'] as const)('%s caches unasked', protocol => {
  const cache = { ttlMs: 1_000, minTokens: 100 }

  test('reports the known prefix and bills it as such, until its time is over', async () => {
    let nowMs = 5_000
    running = await start(vendorOf(protocol, { cache }), { now: () => nowMs })
    const model = modelOf(running)
    const cold = await askStream(model, { prompt: first })
    expect(cold.usage?.inputTokens.cacheRead).toBe(0)
    const prefixTokens = lastRow().inputTokens
    nowMs += 900
    const warm = await askStream(model, { prompt: second })
    expect(warm.usage?.inputTokens.cacheRead).toBe(prefixTokens)
    expect(lastRow()).toMatchObject({ cachedTokens: prefixTokens })
    nowMs += 900
    expect((await askStream(model, { prompt: first })).usage?.inputTokens.cacheRead).toBe(prefixTokens)
    nowMs += 1_001
    expect((await askStream(model, { prompt: first })).usage?.inputTokens.cacheRead).toBe(0)
  })

  test('is not warm for other tools, another model or a prompt below the minimum', async () => {
    running = await start(vendorOf(protocol, { cache }))
    const reads = async (id: string, options: object) => {
      const { usage } = await askStream(modelOf(running!, id), { prompt: first, ...options })
      return usage?.inputTokens.cacheRead
    }
    await reads('model-1', {})
    expect(await reads('model-1', { tools: [READ_TOOL] })).toBe(0)
    expect(await reads('thinker', {})).toBe(0)
    await reads('model-1', { prompt: [user('Short.')] })
    expect(await reads('model-1', { prompt: [user('Short.')] })).toBe(0)
  })
})

test('an OpenAI vendor with a price for writes reports and bills them', async () => {
  running = await start(vendorOf('openai', { cache: { minTokens: 100 } }))
  const { usage } = await askStream(modelOf(running), { prompt: first })
  expect(usage?.inputTokens.cacheWrite).toBe(lastRow().inputTokens)
  const output = BigInt(lastRow().outputTokens!)
  expect(BigInt(lastRow().billedPico)).toBe(BigInt(lastRow().inputTokens!) * 3_750_000n + output * 15_000_000n)
})

test('Gemini counts no writes, and bills none, whatever its price list says of them', async () => {
  running = await start(vendorOf('google', { cache: { minTokens: 100 } }))
  await askStream(modelOf(running), { prompt: first })
  expect(lastRow()).toMatchObject({ writtenTokens: 0 })
  expect(BigInt(lastRow().billedPico)).toBe(
    BigInt(lastRow().inputTokens!) * 3_000_000n + BigInt(lastRow().outputTokens!) * 15_000_000n,
  )
})

describe('anthropic caches where it is told to', () => {
  const marked = (prompt: LanguageModelV4Prompt, ttl: '5m' | '1h' = '5m') => {
    const [system, ...rest] = prompt
    const mark = { providerOptions: { anthropic: { cacheControl: { type: 'ephemeral', ttl } } } }
    return [{ ...system!, ...mark }, ...rest] as LanguageModelV4Prompt
  }
  const vendor = vendorOf('anthropic', { cache: { minTokens: 100 } })

  test('nothing without a mark', async () => {
    running = await start(vendor)
    for (const prompt of [first, first]) await askStream(modelOf(running), { prompt })
    expect(lastRow()).toMatchObject({ cachedTokens: 0, writtenTokens: 0 })
  })

  test('writes up to the mark, then reads it, and splits the lifetimes', async () => {
    running = await start(vendor)
    const model = modelOf(running)
    const write = await askStream(model, { prompt: marked(first) })
    const { inputTokens, writtenTokens } = lastRow()
    expect(writtenTokens).toBeGreaterThan(1_500)
    expect(inputTokens! - writtenTokens!).toBeLessThan(20)
    expect(write.usage?.inputTokens).toMatchObject({ total: inputTokens, cacheWrite: writtenTokens, cacheRead: 0 })
    const read = await askStream(model, { prompt: marked(second) })
    expect(read.usage?.inputTokens).toMatchObject({ cacheRead: writtenTokens, cacheWrite: 0 })

    const hour = await askStream(model, {
      prompt: marked([{ role: 'system', content: `${MANUAL}!` }, user('Hello')], '1h'),
    })
    expect(lastRow().writtenHourTokens).toBe(lastRow().writtenTokens)
    expect(JSON.stringify(hour.raw)).toContain(`"ephemeral_1h_input_tokens":${lastRow().writtenTokens}`)
  })

  test('a mark on a later block extends the prefix that is warm', async () => {
    running = await start(vendor)
    const cached = (text: string) => ({
      ...user(text),
      providerOptions: { anthropic: { cacheControl: { type: 'ephemeral' } } },
    })
    const model = modelOf(running)
    await askStream(model, { prompt: [first[0]!, cached('What is the rule?')] as LanguageModelV4Prompt })
    const before = lastRow().writtenTokens!
    await askStream(model, { prompt: [...second.slice(0, 3), cached('And then?')] as LanguageModelV4Prompt })
    expect(lastRow()).toMatchObject({ cachedTokens: before, writtenTokens: lastRow().inputTokens! - before })
  })

  test('refuses a fifth mark', async () => {
    running = await start(vendor)
    const block = { type: 'text', text: 'More.', cache_control: { type: 'ephemeral' } }
    const messages = [{ role: 'user', content: Array.from({ length: 5 }, () => block) }]
    const body = JSON.stringify({ model: 'model-1', max_tokens: 9, messages })
    const response = await fetch(`${running.vendors[0]!.baseUrl}/messages`, { method: 'POST', body })
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('Found 5')])
  })
})
