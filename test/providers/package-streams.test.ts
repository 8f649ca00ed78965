/** How streams of packages say that they are whole, and what becomes of those that do not. */
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EVENT_STREAM, eventFrames } from '../support/event-frames.ts'
import { WEATHER } from '../support/model-asks.ts'
import { type Harness, startHarness } from '../support/port-harness.ts'
import { replyText } from '../support/replies.ts'
import { breaking, holding, JSON_TYPE, type Reply, replying, SSE } from '../support/scripted-vendor.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.stop())

const COUNTED = { inputTokens: 1117, cacheReadTokens: 1024, outputTokens: 46 }

interface Vendor {
  readonly name: string
  /** Begins what says that the answer is whole. */
  readonly end: string
  readonly usage: object
  /** Whose replies it is given, where they are another's. @defaultValue its own */
  readonly replies?: string
}

const VENDORS: readonly Vendor[] = [
  { name: 'xai', end: 'event: response.completed', usage: { ...COUNTED, reasoningTokens: 32 } },
  { name: 'cohere', end: 'event: message-end', usage: { inputTokens: 1100, outputTokens: 46 } },
  { name: 'groq', end: '"finish_reason":"', usage: { ...COUNTED, reasoningTokens: 32 } },
  { name: 'mistral', end: '"finish_reason":"', usage: COUNTED },
  // These speak OpenAI's format as it is.
  ...['@openrouter/ai-sdk-provider', 'azure', 'cerebras', 'deepinfra', 'togetherai'].map(name => ({
    name,
    replies: 'openai-compatible',
    end: '"finish_reason":"',
    usage: { ...COUNTED, cacheWriteTokens: 64, reasoningTokens: 32 },
  })),
  { name: 'amazon-bedrock', end: '{"messageStop"', usage: { ...COUNTED, cacheWriteTokens: 0 } },
]

const isFramed = (name: string) => name === 'amazon-bedrock'
const streamOf = (name: string, file: string) => replyText(name, `${file}.${isFramed(name) ? 'jsonl' : 'sse'}`)
const bytesOf = (name: string, text: string) => (isFramed(name) ? eventFrames(text) : Buffer.from(text))

/** The events before the one in which it says so. */
function withoutEnd(text: string, end: string): string {
  return text.slice(0, text.lastIndexOf('\n', text.indexOf(end)) + 1)
}

function asked(
  name: string,
  write: (body: Buffer, headers: Record<string, string>) => Reply,
  text: string,
  of: Harness = harness,
) {
  const protocol = name.startsWith('@') ? name : `@ai-sdk/${name}`
  return of.ask(protocol, write(bytesOf(name, text), isFramed(name) ? EVENT_STREAM : SSE), {
    ask: { tools: [WEATHER] },
    endpoint: { upstream: 'large-v2' },
    settings: { package: protocol },
  })
}

describe.each(VENDORS)('$name', ({ name, end, usage, replies = name }) => {
  it.each([
    ['text', { kind: 'answer', finish: 'stop', text: 'Grüße 🚦 aus Genève, 世界' }],
    ['tools', { kind: 'answer', finish: 'tool-calls' }],
  ])('%s: a whole stream is an answer that was counted, and without its end mark it is cut off', async (file, is) => {
    const text = streamOf(replies, file)
    expect(await asked(name, replying, text)).toMatchObject({ ...is, usage })
    const cut = withoutEnd(text, end)
    expect(cut.length).toBeGreaterThan(100)
    for (const write of [replying, breaking])
      expect(await asked(name, write, cut)).toMatchObject({
        kind: 'fault',
        billable: 'maybe',
        fault: { kind: 'cut-off' },
      })
  })

  it.each(['text', 'tools'])('%s, cut at any byte, is a fault or the whole answer', async file => {
    const bytes = bytesOf(name, streamOf(replies, file))
    const { timings: _, ...whole } = await asked(name, replying, streamOf(replies, file))
    const cut = fc.tuple(fc.integer({ min: 0, max: bytes.length - 1 }), fc.constantFrom(replying, breaking))
    const property = fc.asyncProperty(cut, async ([at, write]) => {
      const cutAt: typeof write = (body, headers) => write(body.slice(0, at) as never, headers)
      const { timings: _, ...reply } = await asked(name, cutAt, streamOf(replies, file))
      if (reply.kind === 'fault') {
        expect(['cut-off', 'malformed-reply', 'unreachable']).toContain(reply.fault.kind)
        return
      }
      // Only what comes behind the end of the answer may be missing: the counts.
      const { usage: _usage, reportedCostPico: _cost, ...answer } = reply
      expect(whole).toMatchObject(answer)
    })
    await fc.assert(property, { numRuns: 15 })
  })
})

// A second passes behind the end of each.
it.concurrent.each(VENDORS)('$name: a stream that is left open behind its end is not waited for', async vendor => {
  const { name, usage, replies = name } = vendor
  const own = await startHarness()
  const reply = await asked(name, holding, streamOf(replies, 'text'), own)
  await own.stop()
  expect(reply).toMatchObject({ kind: 'answer', usage })
  expect(reply.timings.totalMs).toBeLessThan(5_000)
})

it.each(VENDORS)('$name: arguments that are no JSON are no call, whatever stands in their place', async vendor => {
  const { name, replies = name } = vendor
  const text = streamOf(replies, 'tools').replaceAll('Oslo\\"}', 'Oslo')
  expect(text).not.toBe(streamOf(replies, 'tools'))
  const reply = await asked(name, replying, text)
  expect(reply).toMatchObject({ kind: 'fault', fault: { kind: 'malformed-reply' } })
})

it.each(VENDORS)('$name: arguments that are nested too deep to be written again are no call', async vendor => {
  const { name, replies = name } = vendor
  const nested = `${'['.repeat(6_000)}${']'.repeat(6_000)}`
  const text = streamOf(replies, 'tools').replaceAll('Oslo\\"}', `Oslo\\",\\"in\\":${nested}}`)
  expect(text).toContain(nested)
  const reply = await asked(name, replying, text)
  expect(reply).toMatchObject({ kind: 'fault', fault: { kind: 'malformed-reply' } })
})

it('OpenRouter: a call without arguments is one, also where its id comes with every piece', async () => {
  const name = '@openrouter/ai-sdk-provider'
  const piece = (text: string) => ({
    index: 0,
    id: 'call_1',
    type: 'function',
    function: { name: 'get_weather', arguments: text },
  })
  const chunks = [
    ...['{', '}'].map(text => ({ choices: [{ index: 0, delta: { tool_calls: [piece(text)] } }] })),
    { choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] },
  ]
  const reply = await asked(name, replying, chunks.map(chunk => `data: ${JSON.stringify(chunk)}\n\n`).join(''))
  expect(reply).toMatchObject({ kind: 'answer', finish: 'tool-calls', message: { content: [{ input: {} }] } })
})

it('Bedrock counts behind its end: an answer without its last event is one that nobody has counted', async () => {
  const text = streamOf('amazon-bedrock', 'text')
  const reply = await asked('amazon-bedrock', replying, text.slice(0, text.indexOf('{"metadata"')))
  expect(reply).toMatchObject({ kind: 'answer', finish: 'stop' })
  expect((reply as { usage: object }).usage).toEqual({})
})

const ANSWER = { kind: 'answer', finish: 'stop' }
const LENGTH = { kind: 'answer', finish: 'length' }
const CUT_OFF = { kind: 'fault', fault: { kind: 'cut-off' } }
const REFUSED = { kind: 'fault', whole: true, fault: { kind: 'refused' } }

/** The words for an end that each vendor documents, beside those of its own package's types. */
describe.each([
  // https://docs.cohere.com/reference/chat, ChatFinishReason
  ['cohere', '"COMPLETE"', { STOP_SEQUENCE: ANSWER, MAX_TOKENS: LENGTH, ERROR: CUT_OFF, TIMEOUT: CUT_OFF }],
  // https://docs.mistral.ai/api, of a choice; "error" is given where the answer could not be finished.
  ['mistral', '"stop"', { length: LENGTH, model_length: LENGTH, error: CUT_OFF }],
  ['groq', '"stop"', { length: LENGTH }],
  // https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_MessageStopEvent.html
  [
    'amazon-bedrock',
    '"end_turn"',
    {
      stop_sequence: ANSWER,
      max_tokens: LENGTH,
      model_context_window_exceeded: LENGTH,
      guardrail_intervened: REFUSED,
      content_filtered: REFUSED,
      malformed_model_output: CUT_OFF,
      malformed_tool_use: CUT_OFF,
    },
  ],
] as const)('%s', (name, whole, ends) => {
  it.each(Object.entries(ends))('an answer that ended for %s', async (word, expected) => {
    const text = streamOf(name, 'text').replace(whole, `"${word}"`)
    expect(text).toContain(word)
    expect(await asked(name, replying, text)).toMatchObject(expected)
  })
})

/** xAI's `status` and `incomplete_details` are those of OpenAI's Responses (https://docs.x.ai/docs/api-reference). */
describe.each([
  { event: 'incomplete', status: 'incomplete', details: 'null', expected: CUT_OFF },
  { event: 'incomplete', status: 'incomplete', details: '{"reason":"max_output_tokens"}', expected: LENGTH },
  { event: 'incomplete', status: 'incomplete', details: '{"reason":"content_filter"}', expected: REFUSED },
  { event: 'failed', status: 'failed', details: 'null', expected: CUT_OFF },
  ...['completed', 'done'].flatMap(event =>
    ['incomplete', 'cancelled', 'in_progress'].map(status => ({ event, status, details: 'null', expected: CUT_OFF })),
  ),
])('xai: response.$event that is $status for $details', ({ event, status, details, expected }) => {
  it.each(['text', 'tools'])('is no whole one, nor are the calls of one (%s)', async file => {
    const text = streamOf('xai', file)
      .replaceAll('response.completed', `response.${event}`)
      .replace(/"status":"completed","store"/, `"status":"${status}","incomplete_details":${details},"store"`)
    expect(text).toContain(`"status":"${status}","incomplete_details"`)
    expect(await asked('xai', replying, text)).toMatchObject(expected)
    const { response } = JSON.parse(text.slice(text.lastIndexOf('data: ') + 6))
    const inOnePiece = await harness.ask('@ai-sdk/xai', replying(JSON.stringify(response), JSON_TYPE), {
      endpoint: { upstream: 'large-v2' },
      settings: { package: '@ai-sdk/xai', quirks: { stream: false } },
    })
    expect(inOnePiece).toMatchObject(expected)
  })
})

it('xai ends with response.done too, which is not waited behind', async () => {
  const text = streamOf('xai', 'text').replaceAll('response.completed', 'response.done')
  const reply = await asked('xai', holding, text)
  expect(reply).toMatchObject(ANSWER)
  expect(reply.timings.totalMs).toBeLessThan(5_000)
})

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStreamOutput.html */
it.each([
  ['validationException', { message: 'CANARY-PROMPT is no image.' }, 'invalid-request'],
  ['validationException', { message: 'Input is too long for requested model.' }, 'context-too-long'],
  ['throttlingException', { message: 'Too many requests.' }, 'rate-limited'],
  ['throttlingException', { message: 'Too many tokens per day, please wait.' }, 'quota-exhausted'],
  ['internalServerException', { message: 'CANARY-PROMPT' }, 'overloaded'],
  ['serviceUnavailableException', { message: 'CANARY-PROMPT' }, 'overloaded'],
  ['modelStreamErrorException', { message: 'CANARY-PROMPT', originalStatusCode: 500 }, 'overloaded'],
])(
  'Bedrock: %s in a stream, of %j, is %s, and behind a word of the answer it is cut off',
  async (event, error, kind) => {
    const line = JSON.stringify({ [event]: error })
    const first = await asked('amazon-bedrock', replying, `{"messageStart":{"role":"assistant"}}\n${line}\n`)
    expect(first).toMatchObject({ kind: 'fault', billable: 'maybe', fault: { kind } })
    expect(JSON.stringify(first)).not.toContain('CANARY')
    const begun = streamOf('amazon-bedrock', 'text').split('\n').slice(0, 6).join('\n')
    const late = await asked('amazon-bedrock', replying, `${begun}\n${line}\n`)
    expect(late).toMatchObject({ kind: 'fault', fault: { kind: 'cut-off' } })
  },
)
