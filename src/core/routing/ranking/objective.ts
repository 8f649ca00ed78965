/**
 * The objective of `sort: measured`: what a call is expected to cost at an endpoint, in USD, including its time and its risk.
 *
 *     cost  = (now + rest × later) / (1 + rest)
 *     now   = prompt + output + secondsWorth × seconds + failure + malformed + 429, for this call
 *     later = the same for a following call, in the middle of the rest of the run
 *
 * - prompt: the tokens that are warm there × hit rate, at the price of cached input; all others at the price of a cache
 *   write where that is dearer than the input, else of input; at the price of input where the vendor writes only what is
 *   marked, and the prompt's own words are not. Later calls find warm what the time to live spans of the
 *   usual pause between calls. A prompt that is too short for a cache is neither read from it nor written to it.
 * - output: the expected output at its price.
 * - seconds: time to first token + expected output / speed.
 * - failure: chance of a failure × (half of the prompt's cost, for vendors bill about half of them, + secondsWorth × the
 *   seconds until it shows).
 * - malformed: chance of a complete answer that cannot be used × all of the above, because it is paid and waited for in full.
 * - 429: chance of a 429 × secondsWorth × the pause that it costs.
 * - rest: how many calls on the same transcript are still expected; 0 for a call that stands alone.
 *
 * A move is priced by the same formula: the endpoint that holds the prefix has the cheaper `now`; another one pays its
 * rebuild once and has its cheaper `later` calls `rest` times. So a run moves when the saving over its expected rest
 * beats the rebuild, and not before.
 *
 * @module
 */
import type { Price, TokenPrice } from '../../endpoints.ts'
import { priceAt } from '../../money/price-of.ts'
import { LEAST_CACHED_TOKENS } from '../cache/warmth.ts'
import type { CallAhead } from '../call/call-ahead.ts'
import type { Measured } from '../health/measured.ts'

/** What is expected of a call at one endpoint. */
export interface EndpointAhead {
  readonly price: Price | undefined
  /** What is new in the prompt is written to its cache: not where only what is marked would be. @defaultValue true */
  readonly writes?: boolean
  /** Whether the prompt is written to the cache for an hour, at the price of that. */
  readonly writesLong?: boolean
  readonly measured: Measured
  /** How many tokens of this prompt are in its cache now, as far as we know. */
  readonly warmTokens: number
  /** The share of pauses that end while it still keeps the prefix; see `keptShare`. */
  readonly keptShare: number
  /** The share of warm prefixes that is really read from the cache. */
  readonly hitRate: number
  /** The chance that this call fails. Later ones have the measured chance. */
  readonly failureChance: number
}

/** The expected cost of a call in dollars, for comparing endpoints; infinite where a price is not known. */
export function expectedCost(call: CallAhead, its: EndpointAhead): number {
  const { promptTokens, growthTokens, rest } = call
  const now = callCost(call, its, {
    promptTokens,
    cachedTokens: its.warmTokens * its.hitRate,
    failureChance: its.failureChance,
  })
  if (rest === 0) return now
  const middleTokens = promptTokens + (growthTokens * rest) / 2
  const later = callCost(call, its, {
    promptTokens: middleTokens,
    cachedTokens: (middleTokens - growthTokens) * its.hitRate * its.keptShare,
    failureChance: its.measured.failureChance,
  })
  return (now + rest * later) / (1 + rest)
}

/** The time that a 429 costs: the pause of two seconds that an endpoint gets after its first. */
const RATE_LIMIT_SECONDS = 2

/** About half of all failures come before anything is billed. */
const BILLED_SHARE = 0.5

/** What is different of this call and of a following one. */
interface Moment {
  readonly promptTokens: number
  readonly cachedTokens: number
  readonly failureChance: number
}

function callCost(
  call: CallAhead,
  { price, measured, writes = true, writesLong }: EndpointAhead,
  { promptTokens, cachedTokens, failureChance }: Moment,
): number {
  const tier = price?.free ? FREE : tierOf(price, promptTokens)
  if (tier.input === undefined || tier.output === undefined) return Number.POSITIVE_INFINITY
  const { secondsWorth } = call
  const output = Math.min(call.outputTokens, measured.outputTokens)
  const write = writesLong ? tier.cacheWriteHour : tier.cacheWrite
  // Lists say 0 where writing to the cache costs nothing on top of the input.
  const fits = promptTokens >= LEAST_CACHED_TOKENS
  const anew = writes && fits ? Math.max(tier.input, write ?? 0) : tier.input
  const cached = fits ? Math.min(promptTokens, Math.max(0, cachedTokens)) : 0
  const prompt = (cached * (tier.cachedInput ?? tier.input) + (promptTokens - cached) * anew) / 1e6
  const firstToken = measured.firstTokenMs / 1_000
  const seconds = firstToken + output / measured.tokensPerSecond
  const failure = BILLED_SHARE * prompt + (secondsWorth * (firstToken + seconds)) / 2
  const whole = prompt + (output * tier.output) / 1e6 + secondsWorth * seconds
  return (
    whole +
    failureChance * failure +
    measured.malformedChance * whole +
    measured.rateLimitChance * secondsWorth * RATE_LIMIT_SECONDS
  )
}

const FREE: TokenPrice = { input: 0, cachedInput: 0, output: 0 }
const UNKNOWN: TokenPrice = {}

function tierOf(price: Price | undefined, promptTokens: number): TokenPrice {
  return price?.tiers ? priceAt(price, promptTokens) : (price ?? UNKNOWN)
}
