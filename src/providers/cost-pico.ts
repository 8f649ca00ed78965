/**
 * A cost that a vendor reports in USD, as an integer of pico-dollars.
 *
 * @module
 */
import { picoOfDecimal } from '../core/money/pico.ts'
import { countOf } from './json.ts'

/**
 * What a vendor printed, digit by digit and without floating point. A number has been through `JSON.parse`; its shortest decimal form
 * is what was printed, up to 17 digits. A negative amount or anything that is no decimal number is unknown.
 */
export function picoOf(usd: unknown): string | undefined {
  const text = String(usd ?? '')
  return text.length > MOST_CHARACTERS ? undefined : picoOfDecimal(text)?.toString()
}

/** Vendors print 17 digits at most. */
const MOST_CHARACTERS = 100

/** xAI's tick is a ten-billionth of a dollar: https://docs.x.ai/developers/cost-tracking */
const PICO_PER_TICK = 100n

export function picoOfTicks(ticks: unknown): string | undefined {
  const count = countOf(ticks)
  return count === undefined ? undefined : (BigInt(count) * PICO_PER_TICK).toString()
}

/** The sum of amounts; unknown when one is. */
export function sumPico(...amounts: readonly (string | undefined)[]): string | undefined {
  let sum = 0n
  for (const amount of amounts) {
    if (amount === undefined) return undefined
    sum += BigInt(amount)
  }
  return sum.toString()
}
