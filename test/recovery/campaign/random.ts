/**
 * Chance that a seed repeats.
 *
 * @module
 */
import { createChance as nextOf } from '../../support/chance.ts'

export interface Chance {
  /** In [0, 1). */
  next(): number
  /** Both ends inclusive. */
  whole(from: number, to: number): number
  pick<Item>(from: readonly Item[]): Item
  /** True in this share of the draws. */
  holds(share: number): boolean
  shuffled<Item>(items: readonly Item[]): readonly Item[]
}

export function createChance(seed: number): Chance {
  const next = nextOf(seed)
  const whole = (from: number, to: number) => from + Math.floor(next() * (to - from + 1))
  return {
    next,
    whole,
    pick: from => from[whole(0, from.length - 1)]!,
    holds: share => next() < share,
    shuffled: items =>
      items
        .map(item => ({ item, at: next() }))
        .sort((a, b) => a.at - b.at)
        .map(({ item }) => item),
  }
}
