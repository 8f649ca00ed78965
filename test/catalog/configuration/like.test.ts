import { expect, it } from 'vitest'
import type { Configuration } from '../../../src/catalog/configuration/configuration.ts'
import { catalogue, problemsOf, readText, soundOf } from './reading.ts'

const ENV = { OPENAI_API_KEY: 'key-0001', SECOND_KEY: 'key-0002', AWS_REGION: 'eu-west-1' }

const yaml = (providers: string, classes = '{ any: {} }') => `providers: { ${providers} }\nclasses: ${classes}\n`
const read = (providers: string, classes?: string) => soundOf(readText(yaml(providers, classes), ENV))
const problems = (providers: string, classes?: string) => problemsOf(readText(yaml(providers, classes), ENV))

/** What one provider has, under another one's name. */
const endpointsAs = ({ directory }: Configuration, provider: string, name: string) =>
  directory.endpoints
    .filter(each => each.provider === provider)
    .map(each => ({ ...each, provider: name, id: `${name}:${each.model}` }))

it('has all that the catalogue has of the other one, under a name and a key of its own', () => {
  const configuration = read(`openai: {}, openai-eu: { like: openai, apiKey: "\${SECOND_KEY}" }`)
  const [first, second] = configuration.providers
  expect(second).toEqual({ ...first, name: 'openai-eu', like: 'openai', apiKey: 'key-0002' })
  const own = endpointsAs(configuration, 'openai', 'openai-eu')
  expect(own.length).toBeGreaterThan(20)
  expect(endpointsAs(configuration, 'openai-eu', 'openai-eu')).toEqual(own)
  expect(own.find(({ model }) => model === 'openai/gpt-5-mini')).toMatchObject({
    batch: true,
    contextWindow: 400_000,
    price: { input: 0.25, cachedInput: 0.025, output: 2 },
  })
})

it('has its own keys above that, as a provider of the catalogue', () => {
  const more = 'baseURL: "https://eu.api.openai.com/v1", dataPolicy: { region: eu }'
  const models = 'models: { openai/gpt-5-mini: { maxOutput: 1000 }, openai/new: {} }'
  const configuration = read(`openai: { ${more}, ${models} }, eu: { like: openai, apiKey: k, ${more}, ${models} }`)
  const eu = endpointsAs(configuration, 'eu', 'eu')
  expect(eu).toEqual(endpointsAs(configuration, 'openai', 'eu'))
  expect(eu.find(({ model }) => model === 'openai/gpt-5-mini')).toMatchObject({
    maxOutput: 1_000,
    contextWindow: 400_000,
    dataPolicy: { region: 'eu' },
  })
  expect(configuration.providers[1]).toMatchObject({ baseUrl: 'https://eu.api.openai.com/v1' })
  const chat = read('eu: { like: openai, apiKey: k, baseURL: "http://127.0.0.1:1/v1", protocol: openai }')
  expect(chat.providers[0]).toMatchObject({ protocol: 'openai', package: '@ai-sdk/openai' })
})

it('is looked at as what it is like where a vendor is known by its name', () => {
  const west = 'like: azure, apiKey: k, baseURL: "https://west.openai.azure.com/openai/v1"'
  const azure = read(`west: { ${west}, models: { azure/ours: {}, west/theirs: {}, deepseek/deepseek-v3.2: {} } }`)
  expect(azure.notes).toContainEqual(
    expect.stringMatching(/^provider west calls azure\/ours, west\/theirs through chat/),
  )
  expect(azure.directory.endpoints.find(({ model }) => model === 'openai/gpt-5-mini')?.protocol).toBe(
    'openai-responses',
  )
  const bedrock = read('eu: { like: amazon-bedrock, apiKey: k }')
  expect(bedrock.directory.endpoints.find(({ model }) => model === 'anthropic/claude-opus-4-8')).toMatchObject({
    id: 'eu:anthropic/claude-opus-4-8',
    upstream: 'eu.anthropic.claude-opus-4-8',
  })
  const address = 'baseURL: "https://bedrock-runtime.us-east-1.amazonaws.com"'
  const american = read(`us: { like: amazon-bedrock, apiKey: k, ${address} }`)
  expect(american.directory.endpoints.find(({ model }) => model === 'anthropic/claude-opus-4-8')).toMatchObject({
    upstream: 'us.anthropic.claude-opus-4-8',
  })
  expect(problems('eu: { like: amazon-bedrock, apiKey: k, dataPolicy: { region: us } }')).toContain(
    'providers.eu.dataPolicy.region',
  )
  const copilot = read('any: { protocol: openai, models: { a/b: {} } }, gh: { like: github-copilot, apiKey: ghp_none }')
  expect(copilot.disabled).toEqual([{ provider: 'gh', reason: expect.stringContaining('Copilot accepts only') }])
  expect(read('mine: { like: groq, apiKey: k }').directory.endpoints.some(({ batch }) => batch)).toBe(false)
})

it('serves with the other one what a class names by its model, and alone what a policy names by its id', () => {
  const { directory } = read(
    'openai: {}, openai-eu: { like: openai, apiKey: k }',
    '{ both: { models: [openai/gpt-5.2] }, eu: { models: [openai/gpt-5.2], policy: { allowModels: ["openai-eu:openai/gpt-5.2"] } } }',
  )
  const served = directory.endpoints.filter(({ model }) => model === 'openai/gpt-5.2').map(({ id }) => id)
  expect(served).toEqual(['openai:openai/gpt-5.2', 'openai-eu:openai/gpt-5.2'])
})

it('is disabled without its own key, though the other one has one', () => {
  const { disabled } = read(`openai: {}, openai-eu: { like: openai, apiKey: "\${THIRD_KEY}" }`)
  expect(disabled).toEqual([{ provider: 'openai-eu', reason: 'THIRD_KEY is not set' }])
})

const KNOWN = `one of the ${catalogue.providerIds.length} providers of the catalogue; those of this file alone are written out, with protocol, baseURL and models`

it.each([
  [
    'mine: { like: opnai, apiKey: k }',
    `providers.mine.like (line 1, column 22): the catalogue has no such provider. Found: "opnai". Allowed: ${KNOWN}. Did you mean "openai"?`,
  ],
  [
    'acme: { protocol: openai, models: { acme/large: {} } }, mine: { like: acme, apiKey: k }',
    `providers.mine.like (line 1, column 78): the catalogue has no such provider. Found: "acme". Allowed: ${KNOWN}.`,
  ],
  [
    'openai: { like: openai, apiKey: k }',
    'providers.openai.like (line 1, column 24): a provider cannot be like itself. Allowed: no `like` here; another account, key or region of it has a name of its own.',
  ],
  [
    'mine: { like: openai }',
    `providers.mine.apiKey (line 1, column 14): a value is missing. Allowed: a key of its own, such as \${SECOND_KEY}, or \${OPENAI_API_KEY} to share that of openai.`,
  ],
  [
    'mine: { like: google-vertex }',
    'providers.mine.apiKey (line 1, column 14): a value is missing. Allowed: a key of its own, or the baseURL of another region for the same credentials.',
  ],
  [
    'mine: { like: [openai], apiKey: k }',
    'providers.mine.like (line 1, column 28): the type is wrong. Found: a list. Allowed: the name of a provider of the catalogue.',
  ],
])('refuses %s', (providers, problem) => {
  expect(problems(providers)).toContain(problem)
})

it('tells of a missing key alone where a class names the models of the other one', () => {
  expect(problems('mine: { like: openai }', '{ any: { models: [openai/gpt-5.2] } }')).not.toContain('classes')
})
