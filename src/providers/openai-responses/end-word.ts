import { recordOf, textOf } from '../json.ts'

/** `completed`, `incomplete` or `cancelled`. The package asks for the reason alone, which an incomplete answer need not have. */
export function endWord(chunk: unknown): string | undefined {
  const body = recordOf(chunk)
  return textOf(recordOf(body.response ?? body).status)
}
