/**
 * What a tool says of its work while it is under way.
 *
 * @module
 */
import type { ToolRecordKey } from '../../core/ports.ts'
import { appendEvents, deleteWritten, isWritten, type Teller } from '../events/append-events.ts'
import { type LockedRun, lockRun } from '../ledger/run-row.ts'
import type { ToolRecordTable } from '../schema.ts'
import { opened } from '../seals/seal-text.ts'
import { all, together, type Work } from '../work.ts'
import { openRecordsOf, recordOf } from './record-rows.ts'

/** One event for each call, however often it says something. A worker that was believed lost may speak after the end. */
export function* writeProgress(key: ToolRecordKey, text: string, atMs: number): Work<void> {
  const { step, toolCallId, toolName } = key
  const underway = yield* findUnderway(key)
  if (!underway) return
  yield* deleteProgress(key)
  yield* appendEvents(underway.run, [{ kind: 'tool-progress', step, toolCallId, toolName, text }], atMs, idOf(key))
}

/** Tells readers that a call was cancelled. Its record stays open: a reset run that comes upon the call has still to end it. */
export function* writeCancelled(key: ToolRecordKey, atMs: number): Work<void> {
  const underway = yield* findUnderway(key)
  if (!underway) return
  yield* deleteProgress(key)
  yield* tellCancelled(underway.run, underway.record, atMs)
}

/** The same of all that a run leaves behind that ends: agents, and activities of other queues, do not tell it themselves. */
export function* cancelOpen(run: Teller, atMs: number): Work<void> {
  for (const record of yield* all(openRecordsOf, { runKey: run.run_key })) yield* tellCancelled(run, record, atMs)
}

/** Once for each part of the run that has begun it. */
function* tellCancelled(run: Teller, record: ToolRecordTable, atMs: number): Work<void> {
  const { run_key, step, tool_call_id: toolCallId, question, begun_part } = record
  const onceId = `cancelled/${begun_part ?? ''}/${step}/${toolCallId}/${question}`
  if (yield* isWritten(run_key, onceId)) return
  const call = { step, toolCallId, toolName: yield* opened(record.tool_name) }
  const end = { isError: true, preview: '"it was cancelled"', cancelled: true } as const
  yield* appendEvents(run, [{ kind: 'tool-end', ...call, ...end }], atMs, onceId)
}

/** A call that has begun and not ended, in a run that is open. Locks the run. */
function* findUnderway(key: ToolRecordKey): Work<{ run: LockedRun; record: ToolRecordTable } | undefined> {
  const [run, record] = yield* together(lockRun(key.run), recordOf(key))
  return run.ended_at_ms === null && record?.ended_at_ms === null ? { run, record } : undefined
}

export function* deleteProgress(key: ToolRecordKey): Work<void> {
  yield* deleteWritten(key.run.key, idOf(key))
}

function idOf({ step, toolCallId }: ToolRecordKey): string {
  return `progress/${step}/${toolCallId}`
}
