/**
 * What recorded calls show about endpoints and models: how fast and how steady endpoints are, how much models say, how long caches last.
 *
 * @module
 */
import { modelIn } from '../endpoint-id.ts'
import {
  addSample,
  estimatesOf,
  type Measured,
  NOTHING_MEASURED,
  peersOf,
  type Window,
} from '../routing/health/measured.ts'
import type { RecordedAttempt, RecordedCall } from './recorded-call.ts'

/** The answers of a model in a class: how many there were, and how much they said. */
interface OutputLesson {
  readonly answers: number
  readonly mean: number
  /** The standard deviation of one answer's length, divided by the mean. */
  readonly spread: number
}

export interface Lessons {
  /** The measurements of an endpoint; `undefined` if no recorded call asked it. */
  windowOf(endpoint: string): Window | undefined
  measuredOf(endpoint: string): Measured
  /** What failed attempts cost at an endpoint, in USD per attempt. */
  wasteUsd(endpoint: string): number
  outputOf(asked: string, model: string): OutputLesson | undefined
}

/** With fewer answers, a mean says more about the prompts than about the model. */
const LEAST_ANSWERS = 5

export function lessonsOf(calls: readonly RecordedCall[]): Lessons {
  const { windows, wastes, outputs } = shownIn(calls)
  const lastMs = Math.max(0, ...[...windows.values()].map(({ atMs }) => atMs))
  const peersAt = remembered(model => {
    const its = [...windows].filter(([endpoint]) => modelIn(endpoint) === model).map(([, window]) => window)
    return peersOf(its, lastMs)
  })
  const outputBy = remembered(key => outputLesson(outputs.get(key)))
  return {
    windowOf: endpoint => windows.get(endpoint),
    measuredOf: remembered(endpoint =>
      estimatesOf(windows.get(endpoint) ?? NOTHING_MEASURED, peersAt(modelIn(endpoint)), lastMs),
    ),
    wasteUsd(endpoint) {
      const waste = wastes.get(endpoint)
      return waste ? waste.usd / waste.attempts : 0
    },
    outputOf: (asked, model) => outputBy(outputKey(asked, model)),
  }
}

/** What the calls have shown: windows and waste by endpoint, and the output tokens of answers by {@link outputKey}. */
interface Shown {
  readonly windows: ReadonlyMap<string, Window>
  readonly wastes: ReadonlyMap<string, { readonly usd: number; readonly attempts: number }>
  readonly outputs: ReadonlyMap<string, readonly number[]>
}

function shownIn(calls: readonly RecordedCall[]): Shown {
  const windows = new Map<string, Window>()
  const wastes = new Map<string, { usd: number; attempts: number }>()
  const outputs = new Map<string, number[]>()
  const see = (call: RecordedCall, at: number, attempt: RecordedAttempt) => {
    const { endpoint, outcome, usage, usd = 0, endedAtMs } = attempt
    const answers = at === call.answeredBy
    const waste = wastes.get(endpoint) ?? { usd: 0, attempts: 0 }
    wastes.set(endpoint, { usd: waste.usd + (answers ? 0 : usd), attempts: waste.attempts + 1 })
    if (outcome !== 'unknown') {
      const sample = { ...sampleOf(call, attempt), outcome }
      windows.set(endpoint, addSample(windows.get(endpoint) ?? NOTHING_MEASURED, sample, endedAtMs))
    }
    if (!answers || usage.outputTokens === undefined) return
    const key = outputKey(call.asked, modelIn(endpoint))
    const said = outputs.get(key)
    if (said) said.push(usage.outputTokens)
    else outputs.set(key, [usage.outputTokens])
  }
  for (const call of calls) for (const [at, attempt] of call.attempts.entries()) see(call, at, attempt)
  return { windows, wastes, outputs }
}

function outputKey(asked: string, model: string): string {
  return `${asked} ${model}`
}

/** A function that computes its value once for each key. */
function remembered<Value>(make: (key: string) => Value): (key: string) => Value {
  const made = new Map<string, Value>()
  return key => {
    if (!made.has(key)) made.set(key, make(key))
    return made.get(key) as Value
  }
}

/** What an attempt shows about its endpoint; about its cache only if the prompt's prefix should have been there. */
export function sampleOf({ record }: RecordedCall, { endpoint, usage, firstTokenMs, totalMs }: RecordedAttempt) {
  const warm = record?.known?.warm?.find(prefix => prefix.endpoint === endpoint)
  return {
    ...(usage.outputTokens !== undefined && { outputTokens: usage.outputTokens }),
    ...(firstTokenMs !== undefined && { firstTokenMs }),
    ...(totalMs !== undefined && { totalMs }),
    ...(usage.cacheReadTokens !== undefined && { readTokens: usage.cacheReadTokens }),
    ...(warm && { warmTokens: warm.tokens }),
  }
}

function outputLesson(tokens: readonly number[] | undefined): OutputLesson | undefined {
  if (!tokens || tokens.length < LEAST_ANSWERS) return undefined
  const mean = tokens.reduce((sum, each) => sum + each, 0) / tokens.length
  const variance = tokens.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (tokens.length - 1)
  return { answers: tokens.length, mean, spread: mean > 0 ? Math.sqrt(variance) / mean : 0 }
}
