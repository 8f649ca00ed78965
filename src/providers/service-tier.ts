/**
 * The tier of service of a request or a reply, and how its prices stand to those that lists have.
 *
 * @module
 */
import { definedOnly } from '../core/defined-only.ts'
import type { PriceRange } from '../core/money/cost.ts'
import { BATCH_PERCENT } from '../core/vendor-batch.ts'
import { listOf, own, recordOf, textOf } from './json.ts'

/** What a request or a reply says of its tier. */
export interface Service {
  readonly tier?: string
  /** Another model may be asked, or was, in the place of the one that is named. */
  readonly fallback?: boolean
  /** Anthropic's `fast`, Amazon's `optimized`. */
  readonly speed?: string
  /** Where it runs, if that was chosen: Anthropic's `us`, or `region` for an address that keeps to one. */
  readonly place?: string
  /** It goes through the vendor's batch interface. */
  readonly inBatch?: boolean
  /** There, what is read from a cache costs what it always does. */
  readonly readsAsUsual?: true
}

/** In percent of the usual price. What the reply says of its tier goes before what was asked for. */
const TIERS: Readonly<Record<string, PriceRange>> = {
  // OpenAI, Google, Amazon: half. Groq asks as much as ever.
  flex: { leastPercent: 50, mostPercent: 100 },
  // OpenAI 1.7 to 2.5 times as much (https://openai.com/api-fast-mode), Google up to twice, Amazon 1.75 times
  priority: { leastPercent: 100, mostPercent: 250 },
  fast: { leastPercent: 100, mostPercent: 250 },
  // https://developers.openai.com/api/docs/guides/ultrafast-mode
  ultrafast: { leastPercent: 100, mostPercent: 600 },
  // OpenAI's scale tier, Amazon's reserved one, Google's provisioned throughput, Anthropic's commitments: paid for ahead.
  scale: { leastPercent: 0, mostPercent: 100 },
  reserved: { leastPercent: 0, mostPercent: 100 },
}

/** Anthropic's: of a model that may be asked in another's place, none is dearer; what the first one has begun is paid for beside it. */
const FALLBACK: PriceRange = { leastPercent: 0, mostPercent: 200 }

/** Opus 4.6 and 4.7 cost six times as much, later ones twice: https://platform.claude.com/docs/en/build-with-claude/fast-mode */
const SPEEDS: Readonly<Record<string, PriceRange>> = {
  fast: { leastPercent: 100, mostPercent: 600 },
  // Amazon's latency, in preview: a quarter to a third more. https://docs.aws.amazon.com/bedrock/latest/userguide/latency-optimized-inference.html
  optimized: { leastPercent: 100, mostPercent: 150 },
}

/** https://platform.claude.com/docs/en/about-claude/pricing, "Data residency pricing"; the others' have a tenth more likewise. */
const DEARER_PLACE: PriceRange = { leastPercent: 100, mostPercent: 110 }
const PLACES: Readonly<Record<string, PriceRange>> = { us: DEARER_PLACE, region: DEARER_PLACE }

/** Addresses that keep to a region, and the models that are dearer there: OpenAI's since March 2026, Claude at Vertex since 4.5. */
const KEPT_TO_REGION: readonly (readonly [address: RegExp, models: RegExp])[] = [
  [/^https:\/\/[a-z]{2}\.api\.openai\.com\//, /^gpt-(?:5\.[4-9]|[6-9])/],
  [
    /^https:\/\/(?:[a-z]+-[a-z]+\d+-aiplatform|aiplatform\.[a-z]{2}\.rep)\.googleapis\.com\//,
    /\/claude-(?:fable|mythos|(?:opus|sonnet|haiku)-(?:4-[5-9]|[5-9]))/,
  ],
]

const BATCH: PriceRange = { leastPercent: BATCH_PERCENT, mostPercent: BATCH_PERCENT }

const USUAL: PriceRange = { leastPercent: 100, mostPercent: 100 }

/** Vertex's words for the tiers (`trafficType`). */
const TRAFFIC: Readonly<Record<string, string>> = {
  on_demand: 'standard',
  on_demand_flex: 'flex',
  on_demand_priority: 'priority',
  provisioned_throughput: 'reserved',
}

/** Reads a request; Vertex is asked for a tier in a header, and for a model by the address. */
export function askedService(url: URL, body: unknown, headers: Readonly<Record<string, string>>): Service {
  const { model, service_tier, serviceTier, speed, performanceConfig, inference_geo, fallbacks } = recordOf(body)
  const place = inference_geo ?? (isKeptToRegion(url, textOf(model) ?? url.pathname) ? 'region' : undefined)
  const tier = service_tier ?? serviceTier ?? headers['x-vertex-ai-llm-shared-request-type']
  return { ...serviceOf(tier, speed ?? latencyIn(performanceConfig), place), ...(fallbacks ? { fallback: true } : {}) }
}

function isKeptToRegion({ href }: URL, asked: string): boolean {
  return KEPT_TO_REGION.some(([address, models]) => address.test(href) && models.test(asked))
}

/** Reads a chunk of a reply, or a whole body, over what was known before: each vendor has a place of its own for it. */
export function servedService(chunk: unknown, before: Service): Service {
  const fields = recordOf(chunk)
  const { response, message, metadata, usageMetadata } = fields
  const counted = recordOf(recordOf(message).usage ?? fields.usage)
  const google = recordOf(usageMetadata)
  const committed = counted.service_tier === 'priority' ? 'reserved' : counted.service_tier
  const isFallback = listOf(counted.iterations).some(iteration => recordOf(iteration).type === 'fallback_message')
  const tier =
    recordOf(response).service_tier ??
    fields.service_tier ??
    committed ??
    google.serviceTier ??
    own(TRAFFIC, textOf(google.trafficType)?.toLowerCase()) ??
    recordOf(metadata).serviceTier ??
    fields.serviceTier
  // Of models that have no choice Anthropic says that it is not available.
  const place = counted.inference_geo === 'not_available' ? undefined : counted.inference_geo
  const latency = latencyIn(recordOf(metadata).performanceConfig ?? fields.performanceConfig)
  const served = serviceOf(tier, counted.speed ?? latency, place)
  // Who says in which tier it has served says also whether another model has.
  const fallback = isFallback || (served.tier === undefined ? undefined : false)
  return { ...before, ...served, ...definedOnly({ fallback }) }
}

/** Amazon's. */
function latencyIn(performanceConfig: unknown): unknown {
  return recordOf(performanceConfig).latency
}

/** Amazon's tier is an object. Google's may have its enumeration's name before it; `auto` says that it is not decided. */
function serviceOf(tier: unknown, speed: unknown, place: unknown): Service {
  const word = (textOf(tier) ?? textOf(recordOf(tier).type))?.toLowerCase().replace('service_tier_', '')
  return definedOnly({ tier: word === 'auto' ? undefined : word, speed: textOf(speed), place: textOf(place) })
}

/** `undefined` where the usual prices hold. */
export function priceRangeOf({ tier, fallback, speed, place, inBatch, readsAsUsual }: Service): PriceRange | undefined {
  const served = [own(TIERS, tier), fallback ? FALLBACK : undefined, own(SPEEDS, speed), own(PLACES, place)]
  const named = [...served, inBatch ? BATCH : undefined]
  const ranges = named.filter(range => range !== undefined)
  if (ranges.length === 0) return undefined
  return { ...ranges.reduce(both, USUAL), ...(readsAsUsual && { readsAsUsual }) }
}

function both(one: PriceRange, other: PriceRange): PriceRange {
  return {
    leastPercent: (one.leastPercent * other.leastPercent) / 100,
    mostPercent: (one.mostPercent * other.mostPercent) / 100,
  }
}
