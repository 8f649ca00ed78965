import fc from 'fast-check'
import type { Ability, Endpoint } from '../../../src/core/endpoints.ts'
import type { Policy, PolicyAt } from '../../../src/core/policy/policy.ts'
import type { PlanInput } from '../../../src/core/routing/call/plan-input.ts'
import type { EndpointHealth } from '../../../src/core/routing/health/endpoint-health.ts'
import type { TaskClass } from '../../../src/core/task-class.ts'

export const taskClass = (more: Partial<TaskClass> = {}): TaskClass => ({
  name: 'strong',
  needs: {},
  patienceMs: 20_000,
  minOutputTokens: 256,
  policy: {},
  onRefusal: 'abandon',
  ...more,
})

export const endpoint = (provider: string, model: string, more: Partial<Endpoint> = {}): Endpoint => ({
  id: `${provider}:${model}`,
  provider,
  model,
  upstream: model,
  protocol: 'openai-compatible',
  contextWindow: 100_000,
  maxOutput: 8_192,
  abilities: ['tools', 'json-schema'],
  price: { input: 1, output: 4 },
  dataPolicy: {},
  ...more,
})

export const planInput = (more: Partial<PlanInput> = {}): PlanInput => ({
  endpoints: [],
  taskClass: taskClass(),
  needs: { promptTokens: 1_000, outputTokens: 500, abilities: [] },
  policies: [],
  health: () => ({ steady: true }),
  draw: 0.5,
  ...more,
})

const ABILITIES: readonly Ability[] = ['tools', 'json-schema', 'json-object', 'images', 'reasoning', 'cache']
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
/** Demands are few, or hardly an endpoint would meet those of two policies. */
const seldom = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })
const MODELS = ['m/one', 'm/two', 'n/three']
const PROVIDERS = ['acme', 'bolt', 'dune', 'echo', 'fern']
const HOUR_MS = 3_600_000
const tokens = fc.constantFrom(2_000, 8_000, 32_000, 200_000)

const priceArbitrary = maybe(
  fc.oneof(
    fc.constant({ free: true }),
    fc.record({ input: maybe(fc.constantFrom(0.1, 1, 3)), output: maybe(fc.constantFrom(0.4, 4, 15)) }),
  ),
)

const endpointArbitrary = fc
  .record({
    provider: fc.constantFrom(...PROVIDERS),
    model: fc.constantFrom(...MODELS),
    contextWindow: maybe(tokens),
    maxInput: seldom(tokens),
    maxOutput: maybe(fc.constantFrom(256, 4_096, 16_384)),
    abilities: fc.subarray([...ABILITIES], { minLength: 2 }),
    price: priceArbitrary,
    dataPolicy: fc.record({
      retention: maybe(fc.constantFrom('none', '24h', '30d', 'unlimited')),
      training: maybe(fc.boolean()),
      region: maybe(fc.constantFrom('eu', 'us')),
    }),
  })
  .map(({ provider, model, ...more }) => endpoint(provider, model, more))

export const endpointsArbitrary = fc.uniqueArray(endpointArbitrary, { selector: each => each.id, maxLength: 15 })

export const policyArbitrary: fc.Arbitrary<Policy> = fc.record({
  zdr: seldom(fc.oneof(fc.boolean(), fc.subarray(['m', 'n']))),
  maxRetentionMs: seldom(fc.constantFrom(0, 24 * HOUR_MS, 30 * 24 * HOUR_MS)),
  training: seldom(fc.constantFrom('allow' as const, 'deny' as const)),
  regions: seldom(fc.subarray(['eu', 'us'])),
  denyProviders: seldom(fc.subarray(PROVIDERS)),
  allowProviders: seldom(fc.subarray(PROVIDERS, { minLength: 2 })),
  denyModels: seldom(fc.subarray(MODELS, { maxLength: 1 })),
  allowModels: seldom(fc.subarray([...MODELS, 'acme:m/one', 'bolt:m/two'], { minLength: 2 })),
  denyAuthors: seldom(fc.constantFrom(['n'], [])),
  allowAuthors: seldom(fc.constantFrom(['m'], ['m', 'n'])),
  abilities: seldom(fc.subarray([...ABILITIES], { maxLength: 1 })),
  maxPrice: seldom(fc.record({ input: maybe(fc.constant(1)), output: maybe(fc.constant(4)) })),
})

export const policiesArbitrary: fc.Arbitrary<readonly PolicyAt[]> = fc
  .uniqueArray(fc.constantFrom('global' as const, 'workspace' as const, 'class' as const), { maxLength: 2 })
  .chain(levels => fc.tuple(...levels.map(level => policyArbitrary.map(policy => ({ level, policy })))))

/** What the configuration says of a provider, and what its content rules say of this call. */
const providerPoliciesArbitrary: fc.Arbitrary<readonly PolicyAt[]> = fc.array(
  fc.record(
    {
      level: fc.constant('key' as const),
      provider: fc.constantFrom(...PROVIDERS),
      policy: policyArbitrary,
      blockedBy: fc.constant('card'),
    },
    { requiredKeys: ['level', 'provider', 'policy'] },
  ),
  { maxLength: 2 },
)

const healthArbitrary: fc.Arbitrary<EndpointHealth> = fc.record(
  {
    steady: fc.boolean(),
    firstTokenMs: fc.integer({ min: 50, max: 5_000 }),
    closed: fc.record({ rule: fc.constantFrom('breaker-open' as const, 'cooling' as const), untilMs: fc.nat() }),
  },
  { requiredKeys: ['steady'] },
)

const classArbitrary = fc
  .record(
    {
      models: fc.subarray(MODELS, { minLength: 1 }),
      sort: fc.constantFrom('order' as const, 'price' as const, 'latency' as const),
      needs: fc.record(
        {
          contextWindow: seldom(tokens),
          maxOutput: seldom(fc.constant(4_096)),
          abilities: fc.subarray([...ABILITIES], { maxLength: 1 }),
        },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: [] },
  )
  .map(taskClass)

export const planArbitrary: fc.Arbitrary<PlanInput> = fc
  .record({
    endpoints: endpointsArbitrary,
    taskClass: classArbitrary,
    needs: fc.record(
      {
        promptTokens: fc.constantFrom(0, 500, 1_000, 20_000),
        outputTokens: fc.constantFrom(100, 2_000),
        abilities: fc.subarray([...ABILITIES], { maxLength: 1 }),
        knownPrice: fc.boolean(),
      },
      { requiredKeys: ['promptTokens', 'outputTokens', 'abilities'] },
    ),
    policies: fc.tuple(policiesArbitrary, providerPoliciesArbitrary).map(levels => levels.flat()),
    healths: fc.dictionary(
      fc.tuple(fc.constantFrom(...PROVIDERS), fc.constantFrom(...MODELS)).map(parts => parts.join(':')),
      healthArbitrary,
    ),
    draw: fc.double({ min: 0, max: 0.999, noNaN: true }),
  })
  .map(({ healths, ...input }) => ({
    ...input,
    health: (id: string) => (Object.hasOwn(healths, id) ? healths[id]! : { steady: true }),
  }))
