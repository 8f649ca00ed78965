import { request } from 'node:http'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type RunningVendors, startVendors, type VendorProtocol } from '../../src/providers/simulated/index.ts'
import { askStream, modelOf, PROTOCOLS, start, user, vendorOf } from './asking.ts'

const QUESTION = [{ role: 'user', content: 'Hi' }]
const inMessages = (limit: unknown) => ({ model: 'model-1', max_tokens: limit, messages: QUESTION })

/** A question with a limit on its answer, as each protocol has it. */
const LIMITED: Record<VendorProtocol, [path: string, body: (limit: unknown) => object]> = {
  openai: ['/chat/completions', inMessages],
  'openai-compatible': ['/chat/completions', inMessages],
  'openai-responses': ['/responses', limit => ({ model: 'model-1', max_output_tokens: limit, input: 'Hi' })],
  anthropic: ['/messages', inMessages],
  google: [
    '/models/model-1:generateContent',
    limit => ({
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
      generationConfig: { maxOutputTokens: limit },
    }),
  ],
}

describe.each(PROTOCOLS)('%s', protocol => {
  let running: RunningVendors
  afterEach(() => running.close())

  test('does not know other models', async () => {
    running = await start(vendorOf(protocol))
    await expect(askStream(modelOf(running, 'model-9'))).rejects.toMatchObject({
      statusCode: 404,
      message: expect.stringContaining('model-9'),
    })
    expect(running.meter()[0]).toMatchObject({ model: 'model-9', status: 404, billedPico: '0' })
  })

  test('refuses a limit above the model’s own', async () => {
    running = await start(vendorOf(protocol))
    await expect(askStream(modelOf(running), { maxOutputTokens: 9_999 })).rejects.toMatchObject({
      statusCode: 400,
      message: expect.stringContaining('9999'),
    })
  })

  test.each([0, -5, 10.5, 'ten'])('refuses a limit that is none: %s', async limit => {
    running = await start(vendorOf(protocol))
    const [path, body] = LIMITED[protocol]
    const url = running.vendors[0]!.baseUrl + path
    const response = await fetch(url, { method: 'POST', body: JSON.stringify(body(limit)) })
    expect([response.status, await response.text()]).toEqual([400, expect.stringMatching(/max_(output_)?tokens/)])
  })

  test('refuses a prompt over its window with its own code', async () => {
    running = await start(vendorOf(protocol))
    const prompt = [user('word '.repeat(20_000))]
    await expect(askStream(modelOf(running), { prompt })).rejects.toMatchObject({
      statusCode: 400,
      responseBody: expect.stringMatching(/context_length_exceeded|too long|exceeds the maximum number of tokens/),
    })
  })
})

describe('rules of one vendor alone', () => {
  let running: RunningVendors
  afterEach(() => running.close())

  const post = async (path: string, body: object) => {
    const response = await fetch(running.vendors[0]!.baseUrl + path, { method: 'POST', body: JSON.stringify(body) })
    return { status: response.status, body: (await response.json()) as { error: Record<string, unknown> } }
  }

  test('Anthropic: no two calls of a prompt have one id', async () => {
    running = await start(vendorOf('anthropic'))
    const call = { type: 'tool_use', id: 'call_0', name: 'get_weather', input: {} }
    const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_0', content: 'rain' }] }
    const step = [{ role: 'assistant', content: [{ type: 'text', text: 'I look.' }, call] }, result]
    const messages = [{ role: 'user', content: 'The weather?' }, ...step, ...step]
    const { status, body } = await post('/messages', { model: 'model-1', max_tokens: 100, messages })
    expect([status, body.error.message]).toEqual([400, 'messages.3.content.1: `tool_use` ids must be unique'])
  })

  test('Responses: an answer of fewer than sixteen tokens cannot be asked for', async () => {
    running = await start(vendorOf('openai-responses'))
    const ask = (limit: number) => post('/responses', { model: 'model-1', max_output_tokens: limit, input: 'Hi' })
    const { status, body } = await ask(15)
    expect([status, body.error.code]).toEqual([400, 'integer_below_min_value'])
    expect((await ask(16)).status).toBe(200)
  })

  test('Responses: a thought needs what it led to', async () => {
    running = await start(vendorOf('openai-responses'))
    const input = [
      { type: 'reasoning', id: 'rs_1', summary: [] },
      { role: 'user', content: 'And?' },
    ]
    const { status, body } = await post('/responses', { model: 'model-1', input })
    expect([status, body.error.message]).toEqual([400, expect.stringContaining("'rs_1' of type 'reasoning'")])
  })

  test('Gemini 3: a call of the current turn needs its signature, or the sign that stands for none', async () => {
    const model = { contextWindow: 9_000, maxOutput: 900, price: { input: 1, output: 1 }, reasoningTokens: 5 }
    running = await start(vendorOf('google', { models: { 'gemini-3-pro': model } }))
    const ask = (thoughtSignature?: string) =>
      post('/models/gemini-3-pro:generateContent', {
        contents: [
          { role: 'user', parts: [{ text: 'Look.' }] },
          { role: 'model', parts: [{ functionCall: { name: 'look', args: {} }, thoughtSignature }] },
          { role: 'user', parts: [{ functionResponse: { name: 'look', response: {} } }] },
        ],
      })
    expect((await ask()).body.error.message).toContain('missing a `thought_signature`')
    expect((await ask('Zm9v.YmFy')).status).toBe(400)
    expect((await ask('skip_thought_signature_validator')).status).toBe(200)
  })

  test('Gemini: calls and answers without ids are paired by name and number', async () => {
    running = await start(vendorOf('google'))
    const call = (name: string) => ({ functionCall: { name, args: {} } })
    const answer = (name: string) => ({ functionResponse: { name, response: {} } })
    const ask = (answers: object[]) =>
      post('/models/model-1:generateContent', {
        contents: [
          { role: 'user', parts: [{ text: 'Look.' }] },
          { role: 'model', parts: [call('look'), call('look'), call('read')] },
          { role: 'user', parts: answers },
        ],
      })
    expect((await ask([answer('look'), answer('read'), answer('look')])).status).toBe(200)
    expect((await ask([answer('look'), answer('read')])).body.error.message).toContain(
      'number of function response parts',
    )
  })

  test('Anthropic: a tool loop that another vendor began without thought goes on without', async () => {
    running = await start(vendorOf('anthropic'))
    const { body } = await post('/messages', {
      model: 'thinker',
      max_tokens: 2_000,
      thinking: { type: 'enabled', budget_tokens: 1_024 },
      messages: [
        { role: 'user', content: 'Look.' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'look', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: 'seen' }] },
      ],
    })
    expect(body).toMatchObject({ content: [{ type: 'text' }], stop_reason: 'end_turn' })
  })
})

describe('whatever is sent', () => {
  let running: RunningVendors
  beforeAll(async () => {
    running = await startVendors({
      vendors: PROTOCOLS.map(protocol => vendorOf(protocol, { cache: { minTokens: 1 } })),
    })
  })
  afterAll(() => running.close())

  const PLACES: Record<VendorProtocol, [path: string, key: string]> = {
    openai: ['/chat/completions', 'messages'],
    'openai-compatible': ['/chat/completions', 'messages'],
    'openai-responses': ['/responses', 'input'],
    anthropic: ['/messages', 'messages'],
    google: ['/models/model-1:generateContent', 'contents'],
  }
  const role = fc.constantFrom('user', 'assistant', 'model', 'tool', 'system')
  const part = fc.record({
    type: fc.constantFrom('text', 'tool_use', 'tool_result', 'thinking', 'function_call', 'reasoning', 'image'),
    text: fc.anything({ maxDepth: 1 }),
    id: fc.string(),
    content: fc.jsonValue({ maxDepth: 1 }),
  })
  const message = fc.record({
    role,
    content: fc.oneof(fc.string(), fc.array(part), fc.jsonValue()),
    parts: fc.array(part),
  })

  test.each([
    ['a path of two slashes', '//', 404],
    ['an address that is no path', 'http://[::1', 404],
    ['a model whose encoding is broken', '/v1beta/models/%zz:generateContent', 404],
    ['a model by the name of a property of every object', '/v1beta/models/constructor:generateContent', 404],
  ])('%s is told so, and the vendor goes on', async (_, path, status) => {
    const { hostname, port } = new URL(running.vendors.find(vendor => vendor.protocol === 'google')!.baseUrl)
    const body = JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] })
    const seen = await new Promise((resolve, reject) => {
      const asked = request({ hostname, port, path, method: 'POST', agent: false }, answer => {
        answer.resume()
        resolve(answer.statusCode)
      })
      asked.on('error', reject).end(body)
    })
    expect(seen).toBe(status)
  })

  test.each(PROTOCOLS)('%s answers with a status and goes on', async protocol => {
    const [path, key] = PLACES[protocol]
    const url = running.vendors.find(vendor => vendor.name === protocol)!.baseUrl + path
    const send = async (messages: unknown, tools: unknown) => {
      const body = JSON.stringify({ model: 'model-1', max_tokens: 50, [key]: messages, tools })
      const response = await fetch(url, { method: 'POST', body })
      expect([200, 400, 404]).toContain(response.status)
      await response.text()
    }
    const anyTools = fc.jsonValue({ maxDepth: 3 })
    await fc.assert(fc.asyncProperty(fc.oneof(fc.array(message), fc.jsonValue()), anyTools, send), { numRuns: 30 })
  })
})
