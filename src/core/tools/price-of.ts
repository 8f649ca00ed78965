/**
 * What a call of a tool costs.
 *
 * @module
 */
import { picoOfUsd } from '../money/pico.ts'
import type { Tool } from '../ports.ts'

/** In pico-dollars; `undefined` where the call is free. */
export function priceOf({ name, priceUsd }: Pick<Tool, 'name' | 'priceUsd'>): bigint | undefined {
  if (priceUsd === undefined) return undefined
  const pico = picoOfUsd(priceUsd, `The price of the tool ${name}`)
  return pico === 0n ? undefined : pico
}
