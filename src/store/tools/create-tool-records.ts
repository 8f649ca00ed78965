import type { JsonValue } from '../../core/messages.ts'
import type { ToolBegin, ToolRecordKey, ToolRecordPort } from '../../core/ports.ts'
import type { Connection } from '../connection.ts'
import { appendEvents } from '../events/append-events.ts'
import { lockRun } from '../ledger/run-row.ts'
import type { ToolRecordTable } from '../schema.ts'
import { opened, sealed } from '../seals/seal-text.ts'
import { all, one, type Statement, type Work } from '../work.ts'
import { findInput } from './find-input.ts'

type Place = { runKey: string; step: number; toolCallId: string }

const findRecord: Statement<Place, ToolRecordTable> = ({ runKey, step, toolCallId }, { queries }) =>
  queries
    .selectFrom('tool_records')
    .selectAll()
    .where('run_key', '=', runKey)
    .where('step', '=', step)
    .where('tool_call_id', '=', toolCallId)

const insertRecord: Statement<ToolRecordTable, { step: number }> = (row, { queries }) =>
  queries
    .insertInto('tool_records')
    .values(row)
    .onConflict(conflict => conflict.doNothing())
    .returning('step')

type End = Place & { isError: number; result: string; atMs: number }

const endRecord: Statement<End, { step: number }> = (
  { runKey, step, toolCallId, isError, result, atMs },
  { queries },
) =>
  queries
    .updateTable('tool_records')
    .set({ is_error: isError, result, ended_at_ms: atMs })
    .where('run_key', '=', runKey)
    .where('step', '=', step)
    .where('tool_call_id', '=', toolCallId)
    .where('ended_at_ms', 'is', null)
    .returning('step')

export function createToolRecords({ write, read }: Connection): ToolRecordPort {
  return {
    begin: (key, atMs) => write(() => begin(key, atMs)),
    finish: (key, end) => write(() => finish(key, end)),
    result: (runKey, step, toolCallId) =>
      read(function* () {
        const record = yield* one(findRecord, { runKey, step, toolCallId })
        return record?.result == null ? undefined : (JSON.parse(yield* opened(record.result)) as JsonValue)
      }),
    inputOf: (callId, toolCallId) => read(() => findInput(callId, toolCallId)),
  }
}

function* begin(key: ToolRecordKey, atMs: number): Work<ToolBegin> {
  yield* lockRun(key.run.key, key.run.id)
  const record = yield* one(findRecord, placeOf(key))
  if (record?.result != null)
    return {
      kind: 'finished',
      isError: record.is_error === 1,
      result: JSON.parse(yield* opened(record.result)) as JsonValue,
    }
  if (record) return { kind: 'unknown' }
  yield* writeStart(key, atMs)
  return { kind: 'new' }
}

function* writeStart(key: ToolRecordKey, atMs: number): Work<void> {
  const { run, step, toolCallId, toolName } = key
  const isNew = yield* one(insertRecord, {
    run_key: run.key,
    step,
    tool_call_id: toolCallId,
    tool_name: toolName,
    began_at_ms: atMs,
    ended_at_ms: null,
    is_error: null,
    result: null,
  })
  if (isNew) yield* appendEvents(run.key, [{ kind: 'tool-start', step, toolCallId, toolName }], atMs)
}

function* finish(key: ToolRecordKey, end: Parameters<ToolRecordPort['finish']>[1]): Work<void> {
  const { run, step, toolCallId, toolName } = key
  const { isError, preview, atMs } = end
  const { seal_key } = yield* lockRun(run.key, run.id)
  // A tool that is refused, denied or unknown ends without having begun.
  yield* writeStart(key, atMs)
  const result = yield* sealed(seal_key, JSON.stringify(end.result))
  const ended = yield* all(endRecord, { ...placeOf(key), isError: isError ? 1 : 0, result, atMs })
  if (ended.length === 0) return
  yield* appendEvents(run.key, [{ kind: 'tool-end', step, toolCallId, toolName, isError, preview }], atMs)
}

function placeOf({ run, step, toolCallId }: ToolRecordKey): Place {
  return { runKey: run.key, step, toolCallId }
}
