import { expect, test } from 'vitest'
import { provePolicy } from '../../bench/policy/prove.ts'

test('1,000 random plans keep what policies of all levels promise', () => {
  const { candidates, rejectedByPolicy, failures } = provePolicy(1_000, 7)
  expect(failures).toEqual([])
  // Without many of each the plans would say nothing. Any one rule that the planner left out would break some among the first 250.
  expect(candidates).toBeGreaterThan(500)
  expect(rejectedByPolicy).toBeGreaterThan(500)
})
