import { afterEach, expect, test } from 'vitest'
import type { RunningVendors, VendorProtocol } from '../../src/providers/simulated/index.ts'
import { start, vendorOf } from './asking.ts'

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
