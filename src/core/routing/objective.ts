/**
 * The one objective of `sort: measured`: what a call is expected to cost on an endpoint, in US dollars, with its time and
 * its risk in it.
 *
 *     cost  = [ first + rest × later ] / (1 + rest)
 *     first = tokens(now) + secondsWorth × seconds + failure
 *     later = tokens(a following call, in the middle of the rest of the run) + secondsWorth × seconds + failure
 *
 * - tokens: the part of the prompt that is warm there × hit rate, at the price of cached input; what is left at the price
 *   of a cache write where the endpoint has one, else of input; the expected output at its price.
 * - seconds: time to first token + expected output / speed.
 * - failure: chance of a failure × (the prompt's tokens at their price, spent for nothing, + secondsWorth × the seconds
 *   it takes to notice) + chance of a 429 × secondsWorth × the pause that a 429 costs.
 * - rest: how many calls on the same transcript are still to come; 0 for a call that stands alone.
 *
 * A move is priced by the same formula: the endpoint where the prefix is warm has the cheaper `first`; another one pays
 * its rebuild once and takes its cheaper `later` calls `rest` times. So a run moves when the saving over its expected
 * rest beats the rebuild, and not before.
 *
 * @module
 */
import type { Price, TokenPrice } from '../endpoints.ts'
import { priceAt } from '../money/price-of.ts'
import type { CallAhead } from './ahead.ts'
import type { Measured } from './measured.ts'

/**
 * The expected cost of a call in dollars, for comparing endpoints; infinite where a price is not known.
 *
 * @param warmTokens - The tokens of this prompt that lie in the endpoint's cache now, as far as we know.
 * @param cacheTtlMs - How long the endpoint keeps a prefix after its last use; 0: not at all.
 */
export function expectedCost(
  call: CallAhead,
  price: Price | undefined,
  measured: Measured,
  warmTokens: number,
  cacheTtlMs: number,
): number {
  const { promptTokens, growthTokens, rest } = call
  const first = callCost(call, price, measured, promptTokens, warmTokens * measured.hitRate)
  if (rest === 0) return first
  const middle = promptTokens + (growthTokens * rest) / 2
  const kept = cacheTtlMs > 0 ? measured.hitRate * keptShare(cacheTtlMs, call.gapMs) : 0
  const later = callCost(call, price, measured, middle, (middle - growthTokens) * kept)
  return (first + rest * later) / (1 + rest)
}

/** The share of gaps that end within a time to live, if gaps are distributed exponentially. */
function keptShare(cacheTtlMs: number, gapMs: number): number {
  return gapMs <= 0 ? 1 : 1 - Math.exp(-cacheTtlMs / gapMs)
}

function callCost(
  call: CallAhead,
  price: Price | undefined,
  measured: Measured,
  promptTokens: number,
  cachedTokens: number,
): number {
  const output = Math.min(call.outputTokens, measured.outputTokens)
  const prompt = promptCost(price, promptTokens, Math.max(0, cachedTokens))
  if (prompt === Number.POSITIVE_INFINITY) return prompt
  const seconds = measured.firstTokenMs / 1_000 + output / measured.tokensPerSecond
  const lost = prompt + call.secondsWorth * (measured.firstTokenMs / 1_000 + seconds / 2)
  return (
    prompt +
    outputCost(price, promptTokens, output) +
    call.secondsWorth * seconds +
    measured.failureChance * lost +
    measured.rateLimitChance * call.secondsWorth * RATE_LIMIT_SECONDS
  )
}

/** What a 429 costs in time, on average: the pause of two seconds that an endpoint gets after its first. */
const RATE_LIMIT_SECONDS = 2

function promptCost(price: Price | undefined, promptTokens: number, cachedTokens: number): number {
  if (price?.free) return 0
  const { input, cachedInput, cacheWrite } = tierOf(price, promptTokens)
  if (input === undefined) return Number.POSITIVE_INFINITY
  const cached = Math.min(promptTokens, cachedTokens)
  // Lists say 0 where a write costs nothing on top of the input.
  const written = Math.max(input, cacheWrite ?? input)
  return (cached * (cachedInput ?? input) + (promptTokens - cached) * written) / 1e6
}

function outputCost(price: Price | undefined, promptTokens: number, outputTokens: number): number {
  if (price?.free) return 0
  const { output } = tierOf(price, promptTokens)
  return output === undefined ? Number.POSITIVE_INFINITY : (outputTokens * output) / 1e6
}

const NO_PRICE: TokenPrice = {}

function tierOf(price: Price | undefined, promptTokens: number): TokenPrice {
  return price?.tiers ? priceAt(price, promptTokens) : (price ?? NO_PRICE)
}
