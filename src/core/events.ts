/**
 * The events of a run: what people see while it works. Each run has one ordered list in the store, which any process that has the store
 * can read from any offset.
 *
 * @module
 */
import type { FaultKind } from './faults/fault.ts'
import type { JsonValue } from './messages.ts'
import type {
  Answers,
  ApprovalDeadline,
  AttemptOutcome,
  Cost,
  Decision,
  Labels,
  OutcomeKind,
  ToolFailure,
} from './protocol.ts'
import type { Usage } from './usage.ts'

/** What a run asks people, and what they answer. The runs above it have the same events, wrapped in `below`. */
export type EventForPeople =
  /** The run's budget is not enough for its next call. The run waits until people raise it. */
  | { readonly kind: 'budget-ask'; readonly step: number; readonly message: string }
  /** A person has raised the budget. `usd` and `tokens` are what was added, `limitUsd` and `limitTokens` what applies since. */
  | {
      readonly kind: 'budget-raise'
      readonly usd?: string
      readonly tokens?: number
      readonly by?: string
      readonly note?: string
      readonly limitUsd?: string
      readonly limitTokens?: number
    }
  /** A person must approve a tool call, or answer a question of the workflow. */
  | {
      readonly kind: 'approval-ask'
      readonly step: number
      readonly toolCallId: string
      readonly toolName: string
      readonly inputPreview: string
      /** The possible answers, if the workflow itself asks a question. `toolName` is the question's id then. */
      readonly answers?: Answers
      /** The schema that the answer is held to, by its name and as JSON schema. `answers` is `text` then: the value as JSON. */
      readonly schema?: string
      readonly jsonSchema?: JsonValue
      /** Until when people may decide, and what applies after that. */
      readonly deadline?: ApprovalDeadline<string>
      /** The run that this one was forked from, if it has called this tool, which runs at most once: approved, it acts again. */
      readonly actedIn?: string
      /** What the tool call costs in USD, as an exact decimal, by what was known when it was asked. Absent if it is free. */
      readonly priceUsd?: string
    }
  /** The decision. `deadline` is set if nobody decided in time. */
  | {
      readonly kind: 'approval-decision'
      readonly step: number
      readonly toolCallId: string
      readonly toolName: string
      readonly decision: Decision['decision']
      readonly by?: string
      readonly note?: string
      readonly deadline?: boolean
    }
  /** Nobody waits for the decision any more: the agent or workflow that asked was cancelled, or the run was told to stop. */
  | {
      readonly kind: 'approval-withdrawn'
      readonly step: number
      readonly toolCallId: string
      readonly toolName: string
    }

/** What a run's list says about its children. What they do is in their own lists. */
export type ChildEvent =
  | {
      readonly kind: 'child-start'
      readonly run: string
      /** The name of its agent or workflow. */
      readonly workflow: string
      /** The child's labels, except those that this run has too. */
      readonly labels?: Labels
      /** The model's tool call that started the child. Absent if the workflow did. */
      readonly step?: number
      readonly toolCallId?: string
    }
  /** The child's end. Nothing that it or a run below it asked people is open any more. A child that is reset may begin and end again. */
  | {
      readonly kind: 'child-end'
      readonly run: string
      readonly outcome: OutcomeKind
      readonly message?: string
      /** Its cost, including all runs below it. */
      readonly cost: Cost
    }

/** Streamed text. Transient: deleted when the step has its answer, which carries the whole text. */
interface Delta<Kind extends string> {
  readonly kind: Kind
  readonly step: number
  readonly attempt: number
  readonly text: string
}

/** An event as it is written, before it has an offset and a time. */
export type RunEventBody =
  | { readonly kind: 'run-start'; readonly workflow: string }
  /** A model call begins. `sumsUp`: it summarises the prompt, and its answer is not for people. */
  | { readonly kind: 'step-start'; readonly step: number; readonly taskClass: string; readonly sumsUp?: true }
  /** From this step on the prompt is shorter: old tool results were cleared from it, or older content was summarised. */
  | { readonly kind: 'prompt-shortened'; readonly step: number; readonly by: 'clearing' | 'compaction' }
  /** A request to a vendor. If a call is hedged, two attempts run at the same time, but only one of them ever streams. */
  | {
      readonly kind: 'attempt-start'
      readonly step: number
      readonly attempt: number
      readonly endpoint: string
      /** Why this endpoint was chosen, as in the ledger: `planned`, `rerouted: rate-limited` and so on. */
      readonly reason?: string
      /** The class that serves the attempt, if it is not the step's. */
      readonly taskClass?: string
    }
  | Delta<'text-delta'>
  | Delta<'reasoning-delta'>
  /**
   * The end of a request. `superseded`: discard what this attempt has streamed, because another one starts over or the call ends without an
   * answer.
   */
  | {
      readonly kind: 'attempt-end'
      readonly step: number
      readonly attempt: number
      readonly endpoint: string
      readonly outcome: AttemptOutcome
      readonly fault?: FaultKind
      readonly cost?: Cost
      readonly superseded: boolean
    }
  /** The call was answered. `toolCalls` are the names of the tools that the model calls. */
  | {
      readonly kind: 'answer'
      readonly step: number
      readonly attempt: number
      readonly endpoint: string
      readonly text: string
      readonly toolCalls: readonly string[]
      /** It was cut at its output limit. Absent of events of older versions too. */
      readonly truncated?: true
      readonly cost: Cost
      readonly usage: Usage
    }
  /**
   * The call ended without an answer, or an agent's turn inside a workflow did without a call that failed: at the agent's own limit of
   * steps, say. `step` is that of its last answer then. If no attempt precedes it, no vendor was asked. If the budget of a run above is
   * too small, the call is made again when people raise it; if the run's own is and people are asked, there is a `budget-ask` instead of
   * this event.
   */
  | { readonly kind: 'unanswered'; readonly step: number; readonly fault: FaultKind; readonly message: string }
  /** The call continues in a cheaper class (`onBudget`), because the budget is not enough for the one it was made in. */
  | {
      readonly kind: 'step-down'
      readonly step: number
      readonly from: string
      readonly to: string
      readonly reason: string
    }
  /**
   * The call waits for `ms` milliseconds: on a durable timer, and is made again then; or, for at most as long as its class's patience, in its
   * activity. Waits of less than 2 s in the activity have no event.
   */
  | { readonly kind: 'wait'; readonly step: number; readonly ms: number; readonly reason: string }
  | {
      readonly kind: 'tool-start'
      readonly step: number
      readonly toolCallId: string
      readonly toolName: string
      /**
       * The first 512 bytes of its input, as JSON. For an agent that a model calls, `{ input }`. Absent in events of earlier versions.
       */
      readonly inputPreview?: string
      /** What the call costs, however it ends. Absent if it is free, or if the tool was not called. */
      readonly cost?: Cost
    }
  /** The tool's progress, in its own words. Transient: each replaces the one before, and `tool-end` replaces the last. */
  | {
      readonly kind: 'tool-progress'
      readonly step: number
      readonly toolCallId: string
      readonly toolName: string
      readonly text: string
    }
  | {
      readonly kind: 'tool-end'
      readonly step: number
      readonly toolCallId: string
      readonly toolName: string
      readonly isError: boolean
      /** With `isError`, if more is known than that it failed. */
      readonly failure?: ToolFailure
      /** The beginning of its result, as JSON. */
      readonly preview: string
      /** It was cancelled, so its result is unknown. If the run is reset, the tool runs again. */
      readonly cancelled?: true
    }
  | ChildEvent
  | EventForPeople
  /** What a run below asks people, and what they answer. They have to answer that run, not this one. */
  | { readonly kind: 'below'; readonly run: string; readonly event: EventForPeople }
  /** A person's message to the run's agent, which reads it before its next call. Recorded once, however often it is sent. */
  | {
      readonly kind: 'said'
      /** The message's id. */
      readonly id: string
      readonly text: string
      /** Set if `text` is only the beginning. The transcript has the whole. */
      readonly truncated?: true
      readonly by?: string
    }
  /** The run was reset after its end, and continues from an earlier step. */
  | { readonly kind: 'run-reset' }
  | { readonly kind: 'run-end'; readonly outcome: OutcomeKind; readonly message?: string }

/** Adds the upper bound of a cost as a decimal string in USD, as in an outcome. It is not stored. */
type WithUsd<Body> = Body extends { readonly kind: 'answer' | 'child-end' }
  ? Body & { readonly costUsd: string }
  : Body extends { readonly kind: 'attempt-end' | 'tool-start' }
    ? Body & { readonly costUsd?: string }
    : Body

/**
 * An event of a run. `offset` is its place in the run's list: it begins at 1 and grows by one; gaps are transient events that were
 * deleted. `atMs` is its time in milliseconds since 1970.
 */
export type RunEvent = WithUsd<RunEventBody> & { readonly offset: number; readonly atMs: number }
