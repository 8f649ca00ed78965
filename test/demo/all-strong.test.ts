import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { costElsewhere, strongEndpoint } from '../../src/runtime/demo/all-strong.ts'
import { soundConfiguration } from '../support/sound-configuration.ts'
import { attemptAt, callOf } from './records.ts'

const configuration = soundConfiguration(
  readFileSync(new URL('../../demo/signalbox.yaml', import.meta.url), 'utf8'),
  new Proxy({}, { get: () => 'http://127.0.0.1:9', has: () => true }),
)
const strong = strongEndpoint(configuration.directory)

describe('the cost on strong alone', () => {
  it('is the price of the first model of the class', () => {
    expect(strong).toMatchObject({ id: 'halden:cedar/atlas-large', price: { input: 3, cachedInput: 0.3, output: 15 } })
  })

  it('counts the answer’s tokens, cached ones at the cached price, and no failed attempt', () => {
    const call = callOf([
      attemptAt('a:x/m', { outcome: 'fault', usage: { inputTokens: 9_999, outputTokens: 0 } }),
      attemptAt('b:x/m', { usage: { inputTokens: 1_000, cacheReadTokens: 400, outputTokens: 10 } }),
    ])
    const MICRO_DOLLARS = 1_000_000n
    expect(costElsewhere(call, strong)).toBe((600n * 3n + (400n * 3n) / 10n + 10n * 15n) * MICRO_DOLLARS)
  })

  it('is unknown where nobody answered, or did not say how much', () => {
    expect(costElsewhere(callOf([attemptAt('a:x/m', { outcome: 'fault' })]), strong)).toBeUndefined()
    expect(costElsewhere(callOf([attemptAt('a:x/m', { usage: {} })]), strong)).toBeUndefined()
  })
})
