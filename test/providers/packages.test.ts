import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadCatalogue } from '../../src/catalog/catalogue.ts'
import type { Endpoint } from '../../src/core/endpoints.ts'
import type { Message } from '../../src/core/messages.ts'
import type { Ask, Outgoing } from '../../src/core/ports.ts'
import { createModels } from '../../src/providers/create-models.ts'
import { dialectOf } from '../../src/providers/dialects.ts'
import { libraryFault } from '../../src/providers/library-error.ts'
import { KNOWN_PACKAGES } from '../../src/providers/packages/known-packages.ts'
import { creatorIn, missingPackage } from '../../src/providers/packages/load-package.ts'
import { callOptions } from '../../src/providers/prepare/call-options.ts'
import { askOf, endpointOf, settingsOf, WEATHER } from '../support/model-asks.ts'
import { replyText } from '../support/replies.ts'
import { JSON_TYPE, replying, type ScriptedVendor, startScriptedVendor } from '../support/scripted-vendor.ts'

let vendor: ScriptedVendor
beforeAll(async () => {
  vendor = await startScriptedVendor()
})
afterAll(() => vendor.stop())

const FAILURE = replying('{"message":"CANARY-PROMPT"}', JSON_TYPE, 500)

/** What leaves for an ask of a package. */
async function leaving(name: string, zdr = false, changes: Parameters<typeof settingsOf>[2] = {}) {
  vendor.answer(FAILURE)
  const models = createModels([settingsOf(name, vendor.url, { package: name, ...changes })])
  let shown: Outgoing | undefined
  const gate = async (outgoing: Outgoing) => {
    shown = outgoing
  }
  const reply = await models.ask(askOf(endpointOf(name, { upstream: 'large-v2' }), { zdr, gate }))
  await models.close()
  return { reply, shown, request: vendor.seen.at(-1)! }
}

/** And where each asks. */
const PACKAGES = [
  ['@ai-sdk/amazon-bedrock', '/v1/model/large-v2/converse-stream'],
  ['@ai-sdk/azure', '/v1/chat/completions'],
  ['@ai-sdk/cerebras', '/v1/chat/completions'],
  ['@ai-sdk/cohere', '/v1/chat'],
  ['@ai-sdk/deepinfra', '/v1/openai/chat/completions'],
  ['@ai-sdk/groq', '/v1/chat/completions'],
  ['@ai-sdk/mistral', '/v1/chat/completions'],
  ['@ai-sdk/togetherai', '/v1/chat/completions'],
  ['@ai-sdk/xai', '/v1/responses'],
  ['@openrouter/ai-sdk-provider', '/v1/chat/completions'],
] as const

/** Mistral by its own package, and as a provider of one's own. */
const MISTRALS = ['@ai-sdk/mistral', 'openai-compatible']

interface WireMessage {
  readonly role: string
  readonly tool_call_id?: string
  readonly tool_calls?: readonly { readonly id: string }[]
}

/** A prompt as one of Mistral's models gets it. */
async function messagesTo(name: string, prompt: readonly Message[]): Promise<readonly WireMessage[]> {
  vendor.answer(FAILURE)
  const models = createModels([settingsOf(name, vendor.url, { package: name })])
  await models.ask(askOf(endpointOf(name, { upstream: 'mistral-large-latest' }), { prompt }))
  await models.close()
  return JSON.parse(vendor.seen.at(-1)!.body).messages
}

describe('usage of a whole stream', () => {
  it.each([
    ['xai', { inputTokens: 1117, cacheReadTokens: 1024, outputTokens: 46, reasoningTokens: 32 }],
    ['groq', { inputTokens: 1117, cacheReadTokens: 1024, outputTokens: 46, reasoningTokens: 32 }],
    ['mistral', { inputTokens: 1117, cacheReadTokens: 1024, outputTokens: 46 }],
    // What is billed, which leaves out what Cohere wraps around a prompt.
    ['cohere', { inputTokens: 1100, outputTokens: 46 }],
  ])('%s', (name, usage) => {
    const lines = replyText(name, 'text.sse').split('\n')
    const chunks = lines.filter(line => line.startsWith('data: {')).map(line => JSON.parse(line.slice(6)))
    const { readUsage } = dialectOf(`@ai-sdk/${name}`)
    const reported = chunks.reduce((before, chunk) => readUsage(chunk, before), {})
    expect(reported.usage).toEqual(usage)
    // 21,050,000 ticks of a ten-billionth of a dollar.
    if (name === 'xai') expect(reported.costPico).toBe('2105000000')
  })

  it('amazon-bedrock counts what it read from and wrote to its cache beside the input', () => {
    const { readUsage } = dialectOf('@ai-sdk/amazon-bedrock')
    const usage = {
      inputTokens: 472,
      outputTokens: 89,
      totalTokens: 2609,
      cacheReadInputTokens: 1800,
      cacheWriteInputTokens: 248,
      cacheDetails: [
        { ttl: '5m', inputTokens: 148 },
        { ttl: '1h', inputTokens: 100 },
      ],
    }
    const expected = {
      inputTokens: 2520,
      cacheReadTokens: 1800,
      cacheWriteTokens: 248,
      cacheWriteHourTokens: 100,
      outputTokens: 89,
    }
    expect(readUsage({ metadata: { usage } }, {}).usage).toEqual(expected)
    expect(readUsage({ output: {}, usage }, {}).usage).toEqual(expected)
  })
})

describe('what leaves', () => {
  it.each(PACKAGES)(
    '%s asks at %s, with its limit of output known and nothing stored under ZDR',
    async (name, path) => {
      for (const zdr of [false, true]) {
        const { reply, shown, request } = await leaving(name, zdr)
        expect(reply).toMatchObject({ kind: 'fault', billable: 'no', fault: { kind: 'overloaded' } })
        expect(JSON.stringify(reply)).not.toContain('CANARY')
        expect(request.path).toBe(path)
        expect(shown?.maxOutputTokens).toBe(500)
        if (zdr && path.endsWith('/responses')) expect(JSON.parse(request.body).store).toBe(false)
      }
    },
  )

  it.each(['@ai-sdk/cerebras', '@ai-sdk/deepinfra', '@ai-sdk/togetherai', '@openrouter/ai-sdk-provider'])(
    '%s asks for the usage of its stream',
    async name => {
      const { request } = await leaving(name)
      expect(JSON.parse(request.body).stream_options).toEqual({ include_usage: true })
    },
  )

  it('a package does not ask for it where the configuration says that the vendor refuses', async () => {
    const { request } = await leaving('@ai-sdk/deepinfra', false, { quirks: { streamUsage: false } })
    expect(JSON.parse(request.body)).not.toHaveProperty('stream_options')
  })

  it.each([
    ['qwen/qwen3-32b', 'high', ['reasoning'], 'default'],
    ['qwen/qwen3-32b', 'none', ['reasoning'], 'none'],
    ['qwen/qwen3-32b', 'high', [], undefined],
    ['openai/gpt-oss-120b', 'high', ['reasoning'], 'high'],
  ] as const)(
    'Groq’s %s that is to think %s, with the abilities %j, is asked for %s',
    async (upstream, reasoning, abilities, sent) => {
      vendor.answer(FAILURE)
      const models = createModels([settingsOf('@ai-sdk/groq', vendor.url, { package: '@ai-sdk/groq' })])
      const endpoint = endpointOf('@ai-sdk/groq', { upstream, abilities })
      await models.ask(askOf(endpoint, { settings: { maxOutputTokens: 500, reasoning } }))
      await models.close()
      expect(JSON.parse(vendor.seen.at(-1)!.body).reasoning_effort).toBe(sent)
    },
  )

  // https://github.com/anomalyco/opencode/issues/1680: "Tool call id was call_… but must be a-z, A-Z, 0-9, with a length of 9."
  it.each(MISTRALS)(
    '%s: Mistral is told of calls by ids of nine letters and digits, each result by that of its call',
    async name => {
      const call = (toolCallId: string) =>
        ({ type: 'tool-call', toolCallId, toolName: 'get_weather', input: { city: 'York' } }) as const
      const result = (toolCallId: string) =>
        ({ type: 'tool-result', toolCallId, toolName: 'get_weather', output: { type: 'text', value: 'rain' } }) as const
      const ids = ['call_PTLP8xhu3uwZk4l3nlnrrJha', 'toolu_01A09q90qw90lq917835lq9', 'D681PevKs']
      const messages = await messagesTo(name, [
        { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
        { role: 'assistant', content: ids.map(call) },
        { role: 'tool', content: ids.map(result) },
      ])
      const called = messages[1]!.tool_calls!.map(({ id }) => id)
      expect(messages.slice(2).map(({ tool_call_id }) => tool_call_id)).toEqual(called)
      expect(new Set(called).size).toBe(3)
      expect(called[2]).toBe('D681PevKs')
      for (const id of called) expect(id).toMatch(/^[a-zA-Z0-9]{9}$/)
    },
  )

  // https://github.com/zed-industries/zed/issues/37021: "Unexpected role 'user' after role 'tool'".
  it.each(MISTRALS)('%s: Mistral hears nothing of a person right behind the results of tools', async name => {
    const called = { toolCallId: 'D681PevKs', toolName: 'get_weather' }
    const messages = await messagesTo(name, [
      { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
      { role: 'assistant', content: [{ type: 'tool-call', ...called, input: { city: 'York' } }] },
      { role: 'tool', content: [{ type: 'tool-result', ...called, output: { type: 'text', value: 'rain' } }] },
      { role: 'user', content: [{ type: 'text', text: 'Hurry.' }] },
    ])
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant', 'user'])
  })

  it.each(MISTRALS)(
    '%s: Mistral is shown what a tool shows as an image, and not as a text byte by byte',
    async name => {
      const called = { toolCallId: 'D681PevKs', toolName: 'get_chart' }
      const file = { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'iVBORw0KGgo=' } } as const
      const messages = await messagesTo(name, [
        { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
        { role: 'assistant', content: [{ type: 'tool-call', ...called, input: {} }] },
        { role: 'tool', content: [{ type: 'tool-result', ...called, output: { type: 'content', value: [file] } }] },
      ])
      expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant', 'user'])
      expect(JSON.stringify(messages[2])).not.toContain('iVBORw0KGgo')
      expect(JSON.stringify(messages[4])).toContain('"image_url":')
    },
  )

  it('Bedrock is told between the turns what a system says there, and not refused for it', async () => {
    vendor.answer(FAILURE)
    const name = '@ai-sdk/amazon-bedrock'
    const models = createModels([settingsOf(name, vendor.url, { package: name })])
    const endpoint = endpointOf(name, { upstream: 'eu.anthropic.claude-opus-4-8' })
    const reply = await models.ask(
      askOf(endpoint, {
        prompt: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
          { role: 'assistant', content: [{ type: 'text', text: 'Hello.' }] },
          { role: 'system', content: 'The user is in Rome.' },
          { role: 'user', content: [{ type: 'text', text: 'Where am I?' }] },
        ],
      }),
    )
    await models.close()
    expect(reply).toMatchObject({ fault: { kind: 'overloaded' } })
    const { system, messages } = JSON.parse(vendor.seen.at(-1)!.body)
    expect(system).toEqual([{ text: 'Be brief.' }])
    expect(messages.at(-1)).toEqual({
      role: 'user',
      content: [{ text: 'The user is in Rome.' }, { text: 'Where am I?' }],
    })
  })

  it('Bedrock tells Claude behind an ARN how hard to think, as it does Claude itself', async () => {
    const name = '@ai-sdk/amazon-bedrock'
    const sent = async (changes: Parameters<typeof endpointOf>[1]) => {
      vendor.answer(FAILURE)
      const models = createModels([settingsOf(name, vendor.url, { package: name })])
      await models.ask(askOf(endpointOf(name, changes), { settings: { reasoning: 'high', temperature: 0.5 } }))
      await models.close()
      const { path, body } = vendor.seen.at(-1)!
      return { path, body: JSON.parse(body) }
    }
    const itself = await sent({ model: 'anthropic/claude-opus-4-8', upstream: 'eu.anthropic.claude-opus-4-8' })
    expect(itself.body.additionalModelRequestFields).toMatchObject({ output_config: { effort: 'high' } })
    const upstream = 'arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/a1b2'
    const path = `/v1/model/${encodeURIComponent(upstream)}/converse-stream`
    expect(await sent({ model: 'anthropic/claude-opus-4-8', upstream })).toEqual({ path, body: itself.body })
    const ours = { model: 'acme/claude-ours', like: 'anthropic/claude-opus-4-8', upstream }
    expect(await sent(ours)).toEqual({ path, body: itself.body })
    // Of one of Amazon's profiles the id says it.
    const listed = 'arn:aws:bedrock:eu-west-1:1:inference-profile/eu.anthropic.claude-opus-4-8'
    expect((await sent({ model: 'acme/claude-ours', upstream: listed })).body).toEqual(itself.body)
  })

  it("Bedrock fetches files from the user's own bucket, those of a person and those of a tool", async () => {
    vendor.answer(FAILURE)
    const name = '@ai-sdk/amazon-bedrock'
    const models = createModels([settingsOf(name, vendor.url, { package: name })])
    const fileAt = (url: string) => ({ type: 'file', mediaType: 'image/png', data: { type: 'url', url } }) as const
    const called = { toolCallId: 'call_1', toolName: WEATHER.name } as const
    const value = [{ type: 'text' as const, text: 'It rains.' }, fileAt('s3://ours/radar.png')]
    const prompt: readonly Message[] = [
      { role: 'user', content: [{ type: 'text', text: 'The weather?' }, fileAt('s3://ours/map.png')] },
      { role: 'assistant', content: [{ type: 'tool-call', ...called, input: { city: 'Rome' } }] },
      { role: 'tool', content: [{ type: 'tool-result', ...called, output: { type: 'content', value } }] },
    ]
    await models.ask(askOf(endpointOf(name, { upstream: 'amazon.nova-pro-v1:0' }), { prompt, tools: [WEATHER] }))
    await models.close()
    const { messages } = JSON.parse(vendor.seen.at(-1)!.body)
    const imageAt = (uri: string) => ({ image: { format: 'png', source: { s3Location: { uri } } } })
    expect(messages[0].content).toEqual([{ text: 'The weather?' }, imageAt('s3://ours/map.png')])
    expect(messages[2].content[0].toolResult.content).toEqual([{ text: 'It rains.' }, imageAt('s3://ours/radar.png')])
  })

  it.each(PACKAGES)('%s shows what was called and given where there are no tools any more', async name => {
    vendor.answer(FAILURE)
    const models = createModels([settingsOf(name, vendor.url, { package: name })])
    const called = { toolCallId: 'call_1', toolName: WEATHER.name } as const
    const picture = { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'iVBORw0KGgo=' } } as const
    const value = [{ type: 'text' as const, text: 'It rains.' }, picture]
    const prompt: readonly Message[] = [
      { role: 'user', content: [{ type: 'text', text: 'The weather?' }] },
      { role: 'assistant', content: [{ type: 'tool-call', ...called, input: { city: 'Rome' } }] },
      { role: 'tool', content: [{ type: 'tool-result', ...called, output: { type: 'content', value } }] },
      { role: 'user', content: [{ type: 'text', text: 'And so?' }] },
    ]
    await models.ask(askOf(endpointOf(name, { upstream: 'large-v2' }), { prompt }))
    await models.close()
    const { body } = vendor.seen.at(-1)!
    for (const said of ['Rome', 'It rains.', WEATHER.name, 'And so?']) expect(body).toContain(said)
    expect(body).toContain('iVBORw0KGgo=')
  })

  // Amazon's would leave both out.
  it.each(PACKAGES)('%s shows what tools have given where none is to be called, and the tools', async name => {
    vendor.answer(FAILURE)
    const models = createModels([settingsOf(name, vendor.url, { package: name })])
    const called = { toolCallId: 'call_1', toolName: WEATHER.name } as const
    const prompt: readonly Message[] = [
      { role: 'user', content: [{ type: 'text', text: 'The weather?' }] },
      { role: 'assistant', content: [{ type: 'tool-call', ...called, input: { city: 'Rome' } }] },
      { role: 'tool', content: [{ type: 'tool-result', ...called, output: { type: 'text', value: 'It rains.' } }] },
    ]
    await models.ask(
      askOf(endpointOf(name, { upstream: 'large-v2' }), { prompt, tools: [WEATHER], toolChoice: 'none' }),
    )
    await models.close()
    const { body } = vendor.seen.at(-1)!
    expect(body).toContain('It rains.')
    expect(body).toContain(WEATHER.description)
  })

  it('OpenRouter’s package asks what the call has cost', async () => {
    expect(JSON.parse((await leaving('@openrouter/ai-sdk-provider')).request.body).usage).toEqual({ include: true })
  })

  it('Bedrock’s package signs by the account’s own credentials where there is no key', async () => {
    const variables = { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'AKIA-CANARY', AWS_SECRET_ACCESS_KEY: 'CANARY' }
    const before = Object.keys(variables).map(name => [name, process.env[name]] as const)
    const bedrock = () => leaving('@ai-sdk/amazon-bedrock', false, { apiKey: undefined })
    try {
      for (const [name] of before) delete process.env[name]
      const { reply } = await bedrock()
      expect(reply).toMatchObject({ kind: 'fault', billable: 'no', fault: { kind: 'unauthenticated' } })
      expect(JSON.stringify(reply)).toContain('AWS_REGION is not set')
      process.env.AWS_REGION = variables.AWS_REGION
      expect(JSON.stringify((await bedrock()).reply)).toContain(
        'set AWS_BEARER_TOKEN_BEDROCK, or both AWS_ACCESS_KEY_ID',
      )
      Object.assign(process.env, variables)
      expect((await bedrock()).request.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIA-CANARY/)
    } finally {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name]
        else process.env[name] = value
      }
    }
  })
})

describe('errors of Amazon Bedrock', () => {
  const { classifyError } = dialectOf('@ai-sdk/amazon-bedrock')
  it.each([
    ['ThrottlingException', 429, 'rate-limited'],
    ['ServiceQuotaExceededException', 400, 'quota-exhausted'],
    ['AccessDeniedException', 403, 'unauthenticated'],
    ['ExpiredTokenException', 403, 'unauthenticated'],
    ['ModelTimeoutException', 408, 'timed-out'],
    ['ServiceUnavailableException', 503, 'overloaded'],
    ['ValidationException', 400, 'invalid-request'],
    ['ResourceNotFoundException', 404, 'invalid-request'],
  ])('%s with %i is %s', (type, status, kind) => {
    const headers = { 'x-amzn-errortype': `${type}:http://internal.amazon.com/coral/com.amazon.bedrock/` }
    expect(classifyError({ status, headers, body: { message: 'CANARY-PROMPT' } })).toMatchObject({ kind, type })
  })

  it('a prompt that is too long is told by its words', () => {
    const headers = { 'x-amzn-errortype': 'ValidationException' }
    const body = { message: 'Input is too long for requested model.' }
    expect(classifyError({ status: 400, headers, body }).kind).toBe('context-too-long')
  })
})

it('says what to install for a package that is not there', async () => {
  expect(missingPackage('@ai-sdk/groq')).toBeUndefined()
  expect(missingPackage('@ai-sdk/nobody')).toContain('npm install @ai-sdk/nobody')
  expect(missingPackage('@ai-sdk/nobody/anthropic')).toMatch(/npm install @ai-sdk\/nobody$/)
  const models = createModels([settingsOf('@ai-sdk/nobody', vendor.url, { package: '@ai-sdk/nobody' })])
  const reply = await models.ask(askOf(endpointOf('@ai-sdk/nobody', { upstream: 'large-v2' })))
  expect(reply).toMatchObject({ fault: { kind: 'unsupported', evidence: { code: 'package-missing' } } })
  expect(JSON.stringify(reply)).toContain('npm install @ai-sdk/nobody')
  await models.close()
})

it('finds what a package makes providers with, by the name of the package', () => {
  const names = ['createGoogleVertexAnthropic', 'createVertexAnthropic', 'createGroq', 'groq', 'createOpenRouter']
  const module = Object.fromEntries(names.map(name => [name, () => name]))
  const made = (name: string) => creatorIn(module, name)?.({} as never)
  expect(made('@ai-sdk/google-vertex/anthropic')).toBe('createGoogleVertexAnthropic')
  expect(made('@ai-sdk/groq')).toBe('createGroq')
  expect(made('@openrouter/ai-sdk-provider')).toBe('createOpenRouter')
  expect(made('@ai-sdk/nobody')).toBeUndefined()
})

it('credentials that a package does not find end the ask with what to set, and crash nothing', () => {
  const progress = { departedAtMs: 0, sent: false, headers: {}, service: {} }
  const fault = (name: string, error: unknown) => libraryFault('v:x/y', dialectOf(name), error, progress)
  // What google-auth-library throws, and what a token's server may have said.
  const noFile = Object.assign(new Error('The file does not exist: CANARY.json'), { code: 'ENOENT' })
  for (const error of [
    new Error('Could not load the default credentials.'),
    new Error('invalid_grant: CANARY'),
    noFile,
  ]) {
    const found = fault('@ai-sdk/google-vertex', error)
    expect(found.kind).toBe('unauthenticated')
    expect(found.message).toContain('set GOOGLE_APPLICATION_CREDENTIALS')
    expect(found.message).not.toContain('CANARY')
  }
  const cause = Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' })
  for (const error of [cause, new Error('request to the token server failed', { cause })])
    expect(fault('@ai-sdk/google-vertex', error)).toMatchObject({
      kind: 'unreachable',
      evidence: { transport: 'ENOTFOUND' },
    })
  expect(() => fault('@ai-sdk/amazon-bedrock', new Error('Unsupported role: CANARY'))).toThrow('Unsupported role')
  expect(() => fault('@ai-sdk/google-vertex', new TypeError('a bug'))).toThrow('a bug')
  expect(() => fault('openai', new Error('a bug'))).toThrow('a bug')
})

/** Gemini's and Claude's own formats: what leaves is signed by the package, and the counts are where they are at their makers. */
it('Vertex is read as Google and Anthropic are, and keeps the signature of its package', () => {
  const [gemini, claude] = ['@ai-sdk/google-vertex', '@ai-sdk/google-vertex/anthropic'].map(dialectOf)
  for (const { signs } of [gemini!, claude!]) expect(signs).toContain('GOOGLE_APPLICATION_CREDENTIALS')
  const counted = { promptTokenCount: 10, candidatesTokenCount: 3, totalTokenCount: 13 }
  expect(gemini!.readUsage({ usageMetadata: counted }, {}).usage).toMatchObject({ inputTokens: 10, outputTokens: 3 })
  expect(gemini!.outputLimit({ generationConfig: { maxOutputTokens: 500 } })).toBe(500)
  const usage = { input_tokens: 10, output_tokens: 3 }
  expect(claude!.readUsage({ usage }, {}).usage).toEqual({ inputTokens: 10, outputTokens: 3 })
})

it('knows the packages of the providers that the catalogue gives them to, and they are there', () => {
  const catalogue = loadCatalogue()
  const ids = ['amazon-bedrock', 'cerebras', 'cohere', 'deepinfra', 'groq', 'mistral', 'togetherai', 'xai']
  for (const id of ids) {
    const { protocol, package: npm } = catalogue.provider(id)!
    expect(Object.keys(KNOWN_PACKAGES)).toContain(protocol)
    expect(missingPackage(npm)).toBeUndefined()
  }
})

it('says what is missing where a package lacks a setting of its own', async () => {
  const before = process.env.AZURE_RESOURCE_NAME
  delete process.env.AZURE_RESOURCE_NAME
  try {
    const { reply } = await leaving('@ai-sdk/azure', false, { baseUrl: undefined })
    expect(reply).toMatchObject({ kind: 'fault', billable: 'no', fault: { kind: 'unauthenticated' } })
    expect(JSON.stringify(reply)).toContain('AZURE_RESOURCE_NAME is not set')
  } finally {
    if (before !== undefined) process.env.AZURE_RESOURCE_NAME = before
  }
})

/** The package speaks Anthropic's messages, and Google caches of them what is marked: the prompt that it is given says what. */
it('what Claude at Vertex is to cache is marked as at Anthropic', () => {
  const protocol = '@ai-sdk/google-vertex/anthropic'
  const price = { input: 3, cachedInput: 0.3, cacheWrite: 3.75, output: 15 }
  const endpoint = endpointOf(protocol, { upstream: 'claude-sonnet-4-5@20250929', price })
  const ask = askOf(endpoint, { tools: [WEATHER], caching: { key: 'run-1', recurring: 'all' } })
  const { prompt, tools } = callOptions(ask, dialectOf(protocol), { schemaWay: 'words', choiceWay: 'native' })
  const holders: readonly object[] = [...(tools ?? []), ...prompt]
  const marks = holders.map(holder => (holder as { providerOptions?: unknown }).providerOptions)
  expect(marks[0]).toEqual({ anthropic: { cacheControl: { type: 'ephemeral' } } })
  expect(marks.filter(mark => mark !== undefined).length).toBeGreaterThan(1)
})

// https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
describe('what Claude at Amazon is to cache', () => {
  const price = { input: 3, cachedInput: 0.3, cacheWrite: 3.75, cacheWriteHour: 6, output: 15 }
  const said = (role: 'user' | 'assistant', text: string) => ({ role, content: [{ type: 'text', text }] }) as Message
  const prompt = [
    { role: 'system', content: 'Be brief.' },
    said('user', 'one'),
    said('assistant', 'two'),
    said('user', 'three'),
  ]
  async function marksOf(changes: Partial<Endpoint>, ask: Partial<Ask> = {}): Promise<readonly unknown[]> {
    vendor.answer(FAILURE)
    const name = '@ai-sdk/amazon-bedrock'
    const models = createModels([settingsOf(name, vendor.url, { package: name })])
    const endpoint = endpointOf(name, { upstream: 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0', price, ...changes })
    const caching = { key: 'run-1', recurring: 'all' } as const
    await models.ask(askOf(endpoint, { prompt: prompt as readonly Message[], tools: [WEATHER], caching, ...ask }))
    await models.close()
    const { system, messages } = JSON.parse(vendor.seen.at(-1)!.body)
    const blocks = [...system, ...messages.flatMap(({ content }: { content: unknown[] }) => content)]
    return blocks.map(block => block.cachePoint ?? block.text)
  }
  const POINT = { type: 'default' }
  const PLAIN = ['Be brief.', 'one', 'two', 'three']

  it('is marked: the system message with the tools, and the growing tail', async () => {
    expect(await marksOf({})).toEqual(['Be brief.', POINT, 'one', POINT, 'two', 'three', POINT])
  })

  it('is kept for an hour where the configuration says so, and not under ZDR', async () => {
    expect((await marksOf({ cacheTtlMs: 3_600_000 })).at(-1)).toEqual({ type: 'default', ttl: '1h' })
    expect((await marksOf({ cacheTtlMs: 3_600_000 }, { zdr: true })).at(-1)).toEqual(POINT)
  })

  it('is nothing where no cache is known or wanted, and of other models, which refuse marks or need none', async () => {
    expect(await marksOf({ price: { input: 3, output: 15 } })).toEqual(PLAIN)
    expect(await marksOf({ cacheTtlMs: 0 })).toEqual(PLAIN)
    expect(await marksOf({ upstream: 'amazon.nova-pro-v1:0' })).toEqual(PLAIN)
  })

  it('is what is marked by hand, where something is', async () => {
    const byHand = prompt.with(1, { ...prompt[1]!, providerOptions: { bedrock: { cachePoint: POINT } } } as never)
    expect(await marksOf({}, { prompt: byHand as readonly Message[] })).toEqual([
      'Be brief.',
      'one',
      POINT,
      'two',
      'three',
    ])
  })
})
