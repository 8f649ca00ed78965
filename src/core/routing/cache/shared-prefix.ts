/**
 * Decides whether calls that begin alike should wait for the first of them, which brings their common beginning into the vendor's cache as
 * soon as its answer begins.
 *
 * @module
 */
import type { Price } from '../../endpoints.ts'

/** How many characters prompts must have in common to count as beginning alike: about 4,000 tokens. */
export const SHARED_CHARACTERS = 16_384

/** The least tokens that they have in common: often far more, and enough for every vendor to cache. */
export const SHARED_TOKENS = 4_096

/** What is known of the first call, when others wait for it. */
export interface Sibling {
  readonly price: Price | undefined
  /** What a second is worth, in USD. */
  readonly secondsWorth: number
  /** The endpoint's usual time to first token. */
  readonly firstTokenMs: number
}

/** The longest time that a call waits for another. */
const LONGEST_WAIT_FOR_FIRST_MS = 15_000

/**
 * The longest wait for the first call's first token; 0 if reading the beginning from the cache saves less than the time is worth: `tokens ×
 * (input − cached input) ≤ secondsWorth × time to first token`.
 */
export function waitForFirstMs({ price, secondsWorth, firstTokenMs }: Sibling): number {
  const { input = 0, cachedInput = input } = price ?? {}
  const savedUsd = (SHARED_TOKENS * (input - cachedInput)) / 1e6
  if (savedUsd <= (secondsWorth * firstTokenMs) / 1_000) return 0
  return Math.min(LONGEST_WAIT_FOR_FIRST_MS, 3 * firstTokenMs + 1_000)
}
