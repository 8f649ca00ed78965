/**
 * Tool calls, from the answer that asks for them to the result that history refers to.
 *
 * @module
 */
import type { JsonValue } from '../messages.ts'
import type { Part } from '../parts.ts'
import type { RunRef } from './terms.ts'

/** What a tool gave back. If `stored` is false, `preview` is the whole result as JSON text, with words in place of files. */
export interface ToolResultRef {
  readonly toolCallId: string
  readonly toolName: string
  readonly isError: boolean
  readonly preview: string
  readonly bytes: number
  /** About how many tokens the result is to a model, if it has files. Absent: it has none, and its bytes tell. */
  readonly tokens?: number
  /** True: the whole lies in the store under the run's key, the step, the tool call's id and the question. */
  readonly stored: boolean
  /** A digest of what was asked of the tool. Absent where nothing is stored. */
  readonly question?: string
  /** Its texts and files, where it has files and the workflow itself has asked for it: they can be passed on. */
  readonly parts?: readonly Part[]
  readonly step: number
}

/** A tool that the model asked for. */
export interface ToolCallRef {
  readonly toolCallId: string
  readonly toolName: string
  /** At most `PREVIEW_BYTES`; the whole input is in the journal. */
  readonly inputPreview: string
  readonly needsApproval: boolean
  /** How long a person has to decide; absent: as long as it takes. */
  readonly deadline?: ApprovalDeadline
  /** Present where the workflow starts a child run for it. Absent: our activity runs the tool. */
  readonly elsewhere?: Elsewhere
  /** Set if the model was not offered the tool. Nothing runs, even if this worker has it: the model is told that there is no such tool. */
  readonly unoffered?: Unoffered
}

/** A tool that a model made up, or knows from elsewhere. */
interface Unoffered {
  /** The offered tool that was probably meant. */
  readonly nearest?: string
}

/** How long a person has to decide, and what holds when nobody has. */
export interface ApprovalDeadline<Word extends string = 'approve' | 'deny'> {
  /** Milliseconds from when it was asked. */
  readonly withinMs: number
  readonly otherwise: Word
}

/** The part of a tool that carries its types to workflows: the tool itself is not in their sandbox. */
export interface ToolFace<Input, Result> {
  readonly name: string
  readonly inputSchema: JsonValue
  readonly idempotent: boolean
  readonly maxResultBytes: number
  readonly types?: { readonly input: Input; readonly result: Result }
}

/** A child run that serves as a tool. */
export interface Elsewhere {
  readonly kind: 'agent'
  readonly input: string
}

/** An activity on another task queue, in any language, that serves as a tool. */
export interface RemoteActivity {
  /** The activity's type. */
  readonly activity: string
  readonly taskQueue: string
  /** The limit for everything: the wait for a worker, and every try. */
  readonly timeoutMs: number
  readonly retry: RemoteRetry
}

/** How often a failing activity is tried, and how long between. An absent field is Temporal's default. */
export interface RemoteRetry {
  readonly maximumAttempts?: number
  readonly initialIntervalMs?: number
  readonly maximumIntervalMs?: number
  readonly backoffCoefficient?: number
  readonly nonRetryableErrorTypes?: readonly string[]
}

/** The longest result of a tool that goes whole into history, for the workflow to use. Absent: `PREVIEW_BYTES`. */
export interface InHistory {
  readonly historyBytes?: number
}

/** A tool call, as a workflow asks for it. */
export interface RunToolInput extends InHistory {
  readonly run: RunRef
  readonly step: number
  readonly toolCallId: string
  readonly toolName: string
  /** The call whose answer asked for the tool; absent when a workflow asks itself, with `input`. */
  readonly callId?: string
  readonly input?: JsonValue
  readonly inputPreview?: string
  readonly unoffered?: Unoffered
}

/** The end of a tool call. `result` holds what the tool gave, its own failure included. */
export type RunToolResult =
  | { readonly kind: 'done'; readonly result: ToolResultRef }
  | { readonly kind: 'cancelled' }
  /** The input is right, and the workflow is to schedule the activity with it. */
  | { readonly kind: 'remote'; readonly remote: RemoteActivity; readonly input: JsonValue; readonly question?: string }

/** The result of a tool that ran elsewhere, to be kept like any other tool's. */
export interface KeepResultInput extends InHistory {
  readonly run: RunRef
  readonly step: number
  readonly toolCallId: string
  readonly toolName: string
  /** A digest of what was asked of the tool. */
  readonly question?: string
  /** The beginning of its input, for readers of the run's events: a child that could not begin has not told them. */
  readonly inputPreview?: string
  readonly isError: boolean
  readonly result: JsonValue
}

/** A tool call that nobody waits for any more. */
export type TellCancelledInput = Pick<KeepResultInput, 'run' | 'step' | 'toolCallId' | 'toolName' | 'question'>
