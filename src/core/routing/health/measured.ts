/**
 * What was measured of an endpoint lately: sums in which recent minutes weigh most, and the estimates that a plan takes
 * from them.
 *
 * @module
 */
import { LEAST_CACHED_TOKENS } from '../cache/warmth.ts'

/** The time after which a sample of speed or trouble weighs half: the last ten minutes make half of the evidence. */
export const HALF_LIFE_MS = 600_000

/** The same for what changes with releases, not with load: how much a model says, and whether its cache is hit. 12 hours. */
const SLOW_HALF_LIFE_MS = 43_200_000

/** Samples of its peers that an endpoint's own are mixed with: with five of its own they weigh half. */
const PEER_SAMPLES = 5

/** Sums of samples, each weighted by 1/2 per half-life of its age; plain JSON. */
export interface Window {
  readonly atMs: number
  /** Attempts that the endpoint answered or failed, without 429s. */
  readonly attempts: number
  readonly failures: number
  /** Whole answers of the wrong shape: tool calls and values that cannot be read. They are no failures. */
  readonly malformed: number
  readonly rateLimits: number
  /** Answers with a known time to first token, and the sum of these times. */
  readonly timed: number
  readonly firstTokenMs: number
  /** Output after the first token and the time it took. */
  readonly spokenTokens: number
  readonly spokenMs: number
  readonly answers: number
  readonly outputTokens: number
  /** Prompts that were expected in the cache, and the part of them that was read from it. */
  readonly warm: number
  readonly read: number
}

const SLOW: ReadonlySet<keyof Window> = new Set(['answers', 'outputTokens', 'warm', 'read'])

/** How one attempt ended. An unknown field is left out of the sums. */
export interface Sample {
  readonly outcome: 'answered' | 'failed' | 'malformed' | 'rate-limited'
  readonly outputTokens?: number
  readonly firstTokenMs?: number
  readonly totalMs?: number
  readonly warmTokens?: number
  readonly readTokens?: number
}

export const NOTHING_MEASURED: Window = {
  atMs: 0,
  attempts: 0,
  failures: 0,
  malformed: 0,
  rateLimits: 0,
  timed: 0,
  firstTokenMs: 0,
  spokenTokens: 0,
  spokenMs: 0,
  answers: 0,
  outputTokens: 0,
  warm: 0,
  read: 0,
}

/** Adds an attempt to the sums. */
export function addSample(before: Window, sample: Sample, nowMs: number): Window {
  const window = fadedTo(before, nowMs)
  if (sample.outcome === 'rate-limited') return { ...window, rateLimits: window.rateLimits + 1 }
  if (sample.outcome === 'failed') return { ...window, attempts: window.attempts + 1, failures: window.failures + 1 }
  if (sample.outcome === 'malformed')
    return { ...window, attempts: window.attempts + 1, malformed: window.malformed + 1 }
  const { outputTokens, firstTokenMs, totalMs } = sample
  const spoken = outputTokens !== undefined && firstTokenMs !== undefined && totalMs !== undefined
  return {
    ...window,
    attempts: window.attempts + 1,
    answers: window.answers + (outputTokens === undefined ? 0 : 1),
    outputTokens: window.outputTokens + (outputTokens ?? 0),
    timed: window.timed + (firstTokenMs === undefined ? 0 : 1),
    firstTokenMs: window.firstTokenMs + (firstTokenMs ?? 0),
    spokenTokens: window.spokenTokens + (spoken ? outputTokens : 0),
    spokenMs: window.spokenMs + (spoken ? Math.max(1, totalMs - firstTokenMs) : 0),
    ...addRead(window, sample),
  }
}

/**
 * Only where both what was expected and what came are known: a vendor that is silent about its cache says nothing. Nor does a prefix that was
 * too short for a cache and not read: otherwise short calls would teach that long runs have nothing cached there.
 */
function addRead({ warm, read }: Window, { warmTokens, readTokens }: Sample): Pick<Window, 'warm' | 'read'> {
  if (!warmTokens || readTokens === undefined) return { warm, read }
  if (warmTokens < LEAST_CACHED_TOKENS && readTokens === 0) return { warm, read }
  return { warm: warm + 1, read: read + Math.min(1, readTokens / warmTokens) }
}

/** The sums with the weight that they have at a later time. */
function fadedTo(window: Window, nowMs: number): Window {
  const age = nowMs - window.atMs
  if (age <= 0) return window
  const weight = 2 ** (-age / HALF_LIFE_MS)
  const slowWeight = 2 ** (-age / SLOW_HALF_LIFE_MS)
  const faded: { -readonly [K in keyof Window]: number } = { ...window }
  for (const field of Object.keys(faded) as (keyof Window)[]) faded[field] *= SLOW.has(field) ? slowWeight : weight
  return { ...faded, atMs: nowMs }
}

/** How long answers take from end to end; `undefined` if none was timed to its end. */
export function answerMsOf({ timed, firstTokenMs, spokenMs }: Window): number | undefined {
  return spokenMs > 0 ? (firstTokenMs + spokenMs) / timed : undefined
}

/** The estimates that plans use. */
export interface Measured {
  readonly outputTokens: number
  readonly tokensPerSecond: number
  readonly firstTokenMs: number
  /** The chance that one attempt fails, in [0, 1]. A 429 does not count as a failure. */
  readonly failureChance: number
  /** The chance of a complete answer that cannot be used, but is billed. */
  readonly malformedChance: number
  readonly rateLimitChance: number
  /** The share of a warm prefix that is really read from the cache. */
  readonly hitRate: number
  /** By how much the hit rate may be off: one standard error. */
  readonly hitSpread: number
}

/**
 * An endpoint of which nobody knows anything: a usual one. Its hit rate is that of an agent's loop at vendors that keep
 * what they promise; one thought too high corrects itself, one too low would never be tried.
 */
export const USUAL: Measured = {
  outputTokens: 500,
  tokensPerSecond: 50,
  firstTokenMs: 1_000,
  failureChance: 0.01,
  malformedChance: 0,
  rateLimitChance: 0.01,
  hitRate: 0.97,
  hitSpread: 0.03,
}

/**
 * The estimates at a time. Each is a mean of the window's samples and of {@link PEER_SAMPLES} more that equal its peers' mean, so that
 * little evidence counts little.
 *
 * @param peers - The estimates of the model's endpoints together.
 */
export function estimatesOf(window: Window, peers: Measured, nowMs: number): Measured {
  const its = fadedTo(window, nowMs)
  const asked = its.attempts + its.rateLimits
  const hitRate = (its.read + PEER_PROMPTS * peers.hitRate) / (its.warm + PEER_PROMPTS)
  const peerOutput = PEER_SAMPLES * peers.outputTokens
  return {
    outputTokens: (its.outputTokens + peerOutput) / (its.answers + PEER_SAMPLES),
    tokensPerSecond: (its.spokenTokens + peerOutput) / (its.spokenMs / 1_000 + peerOutput / peers.tokensPerSecond),
    firstTokenMs: (its.firstTokenMs + PEER_SAMPLES * peers.firstTokenMs) / (its.timed + PEER_SAMPLES),
    failureChance: (its.failures + PEER_SAMPLES * peers.failureChance) / (its.attempts + PEER_SAMPLES),
    malformedChance: (its.malformed + PEER_SAMPLES * peers.malformedChance) / (its.attempts + PEER_SAMPLES),
    rateLimitChance: (its.rateLimits + PEER_SAMPLES * peers.rateLimitChance) / (asked + PEER_SAMPLES),
    hitRate,
    hitSpread: Math.sqrt((hitRate * (1 - hitRate)) / (its.warm + PEER_PROMPTS)),
  }
}

/** A prompt is read whole or not at all, so that a hit rate needs more samples than a mean of times. */
const PEER_PROMPTS = 15

/** The weight of the usual values among those of the peers: as much as one peer. */
const USUAL_PEERS = 1

/** The mean over an endpoint's peers. Each peer counts alike, however often it was asked; only those with few samples count less. */
export function peersOf(windows: Iterable<Window>, nowMs: number): Measured {
  let share = USUAL_PEERS
  const sums: Mutable<Measured> = { ...USUAL }
  for (const window of windows) {
    const { attempts, answers } = fadedTo(window, nowMs)
    const weight = (attempts + answers) / (attempts + answers + PEER_SAMPLES)
    const its = estimatesOf(window, USUAL, nowMs)
    for (const field of FIELDS) sums[field] += weight * its[field]
    share += weight
  }
  for (const field of FIELDS) sums[field] /= share
  return sums
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

const FIELDS = Object.keys(USUAL) as (keyof Measured)[]
