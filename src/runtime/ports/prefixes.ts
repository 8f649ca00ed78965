/**
 * Calls of this worker whose prompts begin alike: one leads, the others wait for its first token.
 *
 * @module
 */
import type { Lead, PrefixPort } from '../../core/ports.ts'
import { remember } from '../../core/remember.ts'
import { wokenWithin } from './woken-within.ts'

/** Beginnings that are remembered; the one that was used longest ago goes first. */
const MOST_PREFIXES = 5_000

interface Prefix {
  /** Until then it lies in the vendor's cache, as far as we know. */
  warmUntilMs: number
  isLed: boolean
  /** Called with `true`: nobody leads any more, and nothing is warm. */
  readonly waiting: Set<(isFree: boolean) => void>
}

/** @param now - Milliseconds since the epoch. */
export function createPrefixes(now: () => number): PrefixPort {
  const prefixes = new Map<string, Prefix>()
  return {
    async join(key, { ttlMs, atMostMs, signal }) {
      const prefix = touched(prefixes, key)
      if (prefix.warmUntilMs > now()) {
        prefix.warmUntilMs = now() + ttlMs
        return undefined
      }
      if (!prefix.isLed) return leading(prefix, () => now() + ttlMs)
      if (atMostMs <= 0) return undefined
      const isFree = await freedWithin(prefix, atMostMs, signal)
      return isFree && !prefix.isLed ? leading(prefix, () => now() + ttlMs) : undefined
    },
  }
}

/** The newest last. If one is forgotten while it is led, the next call leads it anew, which costs no more than having no leaders. */
function touched(prefixes: Map<string, Prefix>, key: string): Prefix {
  const prefix = prefixes.get(key) ?? { warmUntilMs: 0, isLed: false, waiting: new Set() }
  remember(prefixes, key, prefix, MOST_PREFIXES)
  return prefix
}

function leading(prefix: Prefix, untilMs: () => number): Lead {
  prefix.isLed = true
  let isOver = false
  const end = (wake: () => void) => {
    if (isOver) return
    isOver = true
    prefix.isLed = false
    wake()
  }
  return {
    warmed: () =>
      end(() => {
        prefix.warmUntilMs = untilMs()
        for (const wake of prefix.waiting) wake(false)
      }),
    ended: () => end(() => [...prefix.waiting][0]?.(true)),
  }
}

/** Whether nobody leads any more; `false` too where the time was over. */
function freedWithin(prefix: Prefix, atMostMs: number, signal: AbortSignal): Promise<boolean> {
  return wokenWithin(atMostMs, signal, wake => {
    prefix.waiting.add(wake)
    return () => void prefix.waiting.delete(wake)
  })
}
