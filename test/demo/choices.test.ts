import { describe, expect, it } from 'vitest'
import type { Endpoint } from '../../src/core/endpoints.ts'
import { cachesOf, escalationsOf, hedgesOf } from '../../src/runtime/demo/choices.ts'
import { attemptAt, callOf } from './records.ts'

const PRICE = { input: 3, cachedInput: 0.3, cacheWrite: 3.75, output: 15 }
const ENDPOINTS = [{ id: 'a:x/m', price: PRICE }] as unknown as readonly Endpoint[]

describe('what the caches saved', () => {
  it('is what the same usage would have cost uncached, less what it cost: writes count against it', () => {
    const writes = attemptAt('a:x/m', { usage: { inputTokens: 1_000, cacheWriteTokens: 1_000, outputTokens: 10 } })
    const reads = attemptAt('a:x/m', { usage: { inputTokens: 2_000, cacheReadTokens: 1_000, outputTokens: 10 } })
    const [cache, ...others] = cachesOf([callOf([writes]), callOf([reads])], ENDPOINTS)
    expect(others).toEqual([])
    // 3,000 tokens at 3 USD per million and 20 at 15; a thousand of them at 3.75, a thousand at 0.3.
    expect(cache).toMatchObject({ answers: 2, inputTokens: 3_000, cachedTokens: 1_000, uncachedUsd: '0.0093' })
    expect(cache).toMatchObject({ paidUsd: '0.00735', savedUsd: '0.00195' })
  })

  it('is not shown where nothing was cached, nor counted for attempts that did not answer', () => {
    const cut = attemptAt('a:x/m', {
      fault: { kind: 'cut-off', message: '', evidence: {} },
      usage: { inputTokens: 9, cacheReadTokens: 9, outputTokens: 1 },
    })
    expect(
      cachesOf([callOf([cut, attemptAt('a:x/m', { usage: { inputTokens: 5, outputTokens: 1 } })])], ENDPOINTS),
    ).toEqual([])
  })
})

it('a hedge is the attempt that was made beside another one, whoever answered', () => {
  const call = callOf([
    attemptAt('a:x/m', { outcome: 'outrun' }),
    attemptAt('b:x/m', { reason: 'hedge: no first token after 1500 ms' }),
  ])
  expect(hedgesOf(call)).toMatchObject([{ first: 'a:x/m', second: 'b:x/m', answeredBy: 'b:x/m', class: 'strong' }])
  expect(hedgesOf(callOf([attemptAt('a:x/m')]))).toEqual([])
})

it('an escalation names both classes', () => {
  const fault = { kind: 'malformed-reply', message: '', evidence: {} } as const
  const call = callOf([
    attemptAt('a:x/m', { taskClass: 'cheap', fault }),
    attemptAt('b:x/m', { taskClass: 'strong', reason: 'escalated: schema' }),
  ])
  expect(escalationsOf(call)).toMatchObject([{ from: 'cheap', to: 'strong', gaveUpOn: 'a:x/m', answeredBy: 'b:x/m' }])
})
