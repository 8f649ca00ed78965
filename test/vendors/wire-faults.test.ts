import { afterEach, describe, expect, test } from 'vitest'
import { type FaultRuleInput, type RunningVendors, startVendors } from '../../src/providers/simulated/index.ts'
import { askStream, modelOf, PROTOCOLS, READ_TOOL, start, user, type VendorInput, vendorOf } from './asking.ts'

let running: RunningVendors | undefined
afterEach(() => running?.close())

const TEXT = 'Größe: 日本語, 5 €. '.repeat(12)
const behaviours: VendorInput['behaviours'] = [
  { match: 'use a tool', turns: [{ tools: [{ name: 'read', arguments: { path: 'Berichte/März/日本.md' } }] }] },
  { match: 'wide', turns: [{ text: TEXT }] },
]
const WIDE = [user('Say something wide.')]
const { models } = vendorOf('openai')
const MODELS = { ...models, 'claude-sonnet-4-5': models.thinker! }
const SCHEMA = { type: 'object', properties: { ok: { type: 'boolean' } } } as const

async function withFault(protocol: VendorInput['protocol'], fault: FaultRuleInput) {
  running = await start(vendorOf(protocol, { behaviours, faults: [fault], models: MODELS }))
  return modelOf(running, 'thinker')
}

const row = () => running!.meter()[0]!

/** What a reader of the bytes has seen when the connection breaks. */
async function bytesUntilCut(body: ReadableStream<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  const reading = (async () => {
    for await (const chunk of body) chunks.push(chunk)
  })()
  await expect(reading).rejects.toThrow()
  return Buffer.concat(chunks)
}

describe.each(PROTOCOLS)('%s', protocol => {
  test.each<FaultRuleInput>([
    { kind: 'long-line' },
    { kind: 'slow-drip', delayMs: 60 },
    { kind: 'stall', delayMs: 30 },
  ])('$kind gives the whole answer', async fault => {
    const asked = await askStream(await withFault(protocol, fault), { prompt: WIDE })
    expect(asked.text).toMatch(/^Größe: 日本語, 5 €\. .* \[[0-9a-f]{6}\]$/)
    expect(asked.text).toHaveLength(TEXT.length + 9)
    expect([asked.errors, asked.finish, row().outcome]).toEqual([[], 'stop', 'answered'])
  })

  test('a finish that is missing is missing, whatever comes after it', async () => {
    const asked = await askStream(await withFault(protocol, { kind: 'finish-missing' }), { prompt: WIDE })
    expect(asked.text).toContain(TEXT)
    expect(asked.finish).not.toBe('stop')
    expect(row().outcome).toBe('cut')
  })

  test('a cut in a thought comes before any text', async () => {
    const model = await withFault(protocol, { kind: 'cut', at: 'reasoning' })
    let text = ''
    const reading = (async () => {
      const { stream } = await model.doStream({ prompt: WIDE, reasoning: 'low' })
      for await (const part of stream) if (part.type === 'text-delta') text += part.delta
    })()
    await expect(reading).rejects.toThrow()
    expect(text).toBe('')
    expect(row().outcome).toBe('cut')
  })

  test('a conversation that ends with an answer is rejected, and no other', async () => {
    const model = await withFault(protocol, { kind: 'prefill-rejected' })
    const prefill = { role: 'assistant' as const, content: [{ type: 'text' as const, text: 'Well,' }] }
    await expect(askStream(model, { prompt: [...WIDE, prefill] })).rejects.toMatchObject({ statusCode: 400 })
    expect((await askStream(model, { prompt: WIDE })).finish).toBe('stop')
  })

  test('a schema is rejected, and no request without one', async () => {
    await withFault(protocol, { kind: 'schema-rejected' })
    // Anthropic's package sends a schema as one to the models alone that it knows.
    const model = modelOf(running!, 'claude-sonnet-4-5')
    const responseFormat = { type: 'json', name: 'Verdict', schema: SCHEMA } as const
    await expect(askStream(model, { prompt: WIDE, responseFormat, maxOutputTokens: 500 })).rejects.toMatchObject({
      statusCode: 400,
    })
    expect((await askStream(model, { prompt: WIDE, tools: [READ_TOOL], maxOutputTokens: 500 })).finish).toBe('stop')
  })
})

describe('on the wire', () => {
  const ask = (more: object = {}) =>
    fetch(`${running!.vendors[0]!.baseUrl}/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'model-1', stream: true, messages: [{ role: 'user', content: 'Wide.' }], ...more }),
    })

  test('a cut ends inside a character', async () => {
    await withFault('openai', { kind: 'cut', at: 'character' })
    const bytes = await bytesUntilCut((await ask()).body!)
    expect(bytes.at(-1)).toBe(Buffer.from('ö')[0])
    expect(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes)).toThrow()
  })

  test('gzip says so, and is the answer when it is unpacked', async () => {
    await withFault('openai', { kind: 'gzip' })
    const response = await ask()
    expect([response.headers.get('content-encoding'), await response.text()]).toEqual([
      'gzip',
      expect.stringContaining('[DONE]'),
    ])
  })

  test('JSON mode is rejected where a rule says so', async () => {
    await withFault('openai', { kind: 'json-rejected' })
    const response = await ask({ response_format: { type: 'json_object' } })
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('response_format')])
    expect((await ask()).status).toBe(200)
  })

  test('a vendor that flaps fails and serves by turns', async () => {
    let nowMs = 0
    const faults: FaultRuleInput[] = [{ kind: 'server-error', flaps: { failMs: 100, serveMs: 50 } }]
    running = await startVendors({ vendors: [vendorOf('openai', { faults })] }, { now: () => nowMs })
    const statuses: number[] = []
    for (nowMs = 0; nowMs < 300; nowMs += 50) statuses.push((await ask({ stream: false })).status)
    expect(statuses).toEqual([500, 500, 200, 500, 500, 200])
  })
})
