/**
 * Predicts what a call would have cost, and how long it would have taken, at another endpoint. The prompt is the recorded one. How much of
 * it would have been read from a cache follows `warmth.ts`, with the endpoint's own hit rate. How much the model would have said is as
 * recorded, scaled by how much the two models say in this class.
 *
 * @module
 */
import { modelIn } from '../endpoint-id.ts'
import type { Endpoint } from '../endpoints.ts'
import { pricedUsage } from '../money/price-of.ts'
import { cachesOnlyMarked } from '../routing/cache/cache-marks.ts'
import { cacheTtlOf } from '../routing/cache/cache-ttl.ts'
import { LEAST_CACHED_TOKENS, LONG_TTL_MS, warmTokens } from '../routing/cache/warmth.ts'
import { goesOn } from '../routing/call/call-ahead.ts'
import type { Usage } from '../usage.ts'
import type { Lessons } from './lessons.ts'
import { answerOf, type RecordedCall } from './recorded-call.ts'
import { type Replanned, usageOf } from './replan.ts'

/** The chances of one trial. Without them, expected values are predicted. */
export interface Trial {
  /** Draws a number in [0, 1). */
  readonly chance: () => number
  /** By how many standard errors a model's mean in a class, or an endpoint's hit rate, is off in this trial. */
  readonly bias: (of: string, name: string) => number
}

export interface Prediction {
  /** Absent if some of the used tokens have no known price. */
  readonly usd?: number
  /** Absent if the endpoint was never measured. */
  readonly ms?: number
  /** Whether it would have gone the same way: same endpoint, same cache. */
  readonly same: boolean
}

/**
 * What a call would have cost and taken. `undefined` if no endpoint would have served it, or if nobody can say: it was not answered
 * in the record, its vendor did not report what it used, or its run's policy is lost.
 */
export function predict(each: Replanned, lessons: Lessons, trial?: Trial): Prediction | undefined {
  const { call, endpoint, known } = each
  const answered = answerOf(call)
  if (!endpoint || !answered || !isMetered(answered.usage) || call.policyLost) return undefined
  const same = endpoint.id === answered.endpoint && known?.endpoint === call.record?.known?.endpoint
  const usage = same ? answered.usage : usageThere(call, endpoint, { known, lessons, trial })
  const usd = same && answered.reported ? answered.usd : usdAt(endpoint, usage)
  const ms =
    same && call.answeredAtMs !== undefined ? call.answeredAtMs - call.startedAtMs : msThere(endpoint, usage, lessons)
  return {
    ...(usd !== undefined && { usd: usd + lostUsd(each, endpoint, lessons) }),
    ...(ms !== undefined && { ms }),
    same,
  }
}

/** Whether the usage is known, so that it can be priced at another endpoint. */
export function isMetered({ inputTokens, outputTokens }: Usage): boolean {
  return inputTokens !== undefined && outputTokens !== undefined
}

function usdAt({ price }: Endpoint, usage: Usage): number | undefined {
  const priced = pricedUsage(usage, price)
  return priced.kind === 'priced' ? Number(priced.pico) / 1e12 : undefined
}

/**
 * What failed attempts would have cost, in USD. If the call stays at its endpoint, that is what its failed attempts did cost. If it
 * moves, only those count that the new route would have made too, up to its new endpoint. If that one did not fail in this very
 * call, what an attempt there loses on average is added.
 */
function lostUsd({ call, route }: Replanned, { id }: Endpoint, lessons: Lessons): number {
  const others = call.attempts.filter((_, at) => at !== call.answeredBy)
  const sumOf = (attempts: typeof others) => attempts.reduce((sum, { usd = 0 }) => sum + usd, 0)
  if (id === answerOf(call)!.endpoint) return sumOf(others)
  const until = route.candidates.findIndex(candidate => candidate.id === id)
  const asked = new Set(route.candidates.slice(0, until + 1).map(candidate => candidate.id))
  const failed = sumOf(others.filter(({ endpoint }) => asked.has(endpoint)))
  return others.some(({ endpoint }) => endpoint === id) ? failed : failed + lessons.wasteUsd(id)
}

interface PredictionInput {
  readonly known: Replanned['known']
  readonly lessons: Lessons
  readonly trial: Trial | undefined
}

function usageThere(call: RecordedCall, endpoint: Endpoint, { known, lessons, trial }: PredictionInput): Usage {
  const recorded = usageOf(call)
  const { inputTokens = 0 } = recorded
  const read = readThere(call, endpoint, { known, lessons, trial })
  const writes =
    inputTokens >= LEAST_CACHED_TOKENS && hasPricedWrites(endpoint) && goesOn(call.record?.known, offersTools(call))
  const factor = outputFactor(call, endpoint, lessons, trial)
  const { outputTokens = 0, reasoningTokens } = recorded
  return {
    inputTokens,
    ...(read > 0 && { cacheReadTokens: read }),
    ...(writes && { cacheWriteTokens: inputTokens - read }),
    ...(writes && writesLong(endpoint) && { cacheWriteHourTokens: inputTokens - read }),
    outputTokens: Math.round(outputTokens * factor),
    ...(reasoningTokens !== undefined && { reasoningTokens: Math.round(reasoningTokens * factor) }),
  }
}

function hasPricedWrites({ price }: Endpoint): boolean {
  return price?.cacheWrite !== undefined
}

function writesLong(endpoint: Endpoint): boolean {
  return cachesOnlyMarked(endpoint) && cacheTtlOf(endpoint) >= LONG_TTL_MS
}

function offersTools({ record }: RecordedCall): boolean {
  return record?.needs.abilities.includes('tools') ?? false
}

/**
 * How many tokens of the prompt would have been read from the endpoint's cache. For a prompt that continues an earlier one of its
 * run, the cache model says so. For any other it is what was read in the record, at every endpoint that has a cache.
 */
function readThere(call: RecordedCall, endpoint: Endpoint, { known, lessons, trial }: PredictionInput): number {
  const ttlMs = cacheTtlOf(endpoint)
  if (ttlMs === 0) return 0
  const { inputTokens = 0, cacheReadTokens = 0 } = usageOf(call)
  if (!call.record?.known) return cacheReadTokens
  const prefix = known?.warm?.find(one => one.endpoint === endpoint.id)
  const warm = Math.min(inputTokens, warmTokens(prefix, ttlMs, call.startedAtMs))
  if (warm < LEAST_CACHED_TOKENS && !readsShort(endpoint, lessons)) return 0
  const { hitRate, hitSpread } = lessons.measuredOf(endpoint.id)
  if (trial) return trial.chance() < hitRate + hitSpread * trial.bias('hits', endpoint.id) ? warm : 0
  return Math.round(warm * hitRate)
}

/** Whether an endpoint may cache prefixes below {@link LEAST_CACHED_TOKENS}: some do from 64 tokens on, and then the record shows reads. */
function readsShort(endpoint: Endpoint, lessons: Lessons): boolean {
  return !cachesOnlyMarked(endpoint) && (lessons.windowOf(endpoint.id)?.read ?? 0) > 0
}

/**
 * The standard error of how much a model says, as a share of it, where too few answers of the two models in this class are on
 * record to compare them.
 */
const UNKNOWN_SPREAD = 0.3

function outputFactor(call: RecordedCall, endpoint: Endpoint, lessons: Lessons, trial: Trial | undefined): number {
  const before = modelIn(answerOf(call)!.endpoint)
  if (endpoint.model === before) return 1
  const there = lessons.outputOf(call.asked, endpoint.model)
  const here = lessons.outputOf(call.asked, before)
  const factor = there && here && here.mean > 0 ? there.mean / here.mean : 1
  if (!trial) return factor
  const spread = there && here ? there.spread / Math.sqrt(there.answers) : UNKNOWN_SPREAD
  return Math.max(0, factor * (1 + spread * trial.bias(call.asked, endpoint.model)))
}

function msThere({ id }: { readonly id: string }, { outputTokens = 0 }: Usage, lessons: Lessons): number | undefined {
  if (!lessons.windowOf(id)?.timed) return undefined
  const { firstTokenMs, tokensPerSecond } = lessons.measuredOf(id)
  return firstTokenMs + (outputTokens / tokensPerSecond) * 1_000
}
