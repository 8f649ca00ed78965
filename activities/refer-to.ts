/**
 * A tool's result as history keeps it.
 *
 * @module
 */
import type { JsonValue } from '../src/core/messages.ts'
import { type InHistory, PREVIEW_BYTES, type RunToolInput, type ToolResultRef } from '../src/core/protocol.ts'
import { previewOf } from './preview.ts'

export interface ToolEnd {
  readonly isError: boolean
  readonly result: JsonValue
}

/** The result itself when it is short, or as short as its workflow asks for; else its beginning: the whole then lies in the store. */
export function referTo(
  call: Pick<RunToolInput, 'toolCallId' | 'toolName' | 'step'> & InHistory,
  question: string | undefined,
  end: ToolEnd,
): ToolResultRef {
  const { toolCallId, toolName, step, historyBytes = PREVIEW_BYTES } = call
  const whole = previewOf(end.result, historyBytes)
  const { bytes } = whole
  const stored = bytes > historyBytes
  const { text } = stored ? previewOf(end.result) : whole
  const named = stored && question !== undefined
  return { toolCallId, toolName, step, isError: end.isError, preview: text, bytes, stored, ...(named && { question }) }
}
