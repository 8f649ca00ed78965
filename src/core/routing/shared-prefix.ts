/**
 * Whether calls that begin alike do well to wait for the first of them: it writes their beginning to the vendor's cache, where it lies
 * once its answer begins.
 *
 * @module
 */
import type { Price } from '../endpoints.ts'

/** Characters that prompts must have in common to count as beginning alike: some 4,000 tokens. */
export const SHARED_CHARACTERS = 16_384

/** The tokens that they have in common at least. Often far more, and never so few that the vendor would not cache them. */
export const SHARED_TOKENS = 4_096

/** What is known when the first of them is on its way. */
export interface Sibling {
  readonly price: Price | undefined
  /** USD. */
  readonly secondsWorth: number
  /** The endpoint's usual time to first token. */
  readonly firstTokenMs: number
}

/** Nobody waits longer for another call. */
const LONGEST_WAIT_MS = 15_000

/**
 * How long to wait for the first one's first token at most; 0 where what is saved by reading the beginning is worth less than the
 * time: `tokens × (input − cached input) ≤ secondsWorth × time to first token`.
 */
export function waitForFirstMs({ price, secondsWorth, firstTokenMs }: Sibling): number {
  const { input = 0, cachedInput = input } = price ?? {}
  const savedUsd = (SHARED_TOKENS * (input - cachedInput)) / 1e6
  if (savedUsd <= (secondsWorth * firstTokenMs) / 1_000) return 0
  return Math.min(LONGEST_WAIT_MS, 3 * firstTokenMs + 1_000)
}
