import { expect, test } from 'vitest'
import { provePolicy } from '../../bench/policy/prove.ts'

test('20,000 random plans keep what policies of all levels promise', () => {
  const { candidates, rejectedByPolicy, failures } = provePolicy(20_000, 7)
  expect(failures).toEqual([])
  // Without many of each the plans would say nothing.
  expect(candidates).toBeGreaterThan(10_000)
  expect(rejectedByPolicy).toBeGreaterThan(10_000)
})
