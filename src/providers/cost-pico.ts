/**
 * A cost that a vendor reports in USD, as an integer of pico-dollars.
 *
 * @module
 */

import { countOf } from './json.ts'

/** 1e-12 USD is the unit of money here. */
const PICO_DIGITS = 12

/**
 * Converts what a vendor printed, digit by digit and without floating point. A number has been through `JSON.parse`;
 * its shortest decimal form is what was printed, up to 17 digits. Digits beyond pico-dollars round half up; a negative
 * amount or anything that is no decimal number is unknown.
 */
export function picoOf(usd: unknown): string | undefined {
  const match = /^(\d+)(?:\.(\d+))?(?:e([+-]?\d{1,2}))?$/i.exec(String(usd ?? ''))
  if (!match) return undefined
  const [, whole = '', fraction = '', exponent = '0'] = match
  const digits = whole + fraction
  const scale = PICO_DIGITS - fraction.length + Number(exponent)
  if (scale >= 0) return BigInt(digits + '0'.repeat(scale)).toString()
  const divisor = 10n ** BigInt(-scale)
  return ((BigInt(digits) + divisor / 2n) / divisor).toString()
}

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
