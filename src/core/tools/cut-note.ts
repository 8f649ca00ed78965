/**
 * The note at the end of a tool's result that was too long.
 *
 * @module
 */
import type { JsonValue } from '../messages.ts'

const CUT = /\n\[Cut here: the whole result has \d+ bytes, and you see the first \d+\. Ask for a part, or for less\.\]$/

/** The note for the model: how long the result was, and what to do. */
export function cutNote(bytes: number, keptBytes: number): string {
  return `\n[Cut here: the whole result has ${bytes} bytes, and you see the first ${keptBytes}. Ask for a part, or for less.]`
}

/** Whether a recorded result was cut. Only its note shows that, because what was cut is not recorded. */
export function isCut(result: JsonValue): boolean {
  return typeof result === 'string' && CUT.test(result)
}
