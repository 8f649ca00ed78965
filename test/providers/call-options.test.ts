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
