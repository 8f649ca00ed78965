import { afterEach, describe, expect, it } from 'vitest'
import type { AttemptRecord } from '../../src/core/ports.ts'
import type { CallModelInput, CallModelResult } from '../../src/core/protocol.ts'
import { type Calling, callOf, startCalling, userMessage } from '../support/calling.ts'
import { marketOf } from '../support/market.ts'

const large = (price: { input: number; output: number; cachedInput: number; cacheWrite?: number }) => ({
  abilities: ['tools'],
  maxOutput: 16_000,
  price,
})
const vendor = { cache: true, firstTokenMs: 150 }

const MARKET = marketOf(
  {
    one: { models: { 'one/large': large({ input: 3, cachedInput: 0.3, output: 15 }) }, vendor },
    two: {
      protocol: 'anthropic',
      models: { 'two/large': large({ input: 3, cachedInput: 0.3, cacheWrite: 3.75, output: 15 }) },
      vendor,
    },
  },
  `
classes:
  one: { models: [one/large], maxOutputTokens: 200 }
  two: { models: [two/large], maxOutputTokens: 200 }
  hurried: { models: [one/large], maxOutputTokens: 200, secondsWorth: 5 USD }
  either: { models: [one/large, two/large], sort: order }
`,
)

/** 6,000 tokens. */
const DOCUMENT = 'The line has one track, five boxes and a signal that nobody believes. '.repeat(345)

let calling: Calling
afterEach(() => calling?.close())

async function askSiblings(
  taskClass: string,
  count = 4,
  changes: Partial<CallModelInput> = {},
): Promise<readonly CallModelResult[]> {
  const about = (at: number) => [userMessage(DOCUMENT), userMessage(`Question ${at}?`)]
  const inputs = Array.from({ length: count }, (_, at) =>
    callOf({ step: at + 1, taskClass, additions: about(at), ...changes }),
  )
  return Promise.all(inputs.map(calling.call))
}

const readers = (rows: readonly AttemptRecord[]) => rows.filter(({ usage }) => (usage.cacheReadTokens ?? 0) > 5_000)

describe.each(['one', 'two'])('calls side by side about one long document, at %s', taskClass => {
  it('do so too as forks of one step whose prompt has gone cold', async () => {
    calling = await startCalling(MARKET)
    await calling.open()
    const endpoint = `${taskClass}:${taskClass}/large`
    const warm = [{ endpoint, tokens: 6_000, atMs: Date.now() - 600_000 }]
    const known = { endpoint, promptTokens: 6_000, length: 2, warm, forked: true as const }
    const additions = [userMessage(DOCUMENT), userMessage('Question?')]
    await askSiblings(taskClass, 3, { additions, memory: { draw: 0.5, known } })
    expect(readers(await calling.attempts())).toHaveLength(2)
  })

  it('start after the first one’s first token, and read what it has written', async () => {
    calling = await startCalling(MARKET)
    await calling.open()
    await askSiblings(taskClass)
    const rows = await calling.attempts()
    expect(readers(rows)).toHaveLength(3)
    const [first, ...others] = rows.toSorted((a, b) => a.startedAtMs - b.startedAtMs)
    for (const other of others)
      expect(other.startedAtMs - first!.startedAtMs).toBeGreaterThanOrEqual(first!.firstTokenMs!)
    const billed = calling.vendors.meter().reduce((sum, row) => sum + BigInt(row.billedPico), 0n)
    expect(rows.reduce((sum, { cost }) => sum + BigInt(cost!.highPico), 0n)).toBe(billed)
  })

  it('are led by the next where the first one fails', async () => {
    calling = await startCalling(MARKET)
    await calling.open()
    await calling.vendors.setFaults(taskClass, [{ kind: 'content-filter', requests: [1] }])
    const results = await askSiblings(taskClass)
    expect(results.map(({ kind }) => kind).toSorted()).toEqual(['answered', 'answered', 'answered', 'fault'])
    expect(readers(await calling.attempts())).toHaveLength(2)
  })
})

describe('calls side by side', () => {
  it('go at once where a second is worth more than what is saved, and where they do not begin alike', async () => {
    calling = await startCalling(MARKET)
    await calling.open()
    // Before it nothing is written that others could read, however busy the machine.
    await calling.vendors.setFaults('one', [{ kind: 'slow-first-token', delayMs: 500 }])
    await askSiblings('hurried')
    expect(readers(await calling.attempts())).toHaveLength(0)
    const inputs = [0, 1].map(at => callOf({ step: 10 + at, taskClass: 'one', prompt: `${at} ${DOCUMENT}` }))
    await Promise.all(inputs.map(calling.call))
    const [a, b] = (await calling.attempts()).filter(({ step }) => step >= 10)
    expect(Math.abs(a!.startedAtMs - b!.startedAtMs)).toBeLessThan(a!.firstTokenMs!)
  })

  it('stop waiting when they are cancelled', async () => {
    calling = await startCalling(MARKET)
    await calling.open()
    await calling.vendors.setFaults('one', [{ kind: 'slow-first-token', delayMs: 20_000 }])
    const about = (at: number) => [userMessage(DOCUMENT), userMessage(`Question ${at}?`)]
    const underway = [1, 2].map(step => calling.begin({ step, taskClass: 'one', additions: about(step) }))
    await expect.poll(() => calling.vendors.meter().length).toBe(1)
    for (const one of underway) one.cancel()
    const results = await Promise.all(underway.map(({ result }) => result))
    expect(results.map(({ kind }) => kind)).toEqual(['cancelled', 'cancelled'])
    expect(calling.vendors.meter()).toHaveLength(1)
  })

  it('keep the cost of a truncated answer when they are cancelled while they wait', async () => {
    calling = await startCalling(MARKET)
    await calling.open()
    await calling.vendors.setFaults('one', [{ kind: 'length', afterTokens: 5, times: 1 }, { kind: 'unauthenticated' }])
    await calling.vendors.setFaults('two', [{ kind: 'slow-first-token', delayMs: 20_000 }])
    const about = (step: number, taskClass: string) =>
      callOf({ step, taskClass, additions: [userMessage(DOCUMENT), userMessage(`Question ${step}?`)] })
    const first = calling.begin(about(1, 'two'))
    await expect.poll(() => calling.vendors.meter().length).toBe(1)
    const second = calling.begin(about(2, 'either'))
    const ofSecond = async () => (await calling.attempts()).filter(({ step }) => step === 2)
    const faults = async () => (await ofSecond()).map(({ fault }) => fault?.kind)
    await expect.poll(faults).toContain('unauthenticated')
    second.cancel()
    const result = await second.result
    first.cancel()
    await first.result
    expect(result.kind).toBe('cancelled')
    expect(result.attempts.map(({ fault }) => fault)).toEqual(['unauthenticated', 'truncated'])
    expect((await ofSecond()).map(({ outcome }) => outcome)).toEqual(['fault', 'fault'])
  })
})
