import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TOKEN_KINDS } from '../../src/core/money/price-of.ts'
import { admits, asksForZdr, combinePolicies, type Policy } from '../../src/core/policy/policy.ts'
import { policyBreach } from '../../src/core/policy/policy-breach.ts'
import { policyLevels } from '../../src/core/policy/policy-levels.ts'
import { endpoint, endpointsArbitrary, policiesArbitrary, taskClass } from './routing/plan-fixtures.ts'

test('policies in one admit exactly what all of them admit', () => {
  fc.assert(
    fc.property(policiesArbitrary, endpointsArbitrary, (policies, endpoints) => {
      const combined = combinePolicies(policies)
      for (const each of endpoints) expect(admits(combined, each)).toBe(policyBreach(each, policies) === undefined)
    }),
    { numRuns: 1_500 },
  )
})

test('of what two policies demand the stricter holds', () => {
  const outer: Policy = {
    zdr: ['m'],
    maxRetentionMs: 48,
    training: 'deny',
    regions: ['eu', 'ch'],
    denyProviders: ['acme'],
    allowProviders: ['bolt', 'dune'],
    denyModels: ['m/one'],
    allowModels: ['m/two', 'm/three'],
    denyAuthors: ['n'],
    allowAuthors: ['m', 'o'],
    abilities: ['tools'],
    maxPrice: { input: 2, output: 3, cachedInput: 0.5 },
  }
  const inner: Policy = {
    zdr: ['o'],
    maxRetentionMs: 24,
    training: 'allow',
    regions: ['us', 'eu'],
    denyProviders: ['echo'],
    allowProviders: ['dune', 'fern'],
    denyModels: ['m/four'],
    allowModels: ['m/three', 'm/five'],
    denyAuthors: ['p'],
    allowAuthors: ['o', 'q'],
    abilities: ['images'],
    maxPrice: { input: 1, output: 4, cacheWrite: 5 },
  }
  const strict: Policy = {
    zdr: ['m', 'o'],
    maxRetentionMs: 24,
    training: 'deny',
    regions: ['eu'],
    denyProviders: ['acme', 'echo'],
    allowProviders: ['dune'],
    denyModels: ['m/one', 'm/four'],
    allowModels: ['m/three'],
    denyAuthors: ['n', 'p'],
    allowAuthors: ['o'],
    abilities: ['tools', 'images'],
    maxPrice: { input: 1, output: 3, cachedInput: 0.5, cacheWrite: 5 },
  }
  const combined = (...policies: Policy[]) => combinePolicies(policies.map(policy => ({ level: 'run', policy })))
  expect(combined(outer, inner)).toEqual(strict)
  expect(combined({}, outer)).toEqual(outer)
  expect(combined({ zdr: true }, outer).zdr).toBe(true)
})

test('zero data retention admits who keeps nothing, and asks nothing of the models of authors that it does not name', () => {
  const keeping = (retention: string) => endpoint('acme', 'm/one', { dataPolicy: { retention } })
  expect(admits({ zdr: true }, keeping('none'))).toBe(true)
  expect(admits({ zdr: true }, keeping('24h'))).toBe(false)
  expect(admits({ zdr: ['m'] }, keeping('24h'))).toBe(false)
  expect(admits({ zdr: ['n'] }, keeping('24h'))).toBe(true)
})

test('a call is bound by the policies of every level, outermost first, and by those of no other workspace or class', () => {
  const only = (name: string): Policy => ({ allowProviders: [name] })
  const directory = {
    policy: only('global'),
    workspaces: { press: { policy: only('press') }, bank: { policy: only('bank') } },
    keys: { acme: only('key') },
  }
  const classes = ['auto', 'strong'].map(name => taskClass({ name, policy: only(name) }))
  const scope = { workspace: 'press', classes, run: only('run'), call: only('call') }
  expect(policyLevels(directory, scope)).toEqual([
    { level: 'global', policy: only('global') },
    { level: 'workspace', policy: only('press') },
    { level: 'key', policy: only('key'), provider: 'acme' },
    { level: 'class', policy: only('auto') },
    { level: 'class', policy: only('strong') },
    { level: 'run', policy: only('run') },
    { level: 'call', policy: only('call') },
  ])
  const plain = { policy: {}, workspaces: directory.workspaces }
  for (const workspace of [undefined, 'nobody', 'toString'])
    expect(policyLevels(plain, { workspace, classes: [] })).toEqual([{ level: 'global', policy: {} }])
})

test('what is said of one provider binds its endpoints alone', () => {
  const policies = [
    { level: 'global' as const, policy: { zdr: ['n'] } },
    { level: 'key' as const, provider: 'acme', policy: { zdr: true, training: 'deny' as const } },
  ]
  const [its, others] = [endpoint('acme', 'm/one'), endpoint('bolt', 'm/one')]
  expect(policyBreach(its, policies)).toMatchObject({ level: 'key', rule: 'zdr' })
  expect(policyBreach(others, policies)).toBeUndefined()
  expect([its, others].map(each => asksForZdr(each, policies))).toEqual([true, false])
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
  // A kind that the tier does not name costs there what it does below.
  expect(admits({ maxPrice: { output: 3 } }, endpoint('acme', 'm/one', { price, contextWindow: 1_000_000 }))).toBe(
    false,
  )
})

test('a price ceiling forgets the tiers that no request reaches, since the endpoint takes fewer tokens than its window', () => {
  const price = { input: 1, output: 4, tiers: [{ above: 200_000, input: 2.5 }] }
  const short = endpoint('acme', 'm/one', { price, contextWindow: 1_000_000, maxInput: 200_000 })
  expect(admits({ maxPrice: { input: 2 } }, short)).toBe(true)
})

test.each(TOKEN_KINDS)('a price ceiling on %s holds, and what has no such price falls out', kind => {
  const policy = { maxPrice: { [kind]: 2 } }
  expect(admits(policy, endpoint('acme', 'm/one', { price: { [kind]: 2 } }))).toBe(true)
  expect(admits(policy, endpoint('acme', 'm/one', { price: { [kind]: 2.1 } }))).toBe(false)
  expect(admits(policy, endpoint('acme', 'm/one', { price: {} }))).toBe(false)
})

test('the longest retention is held against what is kept in hours, in days, for ever and for nobody knows how long', () => {
  const HOUR_MS = 3_600_000
  const admitted = (maxRetentionMs: number) =>
    ['none', '24h', '2d', 'unlimited', undefined].filter(retention =>
      admits({ maxRetentionMs }, endpoint('acme', 'm/one', { dataPolicy: { ...(retention && { retention }) } })),
    )
  expect(admitted(0)).toEqual(['none'])
  expect(admitted(24 * HOUR_MS)).toEqual(['none', '24h'])
  expect(admitted(48 * HOUR_MS)).toEqual(['none', '24h', '2d'])
})

test.each<[Policy, string, string, string]>([
  [{ zdr: true }, 'zdr', '30d', 'none'],
  [{ zdr: ['m'] }, 'zdr', '30d', 'none, of models by m'],
  [{ maxRetentionMs: 36 * 3_600_000 }, 'retention', '30d', 'at most 36h'],
  [{ maxRetentionMs: 7 * 24 * 3_600_000 }, 'retention', '30d', 'at most 7d'],
  [{ maxRetentionMs: 50 * 3_600_000 }, 'retention', '30d', 'at most 50h'],
  [{ maxRetentionMs: 24 * 3_600_000 }, 'retention', '30d', 'at most 24h'],
  [{ maxRetentionMs: 0 }, 'retention', '30d', 'at most none'],
  [{ training: 'deny' }, 'training', 'trains', 'does not train'],
  [{ regions: ['eu', 'ch'] }, 'region', 'us', 'eu, ch'],
  [{ denyProviders: ['acme', 'bolt'] }, 'deny-provider', 'acme', 'not acme, bolt'],
  [{ allowProviders: ['bolt', 'dune'] }, 'allow-provider', 'acme', 'bolt, dune'],
  [{ denyModels: ['m/one', 'm/two'] }, 'deny-model', 'm/one', 'not m/one, m/two'],
  [{ allowModels: ['o/two', 'bolt:m/one'] }, 'allow-model', 'm/one', 'o/two, bolt:m/one'],
  [{ denyAuthors: ['m', 'n'] }, 'deny-author', 'm', 'not m, n'],
  [{ allowAuthors: ['n', 'o'] }, 'allow-author', 'm', 'n, o'],
  [{ abilities: ['tools', 'images'] }, 'ability', 'tools, json-schema', 'all of tools, images'],
  [{ maxPrice: { output: 3 } }, 'max-price', 'output 4', 'output <= 3'],
])(
  '%j is broken only by what it forbids, and says what was found and what is allowed',
  (policy, rule, found, allowed) => {
    const dataPolicy = { retention: '30d', training: true, region: 'us' }
    const breach = policyBreach(endpoint('acme', 'm/one', { dataPolicy }), [{ level: 'run', policy }])
    expect(breach).toEqual({ rule, level: 'run', found, allowed })
    const fit = endpoint('dune', 'o/two', {
      dataPolicy: { retention: 'none', training: false, region: 'eu' },
      abilities: ['tools', 'images'],
      price: { input: 1, output: 3 },
    })
    expect(admits(policy, fit)).toBe(true)
  },
)

test('a model is allowed by its name, or by the id of the one endpoint that may be asked for it', () => {
  const allowed = { allowModels: ['acme:m/one', 'm/two'] }
  expect(admits(allowed, endpoint('acme', 'm/one'))).toBe(true)
  expect(admits(allowed, endpoint('bolt', 'm/one'))).toBe(false)
  expect(admits(allowed, endpoint('bolt', 'm/two'))).toBe(true)
})

test('a model that one policy allows, and one endpoint of it that another allows, have that endpoint in common', () => {
  const levels = (...lists: (readonly string[])[]) =>
    lists.map(allowModels => ({ level: 'run' as const, policy: { allowModels } }))
  for (const lists of [
    [['m/one', 'm/two'], ['acme:m/one']],
    [['acme:m/one'], ['m/one', 'm/two']],
  ]) {
    const combined = combinePolicies(levels(...lists))
    expect(admits(combined, endpoint('acme', 'm/one'))).toBe(true)
    expect(admits(combined, endpoint('bolt', 'm/one'))).toBe(false)
    expect(admits(combined, endpoint('acme', 'm/two'))).toBe(false)
  }
  const free = combinePolicies(levels(['n/one:m/two'], ['m/two']))
  expect(admits(free, endpoint('acme', 'n/one:m/two'))).toBe(false)
})
