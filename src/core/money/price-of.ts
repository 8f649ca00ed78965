/**
 * What a metered usage costs by a price list.
 *
 * @module
 */
import type { Price, TokenPrice } from '../endpoints.ts'
import type { Usage } from '../usage.ts'
import { picoPerMillion } from './pico.ts'

/** A kind of token that may have a price of its own. */
export type TokenKind = keyof TokenPrice

/**
 * The price of a usage. `unpriced`: some of its tokens have no known price. `unmetered`: the vendor did not report the tokens. Neither is
 * zero.
 */
export type PricedUsage =
  | { readonly kind: 'priced'; readonly pico: bigint }
  | { readonly kind: 'unpriced'; readonly missing: TokenKind }
  | { readonly kind: 'unmetered'; readonly missing: 'inputTokens' | 'outputTokens' }

const TOKENS_PER_PRICE = 1_000_000n

/** Every kind of token that has a price of its own. */
export const TOKEN_KINDS = [
  'input',
  'cachedInput',
  'cacheWrite',
  'cacheWriteHour',
  'output',
  'reasoning',
] as const satisfies readonly TokenKind[]

/**
 * The exact cost of one attempt, in pico-dollars. A fraction of a pico-dollar in the sum is rounded up, once.
 *
 * Contract: counts are whole numbers. Unknown cache and reasoning counts are taken as 0, since the vendor then bills those tokens with the
 * rest. An endpoint without a price is `unpriced`; a free one costs nothing.
 */
export function pricedUsage(usage: Usage, price: Price | undefined): PricedUsage {
  if (price?.free) return { kind: 'priced', pico: 0n }
  if (usage.inputTokens === undefined) return { kind: 'unmetered', missing: 'inputTokens' }
  if (usage.outputTokens === undefined) return { kind: 'unmetered', missing: 'outputTokens' }
  const applied = priceAt(price ?? {}, usage.inputTokens)
  const tokens = tokensByKind(usage, usage.inputTokens, usage.outputTokens, applied)
  let sum = 0n
  for (const kind of TOKEN_KINDS) {
    if (tokens[kind] === 0) continue
    const perMillion = applied[kind]
    if (perMillion === undefined) return { kind: 'unpriced', missing: kind }
    sum += BigInt(tokens[kind]) * picoPerMillion(perMillion)
  }
  return { kind: 'priced', pico: perToken(sum) }
}

/** Pico-dollars of tokens times a price per million, rounded up. */
export function perToken(sum: bigint): bigint {
  return (sum + TOKENS_PER_PRICE - 1n) / TOKENS_PER_PRICE
}

/** The price of a request with so many input tokens, cached ones included: each tier passed replaces what it names. */
export function priceAt(price: Price, inputTokens: number): TokenPrice {
  let applied: TokenPrice = price
  for (const { above, ...named } of price.tiers ?? []) if (inputTokens > above) applied = { ...applied, ...named }
  return applied
}

/** Splits the counts so that each token is billed once. Parts that exceed their whole are billed as reported. */
function tokensByKind(usage: Usage, input: number, output: number, price: TokenPrice): Record<TokenKind, number> {
  const cachedInput = usage.cacheReadTokens ?? 0
  const cacheWriteHour = usage.cacheWriteHourTokens ?? 0
  const cacheWrite = Math.max(0, (usage.cacheWriteTokens ?? 0) - cacheWriteHour)
  const reasoning = price.reasoning === undefined ? 0 : (usage.reasoningTokens ?? 0)
  return {
    input: Math.max(0, input - cachedInput - cacheWrite - cacheWriteHour),
    cachedInput,
    cacheWrite,
    cacheWriteHour,
    output: Math.max(0, output - reasoning),
    reasoning,
  }
}
