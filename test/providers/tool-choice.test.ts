import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CallSettings } from '../../src/core/protocol.ts'
import { createModels } from '../../src/providers/create-models.ts'
import { askOf, endpointOf, PROTOCOLS, settingsOf, WEATHER } from '../support/model-asks.ts'
import { type AskChanges, type Harness, startHarness } from '../support/port-harness.ts'
import { replyText } from '../support/replies.ts'
import { JSON_TYPE, replying } from '../support/scripted-vendor.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.stop())

const TOOLS = [{ ...WEATHER, name: 'get_time' }, WEATHER]

async function bodyOf(protocol: string, { ask, ...changes }: AskChanges): Promise<Record<string, unknown>> {
  const asked = { tools: TOOLS, ...ask }
  await harness.ask(protocol, replying(replyText(protocol, 'tools.sse')), { ask: asked, ...changes })
  return JSON.parse(harness.vendor.seen.at(-1)!.body)
}

/** As each protocol's reference has it. */
const WIRE: Readonly<Record<string, readonly [path: string, required: unknown, none: unknown, named: unknown]>> = {
  openai: ['tool_choice', 'required', 'none', { type: 'function', function: { name: 'get_weather' } }],
  'openai-compatible': ['tool_choice', 'required', 'none', { type: 'function', function: { name: 'get_weather' } }],
  'openai-responses': ['tool_choice', 'required', 'none', { type: 'function', name: 'get_weather' }],
  anthropic: ['tool_choice', { type: 'any' }, { type: 'none' }, { type: 'tool', name: 'get_weather' }],
  google: [
    'toolConfig.functionCallingConfig',
    { mode: 'ANY' },
    { mode: 'NONE' },
    { mode: 'ANY', allowedFunctionNames: ['get_weather'] },
  ],
}

describe.each(PROTOCOLS)('%s', protocol => {
  const [path, required, none, named] = WIRE[protocol]!

  it('a choice of tools goes out as the protocol has it, beside all tools', async () => {
    for (const [toolChoice, wire] of [
      ['required', required] as const,
      ['none', none] as const,
      ['get_weather', named] as const,
    ]) {
      const body = await bodyOf(protocol, { ask: { toolChoice } })
      expect(body).toHaveProperty(path, wire)
      expect(JSON.stringify(body.tools)).toMatch(/get_time.*get_weather/)
      expect(JSON.stringify(body)).not.toContain('in this answer')
    }
  })

  it('nothing is said where nothing is chosen, or there are no tools', async () => {
    expect(await bodyOf(protocol, {})).not.toHaveProperty(path)
    expect(await bodyOf(protocol, { ask: { toolChoice: 'required', tools: [] } })).not.toHaveProperty(path)
  })
})

// "tool_choice options that force tool use return an error while thinking is on":
// https://platform.claude.com/docs/en/build-with-claude/thinking-tool-workflows
describe('Claude that thinks', () => {
  const asking = (toolChoice: string, upstream: string, settings: CallSettings = {}) =>
    bodyOf('anthropic', {
      ask: { toolChoice, settings: { maxOutputTokens: 4000, ...settings } },
      endpoint: { upstream },
    })

  it.each([
    ['where it was asked to', 'claude-sonnet-4-5', { reasoning: 'high' }],
    ['by itself', 'claude-opus-5', {}],
  ] as const)('%s is told in words, behind its prompt', async (_, upstream, settings) => {
    const body = await asking('get_weather', upstream, settings)
    expect(body.tool_choice).toBeUndefined()
    expect(JSON.stringify(body.tools)).toMatch(/get_time.*get_weather/)
    expect(JSON.stringify(body.messages)).toMatch(/Greet Genève.*Call the tool get_weather in this answer/)
  })

  it('takes that it has to call none', async () => {
    expect(await asking('none', 'claude-sonnet-4-5', { reasoning: 'high' })).toHaveProperty('tool_choice', {
      type: 'none',
    })
  })

  it('is held to it where it is not asked to think', async () => {
    expect(await asking('required', 'claude-sonnet-4-5')).toHaveProperty('tool_choice', { type: 'any' })
  })
})

describe('an endpoint that takes no choice', () => {
  // https://github.com/deepseek-ai/DeepSeek-V3/issues/1376 and https://github.com/pydantic/pydantic-ai/pull/3644
  const DEEPSEEK = {
    error: { message: 'Thinking mode does not support this tool_choice', type: 'invalid_request_error' },
  }
  const OTHERS = [
    ['openai-compatible', DEEPSEEK],
    ['openai', { error: { message: 'Invalid value', param: 'tool_choice', type: 'invalid_request_error' } }],
    ['anthropic', { type: 'error', error: { type: 'invalid_request_error', message: 'tool_choice: it is not taken' } }],
    [
      'google',
      { error: { code: 400, status: 'INVALID_ARGUMENT', message: 'function_calling_config is not supported' } },
    ],
  ] as const

  it.each(OTHERS)('%s: what it answers says so, and from then on it is told in words', async (protocol, error) => {
    const { vendor } = harness
    const models = createModels([settingsOf(protocol, vendor.url)])
    const ask = () => models.ask(askOf(endpointOf(protocol), { tools: TOOLS, toolChoice: 'get_weather' }))
    vendor.answer(replying(JSON.stringify(error), JSON_TYPE, 400))
    expect(await ask()).toMatchObject({ kind: 'fault', fault: { evidence: { choiceWay: 'words' } } })
    vendor.answer(replying(replyText(protocol, 'tools.sse')))
    expect(await ask()).toMatchObject({ kind: 'answer' })
    const { body } = vendor.seen.at(-1)!
    expect(body).toContain('Call the tool get_weather in this answer')
    expect(body).not.toMatch(/tool_?choice|functionCallingConfig/i)
    await models.close()
  })

  it('is sent one again where its model is told to think otherwise than when it rejected one', async () => {
    const { vendor } = harness
    const models = createModels([settingsOf('openai-compatible', vendor.url)])
    const ask = (reasoning: 'none' | 'high') =>
      models.ask(
        askOf(endpointOf('openai-compatible'), { tools: TOOLS, toolChoice: 'get_weather', settings: { reasoning } }),
      )
    vendor.answer(replying(JSON.stringify(DEEPSEEK), JSON_TYPE, 400))
    await ask('high')
    vendor.answer(replying(replyText('openai-compatible', 'tools.sse')))
    await ask('none')
    expect(vendor.seen.at(-1)!.body).toContain('"tool_choice"')
    await ask('high')
    expect(vendor.seen.at(-1)!.body).not.toContain('"tool_choice"')
    await models.close()
  })

  it('is not taken for one by what it says of another request', async () => {
    const reply = replying(JSON.stringify(DEEPSEEK), JSON_TYPE, 400)
    const told = await harness.ask('openai-compatible', reply, { ask: { tools: TOOLS } })
    expect(told).toMatchObject({ kind: 'fault', fault: { kind: 'unsupported' } })
    expect(told).not.toHaveProperty('fault.evidence.choiceWay')
  })
})

// https://console.groq.com/docs/structured-outputs, and Gemini 2.5: https://ai.google.dev/gemini-api/docs/structured-output
it('an endpoint that takes no schema beside tools is told of it as one where there are none', async () => {
  const { vendor } = harness
  const models = createModels([settingsOf('openai-compatible', vendor.url)])
  const schema = { name: 'Verdict', json: { type: 'object', properties: { fit: { type: 'boolean' } } } }
  const ask = (tools: typeof TOOLS) => models.ask(askOf(endpointOf('openai-compatible'), { tools, schema }))
  const error = { message: 'json mode cannot be combined with tool/function calling', type: 'invalid_request_error' }
  vendor.answer(replying(JSON.stringify({ error }), JSON_TYPE, 400))
  expect(await ask(TOOLS)).toMatchObject({ fault: { evidence: { schemaWay: 'json' } } })
  expect(await ask(TOOLS)).toMatchObject({ fault: { evidence: { schemaWay: 'words' } } })
  vendor.answer(replying(replyText('openai-compatible', 'text.sse')))
  await ask(TOOLS)
  expect(vendor.seen.at(-1)!.body).not.toContain('"response_format"')
  await ask([])
  expect(vendor.seen.at(-1)!.body).toContain('"json_schema"')
  await models.close()
})
