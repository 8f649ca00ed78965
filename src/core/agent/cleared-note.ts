/**
 * What a model reads in place of a tool result that was cleared from its prompt.
 *
 * @module
 */

/** The tool that reads a cleared result again. Offered by itself once something was cleared. */
export const READ_RESULT = 'read_result'

export interface ClearedResult {
  readonly toolName: string
  readonly bytes: number
  readonly reference: string
}

/** The tool, the size and the way back: about 40 tokens. */
export function clearedNote({ toolName, bytes, reference }: ClearedResult): string {
  return `[Cleared to save room: ${bytes} bytes from ${toolName}. To read them again call ${READ_RESULT} with reference "${reference}".]`
}
