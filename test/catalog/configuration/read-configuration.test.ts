import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Configuration } from '../../../src/catalog/configuration/configuration.ts'
import type { Environment } from '../../../src/catalog/configuration/variables/variables.ts'
import { problemsOf, readText, soundOf } from './reading.ts'

const SAMPLE = readFileSync(new URL('../../fixtures/configurations/sample.yaml', import.meta.url), 'utf8')

const read = (text: string, env: Environment = {}) => soundOf(readText(text, env))

const problems = (text: string, env: Environment = {}) => problemsOf(readText(text, env))

/** One provider `acme` with the lines given, and one class. */
function acme(lines: string, classes = 'classes: { strong: { models: [acme/large] } }'): string {
  const provider = 'protocol: openai-compatible, baseURL: "http://127.0.0.1:9001/v1"'
  return `providers: { acme: { ${provider}, ${lines} } }\n${classes}`
}

const LARGE = 'models: { acme/large: {} }'

/** A thousand million values, were they written out. */
const TOO_MANY_ALIASES = [0, 1, 2, 3, 4, 5, 6, 7, 8]
  .map(n => `a${n}: &a${n} [${Array(10).fill(n === 0 ? '1' : `*a${n - 1}`)}]`)
  .join('\n')

describe('the sample', () => {
  const env = { OPENAI_API_KEY: 'sk-proj-0001', DEEPSEEK_API_KEY: 'sk-deep-0002' }
  const { directory, providers, notes } = read(SAMPLE, env)

  it('gives the provider as it is written, in milliseconds', () => {
    expect(providers.find(({ name }) => name === 'acme')).toEqual({
      name: 'acme',
      protocol: 'openai-compatible',
      package: '@ai-sdk/openai-compatible',
      baseUrl: 'http://127.0.0.1:9001/v1',
      apiKey: 'none',
      headers: { 'x-team': 'writing' },
      quirks: { stream: true, streamUsage: true },
      deadlines: { connectMs: 3_000, firstTokenMs: 20_000, stallMs: 15_000, totalMs: 300_000 },
    })
  })

  it('gives its endpoints with what the file says of them', () => {
    expect(directory.endpoints.filter(({ provider }) => provider === 'acme')).toEqual([
      {
        id: 'acme:acme/large',
        provider: 'acme',
        model: 'acme/large',
        upstream: 'large-v2',
        protocol: 'openai-compatible',
        contextWindow: 200_000,
        maxOutput: 8_192,
        abilities: ['tools', 'json-schema', 'json-object', 'images', 'reasoning', 'cache'],
        price: { input: 3, cachedInput: 0.3, cacheWrite: 3.75, output: 15 },
        longestMs: 300_000,
        dataPolicy: { retention: 'none', training: false, region: 'eu' },
      },
      {
        id: 'acme:acme/small',
        provider: 'acme',
        model: 'acme/small',
        upstream: 'small',
        protocol: 'openai-compatible',
        contextWindow: 32_000,
        maxOutput: 4_096,
        abilities: ['tools', 'json-object'],
        price: { free: true },
        longestMs: 300_000,
        dataPolicy: { retention: 'none', training: false, region: 'eu' },
      },
    ])
  })

  it('takes package, address, key and models of deepseek from the catalogue', () => {
    expect(providers.find(({ name }) => name === 'deepseek')).toMatchObject({
      protocol: 'openai-compatible',
      package: '@ai-sdk/openai-compatible',
      baseUrl: 'https://api.deepseek.com',
      apiKey: 'sk-deep-0002',
      deadlines: { connectMs: 5_000, firstTokenMs: 30_000, stallMs: 20_000, totalMs: 600_000 },
    })
    expect(directory.endpoints.filter(({ provider }) => provider === 'deepseek').map(({ model }) => model)).toEqual([
      'deepseek/deepseek-chat',
      'deepseek/deepseek-reasoner',
      'deepseek/deepseek-v4-flash',
      'deepseek/deepseek-v4-pro',
    ])
    expect(notes).toEqual([
      'provider deepseek: the price of 4 models depends on the hour; costs are counted at the highest',
    ])
  })

  it('gives classes with their defaults, and what they inherit', () => {
    expect(directory.classes.cheap).toEqual({
      name: 'cheap',
      models: ['acme/small', 'openai/gpt-mini'],
      needs: {},
      patienceMs: 20_000,
      outlastMs: 300_000,
      maxOutputTokens: 2_000,
      minOutputTokens: 256,
      policy: {},
      onRefusal: 'abandon',
    })
    expect(directory.classes.zdr).toEqual({ ...directory.classes.strong, name: 'zdr', policy: { zdr: true } })
  })

  it('gives policies as they are', () => {
    expect(directory.policy).toEqual({
      zdr: false,
      training: 'allow',
      regions: ['eu', 'us'],
      denyProviders: [],
      maxPrice: { output: 30 },
    })
    expect(directory.workspaces).toEqual({ acme: { policy: { regions: ['eu'] } } })
  })

  it('is plain data', () => {
    expect(JSON.parse(JSON.stringify(directory))).toEqual(directory)
  })
})

describe('the catalogue version', () => {
  it('names both lists and changes with what the configuration amounts to, not with its spelling', () => {
    const version = (text: string) => read(text).directory.catalogVersion
    const plain = version(acme(LARGE))
    expect(plain).toMatch(/^models\.dev@2026-07-02 genai-prices@0\.1\.8 config@[0-9a-f]{8}$/)
    expect(version(`# a remark\n${acme(LARGE)}`)).toBe(plain)
    expect(version(acme('models: { acme/large: { price: { input: 1, output: 2 } } }'))).not.toBe(plain)
  })
})

describe('variables', () => {
  it('disable a provider whose key is missing, with one line', () => {
    const { providers, disabled, notes, directory } = read(SAMPLE)
    expect(providers.map(({ name }) => name)).toEqual(['acme'])
    expect(disabled).toEqual([
      { provider: 'deepseek', reason: 'DEEPSEEK_API_KEY is not set' },
      { provider: 'openai', reason: 'OPENAI_API_KEY is not set' },
    ])
    expect(notes).toEqual([
      'provider deepseek is disabled: DEEPSEEK_API_KEY is not set',
      'provider openai is disabled: OPENAI_API_KEY is not set',
    ])
    expect(directory.endpoints.map(({ provider }) => provider)).toEqual(['acme', 'acme'])
  })

  it('name every variable that would do where a provider reads several', () => {
    const text = `${acme(LARGE)}`.replace('providers: {', 'providers: { google: {},')
    expect(read(text).notes).toEqual([
      'provider google is disabled: none of GOOGLE_API_KEY, GOOGLE_GENERATIVE_AI_API_KEY, GEMINI_API_KEY is set',
    ])
    const { providers } = read(text, { GEMINI_API_KEY: 'AIza-0003' })
    expect(providers.find(({ name }) => name === 'google')?.apiKey).toBe('AIza-0003')
  })

  it.each([
    ['azure', { AZURE_API_KEY: 'key-0004' }, 'AZURE_RESOURCE_NAME is not set'],
    ['amazon-bedrock', { AWS_BEARER_TOKEN_BEDROCK: 'key-0005' }, 'AWS_REGION is not set'],
    ['amazon-bedrock', { AWS_ACCESS_KEY_ID: 'AKIA-0005', AWS_REGION: 'eu-west-1' }, 'AWS_SECRET_ACCESS_KEY is not set'],
    [
      'google-vertex',
      { GOOGLE_APPLICATION_CREDENTIALS: '/keys/vertex.json' },
      'GOOGLE_VERTEX_PROJECT, GOOGLE_VERTEX_LOCATION are not set',
    ],
    ['cloudflare-workers-ai', { CLOUDFLARE_API_KEY: 'key-0006' }, 'CLOUDFLARE_ACCOUNT_ID is not set'],
    [
      'github-copilot',
      { GITHUB_TOKEN: 'github_pat_0008' },
      'its key is a personal access token or an Actions token, and Copilot accepts only that of a login: set what `gh auth token` prints',
    ],
    [
      'gitlab',
      { GITLAB_TOKEN: 'key-0007' },
      'it can only be reached through the package gitlab-ai-provider, which does not work here; if it also speaks one of the protocols, give it protocol, baseURL and models',
    ],
  ])('are not all of it: %s with its key alone says what is missing', (name, env, reason) => {
    const text = acme(LARGE).replace('providers: {', `providers: { ${name}: {},`)
    expect(read(text, env).disabled).toEqual([{ provider: name, reason }])
  })

  it.each([
    ['eu-west-1', 'eu.anthropic.claude-opus-4-8', 5.5],
    ['us-east-2', 'us.anthropic.claude-opus-4-8', 5.5],
    ['ap-southeast-2', 'au.anthropic.claude-opus-4-8', 5.5],
    // No profile of its part of the world is listed, and a global one would lead out of it.
    ['ca-central-1', 'anthropic.claude-opus-4-8', 5],
    ['us-gov-west-1', 'anthropic.claude-opus-4-8', 5],
    // London and Zurich are outside of the EU.
    ['eu-west-2', 'anthropic.claude-opus-4-8', 5],
    ['eu-central-2', 'anthropic.claude-opus-4-8', 5],
  ])('choose, as the region %s, by which profile Amazon is asked for a model: %s', (AWS_REGION, upstream, input) => {
    const text = acme(LARGE).replace('providers: {', 'providers: { amazon-bedrock: {},')
    const env = { AWS_REGION, AWS_BEARER_TOKEN_BEDROCK: 'key-0005' }
    const asked = (changed = text) =>
      read(changed, env).directory.endpoints.find(({ id }) => id === 'amazon-bedrock:anthropic/claude-opus-4-8')
    expect(asked()).toMatchObject({ model: 'anthropic/claude-opus-4-8', upstream, price: { input } })
    const upstreamOf = (id: string) =>
      read(text, env).directory.endpoints.find(endpoint => endpoint.id === `amazon-bedrock:anthropic/${id}`)?.upstream
    const part = upstream.split('anthropic')[0]
    if (part) expect(upstreamOf('claude-haiku-4-5-20251001')).toBe(`${part}anthropic.claude-haiku-4-5-20251001-v1:0`)
    const named = '{ anthropic/claude-opus-4-8: { upstream: anthropic.claude-opus-4-8 } }'
    expect(asked(text.replace('bedrock: {}', `bedrock: { models: ${named} }`))).toMatchObject({
      upstream: 'anthropic.claude-opus-4-8',
      contextWindow: 1_000_000,
    })
  })

  it('have one endpoint of a model and its profile in a class that takes what there is, or names the id on the wire', () => {
    const env = { AWS_REGION: 'eu-west-1', AWS_BEARER_TOKEN_BEDROCK: 'key-0005' }
    const at = (classes: string) => {
      const text = acme(LARGE, `classes: { any: ${classes} }`)
      const { directory } = read(text.replace('providers: {', 'providers: { amazon-bedrock: {},'), env)
      const { models } = directory.classes.any!
      return directory.endpoints
        .filter(
          ({ model, upstream }) => upstream === 'eu.anthropic.claude-opus-4-8' && (!models || models.includes(model)),
        )
        .map(({ model }) => model)
    }
    expect(at('{}')).toEqual(['anthropic/claude-opus-4-8'])
    expect(at('{ models: [eu.anthropic.claude-opus-4-8] }')).toEqual(['anthropic/claude-opus-4-8'])
    expect(at('{ models: [anthropic/eu.anthropic.claude-opus-4-8] }')).toEqual([
      'anthropic/eu.anthropic.claude-opus-4-8',
    ])
  })

  it.each([
    ['amazon-bedrock', 'AWS_REGION', 'us-east-1', ['us', 'us-east-1', 'somewhere'], ['eu', 'EU', 'eu-central-1']],
    ['amazon-bedrock', 'AWS_REGION', 'eu-west-2', ['eu-west-2', 'uk'], ['eu', 'us']],
    ['amazon-bedrock', 'AWS_REGION', 'ap-northeast-1', ['jp', 'apac'], ['au', 'eu']],
    [
      'google-vertex',
      'GOOGLE_VERTEX_LOCATION',
      'europe-west4',
      ['eu', 'europe-west4'],
      ['us', 'us-central1', 'europe-west12'],
    ],
    ['google-vertex', 'GOOGLE_VERTEX_LOCATION', 'europe-west12', ['EU', 'europe-west12'], ['us']],
    // Amazon's European Sovereign Cloud, in Brandenburg
    ['amazon-bedrock', 'AWS_REGION', 'eusc-de-east-1', ['eu', 'eusc-de-east-1'], ['us']],
    ['google-vertex-anthropic', 'GOOGLE_VERTEX_LOCATION', 'global', ['global'], ['eu', 'germany']],
  ])('contradict the region that the file declares: %s at %s %s', (name, variable, place, right, wrong) => {
    const env = { [variable]: place, AWS_BEARER_TOKEN_BEDROCK: 'k', GOOGLE_VERTEX_PROJECT: 'press' }
    const of = (lines: string) =>
      problems(acme(LARGE).replace('providers: {', `providers: { ${name}: { ${lines} },`), env)
    for (const region of right) expect(of(`dataPolicy: { region: ${region} }`)).toBe('')
    for (const region of wrong) {
      const said = `the provider is called in ${place}, as set by ${variable}`
      expect(of(`dataPolicy: { region: ${region} }`)).toContain(`${name}.dataPolicy.region`)
      expect(of(`models: { a/b: { dataPolicy: { region: ${region} } } }`)).toContain(said)
      expect(of(`baseURL: "https://vpce.example", dataPolicy: { region: ${region} }`)).toBe('')
    }
  })

  it.each([
    ['AWS_ENDPOINT_URL_BEDROCK_RUNTIME', 'https://bedrock-runtime.us-east-1.amazonaws.com', 'us-east-1'],
    ['AWS_ENDPOINT_URL', 'https://vpce-0a1-b2.bedrock-runtime.us-west-2.vpce.amazonaws.com', 'us-west-2'],
    ['AWS_ENDPOINT_URL', 'https://bedrock-runtime-fips.us-east-2.amazonaws.com/', 'us-east-2'],
  ])('contradict it as the address in %s does too: %s', (variable, address, place) => {
    const of = (region: string, changed: Environment = {}) =>
      problems(
        acme(LARGE).replace('providers: {', `providers: { amazon-bedrock: { dataPolicy: { region: ${region} } },`),
        { AWS_REGION: 'eu-west-1', AWS_BEARER_TOKEN_BEDROCK: 'k', [variable]: address, ...changed },
      )
    expect(of('eu')).toContain(`the provider is called in ${place}, as set by ${variable}`)
    expect(of('us')).toBe('')
    // The address of the one service goes before that of all.
    const own = { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: 'https://bedrock-runtime.eu-west-3.amazonaws.com' }
    expect(of('eu', own)).toBe('')
    // Of a proxy nothing is known.
    expect(of('eu', { [variable]: 'http://127.0.0.1:4566' })).toBe('')
  })

  it.each([
    ['like: amazon-bedrock, apiKey: k', 'https://bedrock-runtime.us-east-1.amazonaws.com', 'us-east-1', 'us', 'eu'],
    ['like: google-vertex, apiKey: k', 'https://us-central1-aiplatform.googleapis.com/v1', 'us-central1', 'us', 'eu'],
    ['like: google-vertex, apiKey: k', 'https://aiplatform.eu.rep.googleapis.com/v1', 'eu', 'eu', 'europe-west4'],
    [
      'like: google-vertex, apiKey: k',
      'https://europe-west4-aiplatform.googleapis.com/v1/projects/p/locations/global/publishers/google',
      'global',
      'global',
      'eu',
    ],
    ['like: azure, apiKey: k', 'https://EastUS2.api.cognitive.microsoft.com/openai/v1', 'eastus2', 'us', 'eu'],
    [
      'like: azure, apiKey: k',
      'https://swedencentral.api.cognitive.microsoft.com/openai/v1',
      'swedencentral',
      'eu',
      'us',
    ],
    ['like: azure, apiKey: k', 'https://uksouth.api.cognitive.microsoft.com/openai/v1', 'uksouth', 'uk', 'eu'],
    ['like: azure, apiKey: k', 'https://japaneast.api.cognitive.microsoft.com/openai/v1', 'japaneast', 'jp', 'au'],
    ['like: azure, apiKey: k', 'https://japanwest.api.cognitive.microsoft.com/openai/v1', 'japanwest', 'apac', 'us'],
    [
      'like: azure, apiKey: k',
      'https://australiaeast.api.cognitive.microsoft.com/openai/v1',
      'australiaeast',
      'au',
      'jp',
    ],
    [
      'like: azure, apiKey: k',
      'https://southindia.api.cognitive.microsoft.com/openai/v1',
      'southindia',
      'apac',
      'westeurope',
    ],
    ['like: azure, apiKey: k', 'https://canadaeast.api.cognitive.microsoft.com/openai/v1', 'canadaeast', 'ca', 'us'],
    ['like: azure, apiKey: k', 'https://eastus.api.cognitive.microsoft.com/openai/v1', 'eastus', 'EastUS', 'eastus2'],
    [
      'protocol: openai-compatible, models: { m/m: {} }',
      'https://mine.westeurope.models.ai.azure.com/v1',
      'westeurope',
      'eu',
      'us',
    ],
    [
      'protocol: openai-compatible, models: { m/m: {} }',
      'https://Mistral-large-serverless.eastus2.inference.ai.azure.com/v1',
      'eastus2',
      'us',
      'eu',
    ],
    [
      'protocol: openai-compatible, models: { m/m: {} }',
      'https://ours.swedencentral.inference.ml.azure.com/v1',
      'swedencentral',
      'eu',
      'us',
    ],
    ['like: openai, apiKey: k', 'https://us.api.openai.com/v1', 'us', 'us', 'eu'],
  ])('contradict it as a baseURL does too: %s at %s', (lines, address, place, right, wrong) => {
    const of = (region: string, at = address) =>
      problems(
        acme(LARGE).replace(
          'providers: {',
          `providers: { other: { ${lines}, baseURL: "${at}", dataPolicy: { region: ${region} } },`,
        ),
      )
    expect(of(wrong)).toContain('other.dataPolicy.region')
    expect(of(wrong)).toContain(`the provider is called in ${place}, as its baseURL says`)
    expect(of(right)).toBe('')
    expect(of(wrong, `https://proxy.example/${place}/v1`)).toBe('')
  })

  it('contradict nothing of a provider that cannot be asked here', () => {
    const text = acme(LARGE).replace('providers: {', 'providers: { amazon-bedrock: { dataPolicy: { region: eu } },')
    expect(read(text, { AWS_REGION: 'us-east-1' }).disabled).toMatchObject([{ provider: 'amazon-bedrock' }])
  })

  it('give no profile that leads out of it the region that the file declares', () => {
    const env = { AWS_REGION: 'eu-west-1', AWS_BEARER_TOKEN_BEDROCK: 'key-0005' }
    const text = acme(LARGE, 'classes: { any: {} }')
    const { directory } = read(
      text.replace('providers: {', 'providers: { amazon-bedrock: { dataPolicy: { region: eu, training: false } },'),
      env,
    )
    const bedrock = directory.endpoints.filter(({ provider }) => provider === 'amazon-bedrock')
    const outside = bedrock.filter(({ upstream }) => /^(?:us|jp|au|global)\./.test(upstream))
    expect(outside.length).toBeGreaterThan(5)
    for (const { dataPolicy } of outside) expect(dataPolicy).toEqual({ training: false })
    for (const { dataPolicy } of bedrock.filter(endpoint => !outside.includes(endpoint)))
      expect(dataPolicy).toEqual({ region: 'eu', training: false })
  })

  // Its package takes to it by itself wherever the variable is set, and then asks at no location.
  it.each([
    ['in the file', '{ apiKey: k }', {}],
    ['in the variable that its package knows too', '{}', { GOOGLE_VERTEX_API_KEY: 'k' }],
  ] as const)('of Vertex are an API key alone, %s: it is served anywhere', (_, shape, key) => {
    const env = { GOOGLE_VERTEX_PROJECT: 'press', GOOGLE_VERTEX_LOCATION: 'europe-west4', ...key }
    const text = (lines: string) => acme(LARGE).replace('providers: {', `providers: { google-vertex: ${lines},`)
    const { providers, disabled, notes } = read(text(shape), key)
    expect(providers.find(({ name }) => name === 'google-vertex')?.apiKey).toBe('k')
    expect({ disabled, notes }).toEqual({ disabled: [], notes: [] })
    const inEurope = text(shape.replace('}', `${shape === '{}' ? '' : ','} dataPolicy: { region: eu } }`))
    expect(problems(inEurope, env)).toContain('the provider is called with an API key alone, so any region may answer')
  })

  it('of Vertex need no file where the machine or a login has credentials', () => {
    const env = { GOOGLE_VERTEX_PROJECT: 'press', GOOGLE_VERTEX_LOCATION: 'europe-west4' }
    const text = acme(LARGE).replace('providers: {', 'providers: { google-vertex: {},')
    const told = (more: Environment) => read(text, { ...env, ...more }).notes
    expect(read(text, env).disabled).toEqual([])
    expect(told({})).toEqual([expect.stringContaining('uses the credentials of the Google machine')])
    expect(told({ GOOGLE_APPLICATION_CREDENTIALS: '/keys/vertex.json' })).toEqual([])
  })

  it('choose no profile that leads out of the one region that the file names', () => {
    const env = { AWS_REGION: 'eu-central-1', AWS_BEARER_TOKEN_BEDROCK: 'key-0005' }
    const asked = (shape: string) => {
      const { directory } = read(acme(LARGE).replace('providers: {', `providers: { amazon-bedrock: { ${shape} },`), env)
      const found = directory.endpoints.filter(({ id }) => id === 'amazon-bedrock:anthropic/claude-opus-4-8')
      expect(found).toHaveLength(1)
      return found[0]?.upstream
    }
    const model = (region: string) => `models: { anthropic/claude-opus-4-8: { dataPolicy: { region: ${region} } } }`
    expect(asked('dataPolicy: { region: eu-central-1 }')).toBe('anthropic.claude-opus-4-8')
    expect(asked('dataPolicy: { region: eu }')).toBe('eu.anthropic.claude-opus-4-8')
    expect(asked(`dataPolicy: { region: eu-central-1 }, ${model('eu')}`)).toBe('eu.anthropic.claude-opus-4-8')
    expect(asked(model('eu-central-1'))).toBe('anthropic.claude-opus-4-8')
  })

  it('of Azure want the version of its API behind the address, unless its package writes it', () => {
    const at = (more: string) =>
      problems(acme(LARGE).replace('providers: {', `providers: { azure: { apiKey: key-0004, ${more} },`))
    const old = 'baseURL: "https://press.openai.azure.com/openai"'
    expect(at(old)).toContain('the address lacks the version of Azure’s API. Allowed: …/openai/v1')
    expect(at(old.replace('openai"', 'openai/v1"'))).toBe('')
    expect(at(`${old}, protocol: "@ai-sdk/azure"`)).toBe('')
  })

  it.each([
    ['azure', 'AZURE_RESOURCE_NAME', 'https://press.openai.azure.com/openai/v1'],
    ['amazon-bedrock', 'AWS_REGION', 'https://bedrock.press.example'],
  ])('of %s lack %s only where the file names no address', (name, variable, address) => {
    const disabled = (more: string) =>
      read(acme(LARGE).replace('providers: {', `providers: { ${name}: { apiKey: key-0004, ${more} },`)).disabled
    expect(disabled('')).toEqual([{ provider: name, reason: `${variable} is not set` }])
    expect(disabled(`baseURL: "${address}"`)).toEqual([])
  })

  it('make the address of Azure, whose own deployments speak what their models do', () => {
    const deployments = '{ openai/gpt-5.4: { upstream: ours }, deepseek/deepseek-v3.2: { upstream: theirs } }'
    const azure = (more: string) => {
      const text = acme(LARGE).replace('providers: {', `providers: { azure: { ${more} models: ${deployments} },`)
      const { providers, directory } = read(text, { AZURE_API_KEY: 'key-0004', AZURE_RESOURCE_NAME: 'press' })
      const spoken = new Map(directory.endpoints.map(({ upstream, protocol }) => [upstream, protocol]))
      const { baseUrl } = providers.find(({ name }) => name === 'azure')!
      return { baseUrl, spoken: [spoken.get('ours'), spoken.get('theirs')] }
    }
    const baseUrl = 'https://press.openai.azure.com/openai/v1'
    expect(azure('')).toEqual({ baseUrl, spoken: ['openai-responses', 'openai-compatible'] })
    expect(azure(`protocol: openai, baseURL: "${baseUrl}",`)).toEqual({ baseUrl, spoken: ['openai', 'openai'] })
  })

  it('of Azure are told that a deployment whose name says nothing is asked as no model of OpenAI', () => {
    const env = { AZURE_API_KEY: 'key-0004', AZURE_RESOURCE_NAME: 'press' }
    const notes = (models: string, more = '') =>
      read(acme(LARGE).replace('providers: {', `providers: { azure: { ${more} models: ${models} },`), env).notes.filter(
        note => note.includes('azure calls'),
      )
    expect(
      notes('{ azure/ours: {}, openai/gpt-5.4: { upstream: ours-2 }, deepseek/deepseek-v3.2: { upstream: theirs } }'),
    ).toEqual([
      'provider azure calls azure/ours through chat completions, as it does models that are not OpenAI’s; if it is one of OpenAI’s, say which, as in `like: openai/gpt-5.2`',
    ])
    expect(notes('{ azure/ours: {} }', 'protocol: openai-responses,')).toEqual([])
  })

  it('take their default when absent or empty', () => {
    const key = (env: Environment) => read(acme(`apiKey: "\${ACME_KEY:-none}", ${LARGE}`), env).providers[0]?.apiKey
    expect(key({})).toBe('none')
    expect(key({ ACME_KEY: '' })).toBe('none')
    expect(key({ ACME_KEY: 'abc' })).toBe('abc')
  })

  it('stand inside a text', () => {
    const text = acme(`headers: { authorization: "Bearer \${A}-\${B:-b}" }, ${LARGE}`)
    expect(read(text, { A: 'a' }).providers[0]?.headers).toEqual({ authorization: 'Bearer a-b' })
  })

  it('never become structure', () => {
    const key = 'x" }, models: {}'
    expect(problems(acme(`apiKey: "\${ACME_KEY}", ${LARGE}`), { ACME_KEY: key })).toContain('cannot carry')
    expect(read(acme(`apiKey: "\${ACME_KEY}", ${LARGE}`), { ACME_KEY: '{a:b}' }).providers[0]?.apiKey).toBe('{a:b}')
  })

  it.each([`{A:-\${B}}`, '{A-x}', '{A:?x}', '{MY-KEY}', '{A', 'A'])('$%s is no way to write one', after => {
    const env = { A: 'aaaa', B: 'bbbb', 'MY-KEY': 'cccc' }
    expect(problems(acme(`apiKey: "$${after}", ${LARGE}`), env)).toBe(
      'signalbox.yaml: 1 problem\n' +
        '  providers.acme.apiKey (line 1, column 96): a variable is not written correctly. ' +
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of the message
        'Allowed: ${NAME}, ${NAME:-default} or ${file:/path}, where a path or default holds no other variable.',
    )
  })

  it('that hold the key of a known provider may end with a line break, and hold no other', () => {
    const text = `providers: { deepseek: {} }\nclasses: { any: {} }`
    expect(read(text, { DEEPSEEK_API_KEY: 'sk-deep-0002\n' }).providers[0]?.apiKey).toBe('sk-deep-0002')
    expect(problems(text, { DEEPSEEK_API_KEY: 'sk-deep\n0002' })).toMatch(
      /^ {2}providers.deepseek.apiKey .*: the value of DEEPSEEK_API_KEY has a line break/m,
    )
    expect(problems(text, { DEEPSEEK_API_KEY: 'sk-deep…0002' })).toMatch(
      /^ {2}providers.deepseek.apiKey .*: the value of DEEPSEEK_API_KEY has a line break/m,
    )
    expect(problems(text, { DEEPSEEK_API_KEY: ' ' })).toContain('DEEPSEEK_API_KEY is not set')
  })

  it('are told of a known provider at an address of their own that may know chat completions alone', () => {
    const notes = (entry: string) => read(acme(LARGE).replace('providers: {', `providers: { openai: ${entry},`)).notes
    const told = ['provider openai is called through the Responses API at your own address']
    const at = (baseURL: string, more = '') => notes(`{ apiKey: k, baseURL: "${baseURL}"${more} }`)
    expect(at('http://127.0.0.1:8000/v1')).toEqual(told.map(words => expect.stringContaining(words)))
    expect(at('https://api.openai.com.evil.example/v1')).toHaveLength(1)
    expect(at('http://127.0.0.1:8000/v1', ', protocol: openai')).toEqual([])
    expect(at('https://api.openai.com/v1')).toEqual([])
    expect(at('https://eu.api.openai.com/v1')).toEqual([])
  })

  it('fill in the address of a known provider, or disable it', () => {
    const text = acme(LARGE).replace('providers: {', 'providers: { cloudflare-workers-ai: {},')
    const env = { CLOUDFLARE_API_KEY: 'cf-0004' }
    expect(read(text, env).notes).toEqual([
      'provider cloudflare-workers-ai is disabled: CLOUDFLARE_ACCOUNT_ID is not set',
    ])
    const { providers } = read(text, { ...env, CLOUDFLARE_ACCOUNT_ID: 'acc1' })
    expect(providers.find(({ name }) => name === 'cloudflare-workers-ai')?.baseUrl).toBe(
      'https://api.cloudflare.com/client/v4/accounts/acc1/ai/v1',
    )
  })

  it('disable a provider whose address has a gap, and are a problem anywhere else in it', () => {
    const text = acme(LARGE).replace(
      'providers: {',
      `providers: { birch: { protocol: openai-compatible, baseURL: "http://\${HOST}/v1", models: { birch/one: {} } },`,
    )
    expect(read(text).notes).toEqual(['provider birch is disabled: HOST is not set'])
    expect(read(text, { HOST: 'leaf' }).providers[0]?.baseUrl).toBe('http://leaf/v1')
    expect(problems(acme(`timeouts: { total: "\${TOTAL}" }, ${LARGE}`))).toMatch(
      /^signalbox.yaml: 1 problem\n {2}providers.acme.timeouts.total \(line 1, column \d+\): the variable TOTAL is not set\./,
    )
  })

  it('outside of a provider are a problem when they are not set', () => {
    expect(problems(`${acme(LARGE)}\npolicy: { regions: ["\${REGION}"] }`)).toBe(
      'signalbox.yaml: 1 problem\n' +
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of the message
        '  policy.regions[0] (line 3, column 21): the variable REGION is not set. Allowed: a variable that is set, or ${NAME:-default}.',
    )
  })
})

describe('what no request could carry', () => {
  it.each(['x team', 'Content-Length', 'transfer-encoding', 'expect', ''])('the header %j', name => {
    expect(problems(acme(`headers: { "${name}": "5" }, ${LARGE}`))).toContain('no request can carry this header')
  })

  it.each([
    'http://one.example/v1?key=1',
    'http://one.example/v1#a',
    'http://u:p@one.example/v1',
    'http://one.example ',
  ])('the address %j', address => {
    const text = acme(LARGE).replace('http://127.0.0.1:9001/v1', address)
    expect(problems(text)).toMatch(
      /^ {2}providers.acme.baseURL .*: the address has a query, a fragment, a user or a space/m,
    )
  })

  it.each(['total', 'connect', 'firstToken', 'stall'])(
    'has a deadline that outlasts the activity of a call: %s',
    deadline => {
      expect(problems(acme(`timeouts: { ${deadline}: 2h }, ${LARGE}`))).toMatch(
        /Found: "2h"\. Allowed: a duration of at most 59m, such as 300ms, 20s or 5m\. Did you mean "59m"\?/,
      )
      expect(read(acme(`timeouts: { ${deadline}: 59m }, ${LARGE}`)).providers[0]?.deadlines).toMatchObject({
        [`${deadline}Ms`]: 3_540_000,
      })
    },
  )
})

it('a name is in no table by accident', () => {
  const text = acme(LARGE, 'classes: { constructor: { models: [acme/large] } }').replace('acme:', 'constructor:')
  expect(read(text).directory.endpoints.map(({ id }) => id)).toEqual(['constructor:acme/large'])
  expect(problems(acme(`timeouts: { total: 5 constructor }, ${LARGE}`))).toContain('providers.acme.timeouts.total')
})

describe('a known provider', () => {
  const env = { OPENAI_API_KEY: 'sk-proj-0001' }
  const openai = (lines: string, models = '[openai/gpt-5-mini]') =>
    read(`providers: { openai: { ${lines} } }\nclasses: { cheap: { models: ${models} } }`, env)

  it('can get another protocol, address, headers and data policy', () => {
    const { providers, directory } = openai(
      'protocol: openai-responses, baseURL: "https://eu.api.openai.com/v1", headers: { x-a: b }, dataPolicy: { region: eu }',
    )
    expect(providers[0]).toMatchObject({
      protocol: 'openai-responses',
      package: '@ai-sdk/openai',
      baseUrl: 'https://eu.api.openai.com/v1',
      apiKey: 'sk-proj-0001',
      headers: { 'x-a': 'b' },
    })
    for (const { protocol, dataPolicy } of directory.endpoints)
      expect({ protocol, dataPolicy }).toEqual({ protocol: 'openai-responses', dataPolicy: { region: 'eu' } })
  })

  it.each([
    // https://vercel.com/docs/ai-gateway: the package has a format of its own, at another path than OpenAI's.
    ['vercel', '@ai-sdk/gateway', undefined],
    ['vercel', 'openai-compatible', 'https://ai-gateway.vercel.sh/v1'],
    ['perplexity', '@ai-sdk/perplexity', undefined],
    ['openrouter', '@openrouter/ai-sdk-provider', undefined],
    ['amazon-bedrock', '@ai-sdk/amazon-bedrock/anthropic', undefined],
  ])('%s is asked by %s where that belongs: at %s', (name, protocol, baseUrl) => {
    const shape = `apiKey: k, protocol: "${protocol}"`
    const text = acme(LARGE).replace('providers: {', `providers: { ${name}: { ${shape} },`)
    expect(read(text).providers.find(provider => provider.name === name)?.baseUrl).toBe(baseUrl)
  })

  it.each([
    ['groq', 'openai'],
    ['groq', 'openai-compatible'],
    ['xai', 'anthropic'],
    ['anthropic', 'openai'],
    ['google', '@ai-sdk/mistral'],
  ])('%s in the words of %s wants an address: the key would go to another vendor', (name, protocol) => {
    const at = (more: string) =>
      problems(
        acme(LARGE).replace('providers: {', `providers: { ${name}: { apiKey: k, protocol: "${protocol}"${more} },`),
      )
    expect(at('')).toContain('a value is missing. Allowed: the address at which ')
    expect(at(', baseURL: "https://vendor.example/v1"')).toBe('')
  })

  it('is asked where its own variable says, and else where the list has it', () => {
    const text = acme(LARGE).replace('providers: {', 'providers: { privatemode-ai: { apiKey: k },')
    const address = (env: Environment) => read(text, env).providers.find(({ name }) => name !== 'acme')?.baseUrl
    expect(address({})).toBe('http://localhost:8080/v1')
    expect(address({ PRIVATEMODE_ENDPOINT: 'http://proxy.internal:9000/v1' })).toBe('http://proxy.internal:9000/v1')
    expect(problems(text, { PRIVATEMODE_ENDPOINT: 'proxy.internal' })).toContain('PRIVATEMODE_ENDPOINT does not fit')
  })

  it('keeps what the catalogue says of a model that the file only touches', () => {
    const { directory } = openai('models: { openai/gpt-5-mini: { maxOutput: 1000 } }')
    const [first, ...others] = directory.endpoints
    expect(first).toMatchObject({
      id: 'openai:openai/gpt-5-mini',
      upstream: 'gpt-5-mini',
      contextWindow: 400_000,
      maxOutput: 1_000,
      price: { input: 0.25, cachedInput: 0.025, output: 2 },
    })
    expect(others.filter(({ upstream }) => upstream === 'gpt-5-mini')).toEqual([])
    expect(others.length).toBeGreaterThan(30)
  })

  it('takes a price of the file as a whole, above both lists, with its tiers in order', () => {
    const tiers = 'tiers: [{ above: 200000, input: 3 }, { above: 1000, input: 2 }]'
    const { directory } = openai(`models: { openai/gpt-5-mini: { price: { input: 1, output: 0, ${tiers} } } }`)
    expect(directory.endpoints[0]?.price).toEqual({
      input: 1,
      output: 0,
      tiers: [
        { above: 1_000, input: 2 },
        { above: 200_000, input: 3 },
      ],
    })
  })

  it('has no two tiers at one place', () => {
    const tiers = 'tiers: [{ above: 1000, input: 3 }, { above: 1000, input: 2 }]'
    const text = `providers: { openai: { apiKey: sk-1, models: { openai/gpt-5-mini: { price: { input: 1, output: 1, ${tiers} } } } } }`
    expect(problems(`${text}\nclasses: { any: {} }`)).toMatch(/price\.tiers .*each with a different `above`/)
  })

  it('gets list prices for a model that is newer than the snapshot', () => {
    const { directory } = openai('models: { openai/gpt-5.6-luna: { contextWindow: 400000 } }')
    expect(directory.endpoints[0]).toMatchObject({ upstream: 'gpt-5.6-luna', price: { input: 0.2, output: 1.2 } })
  })

  it('lends no model that is deprecated or not for text, unless a class names it', () => {
    const models = (configuration: Configuration) => configuration.directory.endpoints.map(({ model }) => model)
    expect(models(openai(''))).not.toContain('openai/text-embedding-3-small')
    expect(models(openai('', '[openai/text-embedding-3-small]'))).toContain('openai/text-embedding-3-small')
  })

  it('may be called by its id on the wire in a class', () => {
    const text = 'providers: { openrouter: {} }\nclasses: { cheap: { models: [qwen/qwen-plus] } }'
    const { directory } = read(text, { OPENROUTER_API_KEY: 'sk-or-0005' })
    expect(directory.classes.cheap?.models).toEqual(['alibaba/qwen-plus'])
  })

  it('needs nothing after its name', () => {
    expect(read('providers:\n  openai:\nclasses: { any: {} }', env).providers).toHaveLength(1)
  })
})

describe('classes', () => {
  it('list models as equals, and say what a second is worth to them', () => {
    const { directory } = read(
      acme(
        'cacheTtl: 1h, models: { acme/a: { price: { input: 1, output: 2 } }, acme/b: { price: { input: 1, output: 2 }, cacheTtl: 90s }, acme/c: {} }',
        'classes: { strong: { models: [[acme/b, acme/a], acme/c], sort: measured, secondsWorth: 0.002 USD } }',
      ),
    )
    expect(directory.classes.strong).toMatchObject({
      models: ['acme/b', 'acme/a', 'acme/c'],
      places: [0, 0, 1],
      sort: 'measured',
      secondsWorth: 0.002,
    })
    expect(directory.endpoints.map(({ cacheTtlMs }) => cacheTtlMs)).toEqual([3_600_000, 90_000, 3_600_000])
  })

  it('have a priority, and endpoints the limits of their provider and their own', () => {
    const { directory } = read(
      acme(
        'limits: { requestsPerMinute: 600, concurrency: 8 }, models: { acme/a: { limits: { tokensPerMinute: 90000 } }, acme/b: {} }',
        'classes: { urgent: { priority: 1 }, usual: {} }',
      ),
    )
    const provider = { requestsPerMinute: 600, concurrency: 8 }
    expect(directory.endpoints.map(({ limits }) => limits)).toEqual([
      { own: { tokensPerMinute: 90_000 }, provider },
      { provider },
    ])
    expect([directory.classes.urgent?.priority, directory.classes.usual?.priority]).toEqual([1, undefined])
  })

  it('are served under a money limit without a known price where the file allows it of the model, else of its provider', () => {
    const unpriced = (lines: string) =>
      read(acme(lines, 'classes: { any: {} }')).directory.endpoints.map(endpoint => endpoint.unpriced)
    expect(unpriced('unpriced: allow, models: { acme/a: {}, acme/b: { unpriced: refuse } }')).toEqual([
      'allow',
      undefined,
    ])
    expect(unpriced('models: { acme/a: { unpriced: allow }, acme/b: {} }')).toEqual(['allow', undefined])
  })

  it('merge over their parents, and tighten the policy', () => {
    const { directory } = read(
      acme(
        'dataPolicy: { retention: none, training: false, region: eu }, models: { acme/large: { abilities: [tools], contextWindow: 9000, price: { input: 1, cachedInput: 0.1, cacheWrite: 1.25, output: 2 } } }',
        `classes:
  base: { models: [acme/large], needs: { contextWindow: 8000 }, temperature: 0.3, topP: 0.9, stopSequences: [END], seed: 7, providerOptions: { acme: { a: 1 } },
          policy: { regions: [eu, us], maxPrice: { input: 3, output: 9, cachedInput: 1 }, denyProviders: [openai], training: deny } }
  child: { extends: base, temperature: 0, stopSequences: [], topK: 40, needs: { abilities: [tools] }, providerOptions: { other: { b: 2 } },
           policy: { zdr: true, regions: [eu, ch], maxPrice: { output: 5, input: 4, cacheWrite: 6 }, denyProviders: [groq], training: allow } }
  grandchild: { extends: child, sort: price, policy: { zdr: false } }`,
      ),
    )
    expect(directory.classes.grandchild).toEqual({
      name: 'grandchild',
      models: ['acme/large'],
      needs: { contextWindow: 8_000, abilities: ['tools'] },
      sort: 'price',
      patienceMs: 20_000,
      outlastMs: 300_000,
      minOutputTokens: 256,
      temperature: 0,
      topP: 0.9,
      topK: 40,
      seed: 7,
      stopSequences: [],
      providerOptions: { acme: { a: 1 }, other: { b: 2 } },
      policy: {
        zdr: true,
        training: 'deny',
        regions: ['eu'],
        denyProviders: ['openai', 'groq'],
        maxPrice: { input: 3, output: 5, cachedInput: 1, cacheWrite: 6 },
      },
      onRefusal: 'abandon',
    })
  })

  it('read durations in every unit', () => {
    const patience = (value: string) =>
      read(acme(LARGE, `classes: { a: { models: [acme/large], patience: ${value} } }`)).directory.classes.a?.patienceMs
    expect(['300ms', '20s', '1.5s', '5m', '0.5h'].map(patience)).toEqual([300, 20_000, 1_500, 300_000, 1_800_000])
    // Beyond what an activity holds a call waits on a durable timer.
    expect(patience('1h')).toBe(59 * 60_000)
  })

  it('lower the least output with the most, and refuse a least above the most', () => {
    const classes = (fields: string) => acme(LARGE, `classes: { a: { models: [acme/large], ${fields} } }`)
    expect(read(classes('maxOutputTokens: 100')).directory.classes.a?.minOutputTokens).toBe(100)
    expect(problems(classes('maxOutputTokens: 100, minOutputTokens: 200'))).toContain(
      'classes.a.minOutputTokens (line 2, column 78): minOutputTokens is above maxOutputTokens. Found: minOutputTokens 200, maxOutputTokens 100. Allowed: at most 100.',
    )
  })

  it('without models fall when no endpoint of any provider fits', () => {
    expect(problems(acme(LARGE, 'classes: { a: { needs: { abilities: [images] } } }'))).toContain(
      'classes.a (line 2, column 12): no endpoint is left. Found: acme:acme/large: lacks ability images.',
    )
    const strict = 'models: { acme/large: { abilities: [json-schema] } }'
    expect(problems(acme(strict, 'classes: { a: { needs: { abilities: [json-object] } } }'))).toBe('')
    const small = acme('models: { acme/large: { maxOutput: 4000 } }', 'classes: { a: { needs: { maxOutput: 8000 } } }')
    expect(problems(small)).toContain('Found: acme:acme/large: maxOutput is 4000, 8000 needed.')
  })

  it('name each endpoint and its rule also where some providers are disabled', () => {
    const text = acme(LARGE, 'classes: { a: { models: [acme/large, openai/gpt-5], policy: { zdr: true } } }')
    expect(problems(text.replace('providers: {', 'providers: { openai: {},'))).toContain(
      'no endpoint is left. Found: openai:openai/gpt-5: provider disabled: OPENAI_API_KEY is not set; acme:acme/large: zdr of the class policy (unknown; allowed: none).',
    )
  })

  it('out of reach for a workspace are worth a note, not a problem', () => {
    const { notes } = read(`${acme(LARGE)}\nworkspaces: { bank: { policy: { zdr: true } } }`)
    expect(notes).toEqual([
      'workspace bank has no endpoint in class strong: acme:acme/large: zdr of the workspace policy (unknown; allowed: none)',
    ])
  })

  it('with texts at which answers end have a note where endpoints are not told of them', () => {
    const told =
      'classes: { told: { models: [acme/large, openai/gpt-4.1], stopSequences: [END] }, left: { extends: told, stopSequences: [] } }'
    const notes = (openai: string) =>
      read(acme(LARGE, told).replace('providers: {', `providers: { openai: { apiKey: k${openai} },`)).notes
    expect(notes('')).toEqual([
      'class told: stopSequences are not sent to openai:openai/gpt-4.1, whose protocol does not support them; answers there do not end at them',
    ])
    expect(notes(', protocol: openai')).toEqual([])
  })
})

describe('problems', () => {
  it('of several kinds are listed together', () => {
    const found = problems(`
providers:
  acme: { protocol: openai-compatible, baseURL: "http://127.0.0.1:1", models: { acme/large: {}, large: {} } }
  birch: { protocl: openai }
classes:
  a: { extends: b }
  b: { extends: a }
  c: { models: [acme/large, acme/lrge], patience: 3 }
  d: { models: [birch/one] }
policy: { training: maybe }
workspaces: []
`)
    for (const line of [
      '8 problems',
      'providers.birch.protocl (line 4, column 12): unknown key.',
      'providers.acme.models.large (line 3, column 97): the name of the model is not valid. Allowed: author/name.',
      'classes.a.extends (line 6, column 17): the classes extend each other in a cycle: a -> b -> a.',
      'classes.c.models[1] (line 8, column 29): no configured provider serves this model. Found: "acme/lrge".',
      'classes.d.models[0] (line 9, column 17): no configured provider serves this model.',
      'classes.c.patience (line 8, column 51): the type is wrong. Found: 3.',
      'policy.training (line 10, column 21): the value is not allowed.',
      'workspaces (line 11, column 13): the type is wrong. Found: a list.',
    ])
      expect(found).toContain(line)
  })

  it.each([
    ['', 'the type is wrong|a value is missing'],
    ['just text', 'the type is wrong (line 1, column 1). Found: a text of 9 characters.'],
    ['a: *b', 'a (line 1, column 4): an alias (*name) has no anchor (&name) above it.'],
    ['a: 1\nb: [*c, { d: *c, e: &c 2 }, *c]', 'b[1].d (line 2, column 14): an alias (*name) has no anchor (&name)'],
    [TOO_MANY_ALIASES, 'aliases (*name) of aliases stand for too many values'],
    ['a: &a [*a]', 'a[0] (line 1, column 8): an alias (*name) is inside its own anchor (&name)'],
    ['a: &a { b: { c: [1, *a] } }', 'a.b.c[1] (line 1, column 21): an alias'],
    ['a: "unclosed', 'a quote, bracket, comma or colon is missing (line 1, column 13)'],
    ['a: 1\n---\nb: 2', 'more than one document'],
    ['a:\n\t- b', 'tab'],
  ])('in the text %j are told without a crash', (text, message) => {
    expect(problems(text)).toMatch(new RegExp(message.replace(/[().*[\]]/g, '\\$&')))
  })

  it('are not that an anchor is used twice', () => {
    const acme = '&acme { protocol: openai, baseURL: "http://127.0.0.1:9001/v1", apiKey: none, models: { a/b: {} } }'
    expect(problems(`providers: { acme: ${acme}, bolt: *acme }\nclasses: { any: {} }`)).toBe('')
  })

  it('are classes of which there is none', () => {
    expect(problems('providers: {}\nclasses: {}')).toBe(
      'signalbox.yaml: 1 problem\n  classes (line 2, column 1): there is no class. Allowed: at least one class, such as `cheap: { models: [author/name] }`.',
    )
  })

  it('are more output than the context window has, where the file says so', () => {
    const text = (models: string) =>
      `providers: { acme: { protocol: openai, baseURL: "http://127.0.0.1:9001/v1", apiKey: none, models: ${models} } }\nclasses: { any: {} }`
    expect(problems(text('{ a/b: { contextWindow: 8000, maxOutput: 8001 } }'))).toMatch(
      /providers\.acme\.models\.a\/b\.maxOutput \(line 1, column \d+\): maxOutput is above contextWindow.*Found: maxOutput 8001, contextWindow 8000\. Allowed: at most 8000\./,
    )
    expect(problems(text('{ a/b: { contextWindow: 8000, maxOutput: 8000 }, a/c: { maxOutput: 9000 } }'))).toBe('')
    // A smaller window of one's own, at a provider whose list has more output for the model.
    const openai = '{ openai/gpt-5-mini: { contextWindow: 4000 } }'
    expect(
      problems(`providers: { openai: { models: ${openai} } }\nclasses: { any: {} }`, { OPENAI_API_KEY: 'k' }),
    ).toBe('')
  })
})
