/**
 * Money as integers of pico-dollars (1e-12 USD), of which every published token price is a whole number. BigInt inside, decimal strings
 * across boundaries.
 *
 * @module
 */

const DECIMALS = 12

export type ParsedUsd = { readonly ok: true; readonly pico: bigint } | { readonly ok: false; readonly problem: string }

/**
 * Reads an amount of USD, e.g. `'0.50'`: digits, optionally with a fraction of at most twelve digits. Nothing is rounded.
 *
 * Anything else, such as a sign, an exponent, a currency mark, spaces or a thirteenth decimal, is a problem in words for whoever wrote it.
 */
export function parseUsd(text: string): ParsedUsd {
  const match = /^(\d+)(?:\.(\d+))?$/.exec(text)
  if (!match) return { ok: false, problem: `${JSON.stringify(text)} is not an amount; write USD like '0.50'` }
  const [, whole = '', fraction = ''] = match
  if (fraction.length > DECIMALS)
    return { ok: false, problem: `${text} has ${fraction.length} decimals; at most ${DECIMALS} are kept` }
  return { ok: true, pico: BigInt(whole + fraction.padEnd(DECIMALS, '0')) }
}

/**
 * Reads an amount of USD that was checked before.
 *
 * @param what - Begins the message: `The budget's money limit is not an amount`.
 * @throws RangeError if it is not an amount after all.
 */
export function picoOfUsd(usd: string, what: string): bigint {
  const parsed = parseUsd(usd)
  if (!parsed.ok) throw new RangeError(`${what}: ${parsed.problem}`)
  return parsed.pico
}

/** An amount in USD as its shortest exact decimal: `'0.5'`. Never with an exponent; with a sign only if negative. */
export function formatUsd(pico: bigint): string {
  const digits = (pico < 0n ? -pico : pico).toString().padStart(DECIMALS + 1, '0')
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, '')
  return `${pico < 0n ? '-' : ''}${digits.slice(0, -DECIMALS)}${fraction && `.${fraction}`}`
}

/**
 * Converts a price in USD per million tokens to pico-dollars per million tokens. It goes by the number's shortest decimal, so that 0.075 is
 * what the price list says and not the nearest binary fraction. Digits after the twelfth come from floating-point arithmetic
 * (`0.30000000000000004`) and are rounded away.
 *
 * @throws RangeError for a price that is negative or not finite. Configuration and catalogue are checked before.
 */
export function picoPerMillion(price: number): bigint {
  const pico = picoOfDecimal(String(price))
  if (pico === undefined) throw new RangeError(`A price must be zero or more USD per million tokens, not ${price}`)
  return pico
}

/** USD in the form of a number in JSON; digits past the twelfth are rounded half up. `undefined` for a negative or any other text. */
export function picoOfDecimal(text: string): bigint | undefined {
  const match = /^(\d+)(?:\.(\d+))?(?:e(-\d{1,3}|\+?\d{1,2}))?$/i.exec(text)
  if (!match) return undefined
  const [, whole = '', fraction = '', exponent = '0'] = match
  const digits = BigInt(whole + fraction)
  const shift = DECIMALS - fraction.length + Number(exponent)
  if (shift >= 0) return digits * 10n ** BigInt(shift)
  const divisor = 10n ** BigInt(-shift)
  return (digits + divisor / 2n) / divisor
}
