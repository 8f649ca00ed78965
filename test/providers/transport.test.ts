import type { ServerResponse } from 'node:http'
import { createServer } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Endpoint } from '../../src/core/endpoints.ts'
import type { Ask, Outgoing, ReplyFault } from '../../src/core/ports.ts'
import { createModels } from '../../src/providers/create-models.ts'
import { askOf, CANARY_KEY, endpointOf, PROTOCOLS, settingsOf, WEATHER } from '../support/model-asks.ts'
import { onFreePort } from '../support/on-free-port.ts'
import { type Harness, startHarness } from '../support/port-harness.ts'
import { replyText } from '../support/replies.ts'
import { breaking, holding, JSON_TYPE, replying, SSE } from '../support/scripted-vendor.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.stop())
afterEach(() => void vi.unstubAllEnvs())

const PATIENT = { connectMs: 10_000, firstTokenMs: 10_000, stallMs: 10_000, totalMs: 10_000 }

/** Time enough for a request to reach its vendor, also on a busy machine. */
const SOON_MS = 250

/** A stream that begins, up to and with its first words. */
function begun(protocol: string): string {
  const text = replyText(protocol, 'text.sse')
  return text.slice(0, text.indexOf('\n\n', text.indexOf('Grüße')) + 2)
}

/** What comes of an ask whose vendor keeps silent for longer than a first token may take, and answers in the time that thinking has. */
async function kindWhenLate(
  protocol: (typeof PROTOCOLS)[number],
  settings: Partial<Ask['settings']>,
  endpoint: Partial<Endpoint>,
): Promise<string> {
  const late = (response: ServerResponse) =>
    void setTimeout(() => response.writeHead(200, SSE).end(replyText(protocol, 'text.sse')), 120)
  const { kind } = await harness.ask(protocol, late, {
    ask: { settings: { maxOutputTokens: 500, ...settings } },
    endpoint,
    settings: { deadlines: { ...PATIENT, firstTokenMs: 40, silent: { firstTokenMs: 60_000 } } },
  })
  return kind
}

describe('deadlines', () => {
  it('connect: a server that accepts and never speaks TLS', async () => {
    const server = createServer(() => {})
    const address = await onFreePort(server)
    const reply = await harness.ask('openai', replying(''), {
      settings: { baseUrl: `https://${address}/v1`, deadlines: { ...PATIENT, connectMs: 30 } },
    })
    expect(reply).toMatchObject({
      kind: 'fault',
      billable: 'no',
      fault: {
        kind: 'timed-out',
        evidence: { deadline: 'connect' },
        // A firewall that drops what goes out does the same, and no deadline helps against it.
        message: expect.stringMatching(
          /\(connect deadline\)\. Check its base URL and the network.*HTTPS_PROXY.*timeouts\.connect/,
        ),
      },
    })
    server.close()
  })

  it.each(PROTOCOLS)('first-token: %s sends headers and signs of life, and no content', async protocol => {
    const reply = await harness.ask(protocol, holding(': still here\n\n'), {
      settings: { deadlines: { ...PATIENT, firstTokenMs: SOON_MS } },
    })
    expect(reply).toMatchObject({
      billable: 'maybe',
      fault: { kind: 'timed-out', evidence: { deadline: 'first-token' } },
    })
    await harness.vendor.seen.at(-1)!.closed
  })

  it.each([
    ['openai-responses', 'high', ['reasoning'], 'answer'],
    ['openai-responses', 'none', ['reasoning'], 'fault'],
    // Most of those who can think do so unasked.
    ['openai-responses', undefined, ['reasoning'], 'answer'],
    ['google', undefined, ['reasoning'], 'answer'],
    ['openai-responses', 'high', [], 'fault'],
    // It shows what it thinks, and thinks when it is asked.
    ['anthropic', 'high', ['reasoning'], 'fault'],
    ['anthropic', undefined, ['reasoning'], 'fault'],
  ] as const)(
    'first-token: what may think (%s, %s, with the abilities %j) has its own time',
    async (protocol, reasoning, abilities, kind) => {
      expect(await kindWhenLate(protocol, { ...(reasoning && { reasoning }) }, { abilities })).toBe(kind)
    },
  )

  // GPT: https://www.zansara.dev/posts/2026-05-26-reasoning-effort-across-gpt-5.x; Gemini: https://ai.google.dev/gemini-api/docs/thinking
  it.each([
    ['openai-compatible', 'anthropic/claude-sonnet-4.5', {}, 'fault'],
    ['openai-compatible', 'eu.anthropic.claude-haiku-4-5-20251001-v1:0', {}, 'fault'],
    ['openai-compatible', 'claude-3.7-sonnet', {}, 'fault'],
    ['openai-compatible', 'claude-opus-5', {}, 'answer'],
    ['openai-responses', 'gpt-5.2', {}, 'fault'],
    ['openai-responses', 'gpt-5.4-mini', {}, 'fault'],
    ['google', 'gemini-2.5-flash-lite', {}, 'fault'],
    ['openai-responses', 'gpt-5.2', { reasoning: 'low' }, 'answer'],
    ['openai-responses', 'gpt-5.2', { providerOptions: { openai: { reasoningEffort: 'high' } } }, 'answer'],
    ['openai-responses', 'gpt-5.2-pro', {}, 'answer'],
    ['openai-responses', 'gpt-5.5', {}, 'answer'],
    ['openai-responses', 'gpt-5-mini', {}, 'answer'],
    ['openai-compatible', 'claude-sonnet-4.5-thinking', {}, 'answer'],
    // They show their thoughts as they come, unless their host keeps them back, which may be who is asked for a degree.
    ['openai-compatible', 'deepseek-ai/DeepSeek-V4', {}, 'fault'],
    ['openai-compatible', 'qwen3-max', {}, 'fault'],
    ['openai-compatible', 'z-ai/glm-5', {}, 'fault'],
    ['openai-compatible', 'glm-5', { reasoning: 'high' }, 'answer'],
    ['google', 'gemini-2.5-flash', {}, 'answer'],
  ] as const)(
    'first-token: %s %s that thinks when it is asked alone, or shows its thoughts, is not waited for else (%j)',
    async (protocol, upstream, settings, kind) => {
      expect(await kindWhenLate(protocol, settings, { upstream, abilities: ['reasoning'] })).toBe(kind)
    },
  )

  // https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking: since Opus 4.7 thoughts are shown to those who ask to see them.
  it.each([
    ['claude-opus-4-8', { type: 'adaptive' }, 'answer'],
    ['claude-opus-4-8', { type: 'adaptive', display: 'summarized' }, 'fault'],
    ['claude-sonnet-4-5', { type: 'enabled', budgetTokens: 1_024 }, 'fault'],
    ['claude-fable-5', undefined, 'answer'],
  ] as const)(
    'first-token: %s that is to think as %j has the time for it where it shows nothing',
    async (upstream, thinking, kind) => {
      expect(
        await kindWhenLate(
          'anthropic',
          { ...(thinking && { providerOptions: { anthropic: { thinking } } }) },
          { upstream, abilities: ['reasoning'] },
        ),
      ).toBe(kind)
    },
  )

  it.each(PROTOCOLS)('stall: %s leaves a stream open after its end, and the answer is not lost', async protocol => {
    const { timings: _, ...whole } = await harness.ask(protocol, replying(replyText(protocol, 'text.sse')))
    const { timings: __, ...open } = await harness.ask(protocol, holding(replyText(protocol, 'text.sse')), {
      settings: { deadlines: { ...PATIENT, stallMs: SOON_MS } },
    })
    expect(open).toEqual(whole)
    expect(open.kind).toBe('answer')
    await harness.vendor.seen.at(-1)!.closed
  })

  // https://github.com/openai/openai-agents-js/issues/314: for minutes, behind Responses. Of Google's there is no telling, for older
  // models of it name a reason for the end in each chunk.
  it.concurrent.each(PROTOCOLS.filter(protocol => protocol !== 'google'))(
    'stall: nobody waits long for the end of a stream of %s whose answer has ended',
    async protocol => {
      const own = await startHarness()
      const reply = await own.ask(protocol, holding(replyText(protocol, 'text.sse')), {
        settings: { deadlines: PATIENT },
      })
      await own.stop()
      expect(reply.kind).toBe('answer')
      expect(reply.timings.totalMs).toBeLessThan(5_000)
    },
  )

  it.each(PROTOCOLS)('stall: %s leaves a stream open after it has refused, which is no silence', async protocol => {
    const reply = await harness.ask(protocol, holding(replyText(protocol, 'refused.sse')), {
      settings: { deadlines: { ...PATIENT, firstTokenMs: 1_500, stallMs: SOON_MS } },
    })
    expect(reply).toMatchObject({ kind: 'fault', fault: { kind: 'refused' }, billable: 'maybe' })
    expect(reply).not.toHaveProperty('whole')
  })

  it.each(PROTOCOLS)(
    'first-token: %s redirects and leaves its reply open, and is told from a slow one',
    async protocol => {
      const redirecting = (response: ServerResponse) =>
        void response.writeHead(307, { location: 'http://127.0.0.1:1/' }).write('moved')
      const reply = await harness.ask(protocol, redirecting, {
        settings: { deadlines: { ...PATIENT, firstTokenMs: SOON_MS } },
      })
      expect(reply).toMatchObject({ billable: 'no', fault: { kind: 'invalid-request', evidence: { status: 307 } } })
      await harness.vendor.seen.at(-1)!.closed
    },
  )

  it.each(PROTOCOLS)('stall: %s stops after its first words', async protocol => {
    const reply = await harness.ask(protocol, holding(begun(protocol)), {
      settings: { deadlines: { ...PATIENT, stallMs: SOON_MS } },
    })
    expect(reply).toMatchObject({ billable: 'maybe', fault: { kind: 'timed-out', evidence: { deadline: 'stall' } } })
    await harness.vendor.seen.at(-1)!.closed
  })

  it.each([
    ['openai', 'gpt-5.2', { tools: [WEATHER] }, 'fault'],
    // https://github.com/2389-research/tracker/issues/577: it may say what it is about to do, and think then.
    ['openai-responses', 'gpt-5-mini', {}, 'answer'],
    ['openai-responses', 'gpt-5.2', {}, 'fault'],
    ['google', 'gemini-2.5-flash-lite', { tools: [WEATHER] }, 'answer'],
    ['google', 'gemini-2.5-flash-lite', {}, 'fault'],
    ['openai-compatible', 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0', { tools: [WEATHER] }, 'answer'],
    ['openai-compatible', 'mistral-large-latest', { tools: [WEATHER] }, 'answer'],
    // At another address than Anthropic's own.
    ['anthropic', 'claude-sonnet-4-5', { tools: [WEATHER] }, 'answer'],
    ['anthropic', 'claude-sonnet-4-5', {}, 'fault'],
  ] as const)('stall: %s %s may work unseen behind its first words', async (protocol, upstream, ask, kind) => {
    const text = replyText(protocol, 'text.sse')
    const first = begun(protocol)
    const pausing = (response: ServerResponse) => {
      response.writeHead(200, SSE).write(first)
      // Where it may not work so long, it works on for long enough that no busy machine mistakes the one for the other.
      setTimeout(() => response.end(text.slice(first.length)), kind === 'answer' ? 120 : 4_000).unref()
    }
    const reply = await harness.ask(protocol, pausing, {
      ask: { ...ask, tools: 'tools' in ask ? [...ask.tools] : [] },
      endpoint: { upstream },
      settings: { deadlines: { ...PATIENT, stallMs: 40, silent: { stallMs: 60_000 } } },
    })
    expect(reply.kind).toBe(kind)
  })

  /** Vertex's and others fetch a token first, from a server that may keep silent. */
  it('first-token: a package that never gets to its request does not hold the call for ever', async () => {
    const model = `{ specificationVersion: 'v4', doStream: () => new Promise(() => {}) }`
    const source = `export const createHanging = () => ({ languageModel: () => (${model}) })`
    const reply = await harness.ask('@ai-sdk/hanging', replying(''), {
      endpoint: { upstream: 'large-v2' },
      settings: {
        package: `data:text/javascript,${encodeURIComponent(source)}`,
        deadlines: { ...PATIENT, firstTokenMs: SOON_MS },
      },
    })
    expect(reply).toMatchObject({
      billable: 'no',
      fault: { kind: 'timed-out', evidence: { deadline: 'first-token' } },
    })
  })

  it('first-token: the time in which the gate holds a request back does not count', async () => {
    // Longer than a busy machine needs for the answer.
    const gate = () => new Promise<void>(resolve => setTimeout(resolve, 2_100))
    const reply = await harness.ask('openai', replying(replyText('openai', 'text.sse')), {
      ask: { gate },
      settings: { deadlines: { ...PATIENT, firstTokenMs: 2_000 } },
    })
    expect(reply.kind).toBe('answer')
  })

  it.each([true, false])('total: it holds with streaming (%s) and without', async stream => {
    const reply = await harness.ask('openai', holding(begun('openai'), stream ? SSE : JSON_TYPE), {
      settings: { quirks: { stream }, deadlines: { ...PATIENT, totalMs: 30 } },
    })
    expect(reply).toMatchObject({ fault: { kind: 'timed-out', evidence: { deadline: 'total' } } })
    await harness.vendor.seen.at(-1)!.closed
  })

  it('an error status is told by what came of its body, when the rest does not come', async () => {
    const partial = (response: import('node:http').ServerResponse) => {
      response.writeHead(429, { ...JSON_TYPE, 'retry-after': '4', 'content-length': '1000' })
      response.write('{"error":')
    }
    const reply = await harness.ask('openai', partial, { settings: { deadlines: { ...PATIENT, firstTokenMs: 1_500 } } })
    expect(reply).toMatchObject({ billable: 'no', fault: { kind: 'rate-limited', evidence: { retryAfterMs: 4_000 } } })
  })
})

describe('cancelling', () => {
  it.each(PROTOCOLS)('%s: closes the socket in the middle of an answer', async protocol => {
    const controller = new AbortController()
    const onDelta = () => controller.abort()
    const reply = await harness.ask(protocol, holding(begun(protocol)), { ask: { signal: controller.signal, onDelta } })
    expect(reply).toMatchObject({ kind: 'fault', billable: 'maybe', fault: { kind: 'cancelled' } })
    await harness.vendor.seen.at(-1)!.closed
  })

  it('before the first byte of the reply', async () => {
    const controller = new AbortController()
    const asked = harness.vendor.nextRequest()
    const reply = harness.ask('anthropic', () => controller.abort(), { ask: { signal: controller.signal } })
    await (await asked).closed
    expect(await reply).toMatchObject({ billable: 'maybe', fault: { kind: 'cancelled' } })
  })

  it('while the gate decides, nothing leaves, and the gate is waited for', async () => {
    const before = harness.vendor.seen.length
    const controller = new AbortController()
    let decided = false
    const gate = async () => {
      controller.abort()
      await setImmediate()
      decided = true
    }
    const reply = await harness.ask('openai', replying(''), { ask: { signal: controller.signal, gate } })
    expect(reply).toMatchObject({ kind: 'fault', billable: 'no', fault: { kind: 'cancelled' } })
    expect(decided).toBe(true)
    expect(harness.vendor.seen).toHaveLength(before)
  })

  it('an ask that comes cancelled never reaches the gate', async () => {
    let asked = false
    const gate = async () => {
      asked = true
    }
    const reply = await harness.ask('openai', replying(''), { ask: { signal: AbortSignal.abort(), gate } })
    expect(reply).toMatchObject({ billable: 'no', fault: { kind: 'cancelled' } })
    expect(asked).toBe(false)
  })
})

describe('the network', () => {
  it('nobody listens', async () => {
    const reply = await harness.ask('openai', replying(''), { settings: { baseUrl: 'http://127.0.0.1:1/v1' } })
    expect(reply).toMatchObject({
      billable: 'no',
      fault: { kind: 'unreachable', evidence: { transport: 'ECONNREFUSED' } },
    })
  })

  it('a name that does not exist', async () => {
    const reply = await harness.ask('openai', replying(''), { settings: { baseUrl: 'http://none.invalid/v1' } })
    expect(reply).toMatchObject({ billable: 'no', fault: { kind: 'unreachable' } })
    expect((reply as ReplyFault).fault.evidence.transport).toMatch(/^(ENOTFOUND|EAI_AGAIN)$/)
  })

  it('TLS with somebody who speaks plain HTTP', async () => {
    const baseUrl = harness.vendor.url.replace('http:', 'https:')
    const reply = await harness.ask('openai', replying(''), { settings: { baseUrl } })
    expect(reply).toMatchObject({ billable: 'no', fault: { kind: 'unreachable' } })
  })

  it('a reset before the reply may have cost something', async () => {
    const reply = await harness.ask('google', (_response, socket) => socket.resetAndDestroy())
    expect(reply).toMatchObject({ billable: 'maybe', fault: { kind: 'unreachable' } })
  })

  it.each(PROTOCOLS)('%s: a reset in the middle of an answer', async protocol => {
    const reply = await harness.ask(protocol, breaking(begun(protocol)))
    expect(reply).toMatchObject({ billable: 'maybe', fault: { kind: 'cut-off' } })
  })

  it.each(PROTOCOLS)('%s: a reset after the end of an answer does not lose it', async protocol => {
    const { timings: _, ...whole } = await harness.ask(protocol, replying(replyText(protocol, 'text.sse')))
    const { timings: __, ...reset } = await harness.ask(protocol, breaking(replyText(protocol, 'text.sse')))
    expect(reset).toEqual(whole)
  })

  it('what is not HTTP', async () => {
    const reply = await harness.ask('openai', (_response, socket) => void socket.end('SSH-2.0-OpenSSH_9.6\r\n\r\n'))
    expect(reply).toMatchObject({ fault: { kind: 'malformed-reply' } })
  })

  it('connections are kept for the next call', async () => {
    const { vendor } = harness
    const models = createModels([settingsOf('openai', vendor.url)])
    const ports = new Set<unknown>()
    for (let call = 0; call < 3; call++) {
      vendor.answer((response, socket) => {
        ports.add(socket.remotePort)
        replying(replyText('openai', 'text.sse'))(response, socket)
      })
      expect(await models.ask(askOf(endpointOf('openai')))).toMatchObject({ kind: 'answer' })
      // The pool takes a connection back one turn after its reply ended.
      await setImmediate()
    }
    expect(ports.size).toBe(1)
    await models.close()
  })
})

it('a long decode of Gemini is not continued behind the gate: the answer ends at its length', async () => {
  const chunk = {
    candidates: [
      {
        content: { parts: [{ text: 'first part' }], role: 'model' },
        finishReason: 'CONTINUATION',
        continuationToken: 't',
      },
    ],
    usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 2, totalTokenCount: 7 },
  }
  const before = harness.vendor.seen.length
  const reply = await harness.ask('google', replying(`data: ${JSON.stringify(chunk)}\n\n`))
  expect(reply).toMatchObject({ kind: 'answer', finish: 'length', text: 'first part', usage: { outputTokens: 2 } })
  expect(harness.vendor.seen).toHaveLength(before + 1)
})

describe('caps', () => {
  const limits = { maxReplyBytes: 3_000, maxLineBytes: 500 }

  it('a reply that is too long', async () => {
    const endless = `data: ${JSON.stringify({ choices: [{ delta: { content: 'x'.repeat(200) } }] })}\n\n`.repeat(50)
    const reply = await harness.ask('openai-compatible', holding(endless), { options: { limits } })
    expect(reply).toMatchObject({ fault: { kind: 'malformed-reply', evidence: { code: 'too-large' } } })
    await harness.vendor.seen.at(-1)!.closed
  })

  it('a reply that is packed, never ends and holds nothing', async () => {
    const nothing = Buffer.concat(Array.from({ length: 500 }, () => gzipSync('')))
    for (const type of [SSE, JSON_TYPE]) {
      const reply = await harness.ask('openai-compatible', holding(nothing, { ...type, 'content-encoding': 'gzip' }), {
        options: { limits },
        settings: { quirks: { stream: type === SSE } },
      })
      expect(reply).toMatchObject({ fault: { kind: 'malformed-reply', evidence: { code: 'too-large' } } })
      await harness.vendor.seen.at(-1)!.closed
    }
  })

  it.each(['openai-compatible', 'anthropic'])('unreadable chunks without end (%s)', async protocol => {
    const reply = await harness.ask(protocol, holding('data: x\n\n'.repeat(200)), {
      settings: { deadlines: PATIENT },
    })
    expect(reply).toMatchObject({ billable: 'maybe', fault: { kind: 'malformed-reply' } })
    await harness.vendor.seen.at(-1)!.closed
  })

  it.each([true, false])('a usage that is nested too deep to be walked (stream: %s)', async stream => {
    const deep = `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`
    const part = stream ? 'delta' : 'message'
    const body = `{"choices":[{"index":0,"${part}":{"content":"Grüße"},"finish_reason":"stop"}],"usage":{"prompt_tokens":"10","x":${deep}}}`
    const reply = await harness.ask(
      'openai-compatible',
      stream ? replying(`data: ${body}\n\n`) : replying(body, JSON_TYPE),
      { settings: { quirks: { stream }, deadlines: PATIENT } },
    )
    expect(reply).toMatchObject({ fault: { kind: 'malformed-reply' } })
  })

  it('a line that is too long', async () => {
    const reply = await harness.ask('openai-compatible', holding(`data: ${'x'.repeat(600)}`), { options: { limits } })
    expect(reply).toMatchObject({ fault: { kind: 'malformed-reply', evidence: { code: 'too-large' } } })
  })
})

describe('what leaves', () => {
  const outgoingOf = async (protocol: string, changes: Parameters<Harness['ask']>[2]) => {
    let shown: Outgoing | undefined
    const gate = async (outgoing: Outgoing) => {
      shown = outgoing
    }
    await harness.ask(protocol, replying(replyText(protocol, 'text.sse')), {
      ...changes,
      ask: { gate, ...changes?.ask },
    })
    return shown!
  }

  it.each(PROTOCOLS)('%s: the output limit of the body', async protocol => {
    expect(await outgoingOf(protocol, {})).toMatchObject({ maxOutputTokens: 500 })
  })

  it('Anthropic adds to the limit for thinking, and the gate is told so', async () => {
    const settings = { maxOutputTokens: 1_000, reasoning: 'high' } as const
    const outgoing = await outgoingOf('anthropic', { ask: { settings } })
    expect(outgoing.maxOutputTokens).toBeGreaterThan(30_000)
    expect(outgoing.maxOutputTokens).toBe((outgoing.body as { max_tokens: number }).max_tokens)
  })

  it('a limit that the body does not name is unknown', async () => {
    const outgoing = await outgoingOf('openai', { ask: { settings: {} } })
    expect(outgoing.maxOutputTokens).toBeUndefined()
  })

  it.each(PROTOCOLS)('%s: without a key no key is sent, not even one from the environment', async protocol => {
    for (const name of ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY'])
      vi.stubEnv(name, CANARY_KEY)
    await harness.ask(protocol, replying(replyText(protocol, 'text.sse')), { settings: { apiKey: undefined } })
    const { headers } = harness.vendor.seen.at(-1)!
    expect(headers).not.toHaveProperty('authorization')
    expect(JSON.stringify(headers)).not.toContain(CANARY_KEY)
  })

  it.each([
    ['openai', { openai: { store: true } }],
    ['openai', { openai: { promptCacheRetention: '24h' } }],
    ['openai-responses', { openai: { previousResponseId: 'resp_1' } }],
    ['openai-responses', { openai: { conversation: 'conv_1' } }],
    ['google', { google: { cachedContent: 'cachedContents/1' } }],
    ['anthropic', { anthropic: { cacheControl: { type: 'ephemeral', ttl: '1h' } } }],
    ['openai-compatible', { acme: { store: true } }],
  ])('under ZDR %s %o is held back', async (protocol, providerOptions) => {
    const before = harness.vendor.seen.length
    const ask = { zdr: true, settings: { providerOptions } as never }
    const endpoint = protocol === 'openai' ? { upstream: 'gpt-5.1' } : {}
    const reply = await harness.ask(protocol, replying(''), { ask, endpoint })
    expect(reply).toMatchObject({ billable: 'no', fault: { kind: 'invalid-request', evidence: { code: 'zdr' } } })
    expect(harness.vendor.seen).toHaveLength(before)
  })

  it('Responses are asked for no summary of thoughts, which OpenAI gives to verified organisations alone, unless somebody says so', async () => {
    const sent = async (own: Record<string, string>, upstream = 'gpt-5.1') => {
      const settings = { maxOutputTokens: 500, reasoning: 'high' as const, providerOptions: { openai: own } }
      await harness.ask('openai-responses', replying(''), { ask: { settings }, endpoint: { upstream } })
      return JSON.parse(harness.vendor.seen.at(-1)!.body)
    }
    expect((await sent({})).reasoning).toEqual({ effort: 'high' })
    expect((await sent({ reasoningSummary: 'auto' })).reasoning).toEqual({ effort: 'high', summary: 'auto' })
    expect((await sent({})).include).toEqual(['reasoning.encrypted_content'])
    expect(await sent({}, 'gpt-5-chat-latest')).not.toHaveProperty('include')
  })

  it('Responses never store, with or without ZDR', async () => {
    for (const zdr of [true, false]) {
      const { body } = await outgoingOf('openai-responses', { ask: { zdr } })
      expect(body).toMatchObject({ store: false, include: ['reasoning.encrypted_content'] })
    }
  })

  it('a chat completion says under ZDR that it is not to be stored, and leaves it to the account elsewhere', async () => {
    expect((await outgoingOf('openai', { ask: { zdr: true } })).body).toMatchObject({ store: false })
    expect((await outgoingOf('openai', { ask: { zdr: false } })).body).not.toHaveProperty('store')
  })
})
