/**
 * What people see while a run works: one ordered list per run, readable from any offset by any process that has the store.
 *
 * @module
 */
import type { FaultKind } from './faults/fault.ts'
import type { Answers, ApprovalDeadline, AttemptOutcome, Cost, Decision, Labels, OutcomeKind } from './protocol.ts'
import type { Usage } from './usage.ts'

/** What a run waits for people for, and what they say to it. The runs above it have it too, as `below`. */
export type EventForPeople =
  /** The run's limit is short, and it waits for people to raise it. */
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
      /** Present where the workflow itself asks, under the name that stands for a tool's: what it may be answered with. */
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
  /** All that asked this were cancelled, an agent or its workflow, or the run is to stop: nobody waits for the answer. */
  | {
      readonly kind: 'approval-withdrawn'
      readonly step: number
      readonly toolCallId: string
      readonly toolName: string
    }

/** What a run is told of its own children, each of which has events of its own. */
export type ChildEvent =
  | {
      readonly kind: 'child-start'
      readonly run: string
      /** Its agent or workflow. */
      readonly workflow: string
      /** Those that this run does not have. */
      readonly labels?: Labels
      /** The call of a model that asked for it like for a tool; absent where the workflow did. */
      readonly step?: number
      readonly toolCallId?: string
    }
  /** With it ends all that was asked for that child and those below it. One that is reset may begin and end again. */
  | {
      readonly kind: 'child-end'
      readonly run: string
      readonly outcome: OutcomeKind
      readonly message?: string
      /** With that of all below it. */
      readonly cost: Cost
    }

/** An event as it is written, before it has its place. */
export type RunEventBody =
  | { readonly kind: 'run-start'; readonly workflow: string }
  /** `sumsUp`: it is asked for a summary of the prompt, which is not said to anybody. */
  | { readonly kind: 'step-start'; readonly step: number; readonly taskClass: string; readonly sumsUp?: true }
  /** From this step on the prompt is shorter: old tool results were cleared from it, or what is old was summed up. */
  | { readonly kind: 'prompt-shortened'; readonly step: number; readonly by: 'clearing' | 'compaction' }
  /** Where a call is hedged, two attempts are out at the same time; only one of them ever says anything. */
  | {
      readonly kind: 'attempt-start'
      readonly step: number
      readonly attempt: number
      readonly endpoint: string
      /** Why this endpoint and not another, as the ledger has it. */
      readonly reason?: string
    }
  /** Transient: deleted once the step has its answer, which then carries the whole text. */
  | {
      readonly kind: 'text-delta' | 'reasoning-delta'
      readonly step: number
      readonly attempt: number
      readonly text: string
    }
  /** `superseded`: what this attempt has streamed is to be discarded; another attempt begins again. */
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
  /** The call goes on in a cheaper class, for the budget does not admit the one that was asked for. */
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
      /** The first 512 bytes of its input, as JSON. Absent of an agent, whose run has it, and in what earlier versions have written. */
      readonly inputPreview?: string
    }
  /** What the tool says of its work, in its own words. Transient: each takes the place of the one before, and the end that of the last. */
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
      /** It was cancelled, and what it came to is not known: a run that is reset begins it anew. */
      readonly cancelled?: true
    }
  | ChildEvent
  | EventForPeople
  /** What people are asked for a run below, and what they answer. Its words are said to that run and not to this one. */
  | { readonly kind: 'below'; readonly run: string; readonly event: EventForPeople }
  /** A person's message to the run's agent, which reads it before its next call. */
  | {
      readonly kind: 'said'
      /** The message's own: the same, however often it was said. */
      readonly id: string
      readonly text: string
      /** Present where `text` is only the beginning; the transcript has the whole. */
      readonly truncated?: true
      readonly by?: string
    }
  /** The run was reset after its end, and goes on from an earlier step. */
  | { readonly kind: 'run-reset' }
  | { readonly kind: 'run-end'; readonly outcome: OutcomeKind; readonly message?: string }

/** What is told of a cost to whoever reads: its upper bound as a decimal string in USD, as an outcome has it. It is not stored. */
type WithUsd<Body> = Body extends { readonly kind: 'answer' | 'child-end' }
  ? Body & { readonly costUsd: string }
  : Body extends { readonly kind: 'attempt-end' }
    ? Body & { readonly costUsd?: string }
    : Body

/** One event with its place. Offsets grow by one within a run; gaps are transient events that are gone. */
export type RunEvent = WithUsd<RunEventBody> & { readonly offset: number; readonly atMs: number }
