import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunningVendors, startVendors, type VendorProtocol } from '../../src/providers/simulated/index.ts'
import { PROTOCOLS, vendorOf } from './asking.ts'

let running: RunningVendors
beforeAll(async () => {
  const model = { contextWindow: 20_000, maxOutput: 8_192, price: { input: 1, output: 1 } }
  running = await startVendors({
    vendors: PROTOCOLS.map(protocol => {
      const vendor = vendorOf(protocol)
      return { ...vendor, models: { ...vendor.models, 'gemini-2.5-pro': model, 'gemini-3-pro': model } }
    }),
  })
})
afterAll(() => running.close())

/** Asks as no package would, and gives the status with what the vendor says. */
async function post(protocol: VendorProtocol, path: string, body: object) {
  const { baseUrl } = running.vendors.find(vendor => vendor.protocol === protocol)!
  const response = await fetch(baseUrl + path, { method: 'POST', body: JSON.stringify(body) })
  const { error, ...answer } = (await response.json()) as { error?: { message: string; param?: string } }
  return { status: response.status, message: error?.message, param: error?.param, answer }
}

type Case = [what: string, body: object, told: RegExp]

const tool = { name: 'look', input_schema: { type: 'object' } }
const text = (words: string, more: object = {}) => ({ type: 'text', text: words, ...more })
const user = (content: unknown) => ({ role: 'user', content })
const call = (id: string, input: unknown = {}) => ({ type: 'tool_use', id, name: 'look', input })
const result = (id: string) => ({ type: 'tool_result', tool_use_id: id, content: 'seen' })
const mark = (ttl: string) => ({ cache_control: { type: 'ephemeral', ttl } })

describe('anthropic refuses', () => {
  const ask = (body: object) => post('anthropic', '/messages', { model: 'thinker', max_tokens: 2_000, ...body })
  const said = (...messages: object[]) => ({ messages })
  const thinking = { type: 'enabled', budget_tokens: 1_024 }
  const hi = [user('Hi')]

  test.each<Case>([
    ['a message of nothing', said(user('')), /all messages must have non-empty content/],
    ['an empty text', said(user([text('')])), /^messages: text content blocks must be non-empty$/],
    [
      'blanks before a call',
      said(user('Hi'), { role: 'assistant', content: [text('\n\n'), call('c')] }, user([result('c')])),
      /must contain non-whitespace text/,
    ],
    ['a mark on nothing', said(user([text('', mark('5m'))])), /^messages\.0\.content\.0\.text: cache_control cannot/],
    ['a message without content', said(user([])), /all messages must have non-empty content/],
    ['words of the system at the head', said({ role: 'system', content: 'Be brief.' }), /top-level `system` parameter/],
    ['another role', said({ role: 'tool', content: 'x' }), /messages\.0\.role: Input should be 'user' or 'assistant'/],
    [
      'arguments that are a text',
      said(user('Hi'), { role: 'assistant', content: [call('c', '{"a":')] }, user([result('c')])),
      /messages\.1\.content\.0\.tool_use\.input: Input should be a valid dictionary/,
    ],
    [
      'words before a result',
      said(user('Hi'), { role: 'assistant', content: [call('c')] }, user([text('Here:'), result('c')])),
      /messages\.1: .*without `tool_result` blocks immediately after: c/,
    ],
    [
      'a blank at the end of an answer',
      said(user('Hi'), { role: 'assistant', content: 'I am ' }),
      /trailing whitespace/,
    ],
    [
      'thought with a forced call',
      { messages: hi, tools: [tool], tool_choice: { type: 'any' }, thinking },
      /Thinking may not/,
    ],
    ['thought with a temperature', { messages: hi, thinking, temperature: 0.3 }, /`temperature` may only be set to 1/],
    ['thought with few words to draw from', { messages: hi, thinking, top_k: 40 }, /`top_k` must be unset/],
    [
      'thought with a small share',
      { messages: hi, thinking, top_p: 0.9 },
      /`top_p` must be greater than or equal to 0.95/,
    ],
    ['a seed', { messages: hi, seed: 7 }, /^seed: Extra inputs are not permitted/],
    ['more warmth than it has', { messages: hi, temperature: 1.5 }, /^temperature: range: 0\.\.1/],
    ['a temperature beside a share', { messages: hi, temperature: 0.2, top_p: 0.9 }, /cannot both be specified/],
    [
      'an end of blanks',
      { messages: hi, stop_sequences: ['END', '\n'] },
      /each stop sequence must contain non-whitespace/,
    ],
    ['less thought than it sells', { messages: hi, thinking: { ...thinking, budget_tokens: 9 } }, /or equal to 1024/],
    [
      'more thought than answer',
      { messages: hi, thinking: { ...thinking, budget_tokens: 2_000 } },
      /must be greater than/,
    ],
    ['two tools of one name', { messages: hi, tools: [tool, tool] }, /Tool names must be unique/],
    ['a choice among none', { messages: hi, tool_choice: { type: 'auto' } }, /while providing `tools`/],
    [
      'a choice that is not there',
      { messages: hi, tools: [tool], tool_choice: { type: 'tool', name: 'go' } },
      /Tool 'go' not found/,
    ],
    [
      'an hour behind five minutes',
      { system: [text('A', mark('5m'))], messages: [user([text('B', mark('1h'))])] },
      /^messages\.0\.content\.0\.cache_control\.ttl: a ttl='1h' cache_control block must not come after/,
    ],
  ])('%s', async (_, body, told) => {
    expect(await ask(body)).toMatchObject({ status: 400, message: expect.stringMatching(told) })
  })

  test('none of what is near to it', async () => {
    const assistant = (...content: object[]) => ({ role: 'assistant', content })
    for (const body of [
      said(user('Hi'), assistant(call('c'), call('d')), user([result('d'), result('c'), text('Go on.')])),
      said(user('Hi'), { role: 'assistant', content: '' }),
      said(user('Hi'), { role: 'system', content: 'Be brief.' }),
      { system: [text('A', mark('1h'))], messages: [user([text('B', mark('5m'))])] },
      { messages: hi, thinking, tools: [tool], tool_choice: { type: 'auto' }, temperature: 1 },
      { messages: hi, top_p: 0.9, top_k: 40, stop_sequences: ['END'] },
      { messages: hi, thinking, top_p: 0.95 },
    ])
      expect(await ask(body)).toMatchObject({ status: 200 })
  })
})

const chatTool = { type: 'function', function: { name: 'look', parameters: { type: 'object' } } }
const chatCall = { id: 'c', type: 'function', function: { name: 'look', arguments: '{}' } }
const OPEN = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }
const CLOSED = { ...OPEN, additionalProperties: false }
const schema = (shape: object, strict = true) => ({ name: 'Verdict', schema: shape, strict })
/** What OpenAI finds wrong with shapes that it is to hold strictly. */
const SHAPES: readonly [what: string, shape: object, told: RegExp][] = [
  ['an open object', OPEN, /'Verdict': In context=\(\), 'additionalProperties' is required to be supplied/],
  [
    'a property that may be missing',
    { ...CLOSED, properties: { a: { type: 'string' }, b: { type: 'string' } } },
    /In context=\(\), 'required' is required .* Missing 'b'/,
  ],
  [
    'an open object inside',
    { ...CLOSED, properties: { a: { type: 'array', items: { type: 'object' } } } },
    /In context=\('properties', 'a', 'items'\), 'additionalProperties'/,
  ],
  ['one of several', { ...CLOSED, properties: { a: { oneOf: [{ type: 'null' }] } } }, /'oneOf' is not permitted/],
  ['a list', { type: 'array', items: { type: 'string' } }, /of 'type: "object"', got 'type: "array"'/],
]

describe.each(['openai', 'openai-compatible'] as const)('%s refuses', protocol => {
  const ask = (body: object) => post(protocol, '/chat/completions', { model: 'model-1', ...body })
  const hi = [user('Hi')]

  test.each<Case>([
    ['another role', { messages: [{ role: 'model', content: 'Hi' }] }, /^Invalid value: 'model'\. Supported values/],
    ['a message without content', { messages: [{ role: 'user' }] }, /'content': expected a string, got null/],
    ['an answer of nothing', { messages: [...hi, { role: 'assistant', content: null }, user('?')] }, /got null/],
    [
      'words of the system between a call and its result',
      {
        messages: [
          ...hi,
          { role: 'assistant', content: null, tool_calls: [chatCall] },
          { role: 'system', content: 'Hurry.' },
          { role: 'tool', tool_call_id: 'c', content: 'seen' },
        ],
      },
      /did not have response messages: c/,
    ],
    ['tools of which there are none', { messages: hi, tools: [] }, /empty array/],
    ['a choice among none', { messages: hi, tool_choice: 'auto' }, /only allowed when 'tools' are specified/],
    [
      'JSON of which no message speaks',
      { messages: hi, response_format: { type: 'json_object' } },
      /must contain the word 'json' in some form/,
    ],
  ])('%s', async (_, body, told) => {
    expect(await ask(body)).toMatchObject({ status: 400, message: expect.stringMatching(told) })
  })

  test('none of what is near to it', async () => {
    for (const body of [
      {
        messages: [
          ...hi,
          { role: 'assistant', content: null, tool_calls: [chatCall] },
          { role: 'tool', tool_call_id: 'c', content: '' },
        ],
      },
      { messages: hi, tools: [chatTool], tool_choice: 'auto', parallel_tool_calls: false },
      { messages: [user('Answer in JSON.')], response_format: { type: 'json_object' } },
      { messages: hi, response_format: { type: 'json_schema', json_schema: schema(CLOSED) } },
      { messages: hi, response_format: { type: 'json_schema', json_schema: schema(OPEN, false) } },
    ])
      expect(await ask(body)).toMatchObject({ status: 200 })
  })

  test.each<[what: string, more: object, told: RegExp]>([
    ['fewer words to draw from', { top_k: 40 }, /Unrecognized request argument supplied: top_k/],
    ['more warmth than it has', { temperature: 3 }, /'temperature': decimal above maximum value.*<= 2, but got 3/],
    ['a penalty below all', { presence_penalty: -3 }, /'presence_penalty': decimal below minimum value.*>= -2/],
    ['five texts to end at', { stop: ['a', 'b', 'c', 'd', 'e'] }, /'stop': array too long.*length 4.*length 5/],
    ['of a model that reasons another warmth', { model: 'thinker', temperature: 0 }, /'temperature' is not supported/],
    ['of a model that reasons an end', { model: 'thinker', stop: 'END' }, /'stop' is not supported with this model/],
  ])('%s, if it is OpenAI', async (_, more, told) => {
    const refused = { status: 400, message: expect.stringMatching(told) }
    expect(await ask({ messages: hi, ...more })).toMatchObject(protocol === 'openai' ? refused : { status: 200 })
  })

  test('no setting that it takes', async () => {
    const drawn = { temperature: 0, top_p: 0.9, presence_penalty: 1, frequency_penalty: -1, seed: 7, stop: ['END'] }
    expect(await ask({ messages: hi, ...drawn })).toMatchObject({ status: 200 })
    const unreasoned = { model: 'thinker', reasoning_effort: 'none', temperature: 0, seed: 7 }
    expect(await ask({ messages: hi, ...unreasoned })).toMatchObject({ status: 200 })
  })

  test.each(SHAPES)('to hold strictly %s, if it is OpenAI', async (_, shape, told) => {
    const asked = await ask({ messages: hi, response_format: { type: 'json_schema', json_schema: schema(shape) } })
    const refused = { status: 400, message: expect.stringMatching(told), param: 'response_format' }
    expect(asked).toMatchObject(protocol === 'openai' ? refused : { status: 200 })
  })
})

describe('openai-responses refuses', () => {
  const ask = (input: unknown, more: object = {}) =>
    post('openai-responses', '/responses', { model: 'thinker', input, ...more })
  const json = { text: { format: { type: 'json_object' } } }

  test.each<[string, unknown, object, RegExp]>([
    [
      'an id of another vendor',
      [{ type: 'function_call', id: 'toolu_1', call_id: 'c', name: 'look', arguments: '{}' }],
      {},
      /'input\[0\]\.id': 'toolu_1'\. Expected an ID that begins with 'fc'/,
    ],
    [
      'one item twice',
      [
        { type: 'message', id: 'msg_1', ...user('Hi') },
        { type: 'message', id: 'msg_1', ...user('Hi') },
      ],
      {},
      /Duplicate item found with id msg_1/,
    ],
    [
      'a thought that it does not hold',
      [{ type: 'reasoning', id: 'rs_9', summary: [] }, { role: 'assistant', content: 'So.' }, user('Hi')],
      {},
      /'rs_9' not found. Items are not persisted/,
    ],
    [
      'a result before its call',
      [
        { type: 'function_call_output', call_id: 'c', output: 'seen' },
        { type: 'function_call', call_id: 'c', name: 'look', arguments: '{}' },
      ],
      {},
      /No tool call found for function call output with call_id c/,
    ],
    [
      'JSON of which the instructions speak alone',
      'Hi',
      { ...json, instructions: 'In JSON.' },
      /must contain the word 'json'/,
    ],
    ['a seed', 'Hi', { seed: 7 }, /Unknown parameter: 'seed'/],
    ['a text to end at', 'Hi', { stop: ['END'] }, /Unknown parameter: 'stop'/],
    ['warmth while it reasons', 'Hi', { temperature: 0 }, /'temperature' is not supported with this model/],
    ['more warmth than it has', 'Hi', { model: 'model-1', temperature: 3 }, /'temperature': decimal above maximum/],
  ])('%s', async (_, input, more, told) => {
    const { status, message } = await ask(input, more)
    expect([[400, 404].includes(status), message]).toEqual([true, expect.stringMatching(told)])
  })

  test('a stored call without the thought that led to it', async () => {
    const tools = [{ type: 'function', name: 'look', parameters: { type: 'object' } }]
    const first = await ask('Look.', { tools, tool_choice: 'required' })
    const [thought, called] = (first.answer as { output: { id: string; type: string; call_id: string }[] }).output
    expect([thought?.type, called?.type]).toEqual(['reasoning', 'function_call'])
    const seen = { type: 'function_call_output', call_id: called!.call_id, output: 'seen' }
    const reference = ({ id }: { id: string }) => ({ type: 'item_reference', id })
    expect(await ask([user('Look.'), reference(called!), seen])).toMatchObject({
      status: 400,
      message: `Item '${called!.id}' of type 'function_call' was provided without its required 'reasoning' item: '${thought!.id}'.`,
    })
    expect(await ask([user('Look.'), reference(thought!), reference(called!), seen])).toMatchObject({ status: 200 })
  })

  test('to go on from a response that it does not keep, and goes on from one that it does', async () => {
    const tokensOf = ({ answer }: Awaited<ReturnType<typeof ask>>) =>
      (answer as { usage: { input_tokens: number } }).usage.input_tokens
    const idOf = ({ answer }: Awaited<ReturnType<typeof ask>>) => (answer as { id: string }).id
    const first = await ask('Look. '.repeat(400))
    const unkept = await ask('Look.', { store: false })
    for (const id of ['resp_nobody', idOf(unkept)])
      expect(await ask('And?', { previous_response_id: id })).toMatchObject({
        status: 400,
        message: `Previous response with id '${id}' not found.`,
        param: 'previous_response_id',
      })
    const second = await ask('And?', { previous_response_id: idOf(first) })
    expect(second.status).toBe(200)
    expect(tokensOf(second)).toBeGreaterThan(tokensOf(first))
    const third = await ask('And?', { previous_response_id: idOf(second) })
    expect(tokensOf(third)).toBeGreaterThan(tokensOf(second))
  })

  test.each(SHAPES)('to hold strictly %s', async (_, shape, told) => {
    const asked = await ask('Hi', { text: { format: { type: 'json_schema', ...schema(shape) } } })
    expect(asked).toMatchObject({ status: 400, message: expect.stringMatching(told), param: 'text.format.schema' })
  })
})

describe('google refuses', () => {
  const ask = (body: object, model = 'model-1') => post('google', `/models/${model}:generateContent`, body)
  const said = (...contents: object[]) => ({ contents })
  const model = (...parts: object[]) => ({ role: 'model', parts })
  const hi = { role: 'user', parts: [{ text: 'Hi' }] }
  const look = { functionCall: { name: 'look', args: {} } }
  const seen = { role: 'user', parts: [{ functionResponse: { name: 'look', response: {} } }] }

  test.each<Case>([
    ['another role', said({ role: 'assistant', parts: [{ text: 'Hi' }] }), /use a valid role: user, model/],
    ['a content without parts', said(hi, model(), hi), /contents\[1\]\.parts: contents\.parts must not be empty/],
    [
      'a part of nothing',
      said(hi, model({ thoughtSignature: 'x' }), hi),
      /contents\[1\]\.parts\[0\]\.data: required oneof/,
    ],
    [
      'a conversation that begins with a call',
      said(model(look), seen),
      /function call turn comes immediately after a user turn/,
    ],
    [
      'a call behind an answer',
      said(hi, model({ text: 'So.' }), model(look), seen),
      /function call turn comes immediately/,
    ],
  ])('%s', async (_, body, told) => {
    expect(await ask(body)).toMatchObject({ status: 400, message: expect.stringMatching(told) })
  })

  test('penalties, of Gemini 2.5', async () => {
    const penalised = (presencePenalty: number) => ({ ...said(hi), generationConfig: { presencePenalty } })
    expect(await ask(penalised(0.5), 'gemini-2.5-pro')).toMatchObject({
      status: 400,
      message: 'Penalty is not enabled for models/gemini-2.5-pro',
    })
    expect(await ask(penalised(0), 'gemini-2.5-pro')).toMatchObject({ status: 200 })
    expect(await ask(penalised(0.5), 'gemini-3-pro')).toMatchObject({ status: 200 })
  })

  test('tools and JSON at once, before Gemini 3', async () => {
    const both = {
      ...said(hi),
      tools: [{ functionDeclarations: [{ name: 'look' }] }],
      generationConfig: { responseMimeType: 'application/json' },
    }
    expect(await ask(both, 'gemini-2.5-pro')).toMatchObject({
      status: 400,
      message: expect.stringContaining('response mime type'),
    })
    expect(await ask(both, 'gemini-3-pro')).toMatchObject({ status: 200 })
    expect(
      await ask(said(hi, model({ text: 'I look.' }, look, look), { ...seen, parts: [...seen.parts, ...seen.parts] })),
    ).toMatchObject({ status: 200 })
  })
})
