import { describe, expect, it } from 'vitest'
import { costOfReply } from '../../activities/call-model/money/cost-of-reply.ts'
import { costBetween, exactCost, NO_COST } from '../../src/core/money/cost.ts'
import type { ReplyAnswer, ReplyFault } from '../../src/core/ports.ts'
import type { Usage } from '../../src/core/usage.ts'
import { endpoint } from '../core/routing/plan-fixtures.ts'

const PRICED = endpoint('acme', 'm/one', { price: { input: 1, output: 4 } })
const UNPRICED = endpoint('acme', 'm/one', { price: undefined })
const WORST = { tokens: 2_000, pico: '5000000' }
const USED: Usage = { inputTokens: 10, outputTokens: 5 }

const answer = (usage: Usage, reportedCostPico?: string): ReplyAnswer => ({
  kind: 'answer',
  message: { role: 'assistant', content: [] },
  text: '',
  finish: 'stop',
  usage,
  ...(reportedCostPico !== undefined && { reportedCostPico }),
  timings: { totalMs: 1 },
})
const fault = (billable: ReplyFault['billable']): ReplyFault => ({
  kind: 'fault',
  fault: { kind: 'cut-off', message: '', evidence: {} },
  billable,
  usage: USED,
  timings: { totalMs: 1 },
})

describe('what an attempt has cost', () => {
  it('is its usage at the list price, unless the vendor says itself what it bills', () => {
    expect(costOfReply(answer(USED), PRICED, WORST)).toEqual(exactCost(30_000_000n))
    expect(costOfReply(answer(USED, '7'), PRICED, WORST)).toEqual(exactCost(7n))
    expect(costOfReply(answer(USED, '0'), UNPRICED, WORST)).toEqual(exactCost(0n))
  })

  it('lies between nothing and all that was reserved where nobody says what was used, or it ended without an answer', () => {
    expect(costOfReply(answer({ inputTokens: 10 }), PRICED, WORST)).toEqual(costBetween(0n, 5_000_000n))
    expect(costOfReply(answer({}), PRICED, WORST)).toEqual(costBetween(0n, 5_000_000n))
    expect(costOfReply(fault('maybe'), PRICED, WORST)).toEqual(costBetween(0n, 5_000_000n))
  })

  it('is what was used where the reply came whole and is no answer all the same: refused, or malformed', () => {
    const whole = { ...fault('maybe'), whole: true } as const
    expect(costOfReply(whole, PRICED, WORST)).toEqual(exactCost(30_000_000n))
    expect(costOfReply({ ...whole, reportedCostPico: '7' }, PRICED, WORST)).toEqual(exactCost(7n))
    expect(costOfReply({ ...whole, usage: {} }, PRICED, WORST)).toEqual(costBetween(0n, 5_000_000n))
    expect(costOfReply(whole, UNPRICED, { tokens: 2_000 })).toBeUndefined()
  })

  it('is half of that in a batch, but for what is read from a cache where that is no cheaper there', () => {
    const price = { input: 1, cachedInput: 0.07, output: 4, tiers: [{ above: 100, cachedInput: 0.14 }] }
    const reading = endpoint('acme', 'm/one', { price })
    const half = { leastPercent: 50, mostPercent: 50 }
    const read = { ...USED, cacheReadTokens: 8 }
    const inBatch = (range: object, usage = read) =>
      costOfReply({ ...answer(usage), priceRange: { ...half, ...range } }, reading, WORST)
    expect(inBatch({})).toEqual(exactCost(11_280_000n))
    expect(inBatch({ readsAsUsual: true })).toEqual(exactCost(11_560_000n))
    const long = { inputTokens: 108, outputTokens: 5, cacheReadTokens: 100 }
    expect(inBatch({ readsAsUsual: true }, long)).toEqual(exactCost(28_000_000n))
  })

  it('lies within the bounds of the tier that it was served in, whose prices are in no list', () => {
    const dearer = { ...answer(USED), priceRange: { leastPercent: 100, mostPercent: 250 } }
    expect(costOfReply(dearer, PRICED, WORST)).toEqual(costBetween(30_000_000n, 75_000_000n))
    const whole = { ...fault('maybe'), whole: true, priceRange: { leastPercent: 50, mostPercent: 100 } } as const
    expect(costOfReply(whole, PRICED, WORST)).toEqual(costBetween(15_000_000n, 30_000_000n))
    expect(costOfReply({ ...dearer, reportedCostPico: '7' }, PRICED, WORST)).toEqual(exactCost(7n))
    expect(costOfReply({ ...dearer, usage: {} }, PRICED, WORST)).toEqual(costBetween(0n, 5_000_000n))
    expect(costOfReply(dearer, UNPRICED, WORST)).toBeUndefined()
    const read = { ...dearer, usage: { ...USED, cacheReadTokens: 8 } }
    expect(costOfReply(read, PRICED, WORST)).toEqual(costBetween(22_000_000n, 75_000_000n))
  })

  it('lies between free and plain input for what was read from a cache that has no price of its own', () => {
    const read: Usage = { inputTokens: 10, cacheReadTokens: 8, outputTokens: 5 }
    expect(costOfReply(answer(read), PRICED, WORST)).toEqual(costBetween(22_000_000n, 30_000_000n))
    const long = endpoint('acme', 'm/one', { price: { input: 1, output: 4, tiers: [{ above: 9, input: 2 }] } })
    expect(costOfReply(answer(read), long, WORST)).toEqual(costBetween(22_000_000n, 40_000_000n))
    // Writing may be dearer than input: of that nothing is known.
    expect(costOfReply(answer({ ...read, cacheWriteTokens: 1 }), PRICED, WORST)).toBeUndefined()
    expect(costOfReply(answer(read), UNPRICED, { tokens: 2_000 })).toBeUndefined()
  })

  it('is nothing for a request that the vendor has refused', () => {
    expect(costOfReply(fault('no'), PRICED, WORST)).toEqual(NO_COST)
    expect(costOfReply(fault('no'), UNPRICED, { tokens: 2_000 })).toEqual(NO_COST)
  })

  it('is unknown where the endpoint has no price, never zero', () => {
    expect(costOfReply(answer(USED), UNPRICED, { tokens: 2_000 })).toBeUndefined()
    expect(costOfReply(fault('maybe'), UNPRICED, { tokens: 2_000 })).toBeUndefined()
  })
})
