import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { parse } from 'yaml'
import type { FaultKind } from '../../src/core/faults/fault.ts'
import { dialectOf } from '../../src/providers/dialects.ts'
import { errorIn } from '../../src/providers/faults/error-body.ts'
import { faultOf } from '../../src/providers/faults/fault-words.ts'
import { replyFault } from '../../src/providers/faults/reply-fault.ts'
import { classifyError } from '../../src/providers/openai-compatible/classify-error.ts'
import { replyText } from '../support/replies.ts'

/** What each row is stands in the file. */
const WORDS = parse(replyText('.', 'error-words.yaml')) as {
  readonly compatible: readonly [about: string, status: number | null, error: unknown, FaultKind][]
  readonly vendors: readonly [vendor: string, protocol: string, status: number, body: unknown, FaultKind][]
  readonly handedOn: readonly [FaultKind, message: string][]
  readonly toDo: readonly [protocol: string, message: string][]
  readonly mostOutput: readonly [protocol: string, message: string][]
}

/** Errors as servers write them that resemble OpenAI: a status and a body, or a chunk of a stream without a status. */
const kindOf = (status: number | null, error: unknown) =>
  classifyError({ ...(status !== null && { status }), headers: {}, body: { error } } as never).kind

it.each<[string, number, FaultKind]>([
  ['INVALID_ARGUMENT', 400, 'invalid-request'],
  ['UNAVAILABLE', 503, 'overloaded'],
  ['RESOURCE_EXHAUSTED', 429, 'rate-limited'],
])('an error of Google’s in a stream, %s with %i, is %s', (status, code, kind) => {
  const body = { error: { code, status, message: 'CANARY-PROMPT' } }
  expect(dialectOf('google').classifyError({ headers: {}, body }).kind).toBe(kind)
})

describe('what an error of a compatible server means', () => {
  it.each(WORDS.compatible)('%s (%s %j) is %s', (_, status, error, kind) => {
    expect(kindOf(status, error)).toBe(kind)
  })

  /** A 400 repeats what the caller has said: in quotes, as JSON, as Python writes it. */
  it.each([
    'insufficient balance',
    'Your credit balance is too low',
    'I have reached my spending limit',
    'the context window is too small',
    'the prompt is too long',
    'This organization has been disabled.',
    'the output was blocked by content filtering policy',
    "it's that tools are not supported",
  ])('is not told by a word that it quotes: %s', said => {
    for (const message of [
      `Invalid value: '${said}'. Supported values are: 'system', 'user'.`,
      `'${said}' does not match '^[a-zA-Z0-9_-]+$' - 'tools.0.function.name'`,
      `Invalid value at contents[0].parts[0] (TYPE_STRING), "${said}"`,
      `[{'type': 'missing', 'msg': 'Field required', 'input': {'text': '${said}'}}]`,
      `1 validation error for messages[0].content: input_value='${said}', input_type=str`,
      `Failed to deserialize the JSON body: messages[2].role: unknown variant \`${said}\`, expected one of \`user\``,
      `messages.1.content: Input should be {"text": "${said}"}`,
      `[${said}] is no role`,
    ])
      for (const protocol of ['openai-compatible', 'anthropic', 'google']) {
        const error = { type: 'invalid_request_error', message }
        const { kind } = dialectOf(protocol).classifyError({ status: 400, headers: {}, body: { error } })
        expect({ protocol, message, kind }).toEqual({ protocol, message, kind: 'invalid-request' })
      }
  })

  /** Whoever has typed a quotation mark ends the quote early. */
  it.each(['insufficient balance', 'Your credit balance is too low', 'This organization has been disabled.'])(
    'closes no endpoint by a word that it quotes behind a quotation mark: x" %s',
    said => {
      for (const message of [
        `Invalid value: 'x' ${said}'. Supported values are: 'system', 'user'.`,
        `Invalid JSON payload received. Unknown name "x" ${said} "": Cannot find field.`,
        `Unknown role \`model "x" ${said}\``,
      ])
        for (const protocol of ['openai-compatible', 'anthropic', 'google']) {
          const error = { type: 'invalid_request_error', status: 'FAILED_PRECONDITION', message }
          const { kind } = dialectOf(protocol).classifyError({ status: 400, headers: {}, body: { error } })
          expect({ protocol, message, kind }).toEqual({ protocol, message, kind: 'invalid-request' })
        }
    },
  )

  it.each([
    ['quota-exhausted', '[Gateway] Insufficient credits'],
    ['quota-exhausted', 'The team "Press Room" has run out of credits.'],
    ['quota-exhausted', "Your project 'press' does not have any credits."],
    ['unsupported', 'Model "Llama 3 8B" does not support tools'],
    ['unsupported', "[openai/gpt-4o] Parameter 'tools' is not supported"],
    ['context-too-long', 'Prompt for model `Command R+ (08-2024)` is too long: the context window is 4096'],
  ])('is %s behind the name of who speaks or of what is the vendor’s: %s', (kind, message) => {
    expect(kindOf(400, { message })).toBe(kind)
  })

  it('says how OpenAI’s models are named where one of them is not known for it', () => {
    const evidence = { status: 400, code: 'unsupported_parameter', parameter: 'max_tokens' }
    const { message } = faultOf('azure:azure/ours', 'unsupported', evidence)
    expect(message).toContain('call it openai/gpt-… with the id on the wire as its `upstream`')
    expect(faultOf('v:x/y', 'unsupported', { ...evidence, parameter: 'tools' }).message).toContain(
      'Correct its abilities',
    )
  })

  it.each(WORDS.handedOn)('is %s in the error of a vendor that a proxy hands on: %s', (kind, message) => {
    expect(kindOf(400, { message })).toBe(kind)
  })

  it('is kept as its words of one piece, and never as a sentence that may quote content', () => {
    const error = { code: 17, type: 'billing', param: 'messages[3].content', message: 'secret' }
    expect(classifyError({ status: 400, headers: {}, body: [{ error }] } as never)).toEqual({
      kind: 'invalid-request',
      code: '17',
      type: 'billing',
      parameter: 'messages[3].content',
    })
    const quoting = { code: 'the word “bluebird” is bad', type: ['bluebird'], param: `a${'b'.repeat(80)}` }
    expect(classifyError({ status: 400, headers: {}, body: { error: quoting } } as never)).toEqual({
      kind: 'invalid-request',
    })
  })
})

const error = (message: string, more: object = {}) => ({ error: { message, ...more } })

describe('what a vendor says in its own words', () => {
  const BROKE = 'quota-exhausted'

  it.each(WORDS.vendors)('%s (%s, %i) %j is %s', (_, protocol, status, body, kind) => {
    const headers: Record<string, string> = protocol.endsWith('bedrock')
      ? { 'x-amzn-errortype': status === 429 ? 'ThrottlingException' : 'ValidationException' }
      : {}
    expect(dialectOf(protocol).classifyError({ status, headers, body }).kind).toBe(kind)
  })

  it.each([
    // https://ai.google.dev/gemini-api/docs/structured-output
    ['google', "Function calling with a response mime type: 'application/json' is unsupported"],
    ['openai-compatible', 'You cannot specify response format and function call at the same time'],
    ['@ai-sdk/groq', 'json mode cannot be combined with tool/function calling'],
  ])('%s: “%s” is about the shape of the answer, which then goes out in its next way', (protocol, message) => {
    const { classifyError } = dialectOf(protocol)
    expect(classifyError({ status: 400, headers: {}, body: error(message) }).parameter).toBe('response_format')
    for (const said of ['the tool get_weather is unknown', "Invalid value: 'I want json mode, in the response format'"])
      expect(classifyError({ status: 400, headers: {}, body: error(said) })).not.toHaveProperty('parameter')
  })

  // https://github.com/UKGovernmentBEIS/inspect_ai/issues/3721, https://github.com/tinovyatkin/amazon-bedrock-copilot-chat/issues/546
  it.each([
    ['anthropic', '`temperature` is deprecated for this model.'],
    [
      '@ai-sdk/amazon-bedrock',
      'The model returned the following errors: {"type":"error","request_id":"req_hxgd","error":{"type":"invalid_request_error","message":"temperature is deprecated for this model."}}',
    ],
  ])('%s: a setting that is taken no more is left out, whatever its value: %s', (protocol, message) => {
    const body = { type: 'error', error: { type: 'invalid_request_error', message }, message }
    const verdict = dialectOf(protocol).classifyError({ status: 400, headers: {}, body })
    expect(verdict).toMatchObject({ kind: 'unsupported', parameter: 'temperature' })
  })

  // https://github.com/RooCodeInc/Roo-Code/issues/3883: of each of its limits Google says that a quota was exceeded.
  it('Google’s own error in OpenAI’s format is read as Google’s: a limit of the minute is none of the account', () => {
    const said = error('You exceeded your current quota, please check your plan and billing details.', {
      code: 429,
      status: 'RESOURCE_EXHAUSTED',
      details: [
        { violations: [{ quotaId: 'GenerateContentInputTokensPerModelPerMinute-FreeTier' }] },
        { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '26s' },
      ],
    })
    for (const body of [[said], said]) {
      const verdict = dialectOf('openai-compatible').classifyError({ status: 429, headers: {}, body })
      expect(verdict).toMatchObject({ kind: 'rate-limited', retryAfterMs: 26_000 })
    }
  })

  it('an error with a status in other words than Google’s is read as any other', () => {
    const body = error('Insufficient Balance', { code: 400, status: 'BAD_REQUEST' })
    expect(dialectOf('openai-compatible').classifyError({ status: 400, headers: {}, body }).kind).toBe(BROKE)
  })

  it.each(['google', 'openai-compatible'])('%s: Google’s pause is heard where only its sentence says it', protocol => {
    const words = 'You exceeded your current quota. limit: 20, model: gemini-3.6-flash\nPlease retry in 36.429760048s.'
    const body = error(words, { code: 429, status: 'RESOURCE_EXHAUSTED' })
    const verdict = dialectOf(protocol).classifyError({ status: 429, headers: {}, body })
    expect(verdict).toMatchObject({ kind: 'rate-limited', retryAfterMs: 36_430 })
  })

  it.each([
    ['2026-01-15T12:00:00Z', 20 * 3_600_000],
    ['2026-07-15T06:59:58Z', 2_000],
    // Their clock may be behind ours, so that this is said of the day before.
    ['2026-07-15T07:00:03Z', undefined],
    ['2026-07-15T07:05:00Z', 86_100_000],
  ])('Google’s quota of a day is gone at %s for %s ms, whatever pause stands beside it', (now, expected) => {
    vi.useFakeTimers({ now: Date.parse(now), toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const details = [
      { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'RATE_LIMIT_EXCEEDED' },
      { violations: [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier' }] },
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '47s' },
    ]
    const body = error('Please retry in 47.1s.', { code: 429, status: 'RESOURCE_EXHAUSTED', details })
    for (const protocol of ['google', 'openai-compatible']) {
      const verdict = dialectOf(protocol).classifyError({ status: 429, headers: {}, body })
      expect([verdict.kind, verdict.retryAfterMs]).toEqual([BROKE, expected])
    }
  })

  it('a router’s vendor is heard about the shape of the answer, which then goes out in its next way', () => {
    const message = 'Invalid parameter: response_format json_schema is not supported'
    for (const raw of [message, JSON.stringify({ error: { message } }), { error: { message } }]) {
      const body = error('Provider returned error', { code: 400, metadata: { raw, provider_name: 'Groq' } })
      const verdict = dialectOf('openai-compatible').classifyError({ status: 400, headers: {}, body })
      expect(verdict).toMatchObject({ kind: 'unsupported', parameter: 'response_format' })
    }
  })

  it.each<[string, number]>([
    ['Rate limit reached for gpt-4o on requests per min (RPM): Limit 3, Used 3. Please try again in 20s.', 20_000],
    ['Rate limit reached on tokens per day (TPD): Limit 100000. Please try again in 15m32.256s.', 932_256],
    ['Please try again in 873ms. Visit https://platform.openai.com/account/rate-limits', 873],
    ['Please try again in 1h2m.', 3_720_000],
    // https://github.com/MoonshotAI/Kimi-K2/issues/34
    ['Your account org-1<ak-1> request reached organization max RPM: 3, please try again after 1 seconds', 1_000],
    ['limit: 20, model: gemini-3.6-flash\nPlease retry in 36.429760048s.', 36_430],
    ['exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 6 seconds.', 6_000],
  ])('“%s” asks for %i ms, where no header says so', (message, expected) => {
    // Routers pass what their vendors say on in whatever protocol they are asked.
    for (const protocol of ['openai', 'anthropic', 'google']) {
      const { classifyError } = dialectOf(protocol)
      const body = error(message, { code: 'rate_limit_exceeded' })
      expect(classifyError({ status: 429, headers: {}, body }).retryAfterMs).toBe(expected)
      expect(classifyError({ status: 429, headers: { 'retry-after': '3' }, body }).retryAfterMs).toBe(3_000)
      const vague = error('Please try again in a moment, or retry after your limit resets.')
      expect(classifyError({ status: 429, headers: {}, body: vague })).not.toHaveProperty('retryAfterMs')
    }
  })

  it.each(WORDS.toDo)('%s: what to do stands in a sentence without content, and is shown: %s', (protocol, message) => {
    const { classifyError } = dialectOf(protocol)
    expect(classifyError({ status: 400, headers: {}, body: { ...error(message), message } }).template).toBe(message)
  })
})

// https://platform.minimax.io/docs/api-reference/errorcode
it.each([
  [1000, 'unknown error', 'overloaded'],
  [1001, 'request timeout', 'timed-out'],
  [1002, 'rate limit', 'rate-limited'],
  [1004, 'login fail: Please carry the API secret key', 'unauthenticated'],
  [1008, 'insufficient balance', 'quota-exhausted'],
  [1024, 'internal error', 'overloaded'],
  [1026, 'input new_sensitive', 'refused'],
  [1027, 'output new_sensitive', 'refused'],
  [2013, 'invalid params', 'invalid-request'],
])('MiniMax says in a reply of status 200 what was wrong: %i %s', (code, said, kind) => {
  const body = { id: '06', choices: null, base_resp: { status_code: code, status_msg: said } }
  expect(errorIn(body)).toBeDefined()
  for (const protocol of ['openai-compatible', 'anthropic'])
    expect(dialectOf(protocol).classifyError({ headers: {}, body })).toMatchObject({ kind, code: `base_resp.${code}` })
  expect(errorIn({ ...body, base_resp: { status_code: 0, status_msg: '' } })).toBeUndefined()
})

it.each([429, 413])('one prompt above what an endpoint takes in a minute is no limit that passes (%i)', status => {
  const limit = 'tokens per min (TPM): Limit 30000, Requested 61402'
  const message = `Request too large for gpt-4o in organization org_01 on ${limit}. The input or output tokens must be reduced in order to run successfully.`
  const body = { error: { message, type: 'tokens', code: 'rate_limit_exceeded' } }
  const verdict = dialectOf('openai').classifyError({ status, headers: { 'retry-after': '3' }, body })
  expect(verdict).toMatchObject({ kind: 'unsupported', parameter: 'tokens_per_minute', template: limit })
  const told = faultOf('acme:m/one', 'unsupported', { status, parameter: 'tokens_per_minute' }, limit).message
  expect(told).toContain('Have the vendor raise its limit of tokens per minute')
  const reached = message.replace('Limit 30000', 'Limit 30000, Used 20000').replace('61402', '12000')
  expect(
    dialectOf('openai').classifyError({
      status: 429,
      headers: {},
      body: error(reached, { code: 'rate_limit_exceeded' }),
    }).kind,
  ).toBe('rate-limited')
})

describe('one call that is dearer than the credit that is left, at OpenRouter', () => {
  const classify = (message: string) =>
    dialectOf('openai').classifyError({
      status: 402,
      headers: {},
      body: { error: { code: 402, message }, user_id: 'user_1' },
    })
  const dear = (tokens: number) =>
    `This request requires more credits, or fewer max_tokens. You requested up to 65536 tokens, but can only afford ${tokens}`

  it.each([dear(20_000), 'Prompt tokens limit exceeded: 230799 > 91442'])(
    'is its own trouble, not that of smaller calls: %s',
    words => {
      const verdict = classify(`${words}. To increase, visit https://openrouter.ai/settings/credits`)
      expect(verdict).toMatchObject({ kind: 'unsupported', parameter: 'credits', template: words })
      const told = faultOf('router:m/one', 'unsupported', { status: 402, parameter: 'credits' }, words).message
      expect(told).toMatch(/402.*Add credit at the vendor/)
      expect(verdict.mostOutputTokens).toBe(words.includes('afford') ? 20_000 : undefined)
    },
  )

  it('is no call’s own where next to nothing is left', () => {
    for (const left of [0, 999]) {
      expect(classify(dear(left)).kind).toBe('quota-exhausted')
      expect(classify(dear(left))).not.toHaveProperty('mostOutputTokens')
    }
    expect(classify('Insufficient credits').kind).toBe('quota-exhausted')
  })
})

it.each(WORDS.mostOutput)(
  '%s: how much output a model gives at once is heard where it was asked for more: %s',
  (protocol, message) => {
    const body = { message, ...error(message, { type: 'invalid_request_error', param: 'max_tokens' }) }
    const {
      kind,
      message: told,
      evidence,
    } = replyFault('v:x/y', dialectOf(protocol), { status: 400, headers: {}, body })
    expect({ kind, most: evidence.mostOutputTokens }).toEqual({ kind: 'unsupported', most: 4_096 })
    expect(told).toMatch(/at most 4,096 tokens of output.*`maxOutput` of the model/)
    const quoting = error(`Invalid value: '${message}'`)
    expect(replyFault('v:x/y', dialectOf(protocol), { status: 400, headers: {}, body: quoting }).kind).toBe(
      'invalid-request',
    )
  },
)

it('of a limit that was reached its numbers are shown, and not whose it is', () => {
  const limit = 'tokens per minute (TPM): Limit 6000, Used 5100, Requested 1666'
  const message = `Rate limit reached for model \`llama\` in organization \`org_01\` service tier \`on_demand\` on ${limit}. Please try again in 7.66s.`
  const body = { error: { message, type: 'tokens', code: 'rate_limit_exceeded' } }
  const verdict = dialectOf('@ai-sdk/groq').classifyError({ status: 429, headers: {}, body })
  expect(verdict).toMatchObject({ kind: 'rate-limited', template: limit, retryAfterMs: 7_660 })
})

describe('the words of a fault', () => {
  it('say who, what happened, all that was seen of it, and what to do', () => {
    const seen = { status: 429, code: 'slow', type: 'limit', parameter: 'model', retryAfterMs: 2_000 }
    expect(faultOf('acme:m/one', 'rate-limited', seen, 'Overloaded').message).toMatch(
      /^acme:m\/one .* \(status 429, code slow, parameter model, retry after 2\.0 s; Overloaded\)\. ./,
    )
    expect(faultOf('acme:m/one', 'overloaded', { type: 'limit' }).message).toMatch(/ \(type limit\)\. ./)
    expect(faultOf('acme:m/one', 'timed-out', { deadline: 'stall', transport: 'reset' } as never).message).toMatch(
      / \(stall deadline, reset\)\. ./,
    )
    expect(faultOf('acme:m/one', 'cancelled').message).toBe('acme:m/one was cancelled. Nothing needs to be done.')
    // What a run ends with: by then nothing is asked any more.
    expect(faultOf('acme:m/one', 'cut-off').message).toMatch(
      /in the middle of its answer\. .*another model to the class/,
    )
  })
})
