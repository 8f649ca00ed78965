import { expect, it } from 'vitest'
import type { Endpoint } from '../../../src/core/endpoints.ts'
import { keptShare } from '../../../src/core/routing/cache/warmth.ts'
import { callAhead } from '../../../src/core/routing/call/call-ahead.ts'
import type { PlanInput } from '../../../src/core/routing/call/plan-input.ts'
import { USUAL } from '../../../src/core/routing/health/measured.ts'
import { planRoute } from '../../../src/core/routing/plan-route.ts'
import { expectedCost } from '../../../src/core/routing/ranking/objective.ts'
import { endpoint, planInput, taskClass } from './plan-fixtures.ts'

// The example of the README: a run's prompt lies warm at `a`; `b` costs two thirds of `a`, `c` 3 % less.

const NOW_MS = 1_800_000_000_000
const GAP_MS = 20_000

const priced = (provider: string, share: number): Endpoint =>
  endpoint(provider, 'acme/large', {
    contextWindow: 200_000,
    abilities: ['tools', 'cache'],
    price: { input: 3 * share, cachedInput: 0.3 * share, output: 15 * share },
  })

const A = priced('a', 1)
const B = priced('b', 2 / 3)
const C = priced('c', 29 / 30)

const plan = (...endpoints: Endpoint[]): PlanInput =>
  planInput({
    endpoints,
    taskClass: taskClass({ models: ['acme/large'], sort: 'measured' }),
    needs: { promptTokens: 61_000, outputTokens: 500, abilities: ['tools'] },
    nowMs: NOW_MS,
    known: {
      endpoint: A.id,
      promptTokens: 60_000,
      length: 40,
      calls: 20,
      grownTokens: 1_000,
      gapMs: GAP_MS,
      warm: [{ endpoint: A.id, tokens: 60_000, atMs: NOW_MS - GAP_MS }],
    },
  })

it('moves to where the rest of the run earns the rebuild, and stays where it does not', () => {
  expect(planRoute(plan(A, B, C)).candidates[0]).toBe(B)
  expect(planRoute(plan(A, C)).candidates).toEqual([A, C])
})

it('costs what the README says', () => {
  const ahead = callAhead(plan(A, B, C))
  const costOf = ({ price }: Endpoint, warmTokens: number, rest = ahead.rest) =>
    expectedCost(
      { ...ahead, rest },
      { price, measured: USUAL, warmTokens, keptShare: keptShare(300_000, GAP_MS), ...USUAL },
    )
  const row = (its: Endpoint, warmTokens: number) => {
    const now = costOf(its, warmTokens, 0)
    const mean = costOf(its, warmTokens)
    return [now, ((1 + ahead.rest) * mean - now) / ahead.rest, mean].map(usd => Math.round(usd * 1e4) / 100)
  }
  expect(ahead.rest).toBe(80)
  // Cents: now, a later call, the mean of both over the rest.
  expect(row(A, 60_000)).toEqual([3.9, 5.43, 5.42])
  expect(row(B, 0)).toEqual([13.32, 3.81, 3.93])
  expect(row(C, 0)).toEqual([19.06, 5.27, 5.44])
})
