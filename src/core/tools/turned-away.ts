/**
 * Tool calls that no budget admits.
 *
 * @module
 */
import type { ToolRecordKey } from '../ports.ts'

/**
 * Where it is recorded that a call was not made for want of money: beside the call itself, which is asked anew by a run that was reset,
 * and may then be made.
 */
export function turnedAwayKey<Key extends Pick<ToolRecordKey, 'question'>>(
  key: Key,
): Key & { readonly question: string } {
  return { ...key, question: `${key.question ?? ''}/short` }
}
