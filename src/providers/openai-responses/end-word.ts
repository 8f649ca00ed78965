import { recordOf, textOf } from '../json.ts'

/**
 * The answer's status: `completed`, or `incomplete`, `cancelled`, `failed`, `in_progress`. The package reads only the reason, which an
 * incomplete answer need not have.
 */
export function endWord(chunk: unknown): string | undefined {
  const body = recordOf(chunk)
  return textOf(recordOf(body.response ?? body).status)
}

/** What follows `response.completed` and its like is the end of the connection. xAI's may be `done`. */
export function isLast(chunk: unknown): boolean {
  return /^response\.(?:completed|incomplete|failed|done)$/.test(textOf(recordOf(chunk).type) ?? '')
}
