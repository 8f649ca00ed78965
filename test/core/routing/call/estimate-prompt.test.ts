import { expect, test } from 'vitest'
import { estimatePrompt } from '../../../../src/core/routing/call/estimate-prompt.ts'

const known = { endpoint: 'acme:m/one', promptTokens: 5_000, length: 10 }
/** Each message is a hundred tokens, twelve messages in all. */
const tokensFrom = (index: number) => (12 - index) * 100

test('the first call is estimated whole, with a margin', () => {
  expect(estimatePrompt({ length: 12, tokensFrom })).toBe(1_320)
})

test('later calls start from the exact usage, and estimate what is new', () => {
  expect(estimatePrompt({ known, length: 12, tokensFrom })).toBe(5_220)
  expect(estimatePrompt({ known, length: 10, tokensFrom })).toBe(5_000)
})

test('knowledge of a longer transcript than this one is no knowledge', () => {
  expect(estimatePrompt({ known, length: 9, tokensFrom })).toBe(1_320)
})
