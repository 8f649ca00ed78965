import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Ability, Quirks } from '../../src/core/endpoints.ts'
import type { CallSettings } from '../../src/core/protocol.ts'
import { PROTOCOLS } from '../support/model-asks.ts'
import { type AskChanges, type Harness, startHarness } from '../support/port-harness.ts'
import { replyText } from '../support/replies.ts'
import { JSON_TYPE, replying } from '../support/scripted-vendor.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.stop())

async function bodyOf(protocol: string, changes: AskChanges): Promise<Record<string, unknown>> {
  await harness.ask(protocol, replying(replyText(protocol, 'text.sse')), changes)
  return JSON.parse(harness.vendor.seen.at(-1)!.body)
}

describe('a schema for the answer', () => {
  const json = {
    type: 'object',
    properties: { verdict: { type: 'string' } },
    required: ['verdict'],
    additionalProperties: false,
  } as const
  const asking = async (protocol: string, abilities: Ability[], quirks: Quirks = {}) =>
    bodyOf(protocol, {
      ask: { schema: { name: 'Verdict', json } },
      endpoint: { abilities },
      settings: { quirks },
    })
  const inWords = (body: unknown) => JSON.stringify(body).includes('It must satisfy this JSON schema, named Verdict')

  it.each(PROTOCOLS)('%s with the ability: it goes out as one', async protocol => {
    const body = await asking(protocol, ['json-schema'])
    expect(JSON.stringify(body)).toContain('"verdict"')
    expect(inWords(body)).toBe(false)
  })

  it('OpenAI holds to it strictly', async () => {
    const { response_format } = await asking('openai', ['json-schema'])
    expect(response_format).toMatchObject({ type: 'json_schema', json_schema: { name: 'Verdict', strict: true } })
  })

  // The rules: https://developers.openai.com/api/docs/guides/structured-outputs; what is refused: https://github.com/cyanheads/git-mcp-server/issues/47
  it.each([
    ['a format that it does not know', { type: 'string', format: 'uri' }],
    ['a default', { type: 'string', default: 'yes' }],
    ['a list without repetitions', { type: 'array', items: { type: 'string' }, uniqueItems: true }],
    ['a tuple', { type: 'array', prefixItems: [{ type: 'string' }] }],
    ['what may be anything', {}],
    ['a list of what may be anything', { type: 'array', items: {} }],
  ])('OpenAI takes %s as a hint, where it would refuse to hold to it', async (_, property) => {
    const schema = { ...json, properties: { verdict: property } }
    for (const protocol of ['openai', 'openai-responses']) {
      const body = await bodyOf(protocol, {
        ask: { schema: { name: 'Verdict', json: schema as never } },
        endpoint: { abilities: ['json-schema'] },
      })
      expect(JSON.stringify(body)).toContain('"strict":false')
      const fit = { ...json, properties: { verdict: { type: 'string', format: 'date-time' } } }
      const held = await bodyOf(protocol, {
        ask: { schema: { name: 'Verdict', json: fit } },
        endpoint: { abilities: ['json-schema'] },
      })
      expect(JSON.stringify(held)).toContain('"strict":true')
    }
  })

  it.each(['openai', 'openai-compatible'])(
    '%s with JSON mode alone: the mode, and the schema in words',
    async protocol => {
      const body = await asking(protocol, ['json-object'])
      expect(body.response_format).toEqual({ type: 'json_object' })
      expect(inWords(body)).toBe(true)
    },
  )

  it('the quirk overrules the abilities', async () => {
    const off = await asking('openai-compatible', ['json-schema'], { structuredOutputs: false })
    expect(off.response_format).toEqual({ type: 'json_object' })
    const on = await asking('openai-compatible', [], { structuredOutputs: true })
    expect(on.response_format).toMatchObject({ type: 'json_schema' })
  })

  it.each(PROTOCOLS)('%s without any ability: in words alone, behind the system message', async protocol => {
    const body = await asking(protocol, [])
    expect(body).not.toHaveProperty('response_format')
    expect(inWords(body)).toBe(true)
    const text = JSON.stringify(body)
    expect(text.indexOf('You greet people.')).toBeLessThan(text.indexOf('It must satisfy'))
  })
})

describe('settings', () => {
  const bodyWith = (protocol: string, settings: CallSettings, abilities: Ability[] = ['reasoning']) =>
    bodyOf(protocol, { ask: { settings }, endpoint: { abilities } })

  it.each([
    ['openai-compatible', 'reasoning_effort'],
    ['openai-responses', 'reasoning.effort'],
    ['anthropic', 'thinking.type'],
    ['google', 'generationConfig.thinkingConfig.thinkingBudget'],
  ])('%s: reasoning is asked for where the endpoint can, and only there', async (protocol, field) => {
    expect(await bodyWith(protocol, { reasoning: 'high' })).toHaveProperty(field)
    expect(await bodyWith(protocol, { reasoning: 'high' }, [])).not.toHaveProperty(field)
    expect(await bodyWith(protocol, {})).not.toHaveProperty(field)
  })

  it.each([
    [{ upstream: 'ours', model: 'openai/gpt-5.4' }, 'high'],
    [{ upstream: 'ours', model: 'azure/ours', like: 'openai/o3' }, 'high'],
    [{ upstream: 'ours', model: 'openai/gpt-5-chat' }, undefined],
    [{ upstream: 'ours', model: 'acme/thinker' }, undefined],
  ])('a deployment %j is asked as its model: thinks %s', async (endpoint, effort) => {
    const settings = { reasoning: 'high', temperature: 1, maxOutputTokens: 500 } as const
    const ofModel = { ask: { settings }, endpoint: { ...endpoint, abilities: ['reasoning' as const] } }
    const responses = await bodyOf('openai-responses', ofModel)
    expect(responses).toMatchObject({ model: 'ours' })
    expect((responses.reasoning as { effort?: string } | undefined)?.effort).toBe(effort)
    expect('temperature' in responses).toBe(effort === undefined)
    const chat = await bodyOf('openai', ofModel)
    expect(chat).toHaveProperty(effort ? 'max_completion_tokens' : 'max_tokens', 500)
  })

  /**
   * OpenAI's pages of its models, and its errors: https://github.com/egoist/chatwise-releases/issues/1257,
   * https://github.com/anomalyco/opencode/pull/3474, and tried: https://community.openai.com/t/1371738. xAI's:
   * https://github.com/NousResearch/hermes-agent/pull/23435. OpenRouter turns xAI's on and off: https://openrouter.ai/x-ai/grok-4.1-fast.
   */
  it.each([
    ['openai-responses', 'o3', { none: 'low', minimal: 'low', high: 'high' }],
    ['openai-responses', 'gpt-5.2', { none: 'none', minimal: 'low', high: 'high' }],
    ['openai-responses', 'gpt-5.2-chat-latest', { none: 'medium', low: 'medium', high: 'medium' }],
    ['openai-responses', 'gpt-5-pro', { none: 'high', medium: 'high' }],
    ['openai-responses', 'gpt-5.4-pro', { none: 'medium', high: 'high' }],
    ['openai-responses', 'gpt-5.1-codex', { none: 'low', minimal: 'low', medium: 'medium' }],
    ['openai', 'o4-mini', { none: 'low', high: 'high' }],
    ['openai-compatible', 'accounts/fireworks/models/gpt-oss-120b', { none: 'low', minimal: 'low', high: 'high' }],
    ['openai-compatible', 'gpt-5-mini', { none: 'minimal', minimal: 'minimal', high: 'high' }],
    ['openai-compatible', 'openai/gpt-5-2025-08-07', { none: 'minimal', low: 'low' }],
    ['openai-compatible', 'gpt-5.1', { none: 'none', minimal: 'low', high: 'high' }],
    ['openai-compatible', 'grok-4-fast-reasoning', { none: undefined, high: undefined }],
    ['openai-compatible', 'x-ai/grok-4', { none: undefined, high: undefined }],
    ['openai-compatible', 'x-ai/grok-4-fast:free', { none: 'none', high: 'high' }],
    ['openai-compatible', 'x-ai/grok-4.1-fast', { none: 'none', high: 'high' }],
    ['openai-compatible', 'x-ai/grok-4.20', { none: 'none', high: 'high' }],
    ['openai-compatible', 'grok-4.3', { none: 'none', minimal: 'low', high: 'high' }],
    ['openai-compatible', 'grok-4.5', { none: 'low', high: 'high' }],
    ['openai-compatible', 'deepseek-v4-pro', { high: 'high' }],
    // Routers let nobody ask these not to think: https://github.com/elie222/rakazo/issues/114, https://github.com/CIRISAI/CIRISAgent/pull/769
    ['openai-compatible', 'google/gemini-2.5-pro', { none: 'minimal', low: 'low', high: 'high' }],
    ['openai-compatible', 'google/gemini-3.7-flash', { none: 'minimal', high: 'high' }],
    ['openai-compatible', 'google/gemini-2.5-flash', { none: 'none' }],
    ['openai-compatible', 'minimax/minimax-m2.5', { none: 'minimal' }],
    ['openai-compatible', 'stepfun/step-3.5-flash:free', { none: 'minimal' }],
    ['openai-compatible', 'deepseek/deepseek-r1', { none: 'minimal' }],
    ['openai-compatible', 'anthropic/claude-fable-5', { none: 'low', high: 'high' }],
    ['openai-compatible', 'anthropic/claude-opus-5', { none: 'none' }],
  ] as const)('%s: %s is asked for a degree of thinking that it takes: %j', async (protocol, upstream, degrees) => {
    for (const [reasoning, sent] of Object.entries(degrees)) {
      const settings = { maxOutputTokens: 500, reasoning: reasoning as CallSettings['reasoning'] & string }
      const body = await bodyOf(protocol, { ask: { settings }, endpoint: { upstream, abilities: ['reasoning'] } })
      const { reasoning: inResponses, reasoning_effort: inChat } = body as { reasoning?: { effort?: string } } & {
        reasoning_effort?: string
      }
      expect({ reasoning, sent: inResponses?.effort ?? inChat }).toEqual({ reasoning, sent })
    }
  })

  it('a deployment thinks as the model that it is named for', async () => {
    const endpoint = { upstream: 'ours', model: 'openai/o3', abilities: ['reasoning'] } as const
    const body = await bodyOf('openai-compatible', { ask: { settings: { reasoning: 'none' } }, endpoint })
    expect(body.reasoning_effort).toBe('low')
  })

  it('temperature, and options under the name of the provider', async () => {
    const settings = { temperature: 0.3, providerOptions: { acme: { top_k: 7 }, other: { top_k: 9 } } }
    expect(await bodyWith('openai-compatible', settings)).toMatchObject({ temperature: 0.3, top_k: 7 })
  })

  it('options that a package rejects are a fault, and nothing leaves', async () => {
    const before = harness.vendor.seen.length
    const reply = await harness.ask('anthropic', replying(''), {
      ask: { settings: { providerOptions: { anthropic: { thinking: 'CANARY-PROMPT' } } } },
    })
    expect(reply).toMatchObject({ kind: 'fault', billable: 'no', fault: { kind: 'invalid-request' } })
    expect(JSON.stringify(reply)).not.toContain('CANARY')
    expect(harness.vendor.seen).toHaveLength(before)
  })

  it('quirks: without streaming, and without asking for usage', async () => {
    await harness.ask('openai-compatible', replying(replyText('openai-compatible', 'text.json'), JSON_TYPE), {
      settings: { quirks: { stream: false } },
    })
    expect(JSON.parse(harness.vendor.seen.at(-1)!.body)).not.toHaveProperty('stream')
    const body = await bodyOf('openai-compatible', { settings: { quirks: { streamUsage: false } } })
    expect(body).toMatchObject({ stream: true })
    expect(body).not.toHaveProperty('stream_options')
  })
})
