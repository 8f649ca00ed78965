import type { LanguageModelV4Prompt } from '@ai-sdk/provider'
import { afterEach, expect, test } from 'vitest'
import type { RunningVendors, VendorProtocol } from '../../src/providers/simulated/index.ts'
import { askStream, modelOf, PROTOCOLS, READ_TOOL, start, user, vendorOf } from './asking.ts'

let running: RunningVendors
afterEach(() => running.close())

const SPELLING: Record<VendorProtocol, { taken: string; refused: string }> = {
  openai: { taken: 'look_up', refused: 'look.up' },
  'openai-compatible': { taken: 'look_up', refused: 'look.up' },
  'openai-responses': { taken: 'look-up', refused: 'look/up' },
  anthropic: { taken: 'look-up', refused: 'look.up' },
  google: { taken: 'look.up', refused: '1look' },
}
test.each(PROTOCOLS)('%s: a name of a tool is spelt as the vendor wants it, offered or called', async protocol => {
  running = await start(vendorOf(protocol))
  const { taken, refused } = SPELLING[protocol]
  const step = (name: string) => [
    user('Look.'),
    {
      role: 'assistant' as const,
      content: [{ type: 'tool-call' as const, toolCallId: 'c1', toolName: name, input: {} }],
    },
    {
      role: 'tool' as const,
      content: [
        {
          type: 'tool-result' as const,
          toolCallId: 'c1',
          toolName: name,
          output: { type: 'text' as const, value: 'x' },
        },
      ],
    },
  ]
  const ask = (name: string, prompt = [user('Hi')] as LanguageModelV4Prompt) =>
    askStream(modelOf(running), { tools: [{ ...READ_TOOL, name }], prompt })
  expect((await ask(taken)).finish).toBe('stop')
  expect((await ask(taken, step(taken))).finish).toBe('stop')
  await expect(ask(refused)).rejects.toMatchObject({ statusCode: 400, message: expect.stringMatching(/name/) })
  await expect(ask(taken, step(refused))).rejects.toMatchObject({
    statusCode: 400,
    message: expect.stringMatching(/name/),
  })
})

test.each<[VendorProtocol, string, string]>([
  ['openai', 'x'.repeat(40), 'x'.repeat(41)],
  ['openai-responses', 'x'.repeat(64), 'x'.repeat(65)],
  ['anthropic', 'x'.repeat(65), 'functions.look:0'],
])('%s: an id of a call is spelt as the vendor wants it', async (protocol, taken, refused) => {
  running = await start(vendorOf(protocol))
  const ask = (toolCallId: string) => {
    const call = { toolCallId, toolName: 'look' }
    const prompt: LanguageModelV4Prompt = [
      user('Look.'),
      { role: 'assistant', content: [{ type: 'tool-call', ...call, input: {} }] },
      { role: 'tool', content: [{ type: 'tool-result', ...call, output: { type: 'text', value: 'x' } }] },
    ]
    return askStream(modelOf(running), { tools: [READ_TOOL], prompt })
  }
  expect((await ask(taken)).finish).toBe('stop')
  await expect(ask(refused)).rejects.toMatchObject({ statusCode: 400, message: expect.stringMatching(/id'?: /) })
})
