/**
 * A vendor's prompt cache: which prefixes are warm, and what a prompt reads and writes.
 *
 * @module
 */
import type { CacheMark, Segment } from './ask.ts'

/** How far before a mark Anthropic looks for a warm prefix, in blocks. */
const LOOKBACK = 20
/** Above this, prefixes that have run out are dropped. */
const MAX_ENTRIES = 200_000
const HOUR_FACTOR = 12

export interface CacheSettings {
  readonly ttlMs: number
  readonly minTokens: number
  /** `marked`: only where the request says so (Anthropic). `all`: every prefix, unasked (OpenAI, Gemini). */
  readonly mode: 'marked' | 'all'
}

/** What a prompt found and left behind. `writtenHourTokens` is a part of `writtenTokens`. */
export interface CacheUse {
  readonly inputTokens: number
  readonly cachedTokens: number
  readonly writtenTokens: number
  readonly writtenHourTokens: number
}

/** A place where a prefix may end: its fingerprint and the tokens up to it. */
interface Border {
  readonly key: number
  readonly tokens: number
  readonly mark?: CacheMark
}

export interface PromptCache {
  /**
   * Reads and writes, as a prompt does. `fingerprints` are those of the segments. What is written can be read once the answer has
   * begun, as Anthropic documents it: at `readyAtMs`.
   */
  use(segments: readonly Segment[], fingerprints: readonly number[], nowMs: number, readyAtMs: number): CacheUse
}

interface Entry {
  readonly fromMs: number
  readonly untilMs: number
}

function isWarm(entry: Entry | undefined, nowMs: number): boolean {
  return entry !== undefined && entry.fromMs <= nowMs && entry.untilMs > nowMs
}

/** Without settings nothing is ever warm. */
export function createPromptCache(settings: CacheSettings | undefined): PromptCache {
  const entries = new Map<number, Entry>()
  return {
    use(segments, fingerprints, nowMs, readyAtMs) {
      const borders = bordersOf(segments, fingerprints)
      const inputTokens = borders.at(-1)?.tokens ?? 0
      if (!settings || inputTokens < settings.minTokens) return coldUse(inputTokens)
      if (entries.size > MAX_ENTRIES) dropCold(entries, nowMs)
      const ends = settings.mode === 'all' ? [borders.length - 1] : markedEnds(borders)
      const read = warmEnd(borders, ends, { settings, isWarm: key => isWarm(entries.get(key), nowMs) })
      keepWarm(entries, borders, { settings, ends, read, nowMs, readyAtMs })
      return { inputTokens, ...tokensOf(borders, ends, read, settings) }
    },
  }
}

function coldUse(inputTokens: number): CacheUse {
  return { inputTokens, cachedTokens: 0, writtenTokens: 0, writtenHourTokens: 0 }
}

function bordersOf(segments: readonly Segment[], fingerprints: readonly number[]): Border[] {
  let tokens = 0
  return segments.map((segment, place) => {
    tokens += segment.tokens
    return { key: fingerprints[place]!, tokens, mark: segment.mark }
  })
}

function markedEnds(borders: readonly Border[]): number[] {
  return borders.flatMap((border, place) => (border.mark ? [place] : []))
}

interface WarmSearch {
  readonly settings: CacheSettings
  readonly isWarm: (key: number) => boolean
}

/** The place of the longest warm prefix, or -1. */
function warmEnd(borders: readonly Border[], ends: readonly number[], search: WarmSearch): number {
  for (const end of ends.toReversed()) {
    const furthest = search.settings.mode === 'all' ? 0 : Math.max(0, end - LOOKBACK)
    for (let place = end; place >= furthest; place--) {
      const border = borders[place]!
      if (border.tokens < search.settings.minTokens) break
      if (search.isWarm(border.key)) return place
    }
  }
  return -1
}

interface Warming {
  readonly settings: CacheSettings
  readonly ends: readonly number[]
  readonly read: number
  readonly nowMs: number
  readonly readyAtMs: number
}

function keepWarm(entries: Map<number, Entry>, borders: readonly Border[], warming: Warming): void {
  const { settings, ends, read, nowMs, readyAtMs } = warming
  const warm = (place: number) => {
    const border = borders[place]
    if (!border || border.tokens < settings.minTokens) return
    const untilMs = nowMs + settings.ttlMs * (border.mark === '1h' ? HOUR_FACTOR : 1)
    const before = entries.get(border.key)
    const fromMs = before && before.untilMs > nowMs ? before.fromMs : readyAtMs
    entries.set(border.key, { fromMs, untilMs: Math.max(untilMs, before?.untilMs ?? 0) })
  }
  if (settings.mode === 'all') for (let place = 0; place < borders.length; place++) warm(place)
  else for (const place of [read, ...ends]) warm(place)
}

function tokensOf(borders: readonly Border[], ends: readonly number[], read: number, settings: CacheSettings) {
  const cachedTokens = borders[read]?.tokens ?? 0
  const upTo = (places: readonly number[]) => Math.max(cachedTokens, borders[places.at(-1) ?? -1]?.tokens ?? 0)
  const end = upTo(ends)
  const writtenTokens = end < settings.minTokens ? 0 : end - cachedTokens
  const writtenHourTokens = Math.min(writtenTokens, upTo(ends.filter(at => borders[at]?.mark === '1h')) - cachedTokens)
  return { cachedTokens, writtenTokens, writtenHourTokens }
}

function dropCold(entries: Map<number, Entry>, nowMs: number): void {
  for (const [key, { untilMs }] of entries) if (untilMs <= nowMs) entries.delete(key)
  for (const key of entries.keys()) {
    if (entries.size <= MAX_ENTRIES / 2) return
    entries.delete(key)
  }
}
