import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PROTOCOLS, WEATHER } from '../support/model-asks.ts'
import { type Harness, startHarness } from '../support/port-harness.ts'
import { replyText } from '../support/replies.ts'
import type { Reply } from '../support/scripted-vendor.ts'
import { breaking, JSON_TYPE, replying, SSE } from '../support/scripted-vendor.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.stop())

const TEXT = 'Grüße 🚦 aus Genève, 世界'
const THOUGHT = 'Two towns, one greeting.'
/** OpenAI keeps the reasoning of chat completions to itself. */
const thinks = (protocol: string) => protocol !== 'openai'

/** Written in pieces with a turn of the event loop between them, so that they arrive as chunks of their own. */
function inPieces(bytes: Buffer, size: number): Reply {
  return response => {
    response.writeHead(200, SSE)
    const write = (from: number) => {
      if (from >= bytes.length) return void response.end()
      response.write(bytes.subarray(from, from + size), () => setImmediate(write, from + size))
    }
    write(0)
  }
}

describe.each(PROTOCOLS)('%s', protocol => {
  it('collects text and reasoning in order, and tells each as it comes', async () => {
    const heard = { text: '', reasoning: '' }
    const onDelta = (kind: 'text' | 'reasoning', text: string) => {
      heard[kind] += text
    }
    const reply = await harness.ask(protocol, replying(replyText(protocol, 'text.sse')), { ask: { onDelta } })
    const types = thinks(protocol) ? ['reasoning', 'text'] : ['text']
    expect(reply).toMatchObject({ kind: 'answer', finish: 'stop', text: TEXT })
    expect((reply as { message: { content: { type: string }[] } }).message.content.map(part => part.type)).toEqual(
      types,
    )
    expect(heard).toEqual({ text: TEXT, reasoning: thinks(protocol) ? THOUGHT : '' })
  })

  it('gives the same answer in one piece', async () => {
    const streamed = await harness.ask(protocol, replying(replyText(protocol, 'text.sse')))
    const whole = await harness.ask(protocol, replying(replyText(protocol, 'text.json'), JSON_TYPE), {
      settings: { quirks: { stream: false } },
    })
    const { timings: _streamed, ...first } = streamed
    const { timings: _whole, ...second } = whole
    expect(second).toEqual(first)
  })

  it('collects parallel tool calls', async () => {
    const reply = await harness.ask(protocol, replying(replyText(protocol, 'tools.sse')), { ask: { tools: [WEATHER] } })
    expect(reply).toMatchObject({ kind: 'answer', finish: 'tool-calls' })
    const { content } = (reply as { message: { content: { type: string }[] } }).message
    expect(content.filter(part => part.type === 'tool-call')).toMatchObject([
      { toolCallId: 'call_1', toolName: 'get_weather', input: { city: 'Genève' } },
      { toolCallId: 'call_2', toolName: 'get_weather', input: { city: 'Oslo' } },
    ])
  })

  it('calls of one answer that come with the same id get one each', async () => {
    const text = replyText(protocol, 'tools.sse').replaceAll('call_2', 'call_1')
    const reply = await harness.ask(protocol, replying(text), { ask: { tools: [WEATHER] } })
    const { content } = (reply as { message: { content: { toolCallId?: string; input?: unknown }[] } }).message
    const calls = content.filter(({ toolCallId }) => toolCallId !== undefined)
    expect(calls.map(({ input }) => input)).toEqual([{ city: 'Genève' }, { city: 'Oslo' }])
    expect(new Set(calls.map(({ toolCallId }) => toolCallId)).size).toBe(2)
  })

  it('survives characters that are split over chunks', async () => {
    const bytes = Buffer.from(replyText(protocol, 'text.sse'))
    const inMiddleOfSign = bytes.indexOf('🚦') + 2
    for (const size of [inMiddleOfSign, 61]) {
      expect(await harness.ask(protocol, inPieces(bytes, size))).toMatchObject({ kind: 'answer', text: TEXT })
    }
  })

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['GZIP', gzipSync],
  ])('reads a reply that is compressed with %s, and one of them that is cut is cut off', async (encoding, compress) => {
    const bytes = compress(replyText(protocol, 'text.sse'))
    const headers = { ...SSE, 'content-encoding': encoding }
    expect(await harness.ask(protocol, replying(bytes, headers))).toMatchObject({ kind: 'answer', text: TEXT })
    for (const broken of [replying(bytes.subarray(0, -20), headers), breaking(bytes.subarray(0, -20), headers)])
      expect(await harness.ask(protocol, broken)).toMatchObject({ kind: 'fault', fault: { kind: 'cut-off' } })
  })

  it.each(['text.sse', 'tools.sse'])('%s, cut at any byte, is a fault or the whole answer', async file => {
    const bytes = Buffer.from(replyText(protocol, file))
    const ask = { ask: { tools: [WEATHER] } }
    const { timings: _, ...whole } = await harness.ask(protocol, replying(bytes), ask)
    expect(whole.kind).toBe('answer')
    const cut = fc.tuple(fc.integer({ min: 0, max: bytes.length - 1 }), fc.boolean())
    const property = fc.asyncProperty(cut, async ([at, reset]) => {
      const part = bytes.subarray(0, at)
      const { timings: _, ...reply } = await harness.ask(protocol, reset ? breaking(part) : replying(part), ask)
      if (reply.kind === 'fault') {
        expect(['cut-off', 'malformed-reply', 'unreachable']).toContain(reply.fault.kind)
        return
      }
      // Only what comes after the end of the answer may be missing: the counts.
      const { usage: _usage, reportedCostPico: _cost, ...answer } = reply
      expect(whole).toMatchObject(answer)
      expect(answer.message).toEqual((whole as typeof reply).message)
    })
    await fc.assert(property, { numRuns: 20 })
  })
})

it('an answer that comes faster than it is read comes whole', async () => {
  const word = (content: string) => `data: {"choices":[{"index":0,"delta":{"content":"${content}"}}]}\n\n`
  const words = Array.from({ length: 2_000 }, (_, at) => `${at} `)
  const reply = await harness.ask('openai-compatible', response => {
    response.writeHead(200, SSE)
    for (const each of words) response.write(word(each))
    response.end('data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n')
  })
  expect(reply).toMatchObject({ kind: 'answer', finish: 'stop', text: words.join('') })
})

describe('anthropic: events that the package does not know', () => {
  const text = replyText('anthropic', 'text.sse')
  // https://github.com/vercel/ai/issues/11309
  const vertex =
    'event: vertex_event\ndata: {"type":"vertex_event","usage":{"input_tokens":9,"output_tokens":1,"cache_creation_input_tokens":null}}\n\n'

  it('say nothing, and take nothing from the answer', async () => {
    const { timings: _, ...usual } = await harness.ask('anthropic', replying(text))
    const places = [text.indexOf('event: content_block_start'), text.indexOf('event: message_stop'), text.length]
    for (const at of places) {
      const told = text.slice(0, at) + vertex + text.slice(at)
      for (const size of [told.length, 7]) {
        const { timings: _, ...reply } = await harness.ask('anthropic', inPieces(Buffer.from(told), size))
        expect(reply).toEqual(usual)
      }
    }
  })
})

describe.each(['openai', 'openai-compatible'])('%s: chunks that the package refuses', protocol => {
  const text = replyText(protocol, 'text.sse')
  const usage = /"usage":\s*(\{(?:[^{}]|\{[^{}]*\})*\})/
  const [, counted = ''] = usage.exec(text) ?? []
  const asTexts = (json: string) => json.replace(/(_tokens":\s*)(\d+)/g, '$1"$2"')
  const usageAlone = `data: {"id":"chatcmpl-123","usage":${counted}}\n\ndata: [DONE]`

  const deviations: readonly [string, (reply: string) => string][] = [
    ['say that there was no error', reply => reply.replaceAll('data: {', 'data: {"error": null, ')],
    ['say that there was an empty error', reply => reply.replaceAll('data: {', 'data: {"error":{},')],
    ['count in texts', asTexts],
    ['have the usage alone', reply => reply.replace(usage, '"usage":null').replace('data: [DONE]', usageAlone)],
  ]

  it.each(deviations)('that %s are part of a whole answer all the same', async (_, deviate) => {
    const usual = await harness.ask(protocol, replying(text))
    const deviating = deviate(text)
    expect(deviating).not.toBe(text)
    for (const size of [deviating.length, 7]) {
      const { timings: _timings, ...reply } = await harness.ask(protocol, inPieces(Buffer.from(deviating), size))
      const { timings: _usual, ...expected } = usual
      expect(reply).toEqual(expected)
    }
  })

  it('that say what went wrong are an error still', async () => {
    const error =
      'data: {"error":{"message":"The server is overloaded","type":"server_error"},"usage":{"prompt_tokens":"3"}}\n\n'
    const reply = await harness.ask(protocol, replying(`${error}data: [DONE]\n\n`))
    expect(reply).toMatchObject({ kind: 'fault', fault: { kind: 'overloaded' } })
  })

  it('and a model may write of such chunks', async () => {
    const said = String.raw`{\"error\":null,\"prompt_tokens\":\"7\"}`
    const reply = await harness.ask(protocol, replying(text.replace(' aus', ` ${said} aus`)))
    expect(reply).toMatchObject({ kind: 'answer', text: expect.stringContaining('{"error":null,"prompt_tokens":"7"}') })
  })

  it('in an answer of one piece are as good', async () => {
    const whole = replyText(protocol, 'text.json')
    const settings = { quirks: { stream: false } }
    const ask = (body: string) => harness.ask(protocol, replying(body, JSON_TYPE), { settings })
    const { timings: _usual, ...expected } = await ask(whole)
    const { timings: _timings, ...reply } = await ask(asTexts(whole).replace('{', '{"error":null,'))
    expect(reply).toEqual(expected)
  })
})
