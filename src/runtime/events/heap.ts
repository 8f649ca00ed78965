/**
 * Gives what comes first of much that is put in: a heap.
 *
 * @module
 */
export interface Heap<Item> {
  push(item: Item): void
  /** Takes the first out; `undefined` where there is none. */
  pop(): Item | undefined
}

export function createHeap<Item>(isBefore: (one: Item, other: Item) => boolean): Heap<Item> {
  const items: Item[] = []
  return {
    push(item) {
      items.push(item)
      rise(items, isBefore)
    },
    pop() {
      const first = items[0]
      const last = items.pop()
      if (last === undefined || items.length === 0) return first
      items[0] = last
      sink(items, isBefore)
      return first
    },
  }
}

/** Moves the last to its place: none comes before the one above it, which is at half its number. */
function rise<Item>(items: Item[], isBefore: (one: Item, other: Item) => boolean): void {
  for (let at = items.length - 1; at > 0; ) {
    const above = (at - 1) >> 1
    if (!isBefore(items[at]!, items[above]!)) return
    swap(items, at, above)
    at = above
  }
}

/** Moves the first to its place. */
function sink<Item>(items: Item[], isBefore: (one: Item, other: Item) => boolean): void {
  for (let at = 0; ; ) {
    const [left, right] = [2 * at + 1, 2 * at + 2]
    if (left >= items.length) return
    const below = right < items.length && isBefore(items[right]!, items[left]!) ? right : left
    if (!isBefore(items[below]!, items[at]!)) return
    swap(items, at, below)
    at = below
  }
}

function swap<Item>(items: Item[], one: number, other: number): void {
  const item = items[one]!
  items[one] = items[other]!
  items[other] = item
}
