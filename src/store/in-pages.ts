import { batchesOf } from '../core/batches.ts'
import type { Work } from './work.ts'

/** SQLite takes 32,766 parameters in one statement, PostgreSQL 65,535. */
const PAGE = 500

/** Looks at so many at a time, at most as fit one statement, and gives all that was found. */
export function* inPages<Part, Found>(
  parts: readonly Part[],
  look: (page: readonly Part[]) => Work<readonly Found[]>,
  size: number = PAGE,
): Work<Found[]> {
  const found: Found[] = []
  for (const page of batchesOf(parts, size)) for (const one of yield* look(page)) found.push(one)
  return found
}

export function pagesOf<Part>(parts: readonly Part[]): Generator<readonly Part[]> {
  return batchesOf(parts, PAGE)
}
