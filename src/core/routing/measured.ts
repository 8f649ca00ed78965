/**
 * What was measured of an endpoint lately: sums in which recent minutes weigh most, and the estimates that a plan takes
 * from them.
 *
 * @module
 */

/** The time after which a sample weighs half: the last ten minutes make half of the evidence, the last hour nearly all. */
export const HALF_LIFE_MS = 600_000

/** Samples of its peers that an endpoint's own are mixed with: with five of its own they weigh half. */
export const PEER_SAMPLES = 5

/** Sums of samples, each weighted by 1/2 per {@link HALF_LIFE_MS} of its age; plain JSON. */
export interface Window {
  readonly atMs: number
  /** Attempts that ended by the endpoint's doing, 429s aside. */
  readonly attempts: number
  readonly failures: number
  readonly rateLimits: number
  readonly answers: number
  readonly outputTokens: number
  /** Answers whose first token was timed, and its sum. */
  readonly timed: number
  readonly firstTokenMs: number
  /** Output after the first token and the time it took. */
  readonly spokenTokens: number
  readonly spokenMs: number
  /** Prompt tokens that were expected in the cache, and those that were read from it. */
  readonly warmTokens: number
  readonly readTokens: number
}

/** How one attempt ended. A field that nobody knows is left out of every sum it belongs to. */
export interface Sample {
  readonly outcome: 'answered' | 'failed' | 'rate-limited'
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
  rateLimits: 0,
  answers: 0,
  outputTokens: 0,
  timed: 0,
  firstTokenMs: 0,
  spokenTokens: 0,
  spokenMs: 0,
  warmTokens: 0,
  readTokens: 0,
}

export function addSample(before: Window, sample: Sample, nowMs: number): Window {
  const window = fadedTo(before, nowMs)
  if (sample.outcome === 'rate-limited') return { ...window, rateLimits: window.rateLimits + 1 }
  if (sample.outcome === 'failed') return { ...window, attempts: window.attempts + 1, failures: window.failures + 1 }
  const { outputTokens, firstTokenMs, totalMs, warmTokens, readTokens } = sample
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
    warmTokens: window.warmTokens + (readTokens === undefined ? 0 : (warmTokens ?? 0)),
    readTokens: window.readTokens + (warmTokens === undefined ? 0 : Math.min(readTokens ?? 0, warmTokens)),
  }
}

/** The same sums as they weigh at a later time. */
function fadedTo(window: Window, nowMs: number): Window {
  const age = nowMs - window.atMs
  if (age <= 0) return window
  const weight = 2 ** (-age / HALF_LIFE_MS)
  const faded: { -readonly [K in keyof Window]: number } = { ...window }
  for (const field of Object.keys(faded) as (keyof Window)[]) faded[field] *= weight
  return { ...faded, atMs: nowMs }
}

/** What a plan reckons with. */
export interface Measured {
  readonly outputTokens: number
  readonly tokensPerSecond: number
  readonly firstTokenMs: number
  /** In [0, 1], of one attempt; a 429 is no failure. */
  readonly failureChance: number
  readonly rateLimitChance: number
  /** The share of a warm prefix that is really read from the cache. */
  readonly hitRate: number
}

/** An endpoint of which nobody knows anything: a usual one. */
export const USUAL: Measured = {
  outputTokens: 500,
  tokensPerSecond: 50,
  firstTokenMs: 1_000,
  failureChance: 0.01,
  rateLimitChance: 0.01,
  hitRate: 0.9,
}

/**
 * The estimates at a time: each a mean of the window's samples and of {@link PEER_SAMPLES} more that are as its peers'
 * mean, so that little evidence says little.
 *
 * @param peers - The estimates of the model's endpoints together.
 */
export function estimatesOf(window: Window, peers: Measured, nowMs: number): Measured {
  const its = fadedTo(window, nowMs)
  const asked = its.attempts + its.rateLimits
  const peerOutput = PEER_SAMPLES * peers.outputTokens
  return {
    outputTokens: (its.outputTokens + peerOutput) / (its.answers + PEER_SAMPLES),
    tokensPerSecond: (its.spokenTokens + peerOutput) / (its.spokenMs / 1_000 + peerOutput / peers.tokensPerSecond),
    firstTokenMs: (its.firstTokenMs + PEER_SAMPLES * peers.firstTokenMs) / (its.timed + PEER_SAMPLES),
    failureChance: (its.failures + PEER_SAMPLES * peers.failureChance) / (its.attempts + PEER_SAMPLES),
    rateLimitChance: (its.rateLimits + PEER_SAMPLES * peers.rateLimitChance) / (asked + PEER_SAMPLES),
    hitRate: (its.readTokens + HIT_TOKENS * peers.hitRate) / (its.warmTokens + HIT_TOKENS),
  }
}

/** A hit rate is learned by tokens: five prompts of 4,000 weigh as much as what the peers say. */
const HIT_TOKENS = 20_000
