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

/** A price list that is ready to bill: prices are read once, not with every request. */
export type Biller = (usage: VendorUsage) => bigint

/** Bills by a price list and its tiers, rounded half up once at the end (prices of up to six decimals need no rounding). */
export function createBiller({ tiers = [], ...base }: ModelPrice): Biller {
  const lines = linesOf(base)
  const steps = tiers
    .toSorted((a, b) => a.above - b.above)
    .map(({ above }) => ({ above, lines: linesOf(priceAbove({ ...base, tiers }, above)) }))
  return usage => sumOf(usage, steps.findLast(({ above }) => usage.inputTokens > above)?.lines ?? lines)
}

/** The price list of what comes in batches: half of it, but for what is read from a cache where that costs as much as ever. */
export function batchPrice({ tiers, ...base }: ModelPrice, readsAsUsual: boolean): ModelPrice {
  const halved = <Lines extends object>(lines: Lines): Lines => {
    const prices = Object.entries(lines).map(([kind, usd]) => [kind, isWhole(kind) ? usd : usd / 2])
    return Object.fromEntries(prices)
  }
  const isWhole = (kind: string) => kind === 'above' || (kind === 'cachedInput' && readsAsUsual)
  return { ...halved(base), ...(tiers && { tiers: tiers.map(halved) }) }
}

/** Each tier that a prompt passes lays what it names over the one below. */
function priceAbove({ tiers = [], ...base }: ModelPrice, border: number): ModelPrice {
  const passed = tiers.filter(({ above }) => above <= border).toSorted((a, b) => a.above - b.above)
  return Object.assign({}, base, ...passed)
}

/** What a token of each kind costs. */
type Lines = readonly [plain: bigint, cached: bigint, written: bigint, hour: bigint, output: bigint, reasoning: bigint]

function linesOf({ input, cachedInput, cacheWrite, cacheWriteHour, output, reasoning }: ModelPrice): Lines {
  const written = cacheWrite ?? input
  const prices = [input, cachedInput ?? input, written, cacheWriteHour ?? written, output, reasoning ?? output]
  return prices.map(scaled) as unknown as Lines
}

function sumOf(usage: VendorUsage, [plain, cached, written, hour, output, reasoning]: Lines): bigint {
  const { inputTokens, cachedTokens, writtenTokens, writtenHourTokens, outputTokens, reasoningTokens } = usage
  const sum =
    BigInt(inputTokens - cachedTokens - writtenTokens) * plain +
    BigInt(cachedTokens) * cached +
    BigInt(writtenTokens - writtenHourTokens) * written +
    BigInt(writtenHourTokens) * hour +
    BigInt(outputTokens - reasoningTokens) * output +
    BigInt(reasoningTokens) * reasoning
  return (sum + PER_PICO / 2n) / PER_PICO
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
