/**
 * How long one plan takes. Alone: `npx node bench/plan.ts --json`.
 *
 * @module
 */
import type { Ability, Endpoint } from '../src/core/endpoints.ts'
import type { PolicyAt } from '../src/core/policy/policy.ts'
import type { KnownPrompt } from '../src/core/protocol.ts'
import { callNeeds } from '../src/core/routing/call/call-needs.ts'
import type { PlanInput } from '../src/core/routing/call/plan-input.ts'
import { type Roster, rosterOf } from '../src/core/routing/filter/roster.ts'
import { planRoute } from '../src/core/routing/plan-route.ts'
import type { Sort, TaskClass } from '../src/core/task-class.ts'
import { createHealth } from '../src/runtime/health/create-health.ts'
import { printIfAlone } from './alone.ts'
import { median, rounded } from './numbers.ts'

export interface PlanBench {
  readonly p50Us: number
  readonly p99Us: number
  readonly endpoints: number
  /** The fewest that any of the plans had. */
  readonly candidates: number
}

const ENDPOINTS = 500
const MODELS = 10
const UNFIT_OF_TEN = 2
const WARM_UP = 3_000
const ROUNDS = 7
const PLANS_PER_ROUND = 3_000
const NOW_MS = 1_700_000_000_000

/**
 * Plans calls of varied size, abilities, sort and draw over 500 endpoints of ten models, at least 400 of them candidates,
 * with policies on three levels and health on every endpoint. Each plan is timed by itself; the figures are those
 * of the median round of seven, so that another program's burst does not count as ours.
 */
export function benchPlan(): PlanBench {
  const endpoints = Array.from({ length: ENDPOINTS }, (_, index) => endpointAt(index))
  const roster = rosterOf(endpoints)
  const health = healthOf(endpoints)
  const inputs = (first: number, count: number) =>
    Array.from({ length: count }, (_, index) => inputAt(first + index, endpoints, health))
  timePlans(roster, inputs(0, WARM_UP))
  const rounds = Array.from({ length: ROUNDS }, (_, round) =>
    timePlans(roster, inputs(round * PLANS_PER_ROUND, PLANS_PER_ROUND)),
  )
  return {
    p50Us: median(rounds.map(round => round.p50Us)),
    p99Us: median(rounds.map(round => round.p99Us)),
    endpoints: ENDPOINTS,
    candidates: Math.min(...rounds.map(round => round.candidates)),
  }
}

function timePlans(roster: Roster, inputs: readonly PlanInput[]): Omit<PlanBench, 'endpoints'> {
  const times = new Float64Array(inputs.length)
  let candidates = ENDPOINTS
  for (const [index, input] of inputs.entries()) {
    const begin = process.hrtime.bigint()
    const route = planRoute(input, roster)
    times[index] = Number(process.hrtime.bigint() - begin) / 1_000
    candidates = Math.min(candidates, route.candidates.length)
  }
  times.sort()
  const at = (share: number) => rounded(times[Math.floor(inputs.length * share)]!, 1)
  return { p50Us: at(0.5), p99Us: at(0.99), candidates }
}

/** Two in ten fall to a rule each: window, abilities, region, a denied provider. */
function endpointAt(index: number): Endpoint {
  const model = `author/model-${index % MODELS}`
  const unfit = index % 10 < UNFIT_OF_TEN ? Math.floor(index / 10) % 4 : undefined
  const provider = unfit === 3 ? 'denied' : `provider-${Math.floor(index / MODELS)}`
  const abilities: Ability[] = unfit === 1 ? ['cache'] : ['tools', 'json-schema', 'images', 'cache']
  const tiers = index % 7 === 0 ? [{ above: 20_000, input: 2 + (index % 5), output: 9 }] : undefined
  return {
    id: `${provider}:${model}${unfit === 3 ? `-${index}` : ''}`,
    provider,
    model,
    upstream: model,
    protocol: 'openai-compatible',
    contextWindow: unfit === 0 ? 1_000 : 200_000,
    maxOutput: 16_384,
    abilities,
    price: { input: 0.1 + (index % 13) / 4, output: 0.4 + (index % 17), ...(tiers && { tiers }) },
    dataPolicy: { retention: 'none', training: false, region: unfit === 2 ? 'us' : 'eu' },
  }
}

/** All have answered five times, one in six has a failure held against it. */
function healthOf(endpoints: readonly Endpoint[]): PlanInput['health'] {
  let nowMs = NOW_MS - 1_000
  const seen = createHealth(
    () => nowMs,
    () => 0,
  )
  const fault = { kind: 'overloaded', message: '', evidence: {} } as const
  for (const [index, { id }] of endpoints.entries()) {
    for (let sample = 0; sample < 5; sample += 1)
      seen.record(id, { kind: 'answered', firstTokenMs: 100 + ((index * 37) % 900), totalMs: 9_000, outputTokens: 400 })
    if (index % 6 === 0) seen.record(id, { kind: 'fault', fault })
  }
  nowMs = NOW_MS
  return seen.now()
}

const SORTS: readonly (Sort | undefined)[] = [undefined, 'order', 'price', 'latency', 'throughput', 'measured']
const LISTED = Array.from({ length: MODELS }, (_, index) => `author/model-${(index * 7) % MODELS}`)
const POLICIES: readonly PolicyAt[] = [
  { level: 'global', policy: { denyProviders: ['denied'], maxPrice: { output: 100 } } },
  { level: 'workspace', policy: { regions: ['eu'], training: 'deny' } },
  { level: 'run', policy: { zdr: true } },
]

/** A run in the middle, with its prefix warm at three endpoints. */
function knownAt(index: number, promptTokens: number, endpoints: readonly Endpoint[]): KnownPrompt {
  const warm = [0, 1, 2].map(nth => ({
    endpoint: endpoints[(index * 31 + nth * 7) % ENDPOINTS]!.id,
    tokens: promptTokens - 500,
    atMs: NOW_MS - nth * 120_000,
  }))
  const { endpoint } = warm[0]!
  return {
    endpoint,
    promptTokens: promptTokens - 500,
    length: 9,
    calls: index % 90,
    grownTokens: 700,
    gapMs: 20_000,
    warm,
  }
}

function inputAt(index: number, endpoints: readonly Endpoint[], health: PlanInput['health']): PlanInput {
  const sort = SORTS[index % SORTS.length]
  const taskClass: TaskClass = {
    name: 'bench',
    ...(index % 4 > 0 && { models: LISTED }),
    ...(sort && { sort }),
    needs: { abilities: ['cache'] },
    patienceMs: 20_000,
    maxOutputTokens: 500 + (index % 10) * 800,
    minOutputTokens: 256,
    policy: {},
    onRefusal: 'abandon',
  }
  const promptTokens = 1_100 + ((index * 7_919) % 100_000)
  const asks = { tools: true, schema: index % 2 === 0, images: index % 5 === 0, moneyLimited: index % 2 === 1 }
  const needs = callNeeds({ taskClass, promptTokens, ...asks })
  const known = index % 5 === 0 ? undefined : knownAt(index, promptTokens, endpoints)
  const draw = (index * 0.618_033_988_75) % 1
  return { endpoints, taskClass, needs, policies: POLICIES, health, draw, nowMs: NOW_MS, ...(known && { known }) }
}

export function planWords({ p50Us, p99Us, endpoints, candidates }: PlanBench): string {
  return `One plan over ${endpoints} endpoints, ${candidates} or more of them candidates: p50 ${p50Us} µs, p99 ${p99Us} µs`
}

await printIfAlone(import.meta.url, 'plan', benchPlan, planWords)
