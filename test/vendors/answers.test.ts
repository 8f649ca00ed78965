import type { LanguageModelV4Message, LanguageModelV4Prompt } from '@ai-sdk/provider'
import { afterEach, describe, expect, test } from 'vitest'
import type { RunningVendors } from '../../src/providers/simulated/index.ts'
import { askStream, askWhole, modelOf, PROMPT, PROTOCOLS, start, user, vendorOf } from './asking.ts'

const SAID: LanguageModelV4Message = { role: 'assistant', content: [{ type: 'text', text: 'Yes.' }] }

let running: RunningVendors | undefined
afterEach(() => running?.close())

describe.each(PROTOCOLS)('%s', protocol => {
  test('answers with text, whole and streamed alike, and says what it used', async () => {
    running = await start(vendorOf(protocol))
    const streamed = await askStream(modelOf(running))
    const whole = await askWhole(modelOf(running))
    expect(streamed.text).toMatch(/\. \[[0-9a-f]{6}\]$/)
    expect(whole.text).toBe(streamed.text)
    expect(streamed.errors).toEqual([])
    expect([streamed.finish, whole.finish]).toEqual(['stop', 'stop'])
    const rows = running.meter()
    for (const [asked, row] of [
      [streamed, rows[0]!],
      [whole, rows[1]!],
    ] as const) {
      expect(asked.usage?.inputTokens.total).toBe(row.inputTokens)
      expect(asked.usage?.outputTokens.total).toBe(row.outputTokens)
      expect(asked.headers[protocol === 'anthropic' ? 'request-id' : 'x-request-id']).toBe(row.requestId)
      expect(row).toMatchObject({ status: 200, outcome: 'answered', state: 'closed', model: 'model-1' })
    }
  })

  test('a lost, a doubled and a changed message each change the answer', async () => {
    running = await start(vendorOf(protocol))
    const model = modelOf(running)
    const long = [...PROMPT, SAID, user('More.')]
    const prompts: LanguageModelV4Prompt[] = [
      long,
      long,
      [...long, user('More.')],
      [...long.slice(0, 1), user('More.')],
      [...PROMPT, ...long.slice(2, 3), user('Less.')],
    ]
    const texts: string[] = []
    for (const prompt of prompts) texts.push((await askStream(model, { prompt })).text)
    expect(texts[1]).toBe(texts[0])
    expect(new Set(texts).size).toBe(4)
  })

  test.skipIf(protocol === 'openai-responses')(
    'ends where the request says, and what is not said is not billed',
    async () => {
      running = await start(vendorOf(protocol))
      const { text } = await askStream(modelOf(running))
      const [before = '', word = ''] = /^(?:\S+ ){3}(\S+)/.exec(text) ?? []
      const stopSequences = [text.slice(-9), word]
      for (const ask of [askStream, askWhole]) {
        const ended = await ask(modelOf(running), { stopSequences })
        expect([ended.finish, ended.text]).toEqual(['stop', before.slice(0, -word.length)])
        expect(running.meter().at(-1)?.outputTokens).toBe(Math.ceil(ended.text.length / 4))
      }
    },
  )

  test('stops at the limit of the request and says so', async () => {
    running = await start(vendorOf(protocol))
    const asked = await askStream(modelOf(running), { maxOutputTokens: 20 })
    expect(asked.finish).toBe('length')
    expect(asked.usage?.outputTokens.total).toBe(20)
    expect(asked.text.length).toBe(80)
  })
})
