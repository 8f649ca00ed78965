/**
 * Money for people: enough digits to compare, no more than can be read.
 *
 * @module
 */
import { formatUsd } from '../../core/money/pico.ts'
import type { Cost } from '../../core/protocol.ts'

/** A call costs about a hundredth of a cent to some cents: six decimals show both. */
const DECIMALS = 6

/** An exact amount in USD, a decimal string, rounded to six decimals: `$0.012345`. */
export function roundUsd(usd: string): string {
  return `$${Number(usd).toFixed(DECIMALS)}`
}

/** `$0.012345`, or `≤ $0.012345` where only the bounds are known. */
export function formatMoney({ lowPico, highPico }: Cost): string {
  return `${lowPico === highPico ? '' : '≤ '}${roundUsd(formatUsd(BigInt(highPico)))}`
}
