/**
 * What people see while a run works: one ordered list per run, readable from any offset by any process that has the store.
 *
 * @module
 */
import type { FaultKind } from './faults/fault.ts'
import type { Answers, ApprovalDeadline, AttemptOutcome, Cost, Decision, Labels, OutcomeKind } from './protocol.ts'
import type { Usage } from './usage.ts'

/** What a run asks people, and what they say to it. The runs above it get the same as `below`. */
export type EventForPeople =
  /** The run's limit is short, and the run waits for people to raise it. */
  | { readonly kind: 'budget-ask'; readonly step: number; readonly message: string }
  | {
      readonly kind: 'budget-raise'
      readonly usd?: string
      readonly tokens?: number
      readonly by?: string
      readonly note?: string
      readonly limitUsd?: string
      readonly limitTokens?: number
    }
  | {
      readonly kind: 'approval-ask'
      readonly step: number
      readonly toolCallId: string
      readonly toolName: string
      readonly inputPreview: string
      /** Present if the workflow itself asks; then `toolName` is the question's id. What it may be answered with. */
      readonly answers?: Answers
      readonly deadline?: ApprovalDeadline<string>
    }
  /** `deadline`: nobody decided in time. */
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
  /** Nobody waits for the answer any more: all that asked, an agent or its workflow, were cancelled, or the run is told to stop. */
  | {
      readonly kind: 'approval-withdrawn'
      readonly step: number
      readonly toolCallId: string
      readonly toolName: string
    }

/** What a run is told about its own children. Each of them has its own events. */
export type ChildEvent =
  | {
      readonly kind: 'child-start'
      readonly run: string
      /** Its agent or workflow. */
      readonly workflow: string
      /** The child's labels that this run does not have. */
      readonly labels?: Labels
      /** The tool call of the model that asked for it; absent if the workflow did. */
      readonly step?: number
      readonly toolCallId?: string
    }
  /** The child's end. It also ends all that was asked for that child and those below it. A child that is reset may begin and end again. */
  | {
      readonly kind: 'child-end'
      readonly run: string
      readonly outcome: OutcomeKind
      readonly message?: string
      /** Its cost, including all runs below it. */
      readonly cost: Cost
    }

/** Transient: deleted once the step has its answer, which then carries the whole text. */
interface Delta<Kind extends string> {
  readonly kind: Kind
  readonly step: number
  readonly attempt: number
  readonly text: string
}

/** An event as it is written, before it has its place. */
export type RunEventBody =
  | { readonly kind: 'run-start'; readonly workflow: string }
  /** `sumsUp`: the step summarises the prompt, and its answer is for nobody else. */
  | { readonly kind: 'step-start'; readonly step: number; readonly taskClass: string; readonly sumsUp?: true }
  /** From this step on the prompt is shorter: old tool results were cleared from it, or older content was summarised. */
  | { readonly kind: 'prompt-shortened'; readonly step: number; readonly by: 'clearing' | 'compaction' }
  /** If a call is hedged, two attempts are out at the same time, but only one of them ever streams anything. */
  | {
      readonly kind: 'attempt-start'
      readonly step: number
      readonly attempt: number
      readonly endpoint: string
      /** Why this endpoint and not another, as the ledger has it. */
      readonly reason?: string
      /** The class that it is made in, where that is not the step's. */
      readonly taskClass?: string
    }
  | Delta<'text-delta'>
  | Delta<'reasoning-delta'>
  /** `superseded`: discard what this attempt has streamed; another attempt begins again. */
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
  | {
      readonly kind: 'answer'
      readonly step: number
      readonly attempt: number
      readonly endpoint: string
      readonly text: string
      readonly toolCalls: readonly string[]
      readonly cost: Cost
      readonly usage: Usage
    }
  /**
   * The call has ended without an answer. With no attempt before it, nobody was asked. A call that lacks the budget of a run above
   * is asked again if people raise that; one that lacks the run's own, which asks people, has a `budget-ask` instead.
   */
  | { readonly kind: 'unanswered'; readonly step: number; readonly fault: FaultKind; readonly message: string }
  /** The call continues in a cheaper class, because the budget does not admit the one that was asked for. */
  | {
      readonly kind: 'step-down'
      readonly step: number
      readonly from: string
      readonly to: string
      readonly reason: string
    }
  | { readonly kind: 'wait'; readonly step: number; readonly ms: number; readonly reason: string }
  | {
      readonly kind: 'tool-start'
      readonly step: number
      readonly toolCallId: string
      readonly toolName: string
      /**
       * The first 512 bytes of its input, as JSON; for an agent that a model asks, `{ input }`. Absent in events that earlier versions
       * have written.
       */
      readonly inputPreview?: string
    }
  /** The tool's progress, in its own words. Transient: each replaces the one before, and the tool's end the last. */
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
      readonly preview: string
      /** It was cancelled, and its result is unknown: a run that is reset begins it anew. */
      readonly cancelled?: true
    }
  | ChildEvent
  | EventForPeople
  /** What people are asked for a run below, and what they answer. They say it to that run, not to this one. */
  | { readonly kind: 'below'; readonly run: string; readonly event: EventForPeople }
  /** A person's message to the run's agent, which reads it before its next call. */
  | {
      readonly kind: 'said'
      /** The message's own id, the same however often it was said. */
      readonly id: string
      readonly text: string
      /** Present if `text` is only the beginning; the transcript has the whole. */
      readonly truncated?: true
      readonly by?: string
    }
  /** The run was reset after its end, and continues from an earlier step. */
  | { readonly kind: 'run-reset' }
  | { readonly kind: 'run-end'; readonly outcome: OutcomeKind; readonly message?: string }

/** Adds the upper bound of a cost as a decimal string in USD, as in an outcome. It is not stored. */
type WithUsd<Body> = Body extends { readonly kind: 'answer' | 'child-end' }
  ? Body & { readonly costUsd: string }
  : Body extends { readonly kind: 'attempt-end' }
    ? Body & { readonly costUsd?: string }
    : Body

/** An event with its place. Offsets grow by one within a run; gaps are transient events that are gone. */
export type RunEvent = WithUsd<RunEventBody> & { readonly offset: number; readonly atMs: number }
