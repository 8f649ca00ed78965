import fc from 'fast-check'
import { expect, test } from 'vitest'
import { admits, combinePolicies } from '../../src/core/policy.ts'
import { policyBreach } from '../../src/core/policy-breach.ts'
import { endpoint, endpointsArbitrary, policiesArbitrary } from './routing/plan-fixtures.ts'

test('policies in one admit exactly what all of them admit', () => {
  fc.assert(
    fc.property(policiesArbitrary, endpointsArbitrary, (policies, endpoints) => {
      const combined = combinePolicies(policies)
      for (const each of endpoints) expect(admits(combined, each)).toBe(policyBreach(each, policies) === undefined)
    }),
    { numRuns: 300 },
  )
})

test('unknown is bad to a policy that asks, and the outermost level is named', () => {
  const unknown = endpoint('acme', 'm/one', { price: { input: 1 } })
  const rules = [{ zdr: true }, { training: 'deny' as const }, { regions: ['eu'] }, { maxPrice: { output: 5 } }]
  const breaches = rules.map(policy =>
    policyBreach(unknown, [
      { level: 'workspace', policy },
      { level: 'call', policy },
    ]),
  )
  expect(breaches).toEqual([
    { rule: 'zdr', level: 'workspace', found: 'unknown', allowed: 'none' },
    { rule: 'training', level: 'workspace', found: 'unknown', allowed: 'does not train' },
    { rule: 'region', level: 'workspace', found: 'unknown', allowed: 'eu' },
    { rule: 'max-price', level: 'workspace', found: 'output unknown', allowed: 'output <= 5' },
  ])
})

test('a price ceiling names every kind that is too dear, and what is free passes', () => {
  const policy = { maxPrice: { input: 0.5, output: 3 } }
  expect(policyBreach(endpoint('acme', 'm/one'), [{ level: 'run', policy }])).toMatchObject({
    found: 'input 1, output 4',
    allowed: 'input <= 0.5, output <= 3',
  })
  expect(admits(policy, endpoint('acme', 'm/one', { price: { free: true } }))).toBe(true)
})

test('a price ceiling holds for what long prompts are charged, where the endpoint takes such', () => {
  const policy = { maxPrice: { input: 2, output: 5 } }
  const price = { input: 1, output: 4, tiers: [{ above: 200_000, input: 2.5 }] }
  expect(
    policyBreach(endpoint('acme', 'm/one', { price, contextWindow: 1_000_000 }), [{ level: 'run', policy }]),
  ).toEqual({
    rule: 'max-price',
    level: 'run',
    found: 'input 2.5',
    allowed: 'input <= 2',
  })
  expect(admits(policy, endpoint('acme', 'm/one', { price, contextWindow: 200_000 }))).toBe(true)
})
