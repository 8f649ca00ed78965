import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { picoOf } from '../../src/providers/cost-pico.ts'
import type { Reported } from '../../src/providers/dialect.ts'
import { dialectOf } from '../../src/providers/dialects.ts'
import { replyText } from '../support/replies.ts'

/** Folds the raw chunks of a transcribed stream, as a reply's reader does. */
function reportedBy(protocol: string, file = 'text.sse'): Reported {
  const lines = replyText(protocol, file)
    .split('\n')
    .filter(line => line.startsWith('data: {'))
  const { readUsage } = dialectOf(protocol)
  return lines.reduce((before, line) => readUsage(JSON.parse(line.slice(6)), before), {} as Reported)
}

const COUNTED = parse(replyText('.', 'usage.yaml')) as readonly [who: string, usage: object, expected: object][]

const compatible = (usage: object) => dialectOf('openai-compatible').readUsage({ usage }, {})

describe('usage of a whole stream', () => {
  it.each([
    ['openai', { inputTokens: 1117, cacheReadTokens: 1024, outputTokens: 46, reasoningTokens: 32 }],
    ['openai-responses', { inputTokens: 1117, cacheReadTokens: 1024, outputTokens: 46, reasoningTokens: 32 }],
    [
      'openai-compatible',
      { inputTokens: 1117, cacheReadTokens: 1024, cacheWriteTokens: 64, outputTokens: 46, reasoningTokens: 32 },
    ],
    [
      // 472 fresh + 1,800 read + 248 written, 100 of these for an hour
      'anthropic',
      { inputTokens: 2520, cacheReadTokens: 1800, cacheWriteTokens: 248, cacheWriteHourTokens: 100, outputTokens: 89 },
    ],
    // 14 of the candidate + 32 thoughts
    ['google', { inputTokens: 1117, cacheReadTokens: 1024, outputTokens: 46, reasoningTokens: 32 }],
  ])('%s', (protocol, usage) => {
    expect(reportedBy(protocol).usage).toEqual(usage)
  })

  it("Anthropic's opening event tells the prompt, and nothing of the output", () => {
    expect(reportedBy('anthropic', 'error-late.sse').usage).toEqual({
      inputTokens: 2520,
      cacheReadTokens: 1800,
      cacheWriteTokens: 248,
      cacheWriteHourTokens: 100,
    })
  })

  it('Anthropic may count again at the end, with or without the cached parts', () => {
    const { readUsage } = dialectOf('anthropic')
    const { usage } = reportedBy('anthropic')
    const again = { input_tokens: 472, output_tokens: 90 }
    const parts = { cache_creation_input_tokens: 248, cache_read_input_tokens: 1800 }
    for (const counts of [again, { ...again, ...parts }, { ...again, cache_read_input_tokens: null }]) {
      expect(readUsage({ type: 'message_delta', usage: counts }, { usage }).usage).toEqual({
        ...usage,
        outputTokens: 90,
      })
    }
  })

  it('a prompt of nothing is one that nobody has counted, and no money is saved by it', () => {
    const { usage } = reportedBy('anthropic')
    const { readUsage } = dialectOf('anthropic')
    const none = { input_tokens: 0, output_tokens: 90 }
    expect(readUsage({ type: 'message_delta', usage: none }, { usage }).usage).toEqual({ ...usage, outputTokens: 90 })
    expect(readUsage({ type: 'message_delta', usage: none }, {}).usage).toEqual({ outputTokens: 90 })
    const cached = { ...none, cache_read_input_tokens: 1_800 }
    expect(readUsage({ usage: cached }, {}).usage).toMatchObject({ inputTokens: 1_800 })
    expect(compatible({ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }).usage).toEqual({})
    const response = { usage: { input_tokens: 0, output_tokens: 7 } }
    expect(dialectOf('openai-responses').readUsage({ response }, {}).usage).toEqual({ outputTokens: 7 })
    const usageMetadata = { promptTokenCount: 0, candidatesTokenCount: 7, totalTokenCount: 7 }
    expect(dialectOf('google').readUsage({ usageMetadata }, {}).usage).not.toHaveProperty('inputTokens')
  })

  it('what Anthropic used for compaction is in its iterations alone', () => {
    const iterations = [
      { type: 'compaction', input_tokens: 1_000, output_tokens: 200 },
      { type: 'message', input_tokens: 30, output_tokens: 7 },
    ]
    const usage = { input_tokens: 30, output_tokens: 7, iterations }
    expect(dialectOf('anthropic').readUsage({ usage }, {}).usage).toEqual({ inputTokens: 1_030, outputTokens: 207 })
  })

  it('a prompt that Google blocked has no output, which is 0 and not unknown', () => {
    expect(reportedBy('google', 'refused.sse').usage).toMatchObject({ inputTokens: 1117, outputTokens: 0 })
    const { readUsage } = dialectOf('google')
    const counted = { promptTokenCount: 10, totalTokenCount: 25 }
    expect(readUsage({ usageMetadata: counted }, {}).usage).not.toHaveProperty('outputTokens')
    expect(readUsage({ usageMetadata: { totalTokenCount: 0 } }, {}).usage).toEqual({})
  })

  it('Google counts beside the prompt what its tools have put into it, and thoughts beside an answer that has no words', () => {
    const usageMetadata = {
      promptTokenCount: 10,
      toolUsePromptTokenCount: 7,
      thoughtsTokenCount: 3,
      totalTokenCount: 20,
    }
    expect(dialectOf('google').readUsage({ usageMetadata }, {}).usage).toEqual({
      inputTokens: 17,
      cacheReadTokens: 0,
      outputTokens: 3,
      reasoningTokens: 3,
    })
  })

  it('a server that speaks a vendor’s protocol may report writes, thoughts and a cost of its own', () => {
    const usage = {
      ...{ input_tokens: 100, input_tokens_details: { cached_tokens: 20, cache_write_tokens: 30 } },
      ...{ output_tokens: 9, output_tokens_details: { reasoning_tokens: 4 }, cost: 0.25 },
    }
    expect(dialectOf('openai-responses').readUsage({ response: { usage } }, {})).toEqual({
      usage: { inputTokens: 100, cacheReadTokens: 20, cacheWriteTokens: 30, outputTokens: 9, reasoningTokens: 4 },
      costPico: '250000000000',
    })
    const { readUsage } = dialectOf('anthropic')
    const opened = readUsage({ type: 'message_start', message: { usage: { input_tokens: 5, output_tokens: 1 } } }, {})
    const counts = { output_tokens: 9, output_tokens_details: { thinking_tokens: 4 } }
    const ended = readUsage({ type: 'message_delta', usage: { ...counts, cost: 0.5 } }, opened)
    expect(readUsage({ type: 'message_delta', usage: counts }, ended)).toEqual({
      usage: { inputTokens: 5, outputTokens: 9, reasoningTokens: 4 },
      costPico: '500000000000',
    })
  })
})

describe('dialects of compatible servers', () => {
  it('what the last usage leaves out stays as it was said before', () => {
    const { readUsage } = dialectOf('openai-compatible')
    const usages = [{ prompt_tokens: 10, completion_tokens: 5 }, { cost: 0.25 }, {}]
    const reported = usages.reduce<Reported>((before, usage) => readUsage({ usage }, before), {})
    expect(reported).toEqual({ usage: { inputTokens: 10, outputTokens: 5 }, costPico: '250000000000' })
  })

  it.each(COUNTED)('%s', (_name, usage, expected) => {
    expect(compatible(usage).usage).toEqual(expected)
  })

  it('the counts that Moonshot puts into the last choice of a stream', () => {
    const usage = { prompt_tokens: 19, completion_tokens: 13, total_tokens: 32, cached_tokens: 10 }
    const last = { choices: [{ index: 0, delta: {}, finish_reason: 'stop', usage }] }
    expect(dialectOf('openai-compatible').readUsage(last, {}).usage).toEqual({
      inputTokens: 19,
      cacheReadTokens: 10,
      outputTokens: 13,
    })
  })

  it('the cost that OpenRouter reports, with the part of the vendor under a key of its user', () => {
    expect(compatible({ cost: 0.00123, is_byok: false }).costPico).toBe('1230000000')
    const byok = { cost: 0.0001, is_byok: true, cost_details: { upstream_inference_cost: 0.002 } }
    expect(compatible(byok).costPico).toBe('2100000000')
    expect(compatible({ ...byok, cost_details: {} }).costPico).toBeUndefined()
    expect(compatible({ cost: { total_cost: 0.006 } }).costPico).toBe('6000000000')
  })
})

// https://docs.x.ai/developers/cost-tracking: in the usage of chat completions and of responses.
it.each([
  ['openai-compatible', { usage: { prompt_tokens: 9, completion_tokens: 2, cost_in_usd_ticks: 37_756_000 } }],
  ['openai', { usage: { prompt_tokens: 9, completion_tokens: 2, cost_in_usd_ticks: 37_756_000 } }],
  ['openai-responses', { response: { usage: { input_tokens: 9, output_tokens: 2, cost_in_usd_ticks: 37_756_000 } } }],
  ['@ai-sdk/xai', { response: { usage: { input_tokens: 9, output_tokens: 2, cost_in_usd_ticks: 37_756_000 } } }],
])('xAI says what a call has cost, by whatever protocol it is asked: %s', (protocol, chunk) => {
  expect(dialectOf(protocol).readUsage(chunk, {}).costPico).toBe('3775600000')
})

describe('picoOf', () => {
  it.each([
    ['1', '1000000000000'],
    [0, '0'],
    [1.2e-7, '120000'],
    ['0.0000000000005', '1'],
    ['0.0000000000004', '0'],
    [-1, undefined],
    ['free', undefined],
    [undefined, undefined],
  ])('%s is %s', (usd, pico) => {
    expect(picoOf(usd)).toBe(pico)
  })

  it('is exact for what a price list prints', () => {
    const amount = fc.bigInt({ min: 0n, max: 10n ** 18n })
    fc.assert(
      fc.property(amount, pico => {
        const digits = pico.toString().padStart(13, '0')
        expect(picoOf(`${digits.slice(0, -12)}.${digits.slice(-12)}`)).toBe(pico.toString())
      }),
    )
  })
})
