import { afterEach, expect, it } from 'vitest'
import { type Calling, startCalling } from '../support/calling.ts'
import { type MarketProvider, marketOf } from '../support/market.ts'
import { APP } from '../support/scene.ts'

const REST = `
classes:
  patient: { models: [acme/small], maxOutputTokens: 100, patience: 60s }
  hasty: { models: [acme/small], maxOutputTokens: 100, patience: 10ms }
`

/** All requests of a burst must be open at once. On a loaded machine it takes a quarter of a second to send twelve. */
const SLOWER_THAN_SENDING_MS = 600

let calling: Calling | undefined

afterEach(() => calling?.close())

async function open(vendor: MarketProvider['vendor']) {
  const { tools, schemas } = APP
  const opened = await startCalling({ ...marketOf({ one: { vendor } }, REST), app: { tools, schemas } })
  calling = opened
  await opened.open()
  let step = 0
  return {
    calls: async (times: number, taskClass: string) => {
      const results = await Promise.all(Array.from({ length: times }, () => opened.call({ taskClass, step: ++step })))
      return results.map(({ kind }) => kind)
    },
    call: (taskClass: string) => opened.call({ taskClass, step: ++step }),
    learned: () => opened.wired.ports.health.of('one:acme/small'),
    refused: () => opened.vendors.meter().filter(({ status }) => status === 429).length,
  }
}

it('learns how many requests a vendor takes at once, and asks for no more from then on', async () => {
  const { calls, learned, refused } = await open({ concurrency: 3, firstTokenMs: SLOWER_THAN_SENDING_MS })
  expect(new Set(await calls(12, 'patient'))).toEqual(new Set(['answered']))
  const once = refused()
  expect(once).toBeGreaterThan(0)
  expect(learned()).toMatchObject({ concurrency: expect.any(Number) })
  expect(learned().concurrency).toBeLessThanOrEqual(3)
  expect(learned().requestsPerMinute).toBeUndefined()
  expect(new Set(await calls(12, 'patient'))).toEqual(new Set(['answered']))
  expect(refused()).toBe(once)
})

it('keeps to the tokens that a vendor says it lets through, once it has said that they are used up', async () => {
  const { calls, call, learned } = await open({ rateLimit: { tokens: 1_000, perMs: 2_000 } })
  expect(await calls(1, 'patient')).toEqual(['answered'])
  expect(learned().tokensPerMinute).toBeUndefined()
  expect(new Set(await calls(20, 'patient'))).toEqual(new Set(['answered']))
  expect(learned().requestsPerMinute).toBeUndefined()
  expect(learned().tokensPerMinute).toBeGreaterThan(0)
  expect(learned().tokensPerMinute).toBeLessThan(31_000)
  // At once: on a slow machine as much is let through again as calls one after another take.
  const results = await Promise.all(Array.from({ length: 20 }, () => call('hasty')))
  const reasons = results.flatMap(result => (result.kind === 'wait' ? [result.reason] : []))
  expect(reasons).toContainEqual(expect.stringMatching(/^one:acme\/small is at its limit of [\d,]+ tokens per minute$/))
})
