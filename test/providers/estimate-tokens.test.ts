import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Message } from '../../src/core/messages.ts'
import { byteBound, estimatePromptTokens } from '../../src/providers/estimate-tokens.ts'
import { WEATHER } from '../support/model-asks.ts'

const user = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] })

const PARAGRAPH =
  'The lamp above the door had been dark for years, and nobody in the village could say who had last climbed up to it. '

it('is near what a tokenizer counts for plain English', () => {
  // 24 words and two marks, and words as common as these are one token each.
  const tokens = estimatePromptTokens([user(PARAGRAPH.repeat(100))], [])
  expect(tokens).toBeGreaterThan(2_080)
  expect(tokens).toBeLessThan(3_120)
})

it('counts tools, system messages, tool calls and results', () => {
  const call: Message = {
    role: 'assistant',
    content: [{ type: 'tool-call', toolCallId: 'call_1', toolName: 'read', input: { text: PARAGRAPH } }],
  }
  const result: Message = {
    role: 'tool',
    content: [
      { type: 'tool-result', toolCallId: 'call_1', toolName: 'read', output: { type: 'text', value: PARAGRAPH } },
    ],
  }
  const alone = estimatePromptTokens([{ role: 'system', content: PARAGRAPH }], [])
  expect(alone).toBeGreaterThan(20)
  expect(estimatePromptTokens([{ role: 'system', content: PARAGRAPH }], [WEATHER])).toBeGreaterThan(alone + 10)
  expect(estimatePromptTokens([call, result], [])).toBeGreaterThan(45)
})

it('the bound holds for any text: never fewer than its bytes, nor than the estimate', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 200 })), texts => {
      const prompt = texts.map(user)
      const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
      expect(byteBound(prompt, [])).toBeGreaterThanOrEqual(bytes)
      expect(byteBound(prompt, [])).toBeGreaterThanOrEqual(estimatePromptTokens(prompt, []))
    }),
  )
})

it('what is hidden in options counts, for encrypted reasoning is sent and billed', () => {
  const thought = (secret: string): Message => ({
    role: 'assistant',
    content: [{ type: 'reasoning', text: '', providerOptions: { openai: { reasoningEncryptedContent: secret } } }],
  })
  expect(byteBound([thought('x'.repeat(1_000))], []) - byteBound([thought('')], [])).toBe(1_000)
})
