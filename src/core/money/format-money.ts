/**
 * Amounts of money for people.
 *
 * @module
 */

const LEAST_DECIMALS = 4
const LEAST_DIGITS = 3
const DECIMALS = 12

/** An amount for people: `$0.0123`. Small amounts have three significant digits: `$0.0000456`. Rounded half up. */
export function formatMoney(pico: bigint): string {
  const leading = DECIMALS + 1 - pico.toString().length
  const decimals =
    pico === 0n ? LEAST_DECIMALS : Math.min(DECIMALS, Math.max(LEAST_DECIMALS, leading + LEAST_DIGITS - 1))
  const unit = 10n ** BigInt(DECIMALS - decimals)
  const digits = ((pico + unit / 2n) / unit).toString().padStart(decimals + 1, '0')
  return `$${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}
