/**
 * What a tool says of its work while it is under way.
 *
 * @module
 */
import type { ToolRecordKey } from '../../core/ports.ts'
import { appendEvents, deleteWritten } from '../events/append-events.ts'
import { lockRun } from '../ledger/run-row.ts'
import type { Work } from '../work.ts'
import { recordOf } from './record-rows.ts'

/** One event for each call, however often it says something. A worker that was believed lost may speak after the end. */
export function* writeProgress(key: ToolRecordKey, text: string, atMs: number): Work<void> {
  const { run, step, toolCallId, toolName } = key
  const { ended_at_ms } = yield* lockRun(run)
  const record = yield* recordOf(key)
  if (ended_at_ms !== null || !record || record.ended_at_ms !== null) return
  yield* deleteProgress(key)
  yield* appendEvents(run.key, [{ kind: 'tool-progress', step, toolCallId, toolName, text }], atMs, idOf(key))
}

export function* deleteProgress(key: ToolRecordKey): Work<void> {
  yield* deleteWritten(key.run.key, idOf(key))
}

function idOf({ step, toolCallId }: ToolRecordKey): string {
  return `progress/${step}/${toolCallId}`
}
