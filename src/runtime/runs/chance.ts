/**
 * What tells two ids apart that were made in one moment.
 *
 * @module
 */
import { randomBytes } from 'node:crypto'

/** Six letters and digits: enough chance for many starts in one minute. */
export function chance(): string {
  return randomBytes(4).readUInt32BE().toString(36).padStart(6, '0').slice(-6)
}
