/**
 * The record of tool calls.
 *
 * @module
 */
import type { SharedLimit } from '../budgets/shared-limit.ts'
import type { JsonValue } from '../messages.ts'
import type { RunName, ToolFailure } from '../protocol.ts'
import type { NotReserved } from './attempts.ts'

/**
 * How far a tool call has come.
 *
 * - `new`: it has not begun before.
 * - `finished`: it has ended before. `turnedAway` if its run had ended after a budget did not admit it: see `turnedAwayKey`.
 * - `unknown`: it began before, and its end was never recorded. `withoutQuestion` if an older version recorded the beginning, when neither
 *   records nor idempotency keys had the digest of the question.
 * - `short`: a budget does not admit its price. Nothing was recorded.
 */
export type ToolBegin =
  | ({ readonly kind: 'new' } & Charged)
  | ({ readonly kind: 'finished'; readonly turnedAway?: true } & ToolEnd & Charged)
  | ({ readonly kind: 'unknown'; readonly withoutQuestion?: true } & Charged)
  | NotReserved

/** What the call was charged when it first began, in pico-dollars. Absent: nothing. */
export interface Charged {
  readonly pricePico?: string
}

/** What a tool call costs, and where that must fit besides the budget of its run tree. */
export interface ToolCharge {
  readonly pricePico: string
  /** The scopes of the slices in which its run spends. */
  readonly slices: readonly string[]
  /** The shared budgets that it counts towards. */
  readonly shared: readonly SharedLimit[]
}

/** The result of a tool call. */
export interface ToolEnd {
  readonly isError: boolean
  readonly result: JsonValue
  readonly failure?: ToolFailure
}

/** The result of a tool call as it is recorded. */
export interface KeptEnd extends ToolEnd {
  readonly preview: string
  readonly atMs: number
  /** `true` if no attempt has shown progress, so that there is no progress to delete. */
  readonly saidNothing?: boolean
}

/** Identifies a tool call. */
export interface ToolRecordKey {
  readonly run: RunName
  readonly step: number
  readonly toolCallId: string
  readonly toolName: string
  /**
   * A digest of what is asked, so that a reset run that comes to the same place with another question never gets this result. Absent if an
   * older version scheduled the call.
   */
  readonly question?: string
  /** The beginning of its input, for readers of the run's events. */
  readonly inputPreview?: string
  /** The id of the Temporal run that asks; see `NewCall.part`. */
  readonly part?: string
}

/** Records tool calls and their results, each once. Writes the events `tool-start`, `tool-progress` and `tool-end`. */
export interface ToolRecordPort {
  /**
   * Begins a tool call, or says how far it has come. If the run has ended, this does what `LedgerPort.beginCall` does: it opens the run
   * again for a new part and throws for any other, unless the call is finished.
   *
   * @param charge - Booked in all of its budgets with the record, or in none, and never again for this record. @defaultValue it is free
   */
  begin(key: ToolRecordKey, atMs: number, charge?: ToolCharge): Promise<ToolBegin>
  /** Records that a child run has begun for this call of its parent. Does nothing if the parent, or the part of it that asked, has ended. */
  begun(key: ToolRecordKey, atMs: number): Promise<void>
  /** The recorded result; `undefined` if there is none. */
  ended(key: ToolRecordKey): Promise<(ToolEnd & Charged) | undefined>
  /** Shows a text instead of the last one, until the call ends. Does nothing if the call has not begun, or if it or its run has ended. */
  progress(key: ToolRecordKey, text: string, atMs: number): Promise<void>
  /** Records the result, unless there is one, and returns the recorded one. An attempt that was considered lost may have been faster. */
  finish(key: ToolRecordKey, end: KeptEnd): Promise<ToolEnd>
  /**
   * Records that nobody waits for the call any more. Its result stays unknown. Does nothing if it has not begun, or if it or its run has
   * ended.
   */
  cancelled(key: ToolRecordKey, atMs: number): Promise<void>
  /** The result that a `ToolResultRef` in history refers to. */
  result(runKey: string, step: number, toolCallId: string, question?: string): Promise<JsonValue | undefined>
  /** The latest result of this tool call in this step, whatever its question; `undefined` if there is none. */
  latest(runKey: string, step: number, toolCallId: string): Promise<JsonValue | undefined>
  /** A long result by the reference in its note. Only results in the call's transcript are found; else `undefined`. */
  byReference(callId: string, reference: string): Promise<JsonValue | undefined>
  /**
   * Which tools were called from the forked step on by the run that this one, or the one at the top of its tree, is a fork of, and by runs
   * below it: their names, with that run's id. If it is a fork too, also those of the run before it. None for a run without a fork above, and
   * for a fork that may act again.
   */
  actedBefore(runKey: string): Promise<ReadonlyMap<string, string>>
  /** The input that a model gave to a tool, from the journal's answer. Throws `LostContent` if that answer is not there. */
  inputOf(callId: string, toolCallId: string): Promise<JsonValue | undefined>
}
