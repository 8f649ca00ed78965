import { expect, it } from 'vitest'
import { cachesOnlyMarked, marksPay, tailPays } from '../../../../src/core/routing/cache/cache-marks.ts'

const PRICE = { input: 3, cachedInput: 0.3, cacheWrite: 3.75, cacheWriteHour: 6, output: 15 }
const MINUTE = 60_000

it('a tail is marked while most pauses are shorter than the cache keeps it', () => {
  const pays = (ttlMs: number, gapMs: number) => tailPays({ price: PRICE }, ttlMs, gapMs)
  expect([1, 10, 19].map(minutes => pays(5 * MINUTE, minutes * MINUTE))).toEqual([true, true, true])
  expect(pays(5 * MINUTE, 25 * MINUTE)).toBe(false)
  expect(pays(60 * MINUTE, 60 * MINUTE)).toBe(true)
  expect(pays(60 * MINUTE, 120 * MINUTE)).toBe(false)
})

it('nothing is marked where what is written has no price, or what is read is no cheaper', () => {
  expect(marksPay({ price: PRICE })).toBe(true)
  expect(marksPay({ price: { ...PRICE, cacheWrite: undefined } })).toBe(false)
  expect(marksPay({ price: { ...PRICE, cachedInput: 3 } })).toBe(false)
  expect(marksPay({ price: { ...PRICE, cacheWriteHour: undefined }, cacheTtlMs: 60 * MINUTE })).toBe(false)
  expect(marksPay({ price: { ...PRICE, cachedInput: undefined } })).toBe(false)
  expect(marksPay({ price: { ...PRICE, input: undefined } })).toBe(false)
  expect(marksPay({ price: { ...PRICE, cacheWriteHour: undefined } })).toBe(true)
  expect(marksPay({ price: { free: true } })).toBe(true)
  expect(marksPay({})).toBe(true)
})

it.each(['input', 'cachedInput', 'cacheWrite'] as const)(
  'a tail is marked where nobody knows the price of %s',
  kind => {
    expect(tailPays({ price: { ...PRICE, [kind]: undefined } }, 5 * MINUTE, 25 * MINUTE)).toBe(true)
  },
)

it('nothing is cached unasked by Claude, at whoever has it, and by nobody else', () => {
  const onlyMarked = (protocol: string, upstream = 'm', model = 'acme/m') =>
    cachesOnlyMarked({ protocol, upstream, model })
  expect(onlyMarked('anthropic')).toBe(true)
  expect(onlyMarked('@ai-sdk/google-vertex/anthropic')).toBe(true)
  expect(onlyMarked('@ai-sdk/amazon-bedrock', 'eu.anthropic.claude-opus-4-8-v1:0')).toBe(true)
  const profile = 'arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/a1b2'
  expect(onlyMarked('@ai-sdk/amazon-bedrock', profile, 'anthropic/claude-opus-4-8')).toBe(true)
  expect(onlyMarked('@ai-sdk/amazon-bedrock', 'amazon.nova-pro-v1:0')).toBe(false)
  expect(onlyMarked('openai')).toBe(false)
})
