import { expect, it } from 'vitest'
import { standingOf } from '../../src/store/budgets/standing.ts'

it('asks a few times how hundreds of values of a budget stand, for a database may be far away', () => {
  const limits = Array.from({ length: 600 }, (_, nth) => ({
    scopeId: `budget:each:lifetime:1970-01-01T00:customer=${nth}`,
    budget: 'each',
    ownLimits: `each:customer=${nth}`,
    warnAt: [],
  }))
  const work = standingOf(limits)
  let trips = 0
  let next = work.next()
  for (; !next.done; trips += 1) next = work.next(next.value.map(() => []))
  expect(trips).toBe(3)
  expect(next.value.map(({ scopeId, spentPico }) => [scopeId, spentPico])).toEqual(
    limits.map(({ scopeId }) => [scopeId, '0']),
  )
})
