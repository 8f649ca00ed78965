/**
 * Small worlds for random runs: four vendors with faults, a drawn catalogue, and policies on every level.
 *
 * @module
 */
import type { Configuration } from '../../src/catalog/index.ts'
import type { Endpoint, ProviderSettings } from '../../src/core/endpoints.ts'
import type { Policy } from '../../src/core/policy/policy.ts'
import type { TaskClass } from '../../src/core/task-class.ts'
import type { FaultRuleInput, VendorScript } from '../../src/providers/simulated/index.ts'
import { type Draw, drawEndpoints, drawPolicy, MODELS } from './draw.ts'

const SERVED = Object.fromEntries(
  MODELS.map(model => [
    model.replace('/', '-'),
    { contextWindow: 200_000, maxOutput: 16_384, price: { input: 1, output: 4 } },
  ]),
)

/** Of real vendors it is hours. */
const BATCH_MS = 20

export const VENDORS: VendorScript = {
  vendors: [
    { name: 'acme', protocol: 'openai', models: SERVED, batchMs: BATCH_MS },
    // Slow to begin, for hedges.
    { name: 'bolt', protocol: 'anthropic', models: SERVED, firstTokenMs: 80, batchMs: BATCH_MS },
    { name: 'dune', protocol: 'google', models: SERVED, batchMs: BATCH_MS },
    { name: 'echo', protocol: 'openai-responses', models: SERVED, batchMs: BATCH_MS },
  ],
}

/** Faults that show at once: what is waited for says nothing of policies. */
const FAULTS: readonly FaultRuleInput['kind'][] = [
  'rate-limit',
  'server-error',
  'overloaded',
  'reset',
  'cut',
  'malformed-chunk',
  'in-band-error',
  'html',
  'no-finish',
  'quota-exhausted',
  'context-too-long',
  'content-filter',
  'empty-answer',
  'length',
  'wrong-value',
  'broken-value',
  'schema-rejected',
]

/** What a vendor does wrong for a while; answers of the wrong shape most often, so that there is something to repair. */
export function drawFaults(draw: Draw): FaultRuleInput[] {
  return [0, 1, 2].flatMap(() => {
    if (draw.yes(0.3)) return []
    const kind = draw.yes(0.3) ? draw.one(['wrong-value', 'broken-value'] as const) : draw.one(FAULTS)
    return [{ kind, times: 1 + draw.below(4), after: draw.below(6) }]
  })
}

/** A word that content rules look for. */
export const SECRET = 'bluebird'

/** Where content rules stand besides the other rules of a level. */
export function drawPolicyOf(draw: Draw, chance: number): Policy {
  const policy = drawPolicy(draw, chance)
  return draw.yes(0.08) ? { ...policy, content: [{ name: 'secret', pattern: SECRET }] } : policy
}

export interface World {
  readonly configuration: Configuration
  readonly endpoints: readonly Endpoint[]
}

/** @param addresses - By vendor. */
export function drawWorld(draw: Draw, addresses: ReadonlyMap<string, { protocol: string; baseUrl: string }>): World {
  const endpoints = drawEndpoints(draw).flatMap(endpoint => {
    const vendor = addresses.get(endpoint.provider)
    if (!vendor) return []
    return [{ ...endpoint, protocol: vendor.protocol, upstream: endpoint.model.replace('/', '-') }]
  })
  const keys = [...addresses.keys()].filter(() => draw.yes(0.3)).map(name => [name, drawPolicyOf(draw, 0.08)])
  const directory = {
    endpoints,
    classes: Object.fromEntries(drawClasses(draw).map(taskClass => [taskClass.name, taskClass])),
    policy: drawPolicyOf(draw, 0.05),
    workspaces: { press: { policy: drawPolicyOf(draw, 0.08) } },
    keys: Object.fromEntries(keys),
    budgets: [],
    catalogVersion: 'drawn',
    notes: [],
  }
  const providers = [...addresses].map(([name, address]) => providerOf(name, address))
  return {
    endpoints,
    configuration: { directory, providers, disabled: [], budgetWebhooks: {}, notices: [], notes: [] },
  }
}

function providerOf(name: string, { protocol, baseUrl }: { protocol: string; baseUrl: string }): ProviderSettings {
  return {
    name,
    protocol,
    package: '',
    baseUrl,
    apiKey: 'none',
    headers: {},
    quirks: {},
    deadlines: { connectMs: 2_000, firstTokenMs: 5_000, stallMs: 5_000, totalMs: 10_000 },
  }
}

/** One that leads to others, one that escalates and hedges, one to escalate to, one that asks in batches, and one that sums up. */
function drawClasses(draw: Draw): readonly TaskClass[] {
  const plain = (name: string, more: Partial<TaskClass> = {}): TaskClass => ({
    name,
    needs: {},
    patienceMs: 300,
    maxOutputTokens: 120,
    minOutputTokens: 60,
    policy: drawPolicyOf(draw, 0.06),
    onRefusal: draw.one(['abandon', 'reroute'] as const),
    ...more,
  })
  return [
    plain('auto', { rules: [{ when: { label: { team: 'growth' } }, use: 'strong' }, { use: 'cheap' }] }),
    plain('cheap', { escalateTo: 'strong', models: draw.some(MODELS, 0.7), hedge: { after: 30, share: 1 } }),
    plain('strong', { sort: draw.one(['order', 'price', 'measured'] as const) }),
    plain('nightly', { escalateTo: 'strong', batchMs: 3_600_000 }),
    plain('compaction'),
  ]
}
