/**
 * What another configuration would have changed of recorded calls, class by class.
 *
 * @module
 */
import { groupBy } from '../group-by.ts'
import { rosterOf } from '../routing/filter/roster.ts'
import type { Directory } from '../task-class.ts'
import { type Lessons, lessonsOf } from './lessons.ts'
import { isMetered, type Prediction, predict, type Trial } from './predict.ts'
import { answerOf, type RecordedCall } from './recorded-call.ts'
import { type Replanned, replan } from './replan.ts'

interface Move {
  readonly from: string
  readonly to: string
  readonly calls: number
}

/**
 * The backtest of the calls that were made in one class. Each call is in one of `same`, `recached`, `moved`, `noRoute` and `unknown`, and
 * sums are over the first three. `low` and `high` are the 5th and 95th percentile; they equal what is predicted if nothing of it is
 * uncertain.
 */
export interface ClassBacktest {
  readonly class: string
  readonly calls: number
  /** Calls that would have gone the same way. */
  readonly same: number
  /** Calls that would have been answered by the same endpoint, with another part of the prompt in its cache. */
  readonly recached: number
  readonly moved: number
  /** Calls that no endpoint would have served; `reasons` has the commonest reasons. */
  readonly noRoute: number
  readonly reasons: readonly { readonly reason: string; readonly calls: number }[]
  /** Calls whose cost would be unknown. They are in no sum. `unknownReasons` has the commonest reasons. */
  readonly unknown: number
  readonly unknownReasons: readonly { readonly reason: string; readonly calls: number }[]
  readonly recordedUsd: number
  readonly predictedUsd: number
  readonly lowUsd: number
  readonly highUsd: number
  /** Means over the calls for which both times are known. */
  readonly recordedMs?: number
  readonly predictedMs?: number
  /** Where the calls in `moved` would have gone, the commonest first. */
  readonly moves: readonly Move[]
  /** Endpoints that calls would have gone to and that no recorded call used, so that their speed and steadiness are unknown. */
  readonly unmeasured: readonly string[]
}

export interface Backtest {
  readonly classes: readonly ClassBacktest[]
  /** Calls of older versions, which did not record plans. */
  readonly withoutPlan: number
}

/** How many trials are made: enough for percentiles that are steady to a few hundredths. */
const TRIALS = 200

/**
 * With many calls single hits and answers even out, so fewer trials are needed: only as many as come to {@link MOST_PREDICTIONS}
 * predictions for a class, but no fewer than this.
 */
const FEWEST_TRIALS = 40
const MOST_PREDICTIONS = 2_000_000

/**
 * What another configuration would have changed of recorded calls.
 *
 * @param chance - Draws a number in [0, 1), for the trials that the error bars come from.
 */
export function backtest(calls: readonly RecordedCall[], directory: Directory, chance: () => number): Backtest {
  const lessons = lessonsOf(calls)
  const byClass = groupBy(replan(calls, directory, rosterOf(directory.endpoints), lessons), ({ call }) => call.asked)
  return {
    classes: [...byClass].map(([name, replanned]) => classBacktest(name, replanned, lessons, chance)),
    withoutPlan: calls.filter(({ record }) => !record).length,
  }
}

function classBacktest(
  name: string,
  calls: readonly Replanned[],
  lessons: Lessons,
  chance: () => number,
): ClassBacktest {
  const predictions = calls.map(replanned => ({ replanned, prediction: predict(replanned, lessons) }))
  const known = predictions.filter(
    ({ replanned, prediction }) => prediction?.usd !== undefined && recordedUsd(replanned) !== undefined,
  )
  const predictedUsd = sum(known.map(({ prediction }) => prediction!.usd!))
  const sums = trialSums(known, lessons, chance)
  const unrouted = calls.filter(({ endpoint }) => !endpoint)
  const elsewhere = known.filter(({ replanned }) => isMoved(replanned))
  const same = known.filter(({ prediction }) => prediction!.same).length
  const isKnown = new Set<PredictedCall>(known)
  const unknown = predictions.filter(one => one.replanned.endpoint && !isKnown.has(one))
  return {
    class: name,
    calls: calls.length,
    same,
    recached: known.length - elsewhere.length - same,
    moved: elsewhere.length,
    noRoute: unrouted.length,
    reasons: reasonCounts(unrouted.map(reasonOf)),
    unknown: unknown.length,
    unknownReasons: reasonCounts(unknown.map(({ replanned }) => unknownReason(replanned))),
    recordedUsd: sum(known.map(({ replanned }) => recordedUsd(replanned)!)),
    predictedUsd,
    lowUsd: sums[Math.floor(sums.length * 0.05)] ?? predictedUsd,
    highUsd: sums[Math.floor(sums.length * 0.95)] ?? predictedUsd,
    ...latencies(predictions),
    moves: movesOf(elsewhere.map(({ replanned }) => replanned)),
    unmeasured: [...new Set(calls.flatMap(({ endpoint }) => endpoint?.id ?? []))].filter(id => !lessons.windowOf(id)),
  }
}

/** What the whole call has cost, including its failed attempts; `undefined` if any of that is unknown. */
function recordedUsd({ call }: Replanned): number | undefined {
  const parts = call.attempts.map(({ usd }) => usd)
  return parts.some(usd => usd === undefined) ? undefined : sum(parts as number[])
}

/** A call, and the prediction of its cost and time; without one if nobody can know. */
interface PredictedCall {
  readonly replanned: Replanned
  readonly prediction: Prediction | undefined
}

/**
 * The predicted sum of each trial, lowest first; empty if nothing is left to chance. Within one trial a model is off by the same
 * amount in every call.
 */
function trialSums(known: readonly PredictedCall[], lessons: Lessons, chance: () => number): readonly number[] {
  const certain = sum(known.map(({ prediction }) => (prediction!.same ? prediction!.usd! : 0)))
  const open = known.filter(({ prediction }) => !prediction!.same)
  if (open.length === 0) return []
  const trials = Math.max(FEWEST_TRIALS, Math.min(TRIALS, Math.floor(MOST_PREDICTIONS / (open.length + 1))))
  const sums = Array.from({ length: trials }, () => {
    const trial: Trial = { chance, bias: biases(chance) }
    return certain + sum(open.map(({ replanned }) => predict(replanned, lessons, trial)?.usd ?? 0))
  })
  return sums.sort((a, b) => a - b)
}

function biases(chance: () => number): Trial['bias'] {
  const drawn = new Map<string, number>()
  return (of, name) => {
    const key = `${of} ${name}`
    const known = drawn.get(key) ?? normal(chance)
    drawn.set(key, known)
    return known
  }
}

/** A draw from the standard normal distribution (Box and Muller). */
function normal(chance: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance())
}

function latencies(predictions: readonly PredictedCall[]): Pick<ClassBacktest, 'recordedMs' | 'predictedMs'> {
  const both = predictions.flatMap(({ replanned: { call }, prediction }) =>
    prediction?.ms === undefined || call.answeredAtMs === undefined
      ? []
      : [[call.answeredAtMs - call.startedAtMs, prediction.ms] as const],
  )
  if (both.length === 0) return {}
  return {
    recordedMs: sum(both.map(([recorded]) => recorded)) / both.length,
    predictedMs: sum(both.map(([, predicted]) => predicted)) / both.length,
  }
}

function movesOf(replanned: readonly Replanned[]): readonly Move[] {
  const moved = replanned.flatMap(({ call, endpoint }) => {
    return endpoint ? [`${answerOf(call)?.endpoint}\n${endpoint.id}`] : []
  })
  return counted(moved).map(([move, calls]) => {
    const [from, to] = move.split('\n') as [string, string]
    return { from, to, calls }
  })
}

function isMoved({ call, endpoint }: Replanned): boolean {
  return endpoint !== undefined && endpoint.id !== answerOf(call)?.endpoint
}

/** Why the cost of a call would be unknown although an endpoint would have served it. */
function unknownReason(replanned: Replanned): string {
  const answer = answerOf(replanned.call)
  if (!answer) return 'not answered in the record'
  if (replanned.call.policyLost) return "the run's policy is sealed, and its key out of reach"
  if (!isMetered(answer.usage)) return 'the vendor did not report what it used'
  if (recordedUsd(replanned) === undefined) return 'no known cost in the record'
  return `no known price at ${replanned.endpoint?.id}`
}

/** The commonest rule among the rejections of the class's endpoints. */
function reasonOf({ taskClass, call, route }: Replanned): string {
  if (!taskClass) return `there is no class ${call.asked}`
  const rules = route.rejections.flatMap(({ rejection }) => {
    if (rejection.rule === 'not-in-class') return []
    return rejection.rule === 'policy' ? `${rejection.breach.level} policy: ${rejection.breach.rule}` : rejection.rule
  })
  return counted(rules)[0]?.[0] ?? `class ${taskClass.name} has no endpoint`
}

function reasonCounts(reasons: readonly string[]): readonly { readonly reason: string; readonly calls: number }[] {
  return counted(reasons).map(([reason, calls]) => ({ reason, calls }))
}

/** How often each word occurs, the commonest first. */
function counted(words: readonly string[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1])
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
