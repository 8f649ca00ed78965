/**
 * Abilities as bits, because they are compared for every endpoint in every plan.
 *
 * @module
 */
import type { Ability } from './endpoints.ts'

const BITS: Readonly<Record<Ability, number>> = {
  tools: 1,
  'json-schema': 2,
  'json-object': 4,
  images: 8,
  reasoning: 16,
  cache: 32,
}

export function abilityBits(abilities: readonly Ability[]): number {
  let bits = 0
  for (const ability of abilities) bits |= BITS[ability]
  return bits
}

/** The bits of what an endpoint can do. An endpoint that can hold an answer to a schema can hold it to JSON too. */
export function heldBits(abilities: readonly Ability[]): number {
  const bits = abilityBits(abilities)
  return bits & BITS['json-schema'] ? bits | BITS['json-object'] : bits
}
