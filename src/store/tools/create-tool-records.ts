import type { JsonValue } from '../../core/messages.ts'
import { exactCost } from '../../core/money/cost.ts'
import type {
  Charged,
  KeptEnd,
  ToolBegin,
  ToolCharge,
  ToolEnd,
  ToolRecordKey,
  ToolRecordPort,
} from '../../core/ports.ts'
import { PREVIEW_BYTES, type ToolFailure } from '../../core/protocol.ts'
import { turnedAwayKey } from '../../core/tools/turned-away.ts'
import { readBlob, writeBlob } from '../blobs/blob-rows.ts'
import type { Connection } from '../connection.ts'
import { appendEvents } from '../events/append-events.ts'
import { isOver, isPurged, reopenFor, wasThere } from '../ledger/reopen.ts'
import { chargeInAll } from '../ledger/reserve-in-all.ts'
import { type LockedRun, lockRun } from '../ledger/run-row.ts'
import type { ToolRecordTable } from '../schema.ts'
import { opened, PLAIN, sealed, sealerOf } from '../seals/seal-text.ts'
import { one, tell, together, type Work } from '../work.ts'
import { actedBefore } from './acted-before.ts'
import { findByReference, findInput } from './look-back.ts'
import { deleteProgress, writeCancelled, writeProgress } from './progress.ts'
import {
  type End,
  endRecord,
  findLatest,
  insertRecord,
  placeOf,
  recordAt,
  recordOf,
  setBegunPart,
} from './record-rows.ts'

export function createToolRecords({ write, read }: Connection): ToolRecordPort {
  return {
    begin: (key, atMs, charge) => write(() => begin(key, atMs, charge)),
    begun: (key, atMs) => write(() => begun(key, atMs)),
    ended: key =>
      read(function* () {
        const record = yield* recordOf(key)
        const end = yield* endOf(record)
        return end && { ...end, ...chargedFor(record!) }
      }),
    progress: (key, text, atMs) => write(() => writeProgress(key, text, atMs)),
    finish: (key, end) => write(() => finish(key, end)),
    cancelled: (key, atMs) => write(() => writeCancelled(key, atMs)),
    result: (runKey, step, toolCallId, question = '') =>
      read(function* () {
        return yield* resultOf(yield* recordAt({ runKey, step, toolCallId, question }))
      }),
    latest: (runKey, step, toolCallId) =>
      read(function* () {
        return yield* resultOf(yield* one(findLatest, { runKey, step, toolCallId }))
      }),
    byReference: (callId, reference) => read(() => findByReference(callId, reference)),
    actedBefore: runKey => read(() => actedBefore(runKey)),
    inputOf: (callId, toolCallId) => read(() => findInput(callId, toolCallId)),
  }
}

function* begin(key: ToolRecordKey, atMs: number, charge?: ToolCharge): Work<ToolBegin> {
  const [run, record] = yield* together(lockRun(key.run), recordOf(key))
  const end = yield* endOf(record)
  if (end) return { kind: 'finished', ...end, ...chargedFor(record!) }
  // As in `beginCall`, at a server that was restored: what was told to a run that has ended here is told again.
  const told = charge && (yield* isOver(key.part, run)) ? yield* endOf(yield* recordOf(turnedAwayKey(key))) : undefined
  if (told) return { kind: 'finished', turnedAway: true, ...told }
  yield* reopenFor(key.part, run, atMs)
  if (record) return yield* beginAgain(key, record)
  const short = charge && (yield* chargeInAll(charge.pricePico, { run: run.scope_id, ...charge }))
  if (short) return short
  yield* writeStart(key, run, atMs, charge)
  return { kind: 'new', ...(charge && { pricePico: charge.pricePico }) }
}

function chargedFor({ price_pico }: Pick<ToolRecordTable, 'price_pico'>): Charged {
  return price_pico === null ? {} : { pricePico: price_pico }
}

/** A parent that was terminated is told nothing more; one that was reset goes on with what it asks first. */
function* begun(key: ToolRecordKey, atMs: number): Work<void> {
  const run = yield* lockRun(key.run)
  const isOver = run.ended_at_ms !== null && (key.part === undefined || (yield* wasThere(key.part, run)))
  if (!isOver) yield* begin(key, atMs)
}

/** For a second try, and for a reset run that has come upon the call again. */
function* beginAgain(key: ToolRecordKey, record: ToolRecordTable): Work<ToolBegin> {
  const { begun_part, question } = record
  const { part = begun_part } = key
  if (part !== null && part !== begun_part) yield* tell(setBegunPart, { ...placeOf(key, question), part })
  return { kind: 'unknown', ...(question !== (key.question ?? '') && { withoutQuestion: true }), ...chargedFor(record) }
}

function* endOf(record: ToolRecordTable | undefined): Work<ToolEnd | undefined> {
  const result = yield* resultOf(record)
  if (result === undefined) return undefined
  const failure = (record?.failure ?? undefined) as ToolFailure | undefined
  return { isError: record?.is_error === 1, result, ...(failure && { failure }) }
}

function* resultOf(record: ToolRecordTable | undefined): Work<JsonValue | undefined> {
  if (record?.ended_at_ms == null) return undefined
  const { run_key, result, result_digest } = record
  // Its run was purged: what it was charged is all that is left.
  if (result === null && result_digest === null) return undefined
  const json = result_digest === null ? yield* opened(result!) : yield* readBlob(run_key, result_digest)
  return JSON.parse(json) as JsonValue
}

/**
 * Writes that a tool began, of which the locked run has no record. Its name is sealed: one that no tool has is the model's own words, and
 * may say anything.
 */
function* writeStart(key: ToolRecordKey, row: LockedRun, atMs: number, charge?: ToolCharge): Work<void> {
  const { run, step, toolCallId, toolName, inputPreview, part, question = '' } = key
  yield* tell(insertRecord, {
    run_key: run.key,
    step,
    tool_call_id: toolCallId,
    question,
    tool_name: yield* sealed(row.seal_key, toolName),
    began_at_ms: atMs,
    ended_at_ms: null,
    is_error: null,
    result: null,
    result_digest: null,
    first_part: part ?? null,
    begun_part: part ?? null,
    price_pico: charge?.pricePico ?? null,
    failure: null,
  })
  const event = {
    kind: 'tool-start',
    step,
    toolCallId,
    toolName,
    ...(inputPreview !== undefined && { inputPreview }),
    ...(charge && { cost: exactCost(BigInt(charge.pricePico)) }),
  } as const
  yield* appendEvents(row, [event], atMs)
}

function* finish(key: ToolRecordKey, end: KeptEnd): Work<ToolEnd> {
  const { run, step, toolCallId, toolName } = key
  const { preview, atMs, saidNothing = false, ...its } = end
  const { isError, result, failure = null } = its
  const [row, record] = yield* together(lockRun(run), recordOf(key))
  if (isPurged(row)) return its
  const earlier = yield* endOf(record)
  if (earlier) return earlier
  // A tool that is refused, denied or unknown ends without having begun.
  if (!record) yield* writeStart(key, row, atMs)
  const place = placeOf(key, (record ?? key).question ?? '')
  const kept = yield* keepResult(row, JSON.stringify(result))
  yield* tell(endRecord, { ...place, isError: isError ? 1 : 0, failure, ...kept, atMs })
  if (!saidNothing) yield* deleteProgress(key)
  const why = failure === null ? {} : { failure }
  yield* appendEvents(row, [{ kind: 'tool-end', step, toolCallId, toolName, isError, ...why, preview }], atMs)
  return its
}

/** Keeps a long result among the blobs, where the message that shows it to a model finds it too. */
function* keepResult({ run_key, seal_key }: LockedRun, json: string): Work<Pick<End, 'result' | 'digest'>> {
  const { seal, digest } = seal_key === null ? PLAIN : yield* sealerOf(seal_key)
  if (Buffer.byteLength(json) <= PREVIEW_BYTES) return { result: seal(json), digest: null }
  const name = digest(json)
  yield* writeBlob(run_key, name, seal(json))
  return { result: null, digest: name }
}
