/**
 * A tool's result as history keeps it.
 *
 * @module
 */
import type { JsonValue } from '../src/core/messages.ts'
import { PREVIEW_BYTES, type RunToolInput, type ToolResultRef } from '../src/core/protocol.ts'
import { previewOf } from './preview.ts'

export interface ToolEnd {
  readonly isError: boolean
  readonly result: JsonValue
}

/** The result itself when it is short, else its beginning: the whole then lies in the store. */
export function referTo(
  call: Pick<RunToolInput, 'toolCallId' | 'toolName' | 'step'>,
  question: string | undefined,
  end: ToolEnd,
): ToolResultRef {
  const { text, bytes } = previewOf(end.result)
  const { toolCallId, toolName, step } = call
  const stored = bytes > PREVIEW_BYTES
  const named = stored && question !== undefined
  return { toolCallId, toolName, step, isError: end.isError, preview: text, bytes, stored, ...(named && { question }) }
}
