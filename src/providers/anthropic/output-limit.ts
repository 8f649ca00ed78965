import { countOf, recordOf } from '../json.ts'

/** `max_tokens`; a thinking budget is part of it, and the package has already added it. */
export function outputLimit(body: unknown): number | undefined {
  return countOf(recordOf(body).max_tokens)
}
