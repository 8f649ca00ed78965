/**
 * Chance that a seed repeats.
 *
 * @module
 */

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

/** mulberry32: 32 bits of state are plenty for a plan, and the same on every machine. */
export function createChance(seed: number): Chance {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
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
