/**
 * Predicts which endpoints have a transcript's prefix in their caches, from what was sent, corrected by what vendors report. The run
 * carries this along.
 *
 * @module
 */
import { HOUR_MS } from '../../durations.ts'
import type { KnownPrompt, WarmPrefix } from '../../protocol.ts'

/** How long vendors usually cache a prefix after its last use: 300 s, which is Anthropic's and OpenAI's short time to live. */
export const CACHE_TTL_MS = 300_000

/** The longer time to live that vendors sell beside the usual one. None sells a longer one. */
export const LONG_TTL_MS = HOUR_MS

/** The shortest prefix that most vendors cache, and all that cache only what is marked. */
export const LEAST_CACHED_TOKENS = 1_024

/** How many endpoints a run remembers. A run that moves more often within a time to live has no cached prefix worth knowing. */
const MOST_WARM = 3

/** The weight of the newest gap in the usual one. */
const NEWEST_GAP = 0.3

/** What an answer says about where its transcript is cached. */
export interface Heard {
  readonly endpoint: string
  /** The tokens of the whole prompt and the answer, with which the next call will begin. */
  readonly promptTokens: number
  /** The number of messages, including the answer. */
  readonly length: number
  /** The tokens of the prompt alone, as the vendor counted them. */
  readonly inputTokens: number
  /** How many tokens are in the vendor's cache now, if that is known. @defaultValue all of the prompt and the answer */
  readonly heldTokens?: number
  readonly atMs: number
  /** See {@link KnownPrompt.beside}. */
  readonly beside?: string
}

/** The run's memory of a transcript after one more answer. */
export function rememberPrompt(before: KnownPrompt | undefined, heard: Heard): KnownPrompt {
  const { endpoint, promptTokens, length, inputTokens, heldTokens = promptTokens, atMs, beside } = heard
  const others = (before?.warm ?? []).filter(prefix => prefix.endpoint !== endpoint)
  const prefix: WarmPrefix = { endpoint, tokens: heldTokens, atMs }
  const gapMs = gapAfter(before, atMs)
  return {
    endpoint,
    promptTokens,
    length,
    calls: (before?.calls ?? 0) + 1,
    grownTokens: Math.max(0, promptTokens - (before?.length ? before.promptTokens : inputTokens)),
    ...(gapMs !== undefined && { gapMs }),
    warm: [prefix, ...others].slice(0, MOST_WARM),
    ...(before?.cacheKey !== undefined && { cacheKey: before.cacheKey }),
    ...(beside !== undefined && { beside }),
  }
}

/**
 * What is known of a prompt, for a call with these tools and this reasoning. With others, the prompt has another size and no cache has its
 * beginning, so that only the transcript's pace and its cache key are left.
 *
 * @param beside - See {@link KnownPrompt.beside}. Absent if it is not known.
 */
export function knownBeside(known: KnownPrompt | undefined, beside: string | undefined): KnownPrompt | undefined {
  if (known?.beside === undefined || beside === undefined || known.beside === beside) return known
  return { ...known, beside, promptTokens: 0, length: 0, warm: [] }
}

function gapAfter(before: KnownPrompt | undefined, atMs: number): number | undefined {
  const last = before?.warm?.[0]
  if (!last || before.forked) return before?.gapMs
  const gap = Math.max(0, atMs - last.atMs)
  return Math.round(before.gapMs === undefined ? gap : before.gapMs + NEWEST_GAP * (gap - before.gapMs))
}

/** How many tokens of a prompt an endpoint has cached at a time: all of its prefix, until the time to live has passed since its last use. */
export function warmTokens(prefix: WarmPrefix | undefined, cacheTtlMs: number, nowMs: number): number {
  return prefix && nowMs - prefix.atMs < cacheTtlMs ? prefix.tokens : 0
}

/** The share of pauses that end within a time to live, if they are distributed exponentially. */
export function keptShare(cacheTtlMs: number, gapMs: number): number {
  if (cacheTtlMs <= 0) return 0
  return gapMs <= 0 ? 1 : 1 - Math.exp(-cacheTtlMs / gapMs)
}
