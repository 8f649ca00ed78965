import { expect, it } from 'vitest'
import type { Policy } from '../../src/core/policy/policy.ts'
import { policyShapeProblem } from '../../src/core/policy/policy-shape.ts'

const WHOLE: Required<Policy> = {
  zdr: ['anthropic'],
  maxRetentionMs: 0,
  training: 'deny',
  regions: ['eu'],
  denyProviders: ['acme'],
  allowProviders: ['bolt'],
  denyModels: ['acme/large'],
  allowModels: ['bolt:acme/large'],
  denyAuthors: ['dune'],
  allowAuthors: [],
  abilities: ['tools', 'images'],
  maxPrice: { input: 3, output: 15.5 },
  content: [{ name: 'card', pattern: '\\d{16}', replace: '', ignoreCase: true, timeLimitMs: 20 }],
  retentionMs: 86_400_000,
}

it('takes every key of a policy, and a policy of none', () => {
  expect(policyShapeProblem(WHOLE)).toBeUndefined()
  expect(policyShapeProblem({ zdr: true, content: undefined })).toBeUndefined()
  expect(policyShapeProblem({ training: 'allow', content: [{ name: 'card', pattern: '4' }] })).toBeUndefined()
  expect(policyShapeProblem({})).toBeUndefined()
})

it.each([
  [{ zdrr: true }, /^has the key 'zdrr', which would have no effect; there are zdr, maxRetentionMs/],
  [{ maxRetention: '30d' }, /^has the key 'maxRetention'.*; here it is maxRetentionMs, in milliseconds$/],
  [{ retention: '0' }, /here it is retentionMs, in milliseconds$/],
  [{ toString: true }, /^has the key 'toString'/],
  [{ zdr: 'true' }, /^has "true" for zdr, which must be true, false, or a list of model authors/],
  [{ maxRetentionMs: '1d' }, /^has "1d" for maxRetentionMs, which must be a whole number of milliseconds$/],
  [{ maxRetentionMs: 0.5 }, /^has 0\.5 for maxRetentionMs/],
  [{ retentionMs: -1 }, /^has -1 for retentionMs/],
  [{ training: false }, /^has false for training, which must be 'allow' or 'deny'$/],
  [{ regions: 'eu' }, /^has "eu" for regions, which must be a list of names$/],
  [{ allowProviders: ['acme', ''] }, /^has \["acme",""\] for allowProviders/],
  [{ denyModels: [7] }, /^has \[7\] for denyModels/],
  [{ abilities: ['image'] }, /^has \["image"\] for abilities, .*images/],
  [{ maxPrice: { input: '3' } }, /for maxPrice, .*USD per million tokens/],
  [{ maxPrice: { input: 3, output: '15' } }, /for maxPrice/],
  [{ maxPrice: 3 }, /^has 3 for maxPrice/],
  [{ maxPrice: { toString: 3 } }, /^has \{"toString":3\} for maxPrice/],
  [{ content: [{ name: 'card', pattern: /\d{16}/ }] }, /for content, .*a pattern as texts/],
  [{ content: [{ name: 'card', pattern: '4', block: true }] }, /for content, .*no other keys than name, pattern/],
  [{ content: [{ pattern: '4' }] }, /for content/],
  [{ content: [{ name: '', pattern: '4' }] }, /for content/],
  [{ content: [{ name: 'card' }] }, /for content/],
  [{ content: [{ name: 'card', pattern: '4', ignoreCase: 'yes' }] }, /for content/],
  [{ content: [{ name: 'card', pattern: '4', replace: 7 }] }, /for content/],
  [{ content: [{ name: 'card', pattern: '4', timeLimitMs: '1s' }] }, /for content/],
  [{ content: ['4'] }, /for content/],
  ['zdr', /^is a text; write \{ zdr: true \}, or any of/],
  [['zdr'], /^is a list;/],
  [null, /^is nothing;/],
])('%j is none, for what nobody reads forbids nothing', (policy, words) => {
  expect(policyShapeProblem(policy)).toMatch(words)
})

it('repeats no pattern', () => {
  const content = [{ name: 'card', pattern: 'CANARY', block: true }]
  expect(policyShapeProblem({ content })).not.toContain('CANARY')
})
