import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FAULT_KINDS, type Fault, type FaultKind } from '../../src/core/faults/fault.ts'
import type { ReplyFault } from '../../src/core/ports.ts'
import { retryAfterMs } from '../../src/providers/faults/retry-after.ts'
import { CANARY_KEY, CANARY_PROMPT, PROTOCOLS, WEATHER } from '../support/model-asks.ts'
import { type Harness, startHarness } from '../support/port-harness.ts'
import { errorCases, hasReply, replyText } from '../support/replies.ts'
import { holding, JSON_TYPE, replying } from '../support/scripted-vendor.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.stop())

const SECRETS = new RegExp(`${CANARY_KEY}|${CANARY_PROMPT}`)

/** What each whole stream is; `afterTokens` decides between the code's own kind and cut-off. */
const STREAMS: Readonly<Record<string, FaultKind>> = {
  'bad-arguments.sse': 'malformed-reply',
  'empty.sse': 'malformed-reply',
  'malformed-chunk.sse': 'malformed-reply',
  'no-finish.sse': 'cut-off',
  'refused.sse': 'refused',
  'error-first.sse': 'overloaded',
  'error-late.sse': 'cut-off',
}

it('an id of a tool call that is longer than any signature is a malformed reply', async () => {
  const text = replyText('anthropic', 'tools.sse').replaceAll('call_1', 'x'.repeat(100_001))
  const reply = await harness.ask('anthropic', replying(text), { ask: { tools: [WEATHER] } })
  expect(reply).toMatchObject({ kind: 'fault', fault: { kind: 'malformed-reply' } })
})

describe.each(PROTOCOLS)('%s', protocol => {
  it.each(errorCases(protocol))('error reply: $name', async ({ status, headers, body, expect: fault }) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const reply = await harness.ask(protocol, replying(text, { ...JSON_TYPE, ...headers }, status))
    const { kind, ...evidence } = fault
    // A gateway that gave up waiting knows nothing of what the vendor did.
    const billable = [504, 524].includes(status) ? 'maybe' : 'no'
    expect(reply).toMatchObject({ kind: 'fault', billable, fault: { kind, evidence: { status, ...evidence } } })
    expect(JSON.stringify(reply)).not.toMatch(SECRETS)
  })

  it.each(Object.entries(STREAMS))('stream %s is %s', async (file, kind) => {
    const reply = await harness.ask(protocol, replying(replyText(protocol, file)), { ask: { tools: [WEATHER] } })
    expect(reply).toMatchObject({ kind: 'fault', billable: 'maybe', fault: { kind } })
    expect(JSON.stringify(reply)).not.toMatch(SECRETS)
    // What came whole was counted whole.
    const isWhole = ['bad-arguments.sse', 'empty.sse', 'refused.sse'].includes(file)
    expect((reply as ReplyFault).whole).toBe(isWhole || undefined)
    if (isWhole && /usage/.test(replyText(protocol, file))) expect(reply).toHaveProperty('usage.inputTokens')
  })

  it('a tool call with a name that no tool can have is none', async () => {
    const text = replyText(protocol, 'tools.sse').replaceAll('get_weather', 'x'.repeat(2_000))
    expect(text).toContain('xxx')
    const reply = await harness.ask(protocol, replying(text), { ask: { tools: [WEATHER] } })
    expect(reply).toMatchObject({ kind: 'fault', whole: true, fault: { kind: 'malformed-reply' } })
  })

  it('an error in a stream that is left open ends the ask at once', async () => {
    const reply = await harness.ask(protocol, holding(replyText(protocol, 'error-first.sse')))
    expect(reply).toMatchObject({ kind: 'fault', fault: { kind: 'overloaded' } })
    await harness.vendor.seen.at(-1)!.closed
  })

  it('a firewall that refuses a request for its words says nothing of the key', async () => {
    const page = `<html><title>Attention Required! | Cloudflare</title>${CANARY_PROMPT}</html>`
    const reply = await harness.ask(protocol, replying(page, { 'content-type': 'text/html; charset=UTF-8' }, 403))
    expect(reply).toMatchObject({ billable: 'no', fault: { kind: 'invalid-request', evidence: { status: 403 } } })
    expect((reply as { fault: Fault }).fault.message).toContain('a web page came')
    expect(JSON.stringify(reply)).not.toMatch(SECRETS)
    const bare = await harness.ask(protocol, replying('', {}, 403))
    expect(bare).toMatchObject({ fault: { kind: 'unauthenticated' } })
  })

  it('a success that is HTML is no answer', async () => {
    const reply = await harness.ask(
      protocol,
      replying(`<html>${CANARY_PROMPT}</html>`, { 'content-type': 'text/html' }),
    )
    expect(reply).toMatchObject({ kind: 'fault', billable: 'maybe', fault: { kind: 'malformed-reply' } })
    expect(JSON.stringify(reply)).not.toMatch(SECRETS)
  })

  it('an error inside a success, in one piece, is read by its code', async () => {
    const limited = errorCases(protocol).find(({ expect: { kind } }) => kind === 'rate-limited')!
    for (const stream of [true, false]) {
      const reply = await harness.ask(protocol, replying(JSON.stringify(limited.body), JSON_TYPE), {
        settings: { quirks: { stream } },
      })
      expect(reply).toMatchObject({ kind: 'fault', billable: 'maybe', fault: { kind: 'rate-limited' } })
      expect(JSON.stringify(reply)).not.toMatch(SECRETS)
    }
  })

  it('a success in one piece that is no answer at all is malformed', async () => {
    for (const body of ['{"hello":"world"}', 'not json', '']) {
      const reply = await harness.ask(protocol, replying(body, JSON_TYPE), { settings: { quirks: { stream: false } } })
      expect(reply).toMatchObject({ kind: 'fault', billable: 'maybe', fault: { kind: 'malformed-reply' } })
    }
  })

  it('an error reply that comes compressed is read by its code', async () => {
    const { body } = errorCases(protocol).find(({ name }) => name.startsWith('context'))!
    const headers = { ...JSON_TYPE, 'content-encoding': 'gzip' }
    const reply = await harness.ask(protocol, replying(gzipSync(JSON.stringify(body)), headers, 400))
    expect(reply).toMatchObject({ kind: 'fault', billable: 'no', fault: { kind: 'context-too-long' } })
  })

  it('a stream that comes to its end and names no reason for it is cut off', async () => {
    const text = replyText(protocol, 'text.sse').replace(
      /(?<=(?:finish_reason|stop_reason|finishReason)":\s*)"\w+"/g,
      'null',
    )
    const reply = await harness.ask(protocol, replying(text))
    // The end of a response is an event that says how it ended.
    const kind = protocol === 'openai-responses' ? 'answer' : 'fault'
    expect(reply).toMatchObject(kind === 'answer' ? { kind } : { kind, fault: { kind: 'cut-off' } })
  })

  it('a reply that ended for length is an answer without its tool calls', async () => {
    const text = replyText(protocol, 'length-in-tool-call.sse')
    const reply = await harness.ask(protocol, replying(text), { ask: { tools: [WEATHER] } })
    expect(reply).toMatchObject({ kind: 'answer', finish: 'length', message: { content: [] } })
  })

  it.runIf(hasReply(protocol, 'no-usage.sse'))('an answer without usage has an unknown usage', async () => {
    const reply = await harness.ask(protocol, replying(replyText(protocol, 'no-usage.sse')))
    expect(reply).toMatchObject({ kind: 'answer', usage: {} })
    expect((reply as { usage: object }).usage).toEqual({})
  })
})

it.each(['openai', 'openai-compatible'])('%s: a finish reason without [DONE] is an answer', async protocol => {
  const reply = await harness.ask(protocol, replying(replyText(protocol, 'no-done.sse')))
  expect(reply).toMatchObject({ kind: 'answer', finish: 'stop', text: 'Grüße 🚦 aus Genève, 世界' })
})

/** DeepSeek's and Zhipu's are in their documentation of `finish_reason`, vLLM's and SGLang's in their sources. */
it.each([
  ['insufficient_system_resource', { kind: 'fault', fault: { kind: 'cut-off' } }],
  ['network_error', { kind: 'fault', fault: { kind: 'cut-off' } }],
  ['abort', { kind: 'fault', fault: { kind: 'cut-off' } }],
  // https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
  ['malformed_model_output', { kind: 'fault', fault: { kind: 'cut-off' } }],
  ['malformed_tool_use', { kind: 'fault', fault: { kind: 'cut-off' } }],
  ['error', { kind: 'fault', fault: { kind: 'cut-off' } }],
  ['sensitive', { kind: 'fault', fault: { kind: 'refused' } }],
  ['model_context_window_exceeded', { kind: 'answer', finish: 'length' }],
  // Words of Anthropic, Google and Amazon, which some gateways hand on as they are.
  ['MAX_TOKENS', { kind: 'answer', finish: 'length' }],
  ['max_tokens', { kind: 'answer', finish: 'length' }],
  ['SAFETY', { kind: 'fault', fault: { kind: 'refused' } }],
  ['PROHIBITED_CONTENT', { kind: 'fault', fault: { kind: 'refused' } }],
  ['refusal', { kind: 'fault', fault: { kind: 'refused' } }],
  ['guardrail_intervened', { kind: 'fault', fault: { kind: 'refused' } }],
  ['eos_token', { kind: 'answer', finish: 'other' }],
])('an answer that ended for %s is no whole one, unless nobody knows the word', async (reason, expected) => {
  const text = replyText('openai-compatible', 'text.sse').replace(/(?<=finish_reason":\s*)"stop"/g, `"${reason}"`)
  expect(await harness.ask('openai-compatible', replying(text))).toMatchObject(expected)
})

/** https://ai.google.dev/api/generate-content#FinishReason */
it.each([
  ['OTHER', 'cut-off'],
  ['MALFORMED_RESPONSE', 'cut-off'],
  ['UNEXPECTED_TOOL_CALL', 'cut-off'],
  ['TOO_MANY_TOOL_CALLS', 'cut-off'],
  ['MISSING_THOUGHT_SIGNATURE', 'cut-off'],
  ['FINISH_REASON_UNSPECIFIED', 'cut-off'],
  ['MALFORMED_FUNCTION_CALL', 'malformed-reply'],
  ['LANGUAGE', 'refused'],
  ...['SAFETY', 'RECITATION', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII', 'IMAGE_SAFETY'].map(word => [word, 'refused']),
  // https://docs.cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/GenerateContentResponse
  ['MODEL_ARMOR', 'refused'],
  ['IMAGE_PROHIBITED_CONTENT', 'refused'],
  ['IMAGE_RECITATION', 'refused'],
])('an answer that Google ended for %s is %s', async (reason, kind) => {
  const text = replyText('google', 'text.sse').replace('"STOP"', `"${reason}"`)
  expect(await harness.ask('google', replying(text))).toMatchObject({ kind: 'fault', fault: { kind } })
})

/** https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons */
it.each([
  ['stop_sequence', { kind: 'answer', finish: 'stop' }],
  ['max_tokens', { kind: 'answer', finish: 'length' }],
  ['model_context_window_exceeded', { kind: 'answer', finish: 'length' }],
  ['refusal', { kind: 'fault', whole: true, fault: { kind: 'refused' } }],
  // It is to be asked again with what it has said, and goes on.
  ['pause_turn', { kind: 'fault', fault: { kind: 'cut-off' } }],
  ['compaction', { kind: 'fault', fault: { kind: 'cut-off' } }],
])('an answer that Anthropic ended for %s', async (reason, expected) => {
  const text = replyText('anthropic', 'text.sse').replace('"end_turn"', `"${reason}"`)
  expect(text).toContain(reason)
  expect(await harness.ask('anthropic', replying(text))).toMatchObject(expected)
})

/** A response's `status` and `incomplete_details`: https://platform.openai.com/docs/api-reference/responses/object */
describe.each([
  { status: 'incomplete', details: 'null', expected: { kind: 'fault', fault: { kind: 'cut-off' } } },
  { status: 'incomplete', details: '{"reason":"server"}', expected: { kind: 'fault', fault: { kind: 'cut-off' } } },
  { status: 'incomplete', details: '{"reason":"max_output_tokens"}', expected: { kind: 'answer', finish: 'length' } },
  { status: 'incomplete', details: '{"reason":"content_filter"}', expected: { fault: { kind: 'refused' } } },
  { status: 'cancelled', details: 'null', expected: { kind: 'fault', fault: { kind: 'cut-off' } } },
  { status: 'in_progress', details: 'null', expected: { kind: 'fault', fault: { kind: 'cut-off' } } },
  { status: 'queued', details: 'null', expected: { kind: 'fault', fault: { kind: 'cut-off' } } },
  { status: 'failed', details: 'null', expected: { kind: 'fault', fault: { kind: 'cut-off' } } },
])('a response that is $status for $details', ({ status, details, expected }) => {
  const ended = (text: string) =>
    text
      .replace(/(?<="status":\s*)"completed"(?=,\s*"error")/g, `"${status}"`)
      .replace(/(?<="incomplete_details":\s*)null(?!.*"incomplete_details")/s, details)

  it.each(['text', 'tools'])('is no whole one, nor are the calls of one (%s)', async name => {
    const text = ended(replyText('openai-responses', `${name}.sse`))
    expect(text).toContain(`"${status}"`)
    expect(text).toContain(details)
    const reply = await harness.ask('openai-responses', replying(text), { ask: { tools: [WEATHER] } })
    expect(reply).toMatchObject(expected)
  })

  it('nor is one that came in one piece', async () => {
    const text = ended(replyText('openai-responses', 'text.json'))
    expect(text).toContain(`"${status}"`)
    const settings = { quirks: { stream: false } }
    expect(await harness.ask('openai-responses', replying(text, JSON_TYPE), { settings })).toMatchObject(expected)
  })
})

it.each(PROTOCOLS)('%s: a call of no tool is no answer', async protocol => {
  const text = replyText(protocol, 'tools.sse').replaceAll('"get_weather"', '""')
  const reply = await harness.ask(protocol, replying(text), { ask: { tools: [WEATHER] } })
  expect(reply).toMatchObject({ kind: 'fault', fault: { kind: 'malformed-reply' } })
})

it.each(PROTOCOLS)('%s: what an error calls itself is in no table by accident', async protocol => {
  for (const word of ['constructor', '__proto__', 'toString']) {
    const error = `{ "code": "${word}", "type": "${word}", "status": "${word}" }`
    const reply = await harness.ask(protocol, replying(`{ "error": ${error} }`, JSON_TYPE, 400))
    expect(reply).toMatchObject({ kind: 'fault', fault: { kind: 'invalid-request' } })
  }
  const reply = await harness.ask(protocol, replying('', { ...JSON_TYPE, 'content-encoding': 'constructor' }))
  expect(reply).toMatchObject({ kind: 'fault', fault: { kind: 'malformed-reply' } })
})

it.each([true, false])('a status that has no body ends the ask at once (stream: %s)', async stream => {
  for (const status of [204, 205]) {
    const reply = await harness.ask('openai-compatible', replying('', {}, status), { settings: { quirks: { stream } } })
    expect(reply).toMatchObject({ kind: 'fault', fault: { kind: 'malformed-reply', evidence: { status } } })
  }
})

it.each(['""', '{}', 'null'])('an answer in one piece that says `error: %s` is an answer', async empty => {
  const text = replyText('openai-compatible', 'text.json').replace('{', `{ "error": ${empty},`)
  const reply = await harness.ask('openai-compatible', replying(text, JSON_TYPE), {
    settings: { quirks: { stream: false } },
  })
  expect(reply).toMatchObject({ kind: 'answer', finish: 'stop' })
})

it.each([409, 424, 425, 498, 499, 520, 529])('status %s says nothing against the request', async status => {
  const reply = await harness.ask('openai-compatible', replying('', {}, status))
  expect(reply).toMatchObject({ kind: 'fault', fault: { kind: 'overloaded', evidence: { status } } })
})

it('the codes of late errors are kept as evidence', async () => {
  const reply = await harness.ask('openai', replying(replyText('openai', 'error-late.sse')))
  expect(reply).toMatchObject({ fault: { kind: 'cut-off', evidence: { code: 'server_overloaded' } } })
})

it('every kind of fault that an attempt can end with has a transcribed reply or a transport test', () => {
  const transcribed = new Set<FaultKind>(Object.values(STREAMS))
  for (const protocol of PROTOCOLS)
    for (const {
      expect: { kind },
    } of errorCases(protocol))
      transcribed.add(kind)
  // Held by transport.test.ts and by the router's and the run's own tests.
  const elsewhere: FaultKind[] = ['unreachable', 'cancelled', 'truncated', 'no-route', 'over-budget']
  expect([...transcribed, ...elsewhere].sort()).toEqual([...FAULT_KINDS].sort())
})

it('an error inside a reply of status 200 is told as what it is, whoever of MiniMax’s protocols it came by', async () => {
  const body = JSON.stringify({ id: '06', choices: null, base_resp: { status_code: 1008, status_msg: CANARY_PROMPT } })
  const replies = [
    ['openai-compatible', replying(body, JSON_TYPE)],
    ['openai-compatible', replying(`data: ${body}\n\n`)],
    ['anthropic', replying(body, JSON_TYPE)],
  ] as const
  for (const [protocol, reply] of replies) {
    const told = await harness.ask(protocol, reply)
    expect(told).toMatchObject({ fault: { kind: 'quota-exhausted', evidence: { code: 'base_resp.1008' } } })
    expect(JSON.stringify(told)).not.toMatch(SECRETS)
  }
})

// OpenAI's words in a field of their own (https://platform.openai.com/docs/guides/structured-outputs#refusals), as gateways hand them on.
it.each(['openai-compatible', '@openrouter/ai-sdk-provider', '@ai-sdk/azure'])(
  '%s: a model that refuses in words of their own refuses, and is not empty',
  async protocol => {
    const said = "I'm sorry, I can't assist with that request."
    const whole = JSON.parse(replyText('openai-compatible', 'text.json'))
    whole.choices[0].message = { role: 'assistant', content: null, refusal: said }
    const settings = { package: protocol.startsWith('@') ? protocol : '@ai-sdk/openai-compatible' }
    const endpoint = { upstream: 'gpt-4o-mini' }
    const stream = await harness.ask(protocol, replying(replyText('openai', 'refused.sse')), { settings, endpoint })
    const piece = await harness.ask(protocol, replying(JSON.stringify(whole), JSON_TYPE), {
      settings: { ...settings, quirks: { stream: false } },
      endpoint,
    })
    for (const reply of [stream, piece]) expect(reply).toMatchObject({ whole: true, fault: { kind: 'refused' } })
  },
)

// Google's words for an end in OpenAI's format, as users have captured them from Gemini and from gateways to it.
it.each([
  ['content_filter: PROHIBITED_CONTENT', { kind: 'refused' }],
  ['function_call_filter: MALFORMED_FUNCTION_CALL', { kind: 'malformed-reply', evidence: { code: 'tool-call' } }],
  ['function_call_filter: UNEXPECTED_TOOL_CALL', { kind: 'cut-off' }],
])('Gemini’s reply in OpenAI’s format that ended for %s is no answer', async (word, fault) => {
  const delta = { role: 'assistant', content: 'Let me see.', extra_content: { google: { thought_signature: 'c2ln' } } }
  const choices = [{ index: 0, delta, finish_reason: word }]
  const chunk = { id: 'x', object: 'chat.completion.chunk', created: 1, model: 'gemini-2.5-flash', choices }
  const reply = await harness.ask('openai-compatible', replying(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`))
  expect(reply).toMatchObject({ kind: 'fault', fault })
})

it('the sentence of a vendor is shown where it is a known one, and otherwise not', async () => {
  const said = async (message: string) => {
    const body = JSON.stringify({ type: 'error', error: { type: 'invalid_request_error', message } })
    const reply = await harness.ask('anthropic', replying(body, JSON_TYPE, 400))
    return (reply as { fault: { message: string } }).fault.message
  }
  expect(await said('prompt is too long: 210437 tokens > 200000 maximum')).toContain('210437 tokens > 200000 maximum')
  expect(await said('prompt is too long: 210437 tokens > 200000 maximum. It said: secret')).not.toContain('secret')
})

it('a package that is not installed is named', async () => {
  const reply = await harness.ask('openai', replying(''), {
    endpoint: { protocol: '@ai-sdk/none-such' },
    settings: { protocol: '@ai-sdk/none-such', package: '@ai-sdk/none-such' },
  })
  expect(reply).toMatchObject({ kind: 'fault', billable: 'no', fault: { kind: 'unsupported' } })
  expect((reply as { fault: { message: string } }).fault.message).toContain('npm install @ai-sdk/none-such')
})

describe('retryAfterMs', () => {
  it.each([
    [{ 'retry-after': '7' }, 7_000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after': '9', 'retry-after-ms': '1250' }, 1_250],
    [{ 'retry-after': 'soon' }, undefined],
    // Of a server whose clock is behind ours: it names no pause, and the usual one holds.
    [{ 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' }, undefined],
    [{ 'retry-after': '0' }, undefined],
    [{ 'retry-after': '7, 7' }, 7_000],
    [{ 'retry-after': '-5' }, undefined],
    [{ 'retry-after': '2592000' }, 86_400_000],
    [{ 'retry-after': '9'.repeat(400) }, 86_400_000],
    [{ 'retry-after-ms': '9'.repeat(400) }, 86_400_000],
    [{ 'retry-after': '2999-01-01T00:00:00Z' }, 86_400_000],
    [{}, undefined],
  ])('%o is %s', (headers, expected) => {
    expect(retryAfterMs(headers as Record<string, string>, undefined)).toBe(expected)
  })

  it('is what the body says where the header says nothing', () => {
    const body = { error: { details: [{ retryDelay: '34.5s' }] } }
    for (const header of ['soon', '-5', '0']) expect(retryAfterMs({ 'retry-after': header }, body)).toBe(34_500)
    expect(retryAfterMs({ 'retry-after': '7' }, body)).toBe(7_000)
  })

  it.each([
    ['a date', (at: number) => new Date(at).toUTCString()],
    ['a moment in seconds since 1970', (at: number) => String(Math.floor(at / 1_000))],
  ])('counts from now to %s', (_, written) => {
    const inAnHour = written(Date.now() + 3_600_000)
    const wait = retryAfterMs({ 'retry-after': inAnHour }, undefined)!
    expect(wait).toBeGreaterThan(3_500_000)
    expect(wait).toBeLessThanOrEqual(3_600_000)
  })
})
