/**
 * What a request costs, in whole pico-dollars (1e-12 USD). The arithmetic is the vendor's own: it shares no line with
 * the ledger that it is compared with.
 *
 * @module
 */
import type { VendorUsage } from './reply.ts'
import type { ModelPrice } from './script.ts'

const DECIMALS = 12
/** USD per million tokens with twelve decimals are micro-pico-dollars a token. */
const PER_PICO = 1_000_000n

/** The price of a usage, rounded half up once at the end (prices of up to six decimals need no rounding). */
export function billOf(usage: VendorUsage, price: ModelPrice): bigint {
  const at = priceAt(price, usage.inputTokens)
  const written = usage.writtenTokens - usage.writtenHourTokens
  const lines: readonly [number, number][] = [
    [usage.inputTokens - usage.cachedTokens - usage.writtenTokens, at.input],
    [usage.cachedTokens, at.cachedInput ?? at.input],
    [written, at.cacheWrite ?? at.input],
    [usage.writtenHourTokens, at.cacheWriteHour ?? at.cacheWrite ?? at.input],
    [usage.outputTokens - usage.reasoningTokens, at.output],
    [usage.reasoningTokens, at.reasoning ?? at.output],
  ]
  const sum = lines.reduce((total, [tokens, usd]) => total + BigInt(tokens) * scaled(usd), 0n)
  return (sum + PER_PICO / 2n) / PER_PICO
}

/** The price of a prompt of this length: each tier that it passes lays what it names over the one below. */
function priceAt(price: ModelPrice, inputTokens: number): ModelPrice {
  if (!price.tiers) return price
  const passed = price.tiers.filter(({ above }) => inputTokens > above).toSorted((a, b) => a.above - b.above)
  return Object.assign({}, price, ...passed)
}

function scaled(usdPerMillion: number): bigint {
  const [whole = '0', fraction = ''] = decimalText(usdPerMillion).split('.')
  return BigInt(whole + fraction.slice(0, DECIMALS).padEnd(DECIMALS, '0'))
}

function decimalText(value: number): string {
  const text = String(value)
  return text.includes('e') ? value.toFixed(DECIMALS) : text
}

/** Pico-dollars as a number of USD, for vendors that report their price in floating point. */
export function usdOf(pico: bigint): number {
  const digits = pico.toString().padStart(DECIMALS + 1, '0')
  return Number(`${digits.slice(0, -DECIMALS)}.${digits.slice(-DECIMALS)}`)
}
