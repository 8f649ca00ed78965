/**
 * Keeps the result of a tool that ran elsewhere: a child run, or an activity on another task queue.
 *
 * @module
 */
import { Context } from '@temporalio/activity'
import { definedOnly } from '../src/core/defined-only.ts'
import type { JsonValue } from '../src/core/messages.ts'
import type { ToolEnd, ToolRecordPort } from '../src/core/ports.ts'
import type { KeepResultInput, ToolResultRef } from '../src/core/protocol.ts'
import { isOwnToolCall } from '../src/core/tools/own-tool.ts'
import { DEFAULT_MAX_RESULT_BYTES } from '../src/core/tools/result-limit.ts'
import { type KeepShownPorts, withParts } from './keep-shown.ts'
import { partOf } from './part.ts'
import { GLIMPSE_BYTES, previewOf } from './preview.ts'
import { referTo } from './refer-to.ts'

export interface KeepResultPorts extends KeepShownPorts {
  readonly toolRecords: ToolRecordPort
  /** Cuts a result to a bound and tells the model. */
  readonly capResult: (result: JsonValue, maxBytes: number) => JsonValue
}

/** Writes the result into the store, once however often it is tried, and gives the reference that history keeps. */
export function createKeepResult(ports: KeepResultPorts): (input: KeepResultInput) => Promise<ToolResultRef> {
  return async input => {
    const { run, step, toolCallId, toolName, question, inputPreview } = input
    const place = definedOnly({ run, step, toolCallId, toolName, question, inputPreview })
    const key = { ...place, ...partOf(Context.current()) }
    await ports.toolRecords.begin(key, ports.now())
    const end = capped(ports, input)
    const { text: preview } = previewOf(end.result, GLIMPSE_BYTES)
    return given(ports, input, await ports.toolRecords.finish(key, { ...end, preview, atMs: ports.now() }))
  }
}

/** The result, cut to its bound. One that cannot be shown to a model becomes an error, as with our own tools. */
function capped({ capResult }: KeepResultPorts, { isError, failure, result }: ToolEnd): ToolEnd {
  try {
    return definedOnly({ isError, failure, result: capResult(result, DEFAULT_MAX_RESULT_BYTES) })
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return { isError: true, result: error.message }
  }
}

/** The reference to the result. If the workflow itself called the tool, it also has the files that the result shows. */
async function given(ports: KeepResultPorts, input: KeepResultInput, end: ToolEnd): Promise<ToolResultRef> {
  const reference = referTo(input, input.question, end)
  return isOwnToolCall(input.toolCallId) ? withParts(ports, end.result, reference) : reference
}
