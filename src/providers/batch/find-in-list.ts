import type { Sought } from './batch-dialect.ts'

/** A page of a vendor's list of batches, the newest first. */
export interface ListPage {
  readonly batches: readonly ListedBatch[]
  /** By which the next page is asked for; `undefined` on the last one. */
  readonly next: string | undefined
}

export interface ListedBatch {
  readonly id: string | undefined
  /** Our own id of the request in it, if the batch is ours. */
  readonly ours: unknown
  readonly createdAtMs: number
}

/** How many batches a page has. */
export const PAGE = 100

/** Of one account: more are not made in the minutes until a lost worker is missed, and after that the pages end by their time. */
const MOST_PAGES = 20

/** How far the vendor's clock may be behind ours. */
const CLOCKS_MS = 300_000

/** The vendor's id of the batch with our request. `undefined` if the list has none. */
export async function findInList(
  read: (next: string | undefined) => Promise<ListPage>,
  { id, sinceMs }: Sought,
): Promise<string | undefined> {
  let at: string | undefined
  for (let left = MOST_PAGES; left > 0; left -= 1) {
    const { batches, next } = await read(at)
    const found = batches.find(({ ours }) => ours === id)
    if (found) return found.id
    const last = batches.at(-1)
    // A vendor that knows no pages gives the first one again.
    if (!last || next === undefined || next === at || last.createdAtMs < sinceMs - CLOCKS_MS) return undefined
    at = next
  }
  return undefined
}
