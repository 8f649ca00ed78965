import { describe, expect, it } from 'vitest'
import type { FaultKind } from '../../src/core/faults/fault.ts'
import { faultOf } from '../../src/providers/faults/fault-words.ts'
import { classifyError } from '../../src/providers/openai-compatible/classify-error.ts'

/** Errors as servers write them that resemble OpenAI: a status and a body, or a chunk of a stream without a status. */
const kindOf = (status: number | undefined, error: unknown) =>
  classifyError({ ...(status !== undefined && { status }), headers: {}, body: { error } } as never).kind

describe('what an error of a compatible server means', () => {
  it.each<[string, number | undefined, unknown, FaultKind]>([
    // https://openrouter.ai/docs/api/reference/errors-and-debugging
    ['moderation', 403, { code: 403, metadata: { reasons: ['violence'] } }, 'refused'],
    ['moderation', 403, { code: 403, metadata: { flagged_input: 'How to …' } }, 'refused'],
    ['a key that may not', 403, { code: 403, metadata: {} }, 'unauthenticated'],
    ['another status with such metadata', 401, { metadata: { reasons: ['expired'] } }, 'unauthenticated'],
    ['money, whatever the status', 400, { message: 'Insufficient Balance' }, 'quota-exhausted'],
    ['money at a 429', 429, { message: 'You exceeded your current quota, please check …' }, 'quota-exhausted'],
    ['a server in trouble that speaks of money', 500, { message: 'insufficient funds' }, 'overloaded'],
    ['a prompt that is too long', 400, { message: 'maximum context length is 8192 tokens' }, 'context-too-long'],
    ['a limit on tokens that speaks of the context', 429, { message: 'context limit per minute' }, 'rate-limited'],
    ['a key that speaks of the context', 401, { message: 'no access to this context window' }, 'unauthenticated'],
    ['an ability', 404, { message: 'No endpoints found that support tool use' }, 'unsupported'],
    ['`server_error` on everything', 429, { type: 'server_error' }, 'rate-limited'],
    ['`server_error` on everything', 401, { code: 'server_error' }, 'unauthenticated'],
    ['`server_error` that is one', 500, { type: 'server_error' }, 'overloaded'],
    ['`server_error` in a stream', undefined, { type: 'server_error' }, 'overloaded'],
    ['the code before the type', 400, { code: 'content_filter', type: 'rate_limit_error' }, 'refused'],
    [
      'a text that is too long',
      400,
      { code: 'string_above_max_length', param: 'messages[0].content' },
      'context-too-long',
    ],
    [
      'an id that is too long',
      400,
      { code: 'string_above_max_length', param: 'messages[2].tool_call_id' },
      'invalid-request',
    ],
    ['a text that is too long, without its place', 400, { code: 'string_above_max_length' }, 'context-too-long'],
    ['words alone', 400, 'maximum context length', 'context-too-long'],
    ['a status in a stream', undefined, { code: 429 }, 'rate-limited'],
    ['nothing at all in a stream', undefined, { message: 'oh no' }, 'overloaded'],
  ])('%s (%s %j) is %s', (_, status, error, kind) => {
    expect(kindOf(status, error)).toBe(kind)
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

describe('the words of a fault', () => {
  it('say who, what happened, all that was seen of it, and what to do', () => {
    const seen = { status: 429, code: 'slow', type: 'limit', parameter: 'model', retryAfterMs: 2_000 }
    expect(faultOf('acme:m/one', 'rate-limited', seen, 'Overloaded').message).toMatch(
      /^acme:m\/one .* \(status 429, code slow, parameter model, retry after 2000 ms; Overloaded\)\. ./,
    )
    expect(faultOf('acme:m/one', 'overloaded', { type: 'limit' }).message).toMatch(/ \(type limit\)\. ./)
    expect(faultOf('acme:m/one', 'timed-out', { deadline: 'stall', transport: 'reset' } as never).message).toMatch(
      / \(stall deadline, reset\)\. ./,
    )
    expect(faultOf('acme:m/one', 'cancelled').message).toBe('acme:m/one was cancelled. Nothing is to be done.')
  })
})
