import type { Work } from './work.ts'

/** SQLite takes 32,766 parameters in one statement, PostgreSQL 65,535. */
const PAGE = 500

/** Looks at so many at a time as fit one statement, and gives all that was found. */
export function* inPages<Part, Found>(
  parts: readonly Part[],
  look: (page: readonly Part[]) => Work<readonly Found[]>,
): Work<Found[]> {
  const found: Found[] = []
  for (let at = 0; at < parts.length; at += PAGE) found.push(...(yield* look(parts.slice(at, at + PAGE))))
  return found
}
