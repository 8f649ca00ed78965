import { once } from 'node:events'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { limitedBy } from '../../src/providers/faults/limited-by.ts'
import {
  type FaultRuleInput,
  type RunningVendors,
  startVendors,
  type VendorProtocol,
} from '../../src/providers/simulated/index.ts'
import { askStream, askWhole, modelOf, PROTOCOLS, READ_TOOL, start, user, vendorOf } from './asking.ts'

let running: RunningVendors | undefined
afterEach(() => running?.close())

type Kind = FaultRuleInput['kind']

async function withFault(protocol: VendorProtocol, fault: FaultRuleInput) {
  const turns = [{ tools: [{ name: 'read', arguments: { path: 'reports/2026/january.md' } }] }]
  const behaviours = [{ match: 'use a tool', turns }]
  running = await start(vendorOf(protocol, { behaviours, faults: [fault], billsAborted: 'whole' }))
  return modelOf(running)
}

const row = () => running!.meter()[0]!

/** Status and the code by which a client tells what happened, protocol by protocol. */
const STATUSES: readonly [Kind, Record<VendorProtocol, [number, string]>][] = [
  [
    'rate-limit',
    { ...alike(429, 'rate_limit_exceeded'), anthropic: [429, 'rate_limit_error'], google: [429, 'RESOURCE_EXHAUSTED'] },
  ],
  ['server-error', { ...alike(500, 'server_error'), anthropic: [500, 'api_error'], google: [500, 'INTERNAL'] }],
  ['overloaded', { ...alike(503, 'server_error'), anthropic: [529, 'overloaded_error'], google: [503, 'UNAVAILABLE'] }],
  [
    'unauthenticated',
    { ...alike(401, 'invalid_api_key'), anthropic: [401, 'authentication_error'], google: [400, 'API_KEY_INVALID'] },
  ],
  [
    'payment-required',
    { ...alike(402, 'Insufficient Balance'), anthropic: [402, 'billing_error'], google: [402, 'FAILED_PRECONDITION'] },
  ],
  [
    'quota-exhausted',
    { ...alike(429, 'insufficient_quota'), anthropic: [400, 'usage limits'], google: [429, 'PerDay'] },
  ],
  [
    'context-too-long',
    {
      ...alike(400, 'context_length_exceeded'),
      anthropic: [400, 'prompt is too long'],
      google: [400, 'exceeds the maximum number of tokens'],
    },
  ],
  [
    'content-filter',
    {
      ...alike(400, 'content_filter'),
      'openai-responses': [400, 'invalid_prompt'],
      anthropic: [400, 'content filtering policy'],
      google: [200, 'PROHIBITED_CONTENT'],
    },
  ],
]

function alike(status: number, code: string): Record<VendorProtocol, [number, string]> {
  return Object.fromEntries(PROTOCOLS.map(protocol => [protocol, [status, code]])) as never
}

const SIMPLE: Record<VendorProtocol, [path: string, body: object]> = {
  openai: ['/chat/completions', { messages: [{ role: 'user', content: 'Hi' }] }],
  'openai-compatible': ['/chat/completions', { messages: [{ role: 'user', content: 'Hi' }] }],
  'openai-responses': ['/responses', { input: 'Hi' }],
  anthropic: ['/messages', { max_tokens: 99, messages: [{ role: 'user', content: 'Hi' }] }],
  google: ['/models/model-1:generateContent', { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] }],
}

/** Asks without a package, to see what is on the wire. */
async function askBare(protocol: VendorProtocol, more: object = {}, signal?: AbortSignal): Promise<Response> {
  const [path, body] = SIMPLE[protocol]
  const url = running!.vendors[0]!.baseUrl + path
  const asked = JSON.stringify({ model: 'model-1', ...body, ...more })
  return await fetch(url, { method: 'POST', body: asked, ...(signal && { signal }) })
}

/** What a client reads in a 429; nothing from another reply. */
async function limitedIn(reply: Response) {
  const { status } = reply
  const body = (await reply.json()) as unknown
  if (status !== 429) return []
  const { error } = (Array.isArray(body) ? body[0] : body) as {
    error: { type?: string; details?: [{ violations: [{ quotaId: string }] }] }
  }
  const type = error.details?.[0].violations[0].quotaId ?? error.type ?? ''
  return [limitedBy({ kind: 'rate-limited', type }, { status, headers: Object.fromEntries(reply.headers), body })]
}

describe.each(PROTOCOLS)('%s', protocol => {
  test.each(STATUSES)('%s has the status and the code of the vendor, and costs nothing', async (kind, expected) => {
    await withFault(protocol, { kind })
    const response = await askBare(protocol)
    const [status, code] = expected[protocol]
    expect([response.status, await response.text()]).toEqual([status, expect.stringContaining(code)])
    expect(row()).toMatchObject({ status, fault: kind, outcome: 'rejected', billedPico: '0' })
    expect(response.headers.get(protocol === 'anthropic' ? 'request-id' : 'x-request-id')).toBe(row().requestId)
  })

  test('reset breaks the connection before the first byte', async () => {
    const model = await withFault(protocol, { kind: 'reset' })
    await expect(askStream(model)).rejects.toMatchObject({ statusCode: undefined })
    expect(row()).toMatchObject({ outcome: 'rejected', billedPico: '0' })
    expect(row().status).toBeUndefined()
  })

  test('cut breaks the stream in the middle of the text', async () => {
    const model = await withFault(protocol, { kind: 'cut', afterTokens: 12 })
    const { stream } = await model.doStream({ prompt: [user('Hello')] })
    let text = ''
    const reading = (async () => {
      for await (const part of stream) if (part.type === 'text-delta') text += part.delta
    })()
    await expect(reading).rejects.toThrow()
    expect(text).toHaveLength(48)
    expect(row()).toMatchObject({ outcome: 'cut', fault: 'cut' })
    expect(row().billedPico).not.toBe('0')
  })

  test('cut breaks an answer that is no stream', async () => {
    const model = await withFault(protocol, { kind: 'cut' })
    await expect(askWhole(model)).rejects.toThrow()
  })

  test('a malformed chunk is followed by the rest of the stream', async () => {
    const asked = await askStream(await withFault(protocol, { kind: 'malformed-chunk' }))
    expect(asked.errors).toHaveLength(1)
    expect(asked.text).toMatch(/\[[0-9a-f]{6}\]$/)
    expect(row().outcome).toBe('answered')
  })

  test('an error comes in the middle of a stream that began well', async () => {
    const asked = await askStream(await withFault(protocol, { kind: 'in-band-error', afterTokens: 5 }))
    expect(asked.text).toHaveLength(20)
    expect(JSON.stringify(asked.errors)).toMatch(/overloaded/i)
    expect(row()).toMatchObject({ status: 200, outcome: 'cut' })
  })

  test('html comes with 200 and costs nothing', async () => {
    await withFault(protocol, { kind: 'html' })
    const response = await askBare(protocol, { stream: true })
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html'])
    expect(await response.text()).toContain('<h1>')
    expect(row()).toMatchObject({ status: 200, outcome: 'rejected', billedPico: '0' })
  })

  test('finish-without-done is an answer', async () => {
    const asked = await askStream(await withFault(protocol, { kind: 'finish-without-done' }))
    // Anthropic's package alone insists on the last event and calls the answer interrupted.
    const finish = protocol === 'anthropic' ? 'interrupted' : 'stop'
    expect([asked.finish, asked.errors, row().outcome]).toEqual([finish, [], 'answered'])
    expect(JSON.stringify(asked.raw)).not.toContain('message_stop')
  })

  test('no-finish ends in order and says no reason', async () => {
    const asked = await askStream(await withFault(protocol, { kind: 'no-finish' }))
    expect(asked.text).toMatch(/\[[0-9a-f]{6}\]$/)
    expect(asked.finish).not.toBe('stop')
    expect(row().outcome).toBe('cut')
  })

  test('missing-usage leaves the counts unknown and the bill as it is', async () => {
    const model = await withFault(protocol, { kind: 'missing-usage' })
    if (protocol === 'anthropic') {
      // Its usage is no option: the package gives up at the first event without one.
      await expect(askStream(model)).rejects.toThrow()
    } else {
      const { finish, usage } = await askStream(model)
      expect([finish, usage?.inputTokens.total, usage?.outputTokens.total]).toEqual(['stop', undefined, undefined])
    }
    expect(row()).toMatchObject({ outcome: 'answered', billedPico: expect.stringMatching(/^[1-9]/) })
  })

  test('a refusal for content can be a finish reason', async () => {
    const asked = await askStream(await withFault(protocol, { kind: 'content-filter', as: 'finish' }))
    expect([asked.finish, asked.text]).toEqual(['content-filter', ''])
  })

  test('an empty answer has a finish and nothing else', async () => {
    const asked = await askStream(await withFault(protocol, { kind: 'empty-answer' }))
    expect([asked.finish, asked.text, row().outputTokens]).toEqual(['stop', '', 0])
  })

  test('length stops the answer early', async () => {
    const asked = await askStream(await withFault(protocol, { kind: 'length', afterTokens: 6 }))
    expect([asked.finish, asked.text.length]).toEqual(['length', 24])
  })

  test('a tool call with broken JSON', async () => {
    const fault = { kind: 'broken-tool-json' } as const
    const asked = await askStream(await withFault(protocol, fault), {
      prompt: [user('Use a tool')],
      tools: [READ_TOOL],
    })
    if (protocol === 'google') expect(asked.finish).toBe('error')
    else expect(JSON.stringify(asked.raw)).toContain('rep')
    for (const part of asked.content)
      if (part.type === 'tool-call') expect(() => JSON.parse(part.input)).toThrow(SyntaxError)
    expect(row().fault).toBe('broken-tool-json')
  })

  test('a cut in the middle of a tool call leaves half of its arguments', async () => {
    await withFault(protocol, { kind: 'cut', at: 'tool-call' })
    const model = modelOf(running!)
    const { stream } = await model.doStream({ prompt: [user('Use a tool')], tools: [READ_TOOL] })
    const kinds: string[] = []
    const reading = (async () => {
      for await (const part of stream) kinds.push(part.type)
    })()
    await expect(reading).rejects.toThrow()
    expect(kinds).not.toContain('tool-call')
    if (protocol !== 'google') expect(kinds).toContain('tool-input-delta')
  })
})

describe('waiting', () => {
  const limited = (fault: Partial<FaultRuleInput>) =>
    withFault('openai', { kind: 'rate-limit', retryAfterMs: 7_000, ...fault })
  test('is asked for in whole seconds', async () => {
    await limited({})
    expect((await askBare('openai')).headers.get('retry-after')).toBe('7')
  })
  test('is asked for until a date', async () => {
    await limited({ retryAfterIn: 'date' })
    const date = (await askBare('openai')).headers.get('retry-after')
    expect(Date.parse(date!) - Date.now()).toBeGreaterThan(2_000)
  })
  test('is asked for in milliseconds', async () => {
    await limited({ retryAfterIn: 'milliseconds' })
    expect((await askBare('openai')).headers.get('retry-after-ms')).toBe('7000')
  })
  test('is asked for in the body, as Gemini does', async () => {
    await withFault('google', { kind: 'rate-limit', retryAfterMs: 7_000 })
    const response = await askBare('google')
    expect([response.headers.get('retry-after'), await response.text()]).toEqual([
      null,
      expect.stringContaining('"retryDelay":"7s"'),
    ])
  })
  test('is not asked for when the rule says nothing', async () => {
    await withFault('openai', { kind: 'rate-limit' })
    const { headers } = await askBare('openai')
    expect([headers.get('retry-after'), headers.get('retry-after-ms')]).toEqual([null, null])
  })
  test("is asked for by the vendor's own limit", async () => {
    running = await start(vendorOf('openai', { rateLimit: { requests: 2, perMs: 60_000 } }))
    const statuses = []
    for (let request = 0; request < 3; request++) statuses.push((await askBare('openai')).status)
    expect(statuses).toEqual([200, 200, 429])
  })

  test.each<VendorProtocol>(['openai', 'openai-compatible', 'openai-responses', 'anthropic', 'google'])(
    'is asked for by %s for its limits on tokens and on answers at once too, and a client can tell which',
    async protocol => {
      running = await start(vendorOf(protocol, { rateLimit: { tokens: 150, perMs: 60_000 } }))
      const limited: unknown[] = []
      for (let request = 0; request < 20 && limited.length === 0; request += 1)
        limited.push(...(await limitedIn(await askBare(protocol))))
      await running.close()
      running = await start(vendorOf(protocol, { concurrency: 1, firstTokenMs: 60_000 }))
      const open = new AbortController()
      const first = askBare(protocol, { stream: true }, open.signal).catch(() => undefined)
      await expect.poll(() => running!.meter()).toHaveLength(1)
      limited.push(...(await limitedIn(await askBare(protocol))))
      open.abort()
      await first
      await expect.poll(() => running!.meter().map(({ state }) => state)).toEqual(['closed', 'closed'])
      expect(limited).toEqual(['tokens', 'concurrency'])
    },
  )

  const OPENAI = ['x-ratelimit-limit-requests', 'x-ratelimit-remaining-requests', 'x-ratelimit-reset-requests']
  const ANTHROPIC = ['limit', 'remaining', 'reset'].map(word => `anthropic-ratelimit-requests-${word}`)
  test.each<[VendorProtocol, readonly string[], readonly string[]]>([
    ['openai', OPENAI, ['12', '1', '10s', '12', '0', '9.5s', '12', '0', '9s']],
    ['openai-responses', OPENAI, ['12', '1', '10s', '12', '0', '9.5s', '12', '0', '9s']],
    ['anthropic', ANTHROPIC, ['1', '0', '0'].flatMap(left => ['12', left, '2026-11-26T12:00:10Z'])],
    ['openai-compatible', [...OPENAI, ...ANTHROPIC], []],
    ['google', [...OPENAI, ...ANTHROPIC], []],
  ])('of its own it tells in the headers of every reply as %s does, per minute', async (protocol, names, told) => {
    let nowMs = Date.UTC(2026, 10, 26, 12)
    running = await start(vendorOf(protocol, { rateLimit: { requests: 2, perMs: 10_000 } }), { now: () => nowMs })
    const heard: string[] = []
    for (let request = 0; request < 3; request += 1) {
      const { headers } = await askBare(protocol)
      heard.push(...names.flatMap(name => headers.get(name) ?? []))
      nowMs += 500
    }
    expect(heard).toEqual(told)
  })
})

describe('silence', () => {
  test('sends nothing, not even headers; slow-first-token sends the headers', async () => {
    await withFault('openai', { kind: 'silence' })
    const silent = new AbortController()
    const never = fetch(`${running!.vendors[0]!.baseUrl}/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'model-1', stream: true, messages: [{ role: 'user', content: 'Hi' }] }),
      signal: silent.signal,
    })
    await expect.poll(() => running!.meter()).toHaveLength(1)
    await running!.setFaults('openai', [{ kind: 'slow-first-token' }])
    const slow = await askBare('openai', { stream: true })
    expect(slow.status).toBe(200)
    expect(running!.meter().map(({ state }) => state)).toEqual(['open', 'open'])
    await slow.body?.cancel()
    silent.abort()
    await expect(never).rejects.toThrow()
  })
})

describe('when a rule strikes', () => {
  const statuses = async (asks: number, texts: readonly string[] = []) => {
    const seen: number[] = []
    for (let place = 0; place < asks; place++)
      seen.push((await askBare('openai', { messages: [{ role: 'user', content: texts[place] ?? 'Hi' }] })).status)
    return seen
  }
  test.each<[string, Partial<FaultRuleInput>, number[]]>([
    ['by numbers', { requests: [2, 4] }, [200, 500, 200, 500, 200]],
    ['by a range', { requests: { from: 2, to: 3 } }, [200, 500, 500, 200, 200]],
    ['so many times', { times: 2 }, [500, 500, 200, 200, 200]],
    ['after so many', { after: 1, times: 1 }, [200, 500, 200, 200, 200]],
    ['for a model', { models: ['thinker'] }, [200, 200, 200, 200, 200]],
  ])('%s', async (_, rule, expected) => {
    await withFault('openai', { kind: 'server-error', ...rule })
    expect(await statuses(5)).toEqual(expected)
  })

  test('on none that the vendor turns away for another reason', async () => {
    const faults = [{ kind: 'cut' as const, times: 1 }]
    running = await start(vendorOf('openai', { faults, apiKey: 'right', rateLimit: { requests: 2, perMs: 60_000 } }))
    const ask = (key: string, body: object) =>
      fetch(`${running!.vendors[0]!.baseUrl}/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}` },
        body: JSON.stringify({ model: 'model-1', ...body }),
      })
    const messages = [{ role: 'user', content: 'Hi' }]
    const refused = [await ask('wrong', { messages }), await ask('right', { messages: [] })]
    expect(refused.map(({ status }) => status)).toEqual([401, 400])
    await expect(ask('right', { messages }).then(response => response.text())).rejects.toThrow()
    expect((await ask('right', { messages })).status).toBe(429)
    expect(running.meter().map(({ fault }) => fault)).toEqual([undefined, undefined, 'cut', undefined])
  })

  test('by what the prompt says', async () => {
    await withFault('openai', { kind: 'server-error', match: 'long rewrite' })
    expect(await statuses(3, ['A title', 'A long rewrite', 'A blurb'])).toEqual([200, 500, 200])
  })

  test('in a window of time, counted anew when rules are set', async () => {
    let nowMs = 1_000
    const faults = [{ kind: 'server-error' as const, fromMs: 100, untilMs: 200 }]
    running = await start(vendorOf('openai', { faults }), { now: () => nowMs })
    const seen = await statuses(1)
    nowMs += 150
    seen.push(...(await statuses(1)))
    await running.setFaults('openai', faults)
    seen.push(...(await statuses(1)))
    nowMs += 300
    expect([...seen, ...(await statuses(1))]).toEqual([200, 500, 200, 200])
  })
})

describe('an outage', () => {
  const refused = () =>
    new Promise<string | undefined>(resolve => {
      const url = new URL(running!.vendors[0]!.baseUrl)
      request({ host: url.hostname, port: url.port, path: '/meter', agent: false }, answer => {
        answer.resume()
        resolve(undefined)
      })
        .on('error', error => resolve((error as NodeJS.ErrnoException).code))
        .end()
    })

  test('refuses connections, and the vendor comes back on the same port with its meter', async () => {
    running = await start(vendorOf('openai'))
    await askBare('openai')
    await running.setFaults('openai', [{ kind: 'down' }])
    expect(await refused()).toBe('ECONNREFUSED')
    await running.setFaults('openai', [])
    expect(await refused()).toBeUndefined()
    expect(await (await fetch(`${new URL(running.vendors[0]!.baseUrl).origin}/meter`)).json()).toHaveLength(1)
  })

  test('breaks the answers that are on their way, and takes it upon itself', async () => {
    running = await start(vendorOf('openai', { faults: [{ kind: 'stall' }] }))
    const { stream } = await modelOf(running).doStream({ prompt: [user('Hello')] })
    const reading = (async () => {
      for await (const part of stream)
        if (part.type === 'text-delta') await running!.setFaults('openai', [{ kind: 'down' }])
    })()
    await expect(reading).rejects.toThrow()
    await expect.poll(() => row()).toMatchObject({ state: 'closed', outcome: 'cut' })
  })

  test('whose port somebody else has taken meanwhile ends once that one is gone', async () => {
    running = await start(vendorOf('openai'))
    const { hostname, port } = new URL(running.vendors[0]!.baseUrl)
    await running.setFaults('openai', [{ kind: 'down' }])
    const other = createServer().listen(Number(port), hostname)
    await once(other, 'listening')
    const back = running.setFaults('openai', [])
    setTimeout(() => other.close(), 20)
    await back
    expect((await askBare('openai')).status).toBe(200)
  })

  test('comes and goes by the clock', async () => {
    running = await start(vendorOf('openai', { faults: [{ kind: 'down', untilMs: 1_500 }] }))
    expect(await refused()).toBe('ECONNREFUSED')
    await expect.poll(refused, { interval: 10 }).toBeUndefined()
  })
})

describe('over HTTP', () => {
  const origin = () => new URL(running!.vendors[0]!.baseUrl).origin
  const post = (body: unknown) => fetch(`${origin()}/faults`, { method: 'POST', body: JSON.stringify(body) })

  test('faults are switched and the meter is read', async () => {
    running = await start(vendorOf('openai'))
    expect((await post([{ kind: 'overloaded' }])).status).toBe(200)
    expect((await askBare('openai')).status).toBe(503)
    expect((await post([])).status).toBe(200)
    expect((await askBare('openai')).status).toBe(200)
    expect(await (await fetch(`${origin()}/meter`)).json()).toEqual(JSON.parse(JSON.stringify(running.meter())))
  })

  test('an outage with an end passes by itself', async () => {
    running = await start(vendorOf('openai'))
    expect(await (await post([{ kind: 'down', untilMs: 40 }])).json()).toEqual({ faults: 1 })
    await expect.poll(async () => (await askBare('openai')).status, { interval: 20 }).toBe(200)
  })

  test('rules that make no sense are told apart by path', async () => {
    running = await start(vendorOf('openai'))
    const response = await post([{ kind: 'overload' }])
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('[0].kind')])
  })

  test.each<[string, string, RegExp]>([
    ['no JSON', '[{kind: overloaded}]', /not JSON\. Send a list/],
    [
      'an option of another kind',
      '[{"kind":"rate-limit","afterTokens":5}]',
      /with cut, .* only.*.*\[0\]\.afterTokens/s,
    ],
    ['a place twice', '[{"kind":"cut","at":"reasoning","afterTokens":5}]', /`at` or `afterTokens`/],
    ['a way to say nothing', '[{"kind":"rate-limit","retryAfterIn":"body"}]', /together with `retryAfterMs`/],
    ['an outage that flaps', '[{"kind":"down","flaps":{"failMs":9,"serveMs":9}}]', /a time window only.*\[0\]\.flaps/s],
    ['an end before the beginning', '[{"kind":"reset","fromMs":9,"untilMs":9}]', /above fromMs, which is 9/],
    ['numbers of which there are none', '[{"kind":"reset","requests":[]}]', /at least one.*\[0\]\.requests/s],
    ['models of which there are none', '[{"kind":"reset","models":[]}]', /at least one.*\[0\]\.models/s],
    ['a last number below the first', '[{"kind":"reset","requests":{"from":3,"to":2}}]', /`to` not below `from`/],
    [
      'a model that is not there',
      '[{"kind":"reset","models":["acme/model-1"]}]',
      /\[0\]\.models\[0\].*model-1, thinker/,
    ],
  ])('rules that would do nothing are refused: %s', async (_, body, told) => {
    running = await start(vendorOf('openai', { faults: [{ kind: 'overloaded' }] }))
    const response = await fetch(`${origin()}/faults`, { method: 'POST', body })
    const { error } = (await response.json()) as { error: { message: string } }
    expect([response.status, error.message]).toEqual([400, expect.stringMatching(told)])
    // What held before holds still.
    expect((await askBare('openai')).status).toBe(503)
  })

  test.each(PROTOCOLS)('whoever asks at the wrong place learns the right one, %s', async protocol => {
    running = await start(vendorOf(protocol))
    const [path] = SIMPLE[protocol]
    const response = await fetch(origin() + path, { method: 'POST', body: '{}' })
    const there = new URL(running.vendors[0]!.baseUrl).pathname + path.replace('model-1', '<model>')
    expect([response.status, await response.text()]).toEqual([404, expect.stringContaining(`POST ${there}`)])
  })

  test('other keys than the vendor’s own are refused, and the key is not repeated', async () => {
    running = await startVendors({ vendors: PROTOCOLS.map(protocol => vendorOf(protocol, { apiKey: 'right' })) })
    for (const vendor of running.vendors) {
      const only = { ...running, vendors: [vendor] }
      await expect(askStream(modelOf(only, 'model-1', 'wr0ng'))).rejects.toMatchObject({
        statusCode: vendor.protocol === 'google' ? 400 : 401,
        responseBody: expect.not.stringContaining('wr0ng'),
      })
      expect((await askStream(modelOf(only, 'model-1', 'right'))).finish).toBe('stop')
    }
  })
})
