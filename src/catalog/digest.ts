import { createHash } from 'node:crypto'

/** Eight hexadecimal digits: enough to tell one's own configurations and lists apart. */
export function digest(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 8)
}
