import { afterEach, describe, expect, it } from 'vitest'
import type { AttemptRecord } from '../../src/core/ports.ts'
import type { FaultRuleInput } from '../../src/providers/simulated/index.ts'
import { type Calling, RUN, startCalling } from '../support/calling.ts'
import { marketOf } from '../support/market.ts'

const large = { abilities: [], price: { input: 1, cachedInput: 0.1, output: 4 } }

/** They differ in what they bill for an aborted answer, as vendors do. */
const MARKET = marketOf(
  {
    one: { models: { 'one/large': large }, vendor: { billsAborted: 'whole' } },
    two: {
      protocol: 'openai-compatible',
      models: { 'two/large': large },
      vendor: { billsAborted: 'until-disconnect', tokensPerSecond: 1_000 },
    },
    three: { models: { 'three/large': large } },
    wordy: { models: { 'wordy/large': large }, vendor: { tokensPerSecond: 100 } },
  },
  `
classes:
  open: { models: [one/large, two/large], maxOutputTokens: 500, hedge: { after: 150ms, share: 1 } }
  wide: { models: [one/large, two/large, three/large], maxOutputTokens: 500, hedge: { after: 150ms, share: 1 } }
  capped: { models: [one/large, two/large], maxOutputTokens: 500, hedge: { after: 20ms, share: 0.1 } }
  sharing: { models: [wordy/large, two/large], maxOutputTokens: 500, hedge: { after: 1s, share: 0.1 } }
  learned: { models: [one/large, two/large], maxOutputTokens: 500, hedge: { after: p95, share: 1 } }
  bound: { models: [one/large, two/large], maxOutputTokens: 500, hedge: { after: 50ms, share: 1 }, policy: { denyProviders: [two] } }
  plain: { models: [one/large, two/large], maxOutputTokens: 500 }
`,
)

/** Longer than any test may wait for it. */
const SLOW: FaultRuleInput = { kind: 'slow-first-token', delayMs: 20_000 }

/** Long enough behind the moment of a hedge that also a busy machine has made it by then. */
const LATE: FaultRuleInput = { ...SLOW, delayMs: 1_500 }

let calling: Calling
afterEach(() => calling?.close())

async function start(faults: Readonly<Record<string, readonly FaultRuleInput[]>>, budget = {}): Promise<void> {
  calling = await startCalling(MARKET)
  await calling.open({ budget })
  for (const [vendor, rules] of Object.entries(faults)) await calling.vendors.setFaults(vendor, rules)
}

const shapeOf = (rows: readonly AttemptRecord[]) =>
  rows.map(({ provider: at, outcome, fault }) => `${at} ${outcome === 'fault' ? fault?.kind : outcome}`)

describe('a slow first token', () => {
  it('is hedged: the second answers, the first is aborted and booked, and the ledger bounds the meter', async () => {
    await start({ one: [SLOW] })
    const answer = await calling.answer()
    expect(answer.endpoint).toBe('two:two/large')
    const rows = await calling.attempts()
    expect(shapeOf(rows)).toEqual(['one outrun', 'two answered'])
    expect(rows[1]!.reason).toBe('hedge: no first token after 150 ms')
    expect(rows[0]!.waste).toBe('hedge')
    expect(BigInt(rows[0]!.cost!.lowPico)).toBe(0n)
    expect(BigInt(rows[0]!.cost!.highPico)).toBeGreaterThan(0n)
  })

  it('is announced, and no text comes twice', async () => {
    await start({ one: [SLOW] })
    await calling.vendors.setFaults('two', [{ kind: 'slow-drip', delayMs: 400 }])
    const answer = await calling.answer()
    const events = await calling.store.events.read(RUN.key, 0, 200)
    const attempts = events.filter(({ kind }) => kind === 'attempt-start' || kind === 'attempt-end')
    expect(attempts).toMatchObject([
      { kind: 'attempt-start', attempt: 1, endpoint: 'one:one/large', reason: 'planned' },
      { kind: 'attempt-start', attempt: 2, endpoint: 'two:two/large', reason: 'hedge: no first token after 150 ms' },
      { kind: 'attempt-end', attempt: 1, outcome: 'outrun', superseded: true },
      { kind: 'attempt-end', attempt: 2, outcome: 'answered', superseded: false },
    ])
    expect(events.filter(({ kind }) => kind === 'answer')).toMatchObject([{ text: answer.text, attempt: 2 }])
  })

  it('is waited for where the second is slower still', async () => {
    await start({ one: [LATE], two: [SLOW] })
    expect((await calling.answer()).endpoint).toBe('one:one/large')
    const rows = await calling.attempts()
    expect(shapeOf(rows)).toEqual(['one answered', 'two outrun'])
  })

  it('is not hedged where the class does not ask for it', async () => {
    await start({ one: [LATE] })
    await calling.answer({ taskClass: 'plain' })
    expect(shapeOf(await calling.attempts())).toEqual(['one answered'])
  })

  it('is hedged after what the endpoint’s own times say, once they are known', async () => {
    await start({})
    for (let step = 1; step <= 20; step += 1) await calling.answer({ step, taskClass: 'learned' })
    await calling.vendors.setFaults('one', [SLOW])
    expect((await calling.answer({ step: 21, taskClass: 'learned' })).endpoint).toBe('two:two/large')
    const known = (await calling.attempts()).map(({ unhedged }) => unhedged)
    expect(known[19]).toMatch(/too few answers of one:one\/large to know the 95th of 100/)
    expect(known[20]).toBeUndefined()
  })
})

describe('a hedge', () => {
  it('goes on with the other where one fails before it has begun', async () => {
    await start({ one: [{ kind: 'silence' }], two: [{ kind: 'overloaded' }] })
    // The first is slow and fails; the second fails at once. The third is asked as after any fault.
    await calling.vendors.setFaults('one', [LATE])
    expect((await calling.answer({ taskClass: 'wide' })).endpoint).toBe('one:one/large')
    expect(shapeOf(await calling.attempts())).toEqual(['one answered', 'two overloaded'])
  })

  it('that wins and breaks off is followed by the next candidate', async () => {
    await start({ one: [SLOW], two: [{ kind: 'cut', afterTokens: 50 }] })
    expect((await calling.answer({ taskClass: 'wide' })).endpoint).toBe('three:three/large')
    const rows = await calling.attempts()
    expect(shapeOf(rows)).toEqual(['one outrun', 'two cut-off', 'three answered'])
  })

  it('goes only where the policy allows', async () => {
    await start({ one: [LATE] })
    expect((await calling.answer({ taskClass: 'bound' })).endpoint).toBe('one:one/large')
    expect(calling.vendors.meter().map(({ vendor }) => vendor)).toEqual(['one'])
    expect((await calling.attempts())[0]!.unhedged).toBe('no other endpoint of its plan could be asked')
  })

  it('is not made while an endpoint of the class is full', async () => {
    await start({ two: [{ kind: 'rate-limit', retryAfterMs: 60_000 }], one: [{ kind: 'overloaded' }] })
    await calling.call({ step: 1, taskClass: 'wide' })
    await failing({ one: [LATE], two: [] })
    await calling.answer({ step: 2, taskClass: 'wide' })
    const second = (await calling.attempts()).filter(({ step }) => step === 2)
    expect(second.map(({ reason }) => reason)).not.toContainEqual(expect.stringContaining('hedge'))
    expect(second[0]!.unhedged).toMatch(/^two:two\/large was left alone after a 429/)
  })

  it('is made for no more calls than the class’s share', async () => {
    await start({ one: [{ ...SLOW, delayMs: 250 }] })
    for (let step = 1; step <= 20; step += 1) await calling.answer({ step, taskClass: 'capped' })
    const rows = await calling.attempts()
    const hedged = rows.filter(({ reason }) => reason.startsWith('hedge'))
    expect(hedged.length).toBeGreaterThanOrEqual(1)
    expect(hedged.length).toBeLessThanOrEqual(3)
    const alone = rows.filter(({ step }) => !hedged.some(beside => beside.step === step))
    for (const { unhedged } of alone) expect(unhedged).toMatch(/the share of the calls of capped that may be \(10 %\)$/)
  })

  it('takes nothing of the share where the first has begun in time and is still at it', async () => {
    await start({})
    await calling.answer({ step: 1, taskClass: 'sharing' })
    await failing({ wordy: [SLOW] })
    await calling.answer({ step: 2, taskClass: 'sharing' })
    const rows = await calling.attempts()
    expect(shapeOf(rows)).toEqual(['wordy answered', 'wordy outrun', 'two answered'])
    expect(rows[0]).not.toHaveProperty('unhedged')
  })

  it('reserves both worst cases: where the budget has room for one, there is one', async () => {
    // A worst case is about 500 output tokens at 4 and a prompt at 1 USD per million: $0.0021.
    await start({ one: [LATE] }, { usd: '0.0026' })
    expect((await calling.answer()).endpoint).toBe('one:one/large')
    const rows = await calling.attempts()
    expect(shapeOf(rows)).toEqual(['one answered'])
    expect(rows[0]!.unhedged).toBe('no budget had room for a second request')
  })

  it('stays within the budget with both', async () => {
    await start({ one: [SLOW] }, { usd: '0.0045' })
    await calling.answer()
    const rows = await calling.attempts()
    expect(rows).toHaveLength(2)
    const spent = rows.reduce((sum, { cost }) => sum + BigInt(cost!.highPico), 0n)
    expect(spent).toBeLessThanOrEqual(4_500_000_000n)
  })

  it('ends with the run: both are stopped within seconds, and both are booked', async () => {
    await start({ one: [SLOW], two: [SLOW] })
    const underway = calling.begin()
    await expect.poll(() => calling.vendors.meter().length).toBe(2)
    const cancelledAtMs = performance.now()
    underway.cancel()
    expect(await underway.result).toMatchObject({ kind: 'cancelled', attempts: [{}, {}] })
    // Before either would have begun.
    expect(performance.now() - cancelledAtMs).toBeLessThan(15_000)
    expect(shapeOf(await calling.attempts())).toEqual(['one cancelled', 'two cancelled'])
    await expect.poll(() => calling.vendors.meter().every(({ state }) => state !== 'open')).toBe(true)
  })

  it('goes on after its worker was lost, at the endpoint that was asked last', async () => {
    await start({ one: [SLOW], two: [SLOW] })
    const lost = calling.begin()
    const out = expect(lost.result).rejects.toThrow()
    await expect.poll(() => calling.vendors.meter().length).toBe(2)
    lost.lose()
    await out
    await calling.vendors.setFaults('two', [])
    const answer = await calling.answer()
    expect(answer.endpoint).toBe('two:two/large')
    const rows = await calling.attempts()
    expect(shapeOf(rows)).toEqual(['one abandoned', 'two abandoned', 'two answered'])
    expect(rows[2]!.reason).toBe('resumed: handed over')
  })
})

it('goes on after its worker was killed: what a zombie does then is paid and nobody’s', async () => {
  await start({ one: [SLOW], two: [SLOW] })
  const killed = calling.begin()
  await expect.poll(() => calling.vendors.meter().length).toBe(2)
  await calling.vendors.setFaults('two', [])
  const answer = await calling.answer()
  expect(answer.endpoint).toBe('two:two/large')
  const rows = await calling.attempts()
  expect(shapeOf(rows)).toEqual(['one abandoned', 'two abandoned', 'two answered'])
  killed.cancel()
  await killed.result
})

async function failing(faults: Readonly<Record<string, readonly FaultRuleInput[]>>): Promise<void> {
  for (const [vendor, rules] of Object.entries(faults)) await calling.vendors.setFaults(vendor, rules)
}
