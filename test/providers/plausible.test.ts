import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Harness, startHarness } from '../support/port-harness.ts'
import { replyText } from '../support/replies.ts'
import { replying } from '../support/scripted-vendor.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.stop())

/** A small answer that ends with this usage, as JSON text. */
function counting(usage: string) {
  const chunk = `{"choices":[{"index":0,"delta":{"content":"Grüße"},"finish_reason":"stop"}],"usage":${usage}}`
  return replying(`data: ${chunk}\n\ndata: [DONE]\n\n`)
}

const ENDLESS = `"${'9'.repeat(100_000)}"`

it.each(['1e30', '1e99', '1000000.01', '"1e9"', 'ENDLESS', '-1', '1e400'])(
  'a cost that no reply has is unknown, and databases need not add it up: %s',
  async text => {
    const cost = text.replace('ENDLESS', ENDLESS)
    const reply = await harness.ask(
      'openai-compatible',
      counting(`{"prompt_tokens":10,"completion_tokens":2,"cost":${cost}}`),
    )
    expect(reply).toMatchObject({ kind: 'answer', usage: { inputTokens: 10, outputTokens: 2 } })
    expect(reply).not.toHaveProperty('reportedCostPico')
  },
)

it('a cost that is high, and may be, is taken', async () => {
  const reply = await harness.ask('openai-compatible', counting('{"prompt_tokens":10,"cost":999999.5}'))
  expect(reply).toMatchObject({ reportedCostPico: '999999500000000000' })
})

it('counts that no reply has are unknown, and the others stand', async () => {
  const counts = '{"prompt_tokens":9007199254740991,"completion_tokens":2}'
  expect(await harness.ask('openai-compatible', counting(counts))).toMatchObject({ usage: { outputTokens: 2 } })
  const text = replyText('anthropic', 'text.sse').replaceAll(/"(cache_\w+)":\d+/g, '"$1":9007199254740991')
  const { usage } = await harness.ask('anthropic', replying(text))
  expect(usage).toEqual({ cacheWriteHourTokens: 100, outputTokens: 89 })
})
