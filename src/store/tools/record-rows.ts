import type { ExpressionBuilder } from 'kysely'
import type { ToolRecordKey } from '../../core/ports.ts'
import type { Tables, ToolRecordTable } from '../schema.ts'
import { opened } from '../seals/seal-text.ts'
import { one, type Statement, together, type Work } from '../work.ts'

export type Place = { runKey: string; step: number; toolCallId: string; question: string }

/** Whether a row is that of a place. */
function isAt({ runKey, step, toolCallId, question }: Place) {
  return ({ and }: ExpressionBuilder<Tables, 'tool_records'>) =>
    and({ run_key: runKey, step, tool_call_id: toolCallId, question })
}

const findAt: Statement<Place, ToolRecordTable> = (place, { queries }) =>
  queries.selectFrom('tool_records').selectAll().where(isAt(place))

export const openRecordsOf: Statement<{ runKey: string }, ToolRecordTable> = ({ runKey }, { queries }) =>
  queries
    .selectFrom('tool_records')
    .selectAll()
    .where('run_key', '=', runKey)
    .where('ended_at_ms', 'is', null)
    .orderBy('began_at_ms')

export const insertRecord: Statement<ToolRecordTable, unknown> = (row, { queries }) =>
  queries.insertInto('tool_records').values(row)

export const setBegunPart: Statement<Place & { part: string }, unknown> = ({ part, ...place }, { queries }) =>
  queries.updateTable('tool_records').set({ begun_part: part }).where(isAt(place))

export type End = Place & {
  isError: number
  failure: string | null
  result: string | null
  digest: string | null
  atMs: number
}

export const endRecord: Statement<End, unknown> = ({ isError, failure, result, digest, atMs, ...place }, { queries }) =>
  queries
    .updateTable('tool_records')
    .set({ is_error: isError, failure, result, result_digest: digest, ended_at_ms: atMs })
    .where(isAt(place))

export const findLatest: Statement<Omit<Place, 'question'>, ToolRecordTable> = (
  { runKey, step, toolCallId },
  { queries },
) =>
  queries
    .selectFrom('tool_records')
    .selectAll()
    .where('run_key', '=', runKey)
    .where('step', '=', step)
    .where('tool_call_id', '=', toolCallId)
    .where('ended_at_ms', 'is not', null)
    .orderBy('ended_at_ms', 'desc')
    .limit(1)

/**
 * The record of this very question. One from before records had a question is only the same part's: there it is the earlier try,
 * while a reset run may come to the same place with another input.
 */
export function* recordOf(key: ToolRecordKey): Work<ToolRecordTable | undefined> {
  const { toolName, part, question = '' } = key
  const [record, old] = yield* together(one(findAt, placeOf(key, question)), one(findAt, placeOf(key, '')))
  if (record || question === '' || part === undefined) return record
  return old?.begun_part === part && (yield* opened(old.tool_name)) === toolName ? old : undefined
}

/** The record that a result's reference names. */
export function* recordAt(place: Place): Work<ToolRecordTable | undefined> {
  return (yield* one(findAt, place)) ?? (yield* one(findAt, { ...place, question: '' }))
}

export function placeOf({ run, step, toolCallId }: ToolRecordKey, question: string): Place {
  return { runKey: run.key, step, toolCallId, question }
}
