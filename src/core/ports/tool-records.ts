/**
 * The record of tool calls.
 *
 * @module
 */
import type { JsonValue } from '../messages.ts'
import type { RunRef } from '../protocol.ts'

/**
 * How far a tool call has come. `unknown`: it began before and its end was never written. `withoutQuestion`: that was when records had
 * no question yet, and nor had the key that its tool was given.
 */
export type ToolBegin =
  | { readonly kind: 'new' }
  | ({ readonly kind: 'finished' } & ToolEnd)
  | { readonly kind: 'unknown'; readonly withoutQuestion?: true }

/** What came of a tool call. */
export interface ToolEnd {
  readonly isError: boolean
  readonly result: JsonValue
}

/** The end of a tool call as it is kept and shown. */
export interface KeptEnd extends ToolEnd {
  readonly preview: string
  readonly atMs: number
  /** `true`: no try has shown progress, so there is none to remove. */
  readonly saidNothing?: boolean
}

/** Which tool call it is. */
export interface ToolRecordKey {
  readonly run: Pick<RunRef, 'id' | 'key'>
  readonly step: number
  readonly toolCallId: string
  readonly toolName: string
  /**
   * A digest of what is asked: a reset run that comes to the same place with another question is never given the answer to this
   * one. Absent: the call was scheduled before there was one.
   */
  readonly question?: string
  /** The beginning of its input, for readers of the run's events. */
  readonly inputPreview?: string
  /** The Temporal run that asks; see `NewCall.part`. */
  readonly part?: string
}

/** Tool calls and their results, each once. Writes the events `tool-start`, `tool-progress` and `tool-end`. */
export interface ToolRecordPort {
  /**
   * Opens a run again that has ended, as `LedgerPort.beginCall` does, and throws for a part that was there before its end,
   * unless the call is finished.
   */
  begin(key: ToolRecordKey, atMs: number): Promise<ToolBegin>
  /** Records that a child run has begun for this call of its parent. Does nothing where the parent has ended, or the part of it that asked. */
  begun(key: ToolRecordKey, atMs: number): Promise<void>
  /** How it ended; `undefined` if it has not begun, or its end was never written. Begins nothing. */
  ended(key: ToolRecordKey): Promise<ToolEnd | undefined>
  /** Shows a text in place of the last one, until the call ends. Does nothing where the call has not begun, or it or its run has ended. */
  progress(key: ToolRecordKey, text: string, atMs: number): Promise<void>
  /** First writer wins: gives the end that is kept, which is another one when a try that was believed lost was faster. */
  finish(key: ToolRecordKey, end: KeptEnd): Promise<ToolEnd>
  /**
   * Tells readers that nobody waits for it any more; its result stays unknown. Does nothing if it has not begun, or if it or its run
   * has ended.
   */
  cancelled(key: ToolRecordKey, atMs: number): Promise<void>
  /** The result that a reference in history names; `question` as it has it. */
  result(runKey: string, step: number, toolCallId: string, question?: string): Promise<JsonValue | undefined>
  /** The latest result of a tool call of this id in a step, whatever it asked; `undefined` if none has ended. */
  latest(runKey: string, step: number, toolCallId: string): Promise<JsonValue | undefined>
  /** A long result by the reference that its note names, among those of the call's transcript; `undefined`: there is none. */
  byReference(callId: string, reference: string): Promise<JsonValue | undefined>
  /** The input that a model gave to a tool, out of the journal's answer. */
  inputOf(callId: string, toolCallId: string): Promise<JsonValue | undefined>
}
