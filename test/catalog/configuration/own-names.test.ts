import { expect, it } from 'vitest'
import type { Endpoint } from '../../../src/core/endpoints.ts'
import { problemsOf, readText, soundOf } from './reading.ts'

const ENV = {
  OPENAI_API_KEY: 'key-0001',
  OPENROUTER_API_KEY: 'key-0004',
  AZURE_API_KEY: 'key-0002',
  AZURE_RESOURCE_NAME: 'press',
  AWS_REGION: 'eu-west-1',
  AWS_BEARER_TOKEN_BEDROCK: 'key-0003',
}
const PROFILES = 'arn:aws:bedrock:eu-west-1:123456789012'

const read = (provider: string, models: string) =>
  readText(`providers: { ${provider}: { models: ${models} } }\nclasses: { any: {} }\n`, ENV)

/** One that the file writes, or one of the catalogue. */
function endpointOf(provider: string, model: string, models = '{}'): Endpoint {
  const { endpoints } = soundOf(read(provider, models)).directory
  return endpoints.find(endpoint => endpoint.id === `${provider}:${model}`)!
}

/** What the catalogue knows of a model, and no name. */
const dataOf = ({ id: _, provider: __, model: ___, upstream: ____, like: _____, ...data }: Endpoint) => data

it('a deployment of a known model has all that the catalogue knows of the model', () => {
  const known = dataOf(endpointOf('azure', 'openai/gpt-5.4'))
  expect(known).toMatchObject({ contextWindow: 1_050_000, protocol: 'openai-responses', price: { input: 2.5 } })
  const ours = endpointOf('azure', 'openai/gpt-5.4', '{ openai/gpt-5.4: { upstream: gpt-4o-of-old } }')
  expect(ours).toMatchObject({ upstream: 'gpt-4o-of-old', ...known })
  expect(ours.like).toBeUndefined()
})

it('a model with a name of its own has the data of the one that it is like, and its own words above them', () => {
  const known = dataOf(endpointOf('azure', 'openai/gpt-5.4'))
  const models = '{ azure/ours: { like: openai/gpt-5.4 }, azure/small: { like: gpt-5.4, upstream: s, maxOutput: 900 } }'
  expect(endpointOf('azure', 'azure/ours', models)).toMatchObject({
    upstream: 'ours',
    like: 'openai/gpt-5.4',
    ...known,
  })
  const small = endpointOf('azure', 'azure/small', models)
  expect(small).toMatchObject({ upstream: 's', like: 'openai/gpt-5.4', ...known, maxOutput: 900 })
  // The model itself stays as it was.
  expect(dataOf(endpointOf('azure', 'openai/gpt-5.4', models))).toEqual(known)
})

it('a fine-tuned model has no price of its base, which is cheaper at OpenAI', () => {
  const id = 'ft:gpt-4.1-mini-2025-04-14:acme::abc'
  const { price: _, ...known } = dataOf(endpointOf('openai', 'openai/gpt-4.1-mini'))
  const tuned = endpointOf('openai', 'acme/tuned', `{ acme/tuned: { upstream: "${id}", like: openai/gpt-4.1-mini } }`)
  expect(tuned).toMatchObject({ upstream: id, ...known })
  expect(tuned.price).toBeUndefined()
})

it('an id that a list prices has that price, whichever model it is said to be', () => {
  const dear = '{ openai/gpt-3.5-turbo: { upstream: gpt-3.5-turbo-16k } }'
  expect(endpointOf('openai', 'openai/gpt-3.5-turbo', dear)).toMatchObject({ price: { input: 3, output: 4 } })
  const tuned = '{ acme/tuned: { upstream: "ft:gpt-3.5-turbo-0125:acme::abc", like: gpt-3.5-turbo } }'
  expect(endpointOf('openai', 'acme/tuned', tuned)).toMatchObject({ price: { input: 3, output: 6 } })
})

it('what is asked on other terms, such as with a search of the web, has no price of the usual model', () => {
  const { upstream, price, ...known } = endpointOf('openrouter', 'anthropic/claude-sonnet-4-6')
  expect(price).toBeDefined()
  const searching = `{ anthropic/claude-sonnet-4-6: { upstream: "${upstream}:online" } }`
  const online = endpointOf('openrouter', 'anthropic/claude-sonnet-4-6', searching)
  expect(online).toEqual({ ...known, upstream: `${upstream}:online` })
})

it('a variant that no list has may have another window than its model, unless it only says how the model is routed', () => {
  const { upstream, contextWindow, maxOutput } = endpointOf('openrouter', 'anthropic/claude-sonnet-4-6')
  const variant = (suffix: string, more = '') =>
    endpointOf(
      'openrouter',
      'anthropic/claude-sonnet-4-6',
      `{ anthropic/claude-sonnet-4-6: { upstream: "${upstream}:${suffix}"${more} } }`,
    )
  expect(variant('nitro')).toMatchObject({ contextWindow, maxOutput, abilities: expect.arrayContaining(['tools']) })
  for (const suffix of ['free', 'extended']) {
    const other = variant(suffix)
    expect(other).toMatchObject({ abilities: expect.arrayContaining(['tools']) })
    expect([other.contextWindow, other.maxInput, other.maxOutput]).toEqual([undefined, undefined, undefined])
  }
  expect(variant('free', ', contextWindow: 32000').contextWindow).toBe(32_000)
  const llama = 'meta-llama/llama-3.3-70b-instruct'
  const listed = endpointOf('openrouter', llama, `{ ${llama}: { upstream: "${llama}:free" } }`)
  expect(listed.contextWindow).toBeGreaterThan(0)
})

it('a deployment at Azure is what the file says it is, though it be called as another model', () => {
  const known = dataOf(endpointOf('azure', 'openai/gpt-5.4'))
  const renewed = endpointOf('azure', 'openai/gpt-5.4', '{ openai/gpt-5.4: { upstream: gpt-4o } }')
  expect(renewed).toMatchObject({ upstream: 'gpt-4o', ...known })
  const ours = endpointOf('azure', 'azure/ours', '{ azure/ours: { like: openai/gpt-5.4, upstream: gpt-4o } }')
  expect(ours).toMatchObject({ upstream: 'gpt-4o', like: 'openai/gpt-5.4', ...known })
  // A name that says nothing leaves the id to tell.
  expect(endpointOf('azure', 'azure/ours', '{ azure/ours: { upstream: gpt-5.4 } }')).toMatchObject(known)
})

it('an inference profile of one’s own has what its model has in that part of the world', () => {
  const opus = endpointOf('amazon-bedrock', 'anthropic/claude-opus-4-8')
  expect(opus).toMatchObject({ upstream: 'eu.anthropic.claude-opus-4-8', price: { input: 5.5 } })
  const upstream = `${PROFILES}:application-inference-profile/a1b2`
  const own = `{ anthropic/claude-opus-4-8: { upstream: "${upstream}" } }`
  expect(endpointOf('amazon-bedrock', 'anthropic/claude-opus-4-8', own)).toEqual({ ...opus, upstream })
  // One of Amazon's is told by its name.
  const global = `${PROFILES}:inference-profile/global.anthropic.claude-opus-4-8`
  const far = `{ anthropic/claude-opus-4-8: { upstream: "${global}", dataPolicy: { region: eu } } }`
  expect(endpointOf('amazon-bedrock', 'anthropic/claude-opus-4-8', far)).toMatchObject({ price: { input: 5 } })
})

it('a model that nobody knows is no likeness, and the nearest is named', () => {
  expect(problemsOf(read('azure', '{ azure/ours: { like: openai/gpt-5.44 } }'))).toContain(
    'providers.azure.models.azure/ours.like (line 1, column 47): the catalogue has no such model of azure. Found: "openai/gpt-5.44". Allowed: a model that `signalbox models --provider azure` lists; what others have is written out: contextWindow, maxOutput, abilities and price. Did you mean "openai/gpt-5.4"?',
  )
})

it('a provider that the catalogue does not know has no model to be like', () => {
  const own = 'acme: { protocol: openai, baseURL: "http://127.0.0.1:1/v1"'
  const at = (more: string) =>
    readText(
      `providers: { ${own}${more}, models: { acme/tuned: { like: openai/gpt-4.1 } } } }\nclasses: { any: {} }\n`,
      ENV,
    )
  expect(problemsOf(at(''))).toContain('its provider is none of the catalogue')
  expect(problemsOf(at(', like: openai, apiKey: k'))).toBe('')
})

it('whoever names a model that nobody knows is told what to write', () => {
  const notesOf = (models: string) => soundOf(read('openai', models)).notes
  expect(notesOf('{ acme/tuned: {}, acme/other: { contextWindow: 100000 } }')).toEqual([
    'provider openai knows no window, abilities and price of acme/tuned; write them out, or say which known model it is (`like: author/name`)',
  ])
  expect(notesOf('{ acme/tuned: { like: openai/gpt-4.1 } }')).toEqual([])
})
