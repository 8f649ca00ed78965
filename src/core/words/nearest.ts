/**
 * The name that someone probably meant.
 *
 * @module
 */

/**
 * The known name that is most similar, ignoring case; `undefined` if none is similar. At most a third of the longer name's letters may
 * differ, or two in short names, but never all.
 */
export function nearest(found: string, known: Iterable<string>): string | undefined {
  let best: string | undefined
  let least = Number.POSITIVE_INFINITY
  for (const name of known) {
    const longer = Math.max(name.length, found.length)
    const most = Math.min(Math.max(2, Math.floor(longer / 3)), name.length - 1, found.length - 1, least - 1)
    if (longer - Math.min(name.length, found.length) > most) continue
    const changes = changesBetween(found.toLowerCase(), name.toLowerCase())
    if (changes <= most) [best, least] = [name, changes]
  }
  return best
}

/** Levenshtein's distance: how many letters must be inserted, deleted or replaced to make one of the other. */
function changesBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (let taken = 0; taken < one.length; taken += 1) {
    const next = [taken + 1]
    for (let at = 0; at < other.length; at += 1)
      next.push(Math.min(next[at]! + 1, row[at + 1]! + 1, row[at]! + (one[taken] === other[at] ? 0 : 1)))
    row = next
  }
  return row.at(-1)!
}
