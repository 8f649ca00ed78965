import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createModels } from '../../src/providers/create-models.ts'
import { askOf, endpointOf, PROTOCOLS, settingsOf } from '../support/model-asks.ts'
import { type AskChanges, type Harness, startHarness } from '../support/port-harness.ts'
import { replyText } from '../support/replies.ts'
import { JSON_TYPE, replying } from '../support/scripted-vendor.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.stop())

const ALL = {
  topP: 0.9,
  topK: 40,
  presencePenalty: 0.1,
  frequencyPenalty: 0.2,
  seed: 7,
  stopSequences: ['END', '\n\n'],
}

async function bodyWith(protocol: string, settings: object, endpoint: AskChanges['endpoint'] = {}) {
  await harness.ask(protocol, replying(replyText(protocol, 'text.sse')), { ask: { settings }, endpoint })
  return JSON.parse(harness.vendor.seen.at(-1)!.body) as Record<string, unknown>
}

const NAMED = /^(?:temperature|top_?[pk]|presence_?penalty|frequency_?penalty|seed|stop(?:_?sequences)?)$/i

/** Of a body what is told of these, in the vendor's names. */
function sent(body: Record<string, unknown>) {
  const fields = Object.entries({ ...body, ...(body.generationConfig as object) })
  return Object.fromEntries(fields.filter(([key]) => NAMED.test(key)))
}

describe('how an answer is drawn and where it ends', () => {
  const chat = { top_p: 0.9, presence_penalty: 0.1, frequency_penalty: 0.2, seed: 7, stop: ['END', '\n\n'] }

  it.each([
    ['openai', 'gpt-4.1', chat],
    ['openai', 'gpt-5.2', { seed: 7, stop: ['END', '\n\n'] }],
    ['openai-compatible', 'large-v2', chat],
    ['openai-responses', 'gpt-4.1', { top_p: 0.9 }],
    ['openai-responses', 'gpt-5.2', {}],
    ['anthropic', 'claude-sonnet-4-5', { top_p: 0.9, top_k: 40, stop_sequences: ['END'] }],
    ['anthropic', 'claude-opus-4-8', { stop_sequences: ['END'] }],
    [
      'google',
      'gemini-2.0-flash',
      { topP: 0.9, topK: 40, presencePenalty: 0.1, frequencyPenalty: 0.2, seed: 7, stopSequences: ['END', '\n\n'] },
    ],
    ['google', 'gemini-2.5-flash', { topP: 0.9, topK: 40, seed: 7, stopSequences: ['END', '\n\n'] }],
  ])('%s: %s is told what it takes of it, in its own names', async (protocol, upstream, expected) => {
    expect(sent(await bodyWith(protocol, ALL, { upstream }))).toEqual(expected)
  })

  it.each([
    ['openai-responses', {}, ['topK', 'presencePenalty', 'frequencyPenalty', 'seed', 'stopSequences']],
    ['openai-compatible', {}, ['topK']],
    ['openai-compatible', { quirks: { stream: false } }, ['topK']],
    ['anthropic', {}, ['presencePenalty', 'frequencyPenalty', 'seed']],
  ] as const)('%s %j: the answer says what it was asked without', async (protocol, settings, leftOut) => {
    const isWhole = 'quirks' in settings
    const said = isWhole ? replyText(protocol, 'text.json') : replyText(protocol, 'text.sse')
    const changes = { settings, endpoint: { upstream: 'claude-sonnet-4-5' } }
    const reply = await harness.ask(protocol, replying(said, isWhole ? JSON_TYPE : undefined), {
      ...changes,
      ask: { settings: ALL },
    })
    expect(reply).toMatchObject({ kind: 'answer', leftOut })
    const plain = await harness.ask(protocol, replying(said, isWhole ? JSON_TYPE : undefined), changes)
    expect(plain).not.toHaveProperty('leftOut')
  })

  it('Claude is told one of temperature and topP', async () => {
    const body = await bodyWith('anthropic', { temperature: 0.2, topP: 0.9 }, { upstream: 'claude-sonnet-4-5' })
    expect(sent(body)).toEqual({ temperature: 0.2 })
  })

  it.each(PROTOCOLS)('%s: no text at which to end is no list of them', async protocol => {
    expect(sent(await bodyWith(protocol, { stopSequences: [] }))).toEqual({})
    expect(sent(await bodyWith('anthropic', { stopSequences: ['\n'] }))).toEqual({})
  })

  it('an answer that ended at such a text is whole', async () => {
    const ended = replyText('anthropic', 'text.sse')
      .replace('"stop_reason":"end_turn"', '"stop_reason":"stop_sequence"')
      .replace('"stop_sequence":null},"usage":{"output', '"stop_sequence":"END"},"usage":{"output')
    expect(ended).toContain('stop_reason":"stop_sequence"')
    const reply = await harness.ask('anthropic', replying(ended), { ask: { settings: { stopSequences: ['END'] } } })
    expect(reply).toMatchObject({ kind: 'answer', finish: 'stop' })
  })

  it('an answer that began with such a text is empty, where its vendor says why', async () => {
    const empty = replyText('anthropic', 'empty.sse')
    const ended = empty.replace(
      '"stop_reason":"end_turn","stop_sequence":null',
      '"stop_reason":"stop_sequence","stop_sequence":"END"',
    )
    const ask = (text: string, stopSequences: string[]) =>
      harness.ask('anthropic', replying(text), { ask: { settings: { stopSequences } } })
    expect(await ask(ended, ['END'])).toMatchObject({ kind: 'answer', finish: 'stop', text: '' })
    for (const reply of [await ask(empty, ['END']), await ask(ended, [])])
      expect(reply).toMatchObject({ kind: 'fault', fault: { kind: 'malformed-reply' } })
  })
})

describe('an endpoint that rejects a setting', () => {
  const refusing = (message: string, more: object = {}) => ({
    error: { message, type: 'invalid_request_error', ...more },
  })
  const STOP = refusing("Unsupported parameter: 'stop' is not supported with this model.", {
    param: 'stop',
    code: 'unsupported_parameter',
  })
  const openModels = (protocol: string) => {
    const { vendor } = harness
    const models = createModels([settingsOf(protocol, vendor.url)])
    // One that its package knows nothing of.
    const endpoint = { ...endpointOf(protocol), upstream: 'newest' }
    const ask = (settings: object) => models.ask(askOf(endpoint, { settings }))
    return { models, ask, body: () => sent(JSON.parse(vendor.seen.at(-1)!.body)) }
  }

  it.each([
    [0, 3_000],
    [1_024, 1_976],
    [3_000, undefined],
  ])(
    'of the most that it gives, %i tokens are for thoughts, and the call may ask for %s',
    async (budgetTokens, most) => {
      const { models, ask } = openModels('anthropic')
      const said = `max_tokens: ${4_000 + budgetTokens} > 3000, which is the maximum allowed number of output tokens for newest`
      harness.vendor.answer(replying(JSON.stringify(refusing(said)), JSON_TYPE, 400))
      const thinking = { type: 'enabled', budgetTokens }
      const providerOptions = budgetTokens > 0 ? { anthropic: { thinking } } : {}
      const reply = await ask({ maxOutputTokens: 4_000, providerOptions })
      expect(JSON.parse(harness.vendor.seen.at(-1)!.body)).toMatchObject({ max_tokens: 4_000 + budgetTokens })
      expect(reply).toMatchObject({ kind: 'fault', fault: { kind: 'unsupported' } })
      expect(reply.kind === 'fault' && reply.fault.evidence.mostOutputTokens).toBe(most)
      await models.close()
    },
  )

  // What was answered to others: https://github.com/BittnerPierre/AI-Agent-Casebook/issues/133,
  // https://github.com/CherryHQ/cherry-studio/issues/12691, https://github.com/vercel/ai/issues/8943,
  // https://github.com/skydiscover-ai/skydiscover/issues/15
  it.each([
    ['openai', STOP, { stopSequences: ['END'], seed: 7 }, ['stopSequences'], { seed: 7 }],
    ['openai-compatible', refusing('invalid top_p: only 0.95 is allowed for this model'), { topP: 0.9 }, ['topP'], {}],
    [
      'google',
      {
        error: {
          code: 400,
          status: 'INVALID_ARGUMENT',
          message: 'Penalty is not enabled for models/gemini-exp-1206',
        },
      },
      { presencePenalty: 0.5, frequencyPenalty: 0.5 },
      ['presencePenalty', 'frequencyPenalty'],
      {},
    ],
    [
      'openai-compatible',
      refusing('`temperature` and `top_p` cannot both be specified for this model. Please use only one.'),
      { temperature: 0.2, topP: 0.9 },
      ['topP'],
      { temperature: 0.2 },
    ],
  ] as const)('%s: is asked without it from then on (%j)', async (protocol, error, settings, without, left) => {
    const { models, ask, body } = openModels(protocol)
    harness.vendor.answer(replying(JSON.stringify(error), JSON_TYPE, 400))
    expect(await ask(settings)).toMatchObject({ kind: 'fault', fault: { evidence: { without } } })
    expect(Object.keys(body())).toHaveLength(Object.keys(settings).length)
    harness.vendor.answer(replying(replyText(protocol, 'text.sse')))
    expect(await ask(settings)).toMatchObject({ kind: 'answer' })
    expect(body()).toEqual(left)
    await models.close()
  })

  it('that it does not take at all is left out whatever it is, and a value that it does not take alone', async () => {
    const { models, ask, body } = openModels('openai')
    const answers = () => harness.vendor.answer(replying(replyText('openai', 'text.sse')))
    const rejects = (error: object) => harness.vendor.answer(replying(JSON.stringify(error), JSON_TYPE, 400))
    rejects(STOP)
    await ask({ stopSequences: ['END'] })
    rejects(refusing("Invalid 'temperature': decimal above maximum value.", { param: 'temperature' }))
    await ask({ temperature: 3 })
    answers()
    await ask({ stopSequences: ['ANOTHER'], temperature: 3 })
    expect([body().stop, body().temperature]).toEqual([undefined, undefined])
    await ask({ temperature: 0.3 })
    expect(body().temperature).toBe(0.3)
    await models.close()
  })

  it.each([
    ['openai', 'Unrecognized request argument supplied: seed'],
    ['openai-compatible', "property 'seed' is unsupported"],
    ['openai-compatible', 'seed: Extra inputs are not permitted'],
  ])('%s: is asked without it whatever its value where it says: %s', async (protocol, message) => {
    const { models, ask, body } = openModels(protocol)
    harness.vendor.answer(replying(JSON.stringify(refusing(message)), JSON_TYPE, 400))
    await ask({ seed: 1 })
    harness.vendor.answer(replying(replyText(protocol, 'text.sse')))
    await ask({ seed: 2 })
    expect(body()).toEqual({})
    await models.close()
  })

  // https://platform.claude.com/docs/en/build-with-claude/extended-thinking, "Feature compatibility";
  // https://github.com/langchain-ai/langchain-aws/issues/680
  it.each([
    [
      '`temperature` and `top_p` cannot both be specified for this model. Please use only one.',
      { temperature: 0.2, topP: 0.9 },
      { topP: 0.9 },
      { top_p: 0.9 },
    ],
    [
      'temperature is not supported while thinking is enabled',
      { temperature: 0.2, reasoning: 'high' },
      { temperature: 0.2 },
      { temperature: 0.2 },
    ],
    [
      '`temperature` may only be set to 1 when thinking is enabled.',
      { temperature: 0.2, providerOptions: { acme: { thinking: { type: 'enabled', budget_tokens: 2_000 } } } },
      { temperature: 0.2, providerOptions: { acme: { thinking: { type: 'disabled' } } } },
      { temperature: 0.2 },
    ],
  ] as const)(
    'is asked with it where what it was rejected beside is not there: %s',
    async (message, rejected, other, told) => {
      const { models, ask, body } = openModels('openai-compatible')
      harness.vendor.answer(replying(JSON.stringify(refusing(message)), JSON_TYPE, 400))
      await ask(rejected)
      harness.vendor.answer(replying(replyText('openai-compatible', 'text.sse')))
      await ask(other)
      expect(body()).toEqual(told)
      await ask(rejected)
      expect(Object.keys(body())).toHaveLength(message.includes('both') ? 1 : 0)
      await models.close()
    },
  )

  it('is asked at once without all that it has rejected one after the other', async () => {
    const { models, ask, body } = openModels('openai')
    for (const param of ['temperature', 'stop']) {
      const message = `Unsupported parameter: '${param}' is not supported with this model.`
      const error = refusing(message, { param, code: 'unsupported_parameter' })
      harness.vendor.answer(replying(JSON.stringify(error), JSON_TYPE, 400))
      await ask({ temperature: 0.2, stopSequences: ['END'], seed: 7 })
    }
    harness.vendor.answer(replying(replyText('openai', 'text.sse')))
    await ask({ temperature: 0.4, stopSequences: ['.'], seed: 8 })
    expect(body()).toEqual({ seed: 8 })
    await models.close()
  })

  it.each(['stop[0]', 'body.stop_sequences.0'])('is asked without a list of which it rejects %s', async param => {
    const { models, ask } = openModels('openai')
    harness.vendor.answer(replying(JSON.stringify(refusing('It is too long.', { param })), JSON_TYPE, 400))
    expect(await ask({ stopSequences: ['a'.repeat(1_000)] })).toMatchObject({
      fault: { evidence: { without: ['stopSequences'] } },
    })
    await models.close()
  })

  it('that it was not asked with has another fault', async () => {
    const told = await harness.ask('openai', replying(JSON.stringify(STOP), JSON_TYPE, 400), {})
    expect(told).toMatchObject({ kind: 'fault', fault: { kind: 'unsupported' } })
    expect(told).not.toHaveProperty('fault.evidence.without')
  })
})
