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

/** One bit for each ability. */
export function abilityBits(abilities: readonly Ability[]): number {
  let bits = 0
  for (const ability of abilities) bits |= BITS[ability]
  return bits
}

/** One bit for each ability that an endpoint has. With `json-schema` it has `json-object` too. */
export function endpointBits(abilities: readonly Ability[]): number {
  const bits = abilityBits(abilities)
  return bits & BITS['json-schema'] ? bits | BITS['json-object'] : bits
}

/** The first of the needed abilities that an endpoint does not have; `undefined` if it has all. @param has - Its {@link endpointBits} */
export function missingAbility(has: number, needed: readonly Ability[] = []): Ability | undefined {
  return needed.find(ability => (has & BITS[ability]) === 0)
}
