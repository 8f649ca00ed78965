/**
 * What a tool says of its work while it is under way.
 *
 * @module
 */
import type { ToolRecordKey } from '../../core/ports.ts'
import { appendEvents, deleteWritten, isWritten } from '../events/append-events.ts'
import { lockRun } from '../ledger/run-row.ts'
import type { ToolRecordTable } from '../schema.ts'
import { opened } from '../seals/seal-text.ts'
import { all, type Work } from '../work.ts'
import { openRecordsOf, recordOf } from './record-rows.ts'

/** One event for each call, however often it says something. A worker that was believed lost may speak after the end. */
export function* writeProgress(key: ToolRecordKey, text: string, atMs: number): Work<void> {
  const { run, step, toolCallId, toolName } = key
  if (!(yield* isUnderway(key))) return
  yield* deleteProgress(key)
  yield* appendEvents(run.key, [{ kind: 'tool-progress', step, toolCallId, toolName, text }], atMs, idOf(key))
}

/** Tells readers that a call was cancelled. Its record stays open: a reset run that comes upon the call has still to end it. */
export function* writeCancelled(key: ToolRecordKey, atMs: number): Work<void> {
  if (!(yield* isUnderway(key))) return
  yield* deleteProgress(key)
  yield* tellCancelled((yield* recordOf(key))!, atMs)
}

/** The same of all that a run leaves behind that ends: agents, and activities of other queues, do not tell it themselves. */
export function* cancelOpen(runKey: string, atMs: number): Work<void> {
  for (const record of yield* all(openRecordsOf, { runKey })) yield* tellCancelled(record, atMs)
}

/** Once for each part of the run that has begun it. */
function* tellCancelled(record: ToolRecordTable, atMs: number): Work<void> {
  const { run_key, step, tool_call_id: toolCallId, question, begun_part } = record
  const onceId = `cancelled/${begun_part ?? ''}/${step}/${toolCallId}/${question}`
  if (yield* isWritten(run_key, onceId)) return
  const call = { step, toolCallId, toolName: yield* opened(record.tool_name) }
  const end = { isError: true, preview: '"it was cancelled"', cancelled: true } as const
  yield* appendEvents(run_key, [{ kind: 'tool-end', ...call, ...end }], atMs, onceId)
}

/** Whether a call has begun and not ended, in a run that is open. Locks the run. */
function* isUnderway(key: ToolRecordKey): Work<boolean> {
  const { ended_at_ms } = yield* lockRun(key.run)
  const record = yield* recordOf(key)
  return ended_at_ms === null && record?.ended_at_ms === null
}

export function* deleteProgress(key: ToolRecordKey): Work<void> {
  yield* deleteWritten(key.run.key, idOf(key))
}

function idOf({ step, toolCallId }: ToolRecordKey): string {
  return `progress/${step}/${toolCallId}`
}
