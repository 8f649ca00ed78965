import { countOf, recordOf } from '../json.ts'

/** `max_output_tokens`, reasoning included. */
export function outputLimit(body: unknown): number | undefined {
  return countOf(recordOf(body).max_output_tokens)
}
