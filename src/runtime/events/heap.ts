/**
 * A heap: gives the first of many items, in an order of the caller's.
 *
 * @module
 */
export interface Heap<Item> {
  push(item: Item): void
  /** Takes out the first item; `undefined` if there is none. */
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

/** Moves the last item up to its place: no item may come before its parent, which is at half its index. */
function rise<Item>(items: Item[], isBefore: (one: Item, other: Item) => boolean): void {
  for (let at = items.length - 1; at > 0; ) {
    const above = (at - 1) >> 1
    if (!isBefore(items[at]!, items[above]!)) return
    swap(items, at, above)
    at = above
  }
}

/** Moves the first item down to its place. */
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
