import { randomBytes } from 'node:crypto'

/** What tells two ids apart that were made in one minute: six letters and digits, by chance. */
export function sixLetters(): string {
  return randomBytes(4).readUInt32BE().toString(36).padStart(6, '0').slice(-6)
}
