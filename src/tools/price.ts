/**
 * What a call of a tool costs, as its author writes it.
 *
 * @module
 */
import { parseUsd } from '../core/money/pico.ts'

/**
 * @param owner - Names the tool or server in the message.
 * @throws TypeError unless `priceUsd` is an amount in USD as a text; `undefined` is one too: nothing.
 */
export function requirePrice(owner: string, priceUsd: string | undefined): void {
  const problem = priceProblem(priceUsd)
  if (problem !== undefined) throw new TypeError(`${owner} has a wrong priceUsd: ${problem}`)
}

/** Why it is no amount, in words for its author. Code without types may give anything. */
export function priceProblem(priceUsd: unknown): string | undefined {
  if (priceUsd === undefined) return undefined
  const parsed = parseUsd(typeof priceUsd === 'string' ? priceUsd : '')
  if (parsed.ok) return undefined
  return typeof priceUsd === 'string' ? parsed.problem : `${String(priceUsd)} is not a text; write USD like '0.005'`
}
