import { assert, constantFrom, integer, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { periodAt } from '../../../src/core/budgets/period.ts'
import { describeScope, moneyLimitsOf, PERIODS, type SharedBudget } from '../../../src/core/budgets/shared-budget.ts'
import {
  beginningOfEach,
  budgetsFor,
  endOfScope,
  limitAt,
  shareSpent,
  sharesReached,
  valueIn,
} from '../../../src/core/budgets/shared-limit.ts'

const at = (text: string) => Date.parse(text)

describe('a period', () => {
  it.each([
    ['hour', '2026-11-23T11:59:59.999Z', '2026-11-23T11:00Z', '2026-11-23T12:00Z'],
    ['day', '2026-11-23T23:59:59.999Z', '2026-11-23T00:00Z', '2026-11-24T00:00Z'],
    ['week', '2026-11-23T00:00:00Z', '2026-11-23T00:00Z', '2026-11-30T00:00Z'],
    ['week', '2026-11-22T23:59:59Z', '2026-11-16T00:00Z', '2026-11-23T00:00Z'],
    ['month', '2028-02-29T12:00:00Z', '2028-02-01T00:00Z', '2028-03-01T00:00Z'],
    ['month', '2026-12-31T23:59:59Z', '2026-12-01T00:00Z', '2027-01-01T00:00Z'],
  ] as const)('of one %s holds %s', (per, now, start, end) => {
    expect(periodAt(per, at(now))).toEqual({ startMs: at(start), endMs: at(end) })
  })

  it('never ends for a lifetime', () => {
    expect(periodAt('lifetime', at('2026-11-23T00:00Z'))).toEqual({ startMs: 0 })
  })

  it('holds its moment, and the next begins where it ends', () => {
    assert(
      property(constantFrom(...PERIODS), integer({ min: 0, max: at('2100-01-01') }), (per, nowMs) => {
        const { startMs, endMs } = periodAt(per, nowMs)
        expect(startMs).toBeLessThanOrEqual(nowMs)
        if (endMs === undefined) return
        expect(endMs).toBeGreaterThan(nowMs)
        expect(periodAt(per, endMs).startMs).toBe(endMs)
        expect(periodAt(per, endMs - 1).startMs).toBe(startMs)
      }),
    )
  })
})

const SPENDER = { workspace: 'acme', taskClass: 'strong', labels: { team: 'growth', feature: 'titles' } }

function budget(changes: Partial<SharedBudget>): SharedBudget {
  return { name: 'b', scope: { all: true }, per: 'month', warnAt: [], ...changes }
}

describe('the budgets of a call', () => {
  it.each<[boolean, SharedBudget['scope']]>([
    [true, { all: true }],
    [true, { workspace: 'acme' }],
    [false, { workspace: 'other' }],
    [true, { class: 'strong' }],
    [false, { class: 'cheap' }],
    [true, { label: { team: 'growth' } }],
    [false, { label: { team: 'growth', feature: 'summaries' } }],
    [true, { workspace: 'acme', class: 'strong', label: { feature: 'titles' } }],
    [false, { workspace: 'acme', class: 'cheap' }],
    [true, { each: 'team' }],
    [false, { each: 'customer' }],
    [false, { each: 'toString' }],
    [false, { each: 'team', class: 'cheap' }],
  ])('are %s for the scope %j', (within, scope) => {
    expect(budgetsFor([budget({ scope })], SPENDER, 0)).toHaveLength(within ? 1 : 0)
  })

  it('take a label for text that is none, of a run that was begun before such labels were refused', () => {
    const spender = { ...SPENDER, labels: { year: 2026 } as never }
    const [limit] = budgetsFor([budget({ scope: { each: 'year' } })], spender, 0)
    expect(limit?.label).toEqual({ year: '2026' })
  })

  it('have a scope of their own in each period, and exact limits', () => {
    const budgets = [budget({ usd: '100.00', tokens: 5 })]
    expect(budgetsFor(budgets, SPENDER, at('2026-11-23T11:00Z'))).toEqual([
      {
        scopeId: 'budget:b:month:2026-11-01T00',
        budget: 'b',
        limitPico: '100000000000000',
        limitTokens: 5,
        warnAt: [],
        endsAtMs: at('2026-12-01T00:00Z'),
      },
    ])
    expect(budgetsFor(budgets, SPENDER, at('2026-12-01T00:00Z'))[0]?.scopeId).toBe('budget:b:month:2026-12-01T00')
  })
})

it.each(PERIODS)('a period of one %s has the end that its scopes tell, those of values too', per => {
  for (const one of [budget({ per }), budget({ per, name: ' month ', scope: { each: 'day' } })])
    for (const value of ['', 'a:hour:2026-11-23T11']) {
      const limit = limitAt(one, at('2028-02-29T12:30Z'), value)
      expect(endOfScope(limit.scopeId)).toBe(limit.endsAtMs)
    }
})

it('the scope of a run, and one that is not written so, tells of no end', () => {
  for (const scopeId of ['0190-run', 'budget:b:century:2026-11-23T11', 'budget:b', 'x:budget:b:day:2026-11-23T00'])
    expect(endOfScope(scopeId)).toBeUndefined()
})

describe('a limit for each value of a label', () => {
  const each = budget({ scope: { each: 'customer', class: 'strong' }, usd: '5' })
  const of = (customer: string, label = 'customer') =>
    budgetsFor([{ ...each, scope: { each: label } }], { ...SPENDER, labels: { [label]: customer } }, 0)[0]!

  it('has a scope of its own for each, and a name for limits of its own', () => {
    expect(of('ann')).toEqual({
      scopeId: 'budget:b:month:1970-01-01T00:customer=ann',
      budget: 'b',
      label: { customer: 'ann' },
      ownLimits: 'b:customer=ann',
      limitPico: '5000000000000',
      warnAt: [],
      endsAtMs: at('1970-02-01T00:00Z'),
    })
    expect(describeScope(each.scope)).toBe('class strong, each customer')
  })

  it('tells labels and values apart, whatever is in them, and finds the value of a scope again', () => {
    const limits = [of('a'), of('a', 'team'), of(''), of('a=b'), of('b', 'customer=a'), of('a:b'), of('a\\u003ab')]
    expect(new Set(limits.map(({ scopeId }) => scopeId)).size).toBe(limits.length)
    expect(new Set(limits.map(({ ownLimits }) => ownLimits)).size).toBe(limits.length)
    const beginning = beginningOfEach(limitAt(each, 0), 'customer')
    const found = limits.filter(({ scopeId }) => scopeId.startsWith(beginning))
    expect(found.map(({ scopeId }) => valueIn(scopeId, beginning))).toEqual(['a', '', 'a=b', 'a:b', 'a\\u003ab'])
  })

  it('limits money only of calls that have the label', () => {
    const labels = { customer: 'ann' }
    expect(moneyLimitsOf([each], { ...SPENDER, labels })).toMatchObject({ moneyLimited: true })
    expect(moneyLimitsOf([each], SPENDER)).toMatchObject({ moneyLimited: false })
  })
})

it('names the shares that were reached, by money or by tokens', () => {
  const limit = { warnAt: [0.5, 0.8], limitPico: '1000', limitTokens: 10 }
  expect(sharesReached(limit, { pico: 499n, tokens: 4 })).toEqual([])
  expect(sharesReached(limit, { pico: 500n, tokens: 0 })).toEqual([0.5])
  expect(sharesReached(limit, { pico: 0n, tokens: 8 })).toEqual([0.5, 0.8])
  expect(sharesReached({ warnAt: [0.5] }, { pico: 9n, tokens: 9 })).toEqual([])
})

it('tells how much of a limit is spent, of money or of tokens, whichever is more', () => {
  const limit = { limitPico: '1000', limitTokens: 10 }
  expect(shareSpent(limit, { pico: 250n, tokens: 5 })).toBe(0.5)
  expect(shareSpent(limit, { pico: 750n, tokens: 5 })).toBe(0.75)
  expect(shareSpent({ limitPico: '1000' }, { pico: 250n, tokens: 5 })).toBe(0.25)
  expect(shareSpent({ limitTokens: 10 }, { pico: 250n, tokens: 5 })).toBe(0.5)
  // Nothing may be spent there at all, which is no share of anything.
  expect(shareSpent({ limitPico: '0', limitTokens: 0 }, { pico: 250n, tokens: 5 })).toBe(0)
  expect(shareSpent({}, { pico: 250n, tokens: 5 })).toBe(0)
})
