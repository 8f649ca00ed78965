/**
 * Tool calls: what the model asks for, what runs, and the result as history has it.
 *
 * @module
 */
import type { JsonValue } from '../messages.ts'
import type { Part } from '../parts.ts'
import type { RunRef } from './terms.ts'

/**
 * Why a tool call has no result, if more is known than that it failed.
 *
 * - `over-budget`: its price did not fit in a budget, so it was not called.
 * - `unknown`: it has begun, and nobody knows whether it took effect.
 */
export type ToolFailure = 'over-budget' | 'unknown'

/** A tool's result as history has it. If `stored` is false, `preview` is the whole result as JSON text, with words in place of files. */
export interface ToolResultRef {
  readonly toolCallId: string
  readonly toolName: string
  readonly isError: boolean
  readonly failure?: ToolFailure
  readonly preview: string
  readonly bytes: number
  /** About how many tokens the result is to a model, if it has files. Without files `bytes` is enough to know. */
  readonly tokens?: number
  /** Whether the whole result is in the store, under the run's key, the step, the tool call's id and the question. */
  readonly stored: boolean
  /** A digest of what the tool was asked. Absent if nothing is stored. */
  readonly question?: string
  /** The result's texts and files, if it has files and the workflow itself called the tool, so that it can pass them on. */
  readonly parts?: readonly Part[]
  readonly step: number
}

/** A tool that the model asked for. */
export interface ToolCallRef {
  readonly toolCallId: string
  readonly toolName: string
  /** At most `PREVIEW_BYTES`. The whole input is in the journal. */
  readonly inputPreview: string
  readonly needsApproval: boolean
  /** Until when a person may decide; absent: for as long as it takes. */
  readonly deadline?: ApprovalDeadline
  /** The id of the run that this one was forked from, if it has called this tool and therefore a person is asked. */
  readonly actedIn?: string
  /** What the call costs in USD, as an exact decimal, by the worker that has the answer. Absent if it is free. */
  readonly priceUsd?: string
  /** Set if the tool is an agent, so that the workflow starts a child run. Otherwise an activity runs the tool. */
  readonly elsewhere?: Elsewhere
  /** Set if the model was not offered the tool. It does not run, even if the worker has it, and the model is told that it does not exist. */
  readonly unoffered?: Unoffered
}

/** A tool that the model was not offered: it made it up, or knows it from elsewhere. */
interface Unoffered {
  /** The offered tool that was probably meant. */
  readonly nearest?: string
}

/** How long people have to decide, and what applies if nobody does. */
export interface ApprovalDeadline<Word extends string = 'approve' | 'deny'> {
  /** In milliseconds, from when it was asked. */
  readonly withinMs: number
  /** The decision if nobody decides in time. */
  readonly otherwise: Word
}

/** The part of a tool that carries its types into workflows, whose sandbox does not have the tool itself. */
export interface ToolFace<Input, Result> {
  readonly name: string
  readonly inputSchema: JsonValue
  readonly idempotent: boolean
  readonly maxResultBytes: number
  readonly types?: { readonly input: Input; readonly result: Result }
}

/** An agent that is called like a tool, as a child run. */
export interface Elsewhere {
  readonly kind: 'agent'
  readonly input: string
}

/** An activity on another task queue that does a tool's work, in any language. */
export interface RemoteActivity {
  /** The activity's type. */
  readonly activity: string
  readonly taskQueue: string
  /** The limit for all attempts together, including the wait for a worker, in milliseconds. */
  readonly timeoutMs: number
  readonly retry: RemoteRetry
}

/** How often a failing activity is retried, and after which intervals. An absent field has Temporal's default. */
export interface RemoteRetry {
  readonly maximumAttempts?: number
  readonly initialIntervalMs?: number
  readonly maximumIntervalMs?: number
  readonly backoffCoefficient?: number
  readonly nonRetryableErrorTypes?: readonly string[]
}

/** Up to how many bytes a tool's result goes whole into history, where the workflow can use it. @defaultValue `PREVIEW_BYTES` */
export interface InHistory {
  readonly historyBytes?: number
}

/** A tool call that a workflow schedules. */
export interface RunToolInput extends InHistory {
  readonly run: RunRef
  readonly step: number
  readonly toolCallId: string
  readonly toolName: string
  /** The model call whose answer asked for the tool. Absent if the workflow itself calls it, with `input`. */
  readonly callId?: string
  readonly input?: JsonValue
  readonly inputPreview?: string
  readonly unoffered?: Unoffered
}

/** How a tool call went. `done` includes an error of the tool itself, which is a result for the model. */
export type RunToolResult = (
  | { readonly kind: 'done'; readonly result: ToolResultRef }
  | { readonly kind: 'cancelled' }
  /** The input is valid, and the workflow has to schedule this activity with it. */
  | { readonly kind: 'remote'; readonly remote: RemoteActivity; readonly input: JsonValue; readonly question?: string }
) & {
  /** What the call has cost in pico-dollars, however often it was tried. Absent: nothing. */
  readonly pricePico?: string
}

/** Records the result of a tool that our activity did not run: a child run or a remote activity. */
export interface KeepResultInput extends InHistory {
  readonly run: RunRef
  readonly step: number
  readonly toolCallId: string
  readonly toolName: string
  /** A digest of what was asked of the tool. */
  readonly question?: string
  /** The beginning of its input, for readers of the run's events, if a child could not begin and therefore has no event with it. */
  readonly inputPreview?: string
  readonly isError: boolean
  readonly failure?: ToolFailure
  readonly result: JsonValue
}

/** Records that nobody waits for a tool call any more. */
export type TellCancelledInput = Pick<KeepResultInput, 'run' | 'step' | 'toolCallId' | 'toolName' | 'question'>
