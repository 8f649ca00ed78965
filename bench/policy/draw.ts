/**
 * Random catalogues, policies, needs and health, from a seed: small worlds in which every rule is met and broken often.
 *
 * @module
 */
import type { Ability, Endpoint, TokenPrice } from '../../src/core/endpoints.ts'
import type { Policy, PolicyAt, PolicyLevel } from '../../src/core/policy/policy.ts'
import type { CallNeeds } from '../../src/core/routing/call/call-needs.ts'
import type { EndpointHealth } from '../../src/core/routing/health/endpoint-health.ts'
import type { Sort, TaskClass } from '../../src/core/task-class.ts'

export const LEVELS: readonly PolicyLevel[] = ['global', 'workspace', 'key', 'class', 'run', 'call']
const ABILITIES: readonly Ability[] = ['tools', 'json-schema', 'json-object', 'images', 'reasoning', 'cache']
export const MODELS = ['ada/one', 'ada/two', 'bell/one', 'bell/two', 'curie/one', 'curie/two']
const AUTHORS = ['ada', 'bell', 'curie']
const PROVIDERS = ['acme', 'bolt', 'dune', 'echo', 'fern', 'gale']
const REGIONS = ['eu', 'us', 'ap']
const SORTS: readonly (Sort | undefined)[] = [undefined, 'order', 'price', 'latency', 'throughput', 'measured']
const MOST_ENDPOINTS = 30
const USUAL: EndpointHealth = { steady: true }

/** Draws from a seed; xorshift32. */
export interface Draw {
  chance(): number
  /** A whole number below. */
  below(count: number): number
  yes(chance: number): boolean
  one<T>(of: readonly T[]): T
  some<T>(of: readonly T[], chance: number): T[]
  maybe<T>(chance: number, value: () => T): T | undefined
}

export function drawFrom(seed: number): Draw {
  let state = Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995 || 1
  const chance = () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
  const below = (count: number) => Math.floor(chance() * count)
  return {
    chance,
    below,
    yes: share => chance() < share,
    one: of => of[below(of.length)]!,
    some: (of, share) => of.filter(() => chance() < share),
    maybe: (share, value) => (chance() < share ? value() : undefined),
  }
}

export function drawEndpoints(draw: Draw): readonly Endpoint[] {
  const endpoints = new Map<string, Endpoint>()
  for (let left = draw.below(MOST_ENDPOINTS + 1); left > 0; left -= 1) {
    const endpoint = drawEndpoint(draw)
    endpoints.set(endpoint.id, endpoint)
  }
  return [...endpoints.values()]
}

function drawEndpoint(draw: Draw): Endpoint {
  const provider = draw.one(PROVIDERS)
  const model = draw.one(MODELS)
  const tokens = () => draw.one([2_000, 8_000, 32_000, 200_000])
  return {
    id: `${provider}:${model}`,
    provider,
    model,
    upstream: model,
    protocol: 'openai-compatible',
    contextWindow: draw.maybe(0.9, tokens),
    maxInput: draw.maybe(0.2, tokens),
    maxOutput: draw.maybe(0.8, () => draw.one([256, 4_096, 16_384])),
    abilities: draw.some(ABILITIES, 0.7),
    price: draw.yes(0.1) ? { free: true } : drawPrice(draw, 0.9),
    dataPolicy: {
      retention: draw.maybe(0.8, () => draw.one(['none', 'none', '12h', '30d', 'unlimited'])),
      training: draw.maybe(0.8, () => draw.yes(0.3)),
      region: draw.maybe(0.8, () => draw.one(REGIONS)),
    },
    ...(draw.yes(0.7) && { batch: true as const }),
  }
}

function drawPrice(draw: Draw, known: number): TokenPrice {
  return {
    input: draw.maybe(known, () => draw.one([0.1, 1, 3])),
    output: draw.maybe(known, () => draw.one([0.4, 4, 15])),
    cachedInput: draw.maybe(known / 2, () => draw.one([0.01, 0.3])),
  }
}

/** A policy on each level with a chance of a half; each rule with a small one, so that plans keep candidates. */
export function drawPolicies(draw: Draw): readonly PolicyAt[] {
  return LEVELS.filter(() => draw.yes(0.5)).map(level => drawPolicyAt(draw, level, 0.12))
}

/** A key's binds one provider; now and then its content rules keep the call from there altogether. */
export function drawPolicyAt(draw: Draw, level: PolicyLevel, chance: number): PolicyAt {
  const policy = drawPolicy(draw, chance)
  if (level !== 'key') return { level, policy }
  return { level, policy, provider: draw.one(PROVIDERS), ...(draw.yes(0.1) && { blockedBy: 'a rule' }) }
}

export function drawPolicy(draw: Draw, chance: number): Policy {
  return {
    zdr: draw.maybe(chance, () => (draw.yes(0.4) ? draw.some(AUTHORS, 0.5) : draw.yes(0.7))),
    maxRetentionMs: draw.maybe(chance / 2, () => draw.one([0, 24, 720, 1_008]) * 3_600_000),
    training: draw.maybe(chance, () => draw.one(['allow', 'deny'] as const)),
    regions: draw.maybe(chance, () => draw.some(REGIONS, 0.6)),
    denyProviders: draw.maybe(chance, () => draw.some(PROVIDERS, 0.3)),
    allowProviders: draw.maybe(chance, () => draw.some(PROVIDERS, 0.7)),
    denyModels: draw.maybe(chance, () => draw.some(MODELS, 0.3)),
    allowModels: draw.maybe(chance, () => draw.some(MODELS, 0.7)),
    denyAuthors: draw.maybe(chance, () => draw.some(AUTHORS, 0.3)),
    allowAuthors: draw.maybe(chance, () => draw.some(AUTHORS, 0.7)),
    abilities: draw.maybe(chance, () => draw.some(ABILITIES, 0.2)),
    maxPrice: draw.maybe(chance, () => drawPrice(draw, 0.5)),
  }
}

export function drawClass(draw: Draw): TaskClass {
  const models = draw.maybe(0.5, () => draw.some(MODELS, 0.7))
  const sort = draw.one(SORTS)
  return {
    name: 'drawn',
    ...(models && { models, ...(draw.yes(0.3) && { places: models.map((_, index) => index >> 1) }) }),
    ...(sort && { sort }),
    needs: {
      contextWindow: draw.maybe(0.1, () => 8_000),
      maxOutput: draw.maybe(0.1, () => 4_096),
      abilities: draw.maybe(0.2, () => draw.some(ABILITIES, 0.2)),
    },
    patienceMs: 20_000,
    minOutputTokens: 256,
    policy: {},
    onRefusal: 'abandon',
    ...(draw.yes(0.15) && { batchMs: 3_600_000 }),
  }
}

export function drawNeeds(draw: Draw): CallNeeds {
  return {
    promptTokens: draw.one([0, 500, 5_000, 40_000]),
    outputTokens: draw.one([100, 500, 5_000]),
    abilities: draw.some(ABILITIES, 0.1),
    knownPrice: draw.yes(0.3),
  }
}

export function drawHealth(draw: Draw, endpoints: readonly Endpoint[]): (id: string) => EndpointHealth {
  const healths = new Map<string, EndpointHealth>()
  for (const { id } of endpoints) if (draw.yes(0.3)) healths.set(id, drawState(draw))
  return id => healths.get(id) ?? USUAL
}

function drawState(draw: Draw): EndpointHealth {
  const rule = draw.one(['breaker-open', 'cooling'] as const)
  return {
    steady: draw.yes(0.5),
    ...(draw.yes(0.5) && { firstTokenMs: draw.below(2_000) }),
    ...(draw.yes(0.3) && { closed: { rule, untilMs: draw.below(10_000) } }),
  }
}
