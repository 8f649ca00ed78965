import { afterEach, expect, test } from 'vitest'
import type { RunningVendors, VendorProtocol } from '../../src/providers/simulated/index.ts'
import { PROTOCOLS, start, vendorOf } from './asking.ts'

let running: RunningVendors
afterEach(() => running.close())

const PICTURE = 'iVBORw0KGgo'.repeat(20_000)
const SHOWN: Partial<Record<VendorProtocol, [path: string, body: (data: string) => object]>> = {
  'openai-responses': [
    '/responses',
    data => ({
      input: [
        { role: 'user', content: 'Look.' },
        { type: 'function_call', call_id: 'c', name: 'look', arguments: '{}' },
        {
          type: 'function_call_output',
          call_id: 'c',
          output: [{ type: 'input_image', image_url: `data:image/png;base64,${data}` }],
        },
      ],
    }),
  ],
  anthropic: [
    '/messages',
    data => ({
      max_tokens: 100,
      messages: [
        { role: 'user', content: 'Look.' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'c', name: 'look', input: {} }] },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: 'c',
              content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data } }],
            },
          ],
        },
      ],
    }),
  ],
  google: [
    '/models/model-1:generateContent',
    data => ({
      contents: [
        { role: 'user', parts: [{ text: 'Look.' }] },
        { role: 'model', parts: [{ functionCall: { name: 'look', args: {} } }] },
        {
          role: 'user',
          parts: [
            {
              functionResponse: {
                name: 'look',
                response: {},
                parts: [{ inlineData: { mimeType: 'image/png', data } }],
              },
            },
          ],
        },
      ],
    }),
  ],
}
test.each(['openai-responses', 'anthropic', 'google'] as const)(
  '%s: a picture that a tool gives counts as a picture, and another one is another prompt',
  async protocol => {
    running = await start(vendorOf(protocol))
    const [path, body] = SHOWN[protocol]!
    const url = running.vendors[0]!.baseUrl + path
    for (const data of [PICTURE, `${PICTURE}=`])
      expect(
        (await fetch(url, { method: 'POST', body: JSON.stringify({ model: 'model-1', ...body(data) }) })).status,
      ).toBe(200)
    const [first, second] = running.meter()
    expect(first!.inputTokens).toBeLessThan(2_000)
    expect(first!.answerDigest).not.toBe(second!.answerDigest)
  },
)

/** A question with a picture, as each protocol has it. */
const ASKED: Record<VendorProtocol, [path: string, body: (mediaType: string, data: string) => object]> = {
  openai: ['/chat/completions', (mediaType, data) => ({ messages: [inChat('user', mediaType, data)] })],
  'openai-compatible': ['/chat/completions', (mediaType, data) => ({ messages: [inChat('user', mediaType, data)] })],
  'openai-responses': [
    '/responses',
    (mediaType, data) => ({
      input: [{ role: 'user', content: [{ type: 'input_image', image_url: `data:${mediaType};base64,${data}` }] }],
    }),
  ],
  anthropic: [
    '/messages',
    (media_type, data) => ({
      max_tokens: 100,
      messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'base64', media_type, data } }] }],
    }),
  ],
  google: [
    '/models/model-1:generateContent',
    (mimeType, data) => ({ contents: [{ role: 'user', parts: [{ inlineData: { mimeType, data } }] }] }),
  ],
}

function inChat(role: string, mediaType: string, data: string) {
  return { role, content: [{ type: 'image_url', image_url: { url: `data:${mediaType};base64,${data}` } }] }
}

async function statusOf(protocol: VendorProtocol, body: object): Promise<[status: number, text: string]> {
  const url = running.vendors[0]!.baseUrl + ASKED[protocol][0]
  const response = await fetch(url, { method: 'POST', body: JSON.stringify({ model: 'model-1', ...body }) })
  return [response.status, await response.text()]
}

test.each(PROTOCOLS)('%s: takes a picture, and refuses what is none or of a type that nobody reads', async protocol => {
  running = await start(vendorOf(protocol))
  const [, body] = ASKED[protocol]
  const asking = (mediaType: string, data: string) => statusOf(protocol, body(mediaType, data))
  expect((await asking('image/png', PICTURE))[0]).toBe(200)
  expect(await asking('image/png', 'bm8gcGljdHVyZQ==')).toEqual([400, expect.stringMatching(/image/i)])
  expect(await asking('image/bmp', PICTURE)).toEqual([400, expect.stringMatching(/image/i)])
  expect(
    running
      .meter()
      .slice(1)
      .every(({ billedPico }) => billedPico === '0'),
  ).toBe(true)
})

test('anthropic: refuses a picture over 5 MB', async () => {
  running = await start(vendorOf('anthropic'))
  const body = ASKED.anthropic[1]('image/png', PICTURE.repeat(30))
  expect(await statusOf('anthropic', body)).toEqual([400, expect.stringContaining('exceeds 5 MB maximum')])
})

test('openai: refuses a picture that is not a person’s', async () => {
  running = await start(vendorOf('openai'))
  const body = { messages: [{ role: 'user', content: 'Look.' }, inChat('system', 'image/png', PICTURE)] }
  expect(await statusOf('openai', body)).toEqual([
    400,
    expect.stringContaining("only allowed for messages with role 'user'"),
  ])
})
