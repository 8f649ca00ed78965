import { expect, test } from 'vitest'
import { SETS } from '../../bench/routing/sets.ts'
import { costOfSingle, costOfWay } from '../../bench/routing/simulate.ts'
import { balanced, cheapest, measured } from '../../bench/routing/ways.ts'

test('a cache that does not keep its promise is found out, and no step-wise choice costs less', () => {
  const set = SETS.find(({ name }) => name === 'a cache that misses')!
  const best = Math.min(...set.endpoints.map((_, index) => costOfSingle(2, set, index)))
  const usd = costOfWay(2, set, measured(2, set))
  expect(usd / best).toBeLessThan(1.1)
  expect(usd).toBeLessThan(costOfWay(2, set, cheapest(set)))
  expect(usd).toBeLessThan(costOfWay(2, set, balanced(2, set)))
})
