import type { Price } from '../../core/endpoints.ts'

/** `3/15`, `free`, or `unknown`; a plus where larger prompts cost more. */
export function priceWords(price: Price | undefined): string {
  if (price?.free) return 'free'
  if (price?.input === undefined && price?.output === undefined) return 'unknown'
  return `${price.input ?? '?'}/${price.output ?? '?'}${price.tiers ? '+' : ''}`
}
