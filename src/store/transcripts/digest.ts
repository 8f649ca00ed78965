import { hash } from 'node:crypto'

/** SHA-256 in hex: of the body of a message that is not sealed, or of what names a lineage. */
export function digestOf(text: string): string {
  return hash('sha256', text)
}
