/**
 * What leaves for each provider of the catalogue that is configured by its name alone: where to, and with which key. A newer catalogue
 * that changes it changes the table too.
 */
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { loadCatalogue } from '../../src/catalog/catalogue.ts'
import type { Configuration } from '../../src/catalog/configuration/configuration.ts'
import { readConfiguration } from '../../src/catalog/configuration/read-configuration.ts'
import { describeProblems } from '../../src/catalog/configuration/text/problem.ts'
import { readSnapshot } from '../../src/catalog/snapshot.ts'
import { definedOnly } from '../../src/core/defined-only.ts'
import type { Ability, Endpoint, ProviderSettings } from '../../src/core/endpoints.ts'
import type { Message } from '../../src/core/messages.ts'
import type { Ask } from '../../src/core/ports.ts'
import { dialectOf } from '../../src/providers/dialects.ts'
import { missingPackage } from '../../src/providers/packages/load-package.ts'
import { callOptions } from '../../src/providers/prepare/call-options.ts'
import { marked, originOf } from '../../src/providers/prepare/origin.ts'
import { firstSchemaWay } from '../../src/providers/prepare/schema-request.ts'
import { type Departure, departureOf } from '../../src/providers/transport/request.ts'
import { askOf, WEATHER } from '../support/model-asks.ts'

const catalogue = loadCatalogue({ pricesAt: new Date('2026-09-20T12:00:00Z') })
const snapshot = readSnapshot()
/** `npx vitest run test/contracts/known-providers.test.ts -u` writes it anew. */
const TABLE = '../fixtures/known-providers.txt'

/** Each variable of a provider, with its own name as a key, and as anything else what fits into an address. */
function environmentOf(id: string): Record<string, string> {
  const { env } = snapshot.providers[id]!
  const { keyVariables } = catalogue.provider(id)!
  return Object.fromEntries(env.map(name => [name, keyVariables.includes(name) ? `key-of-${name}` : partOf(name)]))
}

function partOf(variable: string): string {
  return /URL|ENDPOINT/.test(variable) ? 'https://mine.example' : 'mine'
}

const configurations = new Map<string, Configuration>()

/** Read once for all tests of a provider. */
function configured(id: string): Configuration {
  const configuration = configurations.get(id) ?? readWith(id)
  configurations.set(id, configuration)
  return configuration
}

function readWith(id: string): Configuration {
  const result = readConfiguration(`providers: { "${id}": {}, acme: ${ACME} }\nclasses: { any: {} }`, {
    env: environmentOf(id),
    catalogue,
  })
  if (!result.ok) throw new Error(describeProblems(result.problems))
  return result.configuration
}

/** Beside which a provider that is disabled is no problem. */
const ACME = '{ protocol: openai, baseURL: "http://127.0.0.1:1", models: { acme/large: {} } }'

const SEVEN = { type: 'object', properties: { n: { const: 7 } }, required: ['n'], additionalProperties: false }
const IMAGE: Message = {
  role: 'user',
  content: [{ type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'iVBORw0KGgo=' } }],
}

class Recorded extends Error {}

/** The request of a package, as it would go on the wire. */
async function departure(settings: ProviderSettings, endpoint: Endpoint, changes: Partial<Ask>): Promise<Departure> {
  const ask = askOf(endpoint, changes)
  const dialect = dialectOf(endpoint.protocol)
  let seen: Departure | undefined
  const fetch = (async (url: unknown, init?: RequestInit) => {
    seen ??= departureOf(String(url), init, { ask, connection: { settings, endpoint }, dialect })
    throw new Recorded()
  }) as typeof globalThis.fetch
  const model = await dialect.createModel({ settings, endpoint, fetch })
  const ways = { schemaWay: firstSchemaWay(endpoint, settings.quirks), choiceWay: 'native' } as const
  await Promise.resolve(model.doStream(callOptions(ask, dialect, ways))).catch(error => {
    if (!seen) throw error
  })
  return seen!
}

/** The header that has the key, by the name of its variable. */
function authOf({ options }: Departure): string {
  const headers = Object.entries(options.headers as Record<string, string>)
  return headers.flatMap(([name, value]) => (value.includes('key-of-') ? [`${name}: ${value}`] : [])).join(', ')
}

function notInstalled(settings: ProviderSettings): boolean {
  return missingPackage(settings.package) !== undefined
}

/** One line for each protocol that is spoken with the provider. */
async function linesOf(id: string): Promise<readonly string[]> {
  const { providers, directory, disabled } = configured(id)
  const [off] = disabled
  if (off) return [`${id} is disabled: ${off.reason}`]
  const settings = providers.find(({ name }) => name === id)!
  const endpoints = directory.endpoints.filter(({ provider }) => provider === id)
  const firsts = new Map(endpoints.map(endpoint => [endpoint.protocol, endpoint]))
  const lines = [...firsts.values()].map(async endpoint => {
    if (notInstalled(settings)) return `${id} ${settings.package}`
    const sent = await departure(settings, endpoint, {})
    return `${id} ${sent.outgoing.url.replace(encodeURIComponent(endpoint.upstream), '*')} ${authOf(sent)}`
  })
  return Promise.all(lines)
}

/** Some packages look into the environment themselves. */
beforeAll(() => {
  vi.stubEnv('AWS_REGION', 'mine')
})
afterAll(() => {
  vi.unstubAllEnvs()
})

it('what leaves for each known provider goes where the table says, with its own key', async () => {
  const lines = await Promise.all(catalogue.providerIds.map(linesOf))
  await expect(`${lines.flat().join('\n')}\n`).toMatchFileSnapshot(TABLE)
})

/** What an endpoint may be asked for, and the ability that it must have for it. */
const ASKS: readonly { readonly needs?: Ability; readonly changes: Partial<Ask> }[] = [
  { changes: {} },
  { needs: 'tools', changes: { tools: [WEATHER] } },
  { needs: 'json-schema', changes: { schema: { name: 'Seven', json: SEVEN } } },
  { needs: 'reasoning', changes: { settings: { maxOutputTokens: 5_000, reasoning: 'high' } } },
  { needs: 'images', changes: { prompt: [IMAGE] } },
]

/** One endpoint of each protocol that has the ability. */
function askedFor(id: string, needs: Ability | undefined, { directory }: Configuration): readonly Endpoint[] {
  const able = directory.endpoints.filter(
    ({ provider, abilities }) => provider === id && (needs === undefined || abilities.includes(needs)),
  )
  return [...new Map(able.map(endpoint => [endpoint.protocol, endpoint])).values()]
}

/** These count whatever they are asked. */
const COUNT_ALWAYS = ['groq', 'mistral']

it('whatever a known provider is asked for, the request names the model, streams, asks for the counts, and has a limit', async () => {
  const asked = catalogue.providerIds.flatMap(id => {
    const configuration = configured(id)
    const settings = configuration.providers.find(({ name }) => name === id)
    if (!settings || notInstalled(settings)) return []
    return ASKS.flatMap(({ needs, changes }) =>
      askedFor(id, needs, configuration).map(endpoint => ({ settings, endpoint, changes })),
    )
  })
  for (const { settings, endpoint, changes } of asked) {
    const { url, body, maxOutputTokens } = (await departure(settings, endpoint, changes)).outgoing
    const { model, stream, stream_options } = body as Readonly<Record<string, unknown>>
    const where = `${settings.name} at ${url}`
    expect(model ?? decodeURIComponent(url), where).toContain(endpoint.upstream)
    expect(stream ?? url, where).toSatisfy(said => said === true || /stream/i.test(String(said)))
    expect(maxOutputTokens, where).toBeGreaterThanOrEqual(500)
    if (url.endsWith('/chat/completions') && !COUNT_ALWAYS.includes(settings.name))
      expect(stream_options, where).toEqual({ include_usage: true })
  }
  expect(asked.length).toBeGreaterThan(600)
})

it.each([
  ['snowflake-cortex', 'claude-4-sonnet', 'max_completion_tokens'],
  ['github-models', 'openai/gpt-5', 'max_completion_tokens'],
  ['github-models', 'openai/o3', 'max_completion_tokens'],
  ['github-models', 'openai/gpt-4o', 'max_tokens'],
  ['deepseek', 'deepseek-chat', 'max_tokens'],
])('%s hears of the limit of %s as %s', async (id, upstream, name) => {
  const { providers, directory } = configured(id)
  const settings = providers.find(provider => provider.name === id)!
  const endpoint = directory.endpoints.find(({ provider }) => provider === id)!
  const { body } = (await departure(settings, { ...endpoint, upstream }, {})).outgoing
  const limits = Object.entries(body as object).filter(([key]) => key.startsWith('max_'))
  expect(limits).toEqual([[name, 500]])
})

/**
 * In the middle of a tool loop that another model began. https://api-docs.deepseek.com/guides/thinking_mode,
 * https://github.com/NousResearch/hermes-agent/issues/15353, https://github.com/continuedev/continue/issues/11711
 */
it.each([
  ['deepseek', 'deepseek-v4-pro', 'get_weather (call_1)'],
  ['deepseek', 'deepseek-chat', undefined],
  ['moonshotai', 'kimi-k2.6', 'get_weather (call_1)'],
  ['openrouter', 'deepseek/deepseek-v4-pro', undefined],
])('%s gets thoughts of its %s back, or %j where another model has thought', async (id, upstream, placeholder) => {
  const { providers, directory } = configured(id)
  const settings = providers.find(({ name }) => name === id)!
  const endpoint = directory.endpoints.find(other => other.provider === id && other.upstream === upstream)!
  const call = (number: number) => ({ toolCallId: `call_${number}`, toolName: 'get_weather' })
  const step = (number: number, origin: Endpoint): Message[] => [
    {
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'Hm.', providerOptions: marked(undefined, originOf(origin)) },
        { type: 'tool-call', ...call(number), input: { city: 'York' } },
      ],
    },
    { role: 'tool', content: [{ type: 'tool-result', ...call(number), output: { type: 'text', value: 'rain' } }] },
  ]
  const other = { ...endpoint, provider: 'anthropic', protocol: 'anthropic' }
  const question: Message = { role: 'user', content: [{ type: 'text', text: 'Hi' }] }
  const prompt = [question, ...step(1, other), ...step(2, endpoint)]
  const { body } = (await departure(settings, endpoint, { prompt, tools: [WEATHER] })).outgoing
  const { messages } = body as { messages: { role: string; reasoning_content?: string }[] }
  const thoughts = messages.filter(({ role }) => role === 'assistant').map(message => message.reasoning_content)
  expect(thoughts).toEqual([placeholder, 'Hm.'])
})

it.each([
  ['none', { thinking: { type: 'disabled' } }],
  ['minimal', { reasoning_effort: 'low' }],
  ['high', { reasoning_effort: 'high' }],
] as const)('DeepSeek is told to think %s in its own words', async (reasoning, expected) => {
  const { providers, directory } = configured('deepseek')
  const settings = providers.find(({ name }) => name === 'deepseek')!
  const endpoint = directory.endpoints.find(({ upstream }) => upstream === 'deepseek-v4-pro')!
  const { body } = (await departure(settings, endpoint, { settings: { maxOutputTokens: 500, reasoning } })).outgoing
  const { thinking, reasoning_effort } = body as Readonly<Record<string, unknown>>
  expect({ thinking, reasoning_effort }).toEqual({ thinking: undefined, reasoning_effort: undefined, ...expected })
})

// https://github.com/HKUDS/nanobot/pull/4967: "invalid temperature: only 1 is allowed for this model"
it.each([
  ['kimi-k2.6', { thinking: { type: 'disabled' } }],
  ['kimi-k2-thinking', { temperature: 0.3, top_p: 0.9, presence_penalty: 0.5 }],
] as const)('Moonshot is told of %s what that takes, where it is not to think: %j', async (upstream, expected) => {
  const { providers, directory } = configured('moonshotai')
  const settings = providers.find(({ name }) => name === 'moonshotai')!
  const endpoint = directory.endpoints.find(other => other.provider === 'moonshotai' && other.upstream === upstream)!
  const drawn = { temperature: 0.3, topP: 0.9, presencePenalty: 0.5 }
  const changes = { settings: { maxOutputTokens: 500, reasoning: 'none', ...drawn } } as const
  const { body } = (await departure(settings, endpoint, changes)).outgoing
  const { thinking, reasoning_effort, temperature, top_p, presence_penalty } = body as Readonly<Record<string, unknown>>
  const found = definedOnly({ thinking, reasoning_effort, temperature, top_p, presence_penalty })
  expect(found).toEqual(expected)
})

it('arguments of tools are asked for as they are written where Anthropic itself is asked, and nowhere else', async () => {
  for (const [id, isEager] of [
    ['anthropic', true],
    ['minimax', false],
    ['kimi-for-coding', false],
  ] as const) {
    const { providers, directory } = configured(id)
    const settings = providers.find(({ name }) => name === id)!
    const endpoint = directory.endpoints.find(({ provider }) => provider === id)!
    const said: Message = { role: 'user', content: [{ type: 'text', text: ',"eager_input_streaming":true' }] }
    const { outgoing, options } = await departure(settings, endpoint, { tools: [WEATHER], prompt: [said] })
    const { tools, messages } = outgoing.body as { tools: object[]; messages: object[] }
    expect('eager_input_streaming' in tools[0]!).toBe(isEager)
    expect(JSON.stringify(messages)).toContain(String.raw`,\"eager_input_streaming\":true`)
    expect(JSON.parse(String(options.body))).toEqual(outgoing.body)
  }
})
