/**
 * What a call would have cost and taken elsewhere. Its prompt is the recorded one; what of it would have been read from a cache
 * is the model of `warmth.ts` with the endpoint's own hit rate, and how much would have been said is as recorded, or in the
 * proportion in which the two models answer calls of this class.
 *
 * @module
 */
import { modelIn } from '../endpoint-id.ts'
import type { Endpoint } from '../endpoints.ts'
import { costOf } from '../money/price-of.ts'
import { goesOn } from '../routing/ahead.ts'
import { cacheTtlOf } from '../routing/roster.ts'
import { warmTokens } from '../routing/warmth.ts'
import type { Usage } from '../usage.ts'
import type { Lessons } from './lessons.ts'
import type { RecordedCall } from './recorded-call.ts'
import { type Replanned, usageOf } from './replan.ts'

/** Draws for one trial; without any, expectations are taken. */
export interface Trial {
  /** In [0, 1). */
  readonly chance: () => number
  /** By how many standard errors a model's mean in a class, or an endpoint's hit rate, is off in this trial. */
  readonly bias: (of: string, name: string) => number
}

export interface Prediction {
  /** Absent: what would have been used has no known price. */
  readonly usd?: number
  /** Absent: nobody has measured the endpoint. */
  readonly ms?: number
  /** It would have gone as it went: same endpoint, same cache. */
  readonly same: boolean
}

/** `undefined` for a call that would have found nobody, or was not answered in the record: nobody knows what it would have used. */
export function predict({ call, endpoint, known }: Replanned, lessons: Lessons, trial?: Trial): Prediction | undefined {
  const answered = call.attempts[call.answeredBy ?? -1]
  if (!endpoint || !answered) return undefined
  const waste = call.attempts.reduce((sum, { usd = 0 }, at) => sum + (at === call.answeredBy ? 0 : usd), 0)
  const same = endpoint.id === answered.endpoint && known?.endpoint === call.record?.known?.endpoint
  const usage = same ? answered.usage : usageThere(call, endpoint, { known, lessons, trial })
  const priced = costOf(usage, endpoint.price)
  const lost = same ? waste : waste + lessons.wasteUsd(endpoint.id)
  const ms =
    same && call.answeredAtMs !== undefined ? call.answeredAtMs - call.startedAtMs : msThere(endpoint, usage, lessons)
  return {
    ...(priced.kind === 'priced' && { usd: Number(priced.pico) / 1e12 + lost }),
    ...(ms !== undefined && { ms }),
    same,
  }
}

interface Elsewhere {
  readonly known: Replanned['known']
  readonly lessons: Lessons
  readonly trial: Trial | undefined
}

function usageThere(call: RecordedCall, endpoint: Endpoint, { known, lessons, trial }: Elsewhere): Usage {
  const recorded = usageOf(call)
  const { inputTokens = 0 } = recorded
  const read = readThere(call, endpoint, { known, lessons, trial })
  const writes = endpoint.price?.cacheWrite !== undefined && goesOn(call.record?.known, offersTools(call))
  return {
    inputTokens,
    ...(read > 0 && { cacheReadTokens: read }),
    ...(writes && { cacheWriteTokens: inputTokens - read }),
    outputTokens: Math.round((recorded.outputTokens ?? 0) * outputFactor(call, endpoint, lessons, trial)),
  }
}

function offersTools({ record }: RecordedCall): boolean {
  return record?.needs.abilities.includes('tools') ?? false
}

/** A prefix of the run's own as the cache model has it; what calls without one have read, any endpoint with a cache would have had. */
function readThere(call: RecordedCall, endpoint: Endpoint, { known, lessons, trial }: Elsewhere): number {
  const ttlMs = cacheTtlOf(endpoint)
  if (ttlMs === 0) return 0
  const { inputTokens = 0, cacheReadTokens = 0 } = usageOf(call)
  if (!call.record?.known) return cacheReadTokens
  const prefix = known?.warm?.find(one => one.endpoint === endpoint.id)
  const warm = Math.min(inputTokens, warmTokens(prefix, ttlMs, call.startedAtMs))
  const { hitRate, hitSpread } = lessons.measuredOf(endpoint.id)
  if (trial) return trial.chance() < hitRate + hitSpread * trial.bias('hits', endpoint.id) ? warm : 0
  return Math.round(warm * hitRate)
}

/** How much a model may be off of which no answer in this class was recorded: a third, either way. */
const UNKNOWN_SPREAD = 0.3

function outputFactor(call: RecordedCall, endpoint: Endpoint, lessons: Lessons, trial: Trial | undefined): number {
  const before = modelIn(call.attempts[call.answeredBy!]!.endpoint)
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
