/**
 * A tool's result as history keeps it.
 *
 * @module
 */
import { Buffer } from 'node:buffer'
import { tokensOfBytes } from '../src/core/agent/prompt-state.ts'
import { tokensOfFile } from '../src/core/parts.ts'
import type { ToolEnd } from '../src/core/ports.ts'
import {
  type InHistory,
  MOST_HISTORY_BYTES,
  PREVIEW_BYTES,
  type RunToolInput,
  type ToolResultRef,
} from '../src/core/protocol.ts'
import { isCut } from '../src/core/tools/cut-note.ts'
import { contentInWords, isToolContent, type ToolContent } from '../src/core/tools/tool-content.ts'
import { previewOf } from './preview.ts'

/**
 * The result itself where it is whole and short enough for history, by what the workflow says or by `PREVIEW_BYTES`. Else its beginning:
 * the store has all of it.
 */
export function referTo(
  call: Pick<RunToolInput, 'toolCallId' | 'toolName' | 'step' | 'callId'> & InHistory,
  question: string | undefined,
  end: ToolEnd,
): ToolResultRef {
  const { toolCallId, toolName, step, historyBytes = PREVIEW_BYTES } = call
  const whole = previewOf(end.result, historyBytes)
  const { bytes } = whole
  const shows = isToolContent(end.result)
  const stored =
    shows || bytes > historyBytes || inTextBytes(whole.text) > MOST_HISTORY_BYTES || isBroken(call.callId, end)
  const { text } = stored ? previewOf(end.result) : whole
  const named = stored && question !== undefined
  return {
    toolCallId,
    toolName,
    step,
    isError: end.isError,
    ...(end.failure && { failure: end.failure }),
    preview: text,
    bytes,
    stored,
    ...(shows && { tokens: tokensShown(end.result) }),
    ...(named && { question }),
  }
}

function tokensShown({ value }: ToolContent): number {
  const files = value.reduce((sum, part) => sum + (part.type === 'file' ? tokensOfFile(part) : 0), 0)
  return files + tokensOfBytes(Buffer.byteLength(contentInWords(value)))
}

/** History keeps the JSON as a text, in JSON again: each quote and each backslash takes two. */
function inTextBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text))
}

/** A workflow wants a value, which a result that was cut no longer is. A model can read it all the same. */
function isBroken(callId: string | undefined, { isError, result }: ToolEnd): boolean {
  return callId === undefined && !isError && isCut(result)
}
