/** What stands in transcripts goes to vendors that are as strict as the real ones, and none of them refuses it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AssistantMessage, Message } from '../../src/core/messages.ts'
import { createModels, type Models } from '../../src/providers/create-models.ts'
import { marked } from '../../src/providers/prepare/origin.ts'
import { type RunningVendors, startVendors, type VendorProtocol } from '../../src/providers/simulated/index.ts'
import { askOf, endpointOf, PROTOCOLS, settingsOf, WEATHER } from '../support/model-asks.ts'

let vendors: RunningVendors
let models: Models
beforeAll(async () => {
  const model = { contextWindow: 200_000, maxOutput: 64_000, price: { input: 1, output: 1 } }
  vendors = await startVendors({
    vendors: PROTOCOLS.map(protocol => ({
      name: protocol,
      protocol: protocol as VendorProtocol,
      models: { [endpointOf(protocol).upstream]: model },
    })),
  })
  const settings = vendors.vendors.map(({ name, baseUrl }) => settingsOf(name, '', { name, baseUrl }))
  models = createModels(settings)
})
afterAll(async () => {
  await models.close()
  await vendors.close()
})

type Content = AssistantMessage['content']

const user = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] })
const answer = (...content: Content): Message => ({ role: 'assistant', content })
const words = (text: string) => ({ type: 'text', text }) as const
const call = (toolCallId: string, input: unknown = {}): Content[number] => ({
  type: 'tool-call',
  toolCallId,
  toolName: 'get_weather',
  input: input as never,
})
const results = (...ids: string[]): Message => ({
  role: 'tool',
  content: ids.map(toolCallId => ({
    type: 'tool-result',
    toolCallId,
    toolName: 'get_weather',
    output: { type: 'text', value: 'rain' },
  })),
})
const elsewhere = (toolCallId: string): Content[number] => ({
  ...call(toolCallId),
  providerOptions: marked(undefined, { provider: 'other', protocol: 'openai-compatible', model: 'other/large' }),
})

const TRANSCRIPTS: Readonly<Record<string, readonly Message[]>> = {
  'blanks before a call': [user('Hi'), answer(words('\n\n'), call('c1')), results('c1')],
  'an answer of blanks': [user('Hi'), answer(words(' \n')), user('And?')],
  'an answer of nothing': [user('Hi'), answer(), user('And?')],
  'a question with an empty part': [{ role: 'user', content: [{ type: 'text', text: '' }, words('Hi')] }],
  'two results in one message': [user('Hi'), answer(call('c1'), call('c2')), results('c1', 'c2')],
  'two results in two messages': [user('Hi'), answer(call('c1'), call('c2')), results('c1'), results('c2')],
  'a question behind results': [user('Hi'), answer(call('c1')), results('c1'), user('Hurry.')],
  'arguments that are no object': [user('Hi'), answer(call('c1', [1])), results('c1')],
  'an id with other characters': [
    user('Hi'),
    answer(elsewhere('functions.get_weather:0')),
    results('functions.get_weather:0'),
  ],
  'a long id': [user('Hi'), answer(elsewhere('x'.repeat(50))), results('x'.repeat(50))],
  'one id twice': [user('Hi'), answer(call('c1')), results('c1'), answer(call('c1')), results('c1')],
  'system words between the turns': [
    user('Hi'),
    answer(words('Hello.')),
    { role: 'system', content: 'The user is in Rome.' },
    user('Where am I?'),
  ],
  'system words behind results': [user('Hi'), answer(call('c1')), results('c1'), { role: 'system', content: 'Hurry.' }],
  'a conversation that ends with an answer': [user('Hi'), answer(words('I am '))],
}

describe.each(PROTOCOLS)('%s takes', protocol => {
  const endpoint = endpointOf(protocol, { provider: protocol, id: `${protocol}:acme/large` })

  it.each(Object.entries(TRANSCRIPTS))('%s', async (_, prompt) => {
    const reply = await models.ask(
      askOf(endpoint, { prompt: [{ role: 'system', content: 'Be brief.' }, ...prompt], tools: [WEATHER] }),
    )
    expect(reply).toMatchObject({ kind: 'answer' })
  })

  it.each([
    ['no tools', []],
    ['another tool', [{ ...WEATHER, name: 'get_time' }]],
  ])('calls and results of a tool that is not offered, beside %s', async (_, tools) => {
    const heard = [user('Hi'), answer(call('c1')), results('c1'), answer(words('Rain.')), user('Go on.')]
    const reply = await models.ask(
      askOf(endpoint, { prompt: [{ role: 'system', content: 'Be brief.' }, ...heard], tools }),
    )
    expect(reply).toMatchObject({ kind: 'answer' })
  })

  it('an answer of one token', async () => {
    const reply = await models.ask(askOf(endpoint, { prompt: [user('Hi')], settings: { maxOutputTokens: 1 } }))
    expect(reply).toMatchObject({ kind: 'answer' })
  })

  it.each([
    ['as one', ['json-schema']],
    ['in JSON mode', ['json-object']],
    ['in words', []],
  ] as const)('a schema %s, and answers by it', async (way, abilities) => {
    const json = { type: 'object', properties: { n: { const: 7 } }, required: ['n'], additionalProperties: false }
    const asked = { ...endpoint, id: `${endpoint.id} ${way}`, abilities: [...abilities] }
    const reply = await models.ask(askOf(asked, { schema: { name: `Seven ${abilities.length}`, json } }))
    expect(reply).toMatchObject({ kind: 'answer', text: '{"n":7}' })
  })

  it('a schema with a property that may be missing, at once and as one', async () => {
    const json = {
      type: 'object',
      properties: { verdict: { enum: ['allow'] }, reason: { type: 'string' } },
      required: ['verdict'],
      additionalProperties: false,
    }
    const before = vendors.meter().length
    const reply = await models.ask(askOf(endpoint, { schema: { name: 'Verdict', json } }))
    expect(reply).toMatchObject({ kind: 'answer', text: expect.stringContaining('"verdict":"allow"') })
    expect(vendors.meter().slice(before)).toMatchObject([{ outcome: 'answered' }])
  })
})
