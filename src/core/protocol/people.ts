/**
 * What people tell runs and what they are asked: messages, decisions, larger budgets. Also what runs of one tree tell each other about a
 * budget that people can raise.
 *
 * @module
 */
import type { JsonValue } from '../messages.ts'
import type { RunRef, Words } from './terms.ts'
import type { ApprovalDeadline } from './tools.ts'

/** By how much a run's limits are raised, and by whom. */
export interface BudgetRaise {
  /** Decimal string. */
  readonly usd?: string
  readonly tokens?: number
  readonly by?: string
  readonly note?: string
}

/** Asks people for a larger budget of this run, because a run below it is short. */
export interface AskBudgetInput {
  readonly run: RunRef
  readonly step: number
  readonly message: string
}

/** The limits after a raise. */
export interface RaisedBudget {
  readonly limitUsd?: string
  readonly limitTokens?: number
}

export interface RaiseBudgetInput extends BudgetRaise {
  readonly run: RunRef
  /** The same on every retry, so that the limits are raised once. */
  readonly raiseId: string
  readonly atMs: number
}

/** What people say to a running agent. */
export interface Said {
  readonly text: Words
  /** The same on every retry: a second message with the same id is ignored. */
  readonly id?: string
  /** Who says it, for the record. The model is not told. */
  readonly by?: string
}

/** Records what somebody has said in the run's events. */
export interface KeepSaidInput {
  readonly run: RunRef
  /** The message's id. */
  readonly id: string
  readonly text: Words
  /** Set if `text` is only the beginning. */
  readonly truncated?: true
  readonly by?: string
  /** By the run's clock, so that a replay or a retry writes the same. */
  readonly atMs: number
}

/** What a run tells the run above it whose budget is too small for its next call. */
export interface Shortage {
  /** The id of the run that is short. */
  readonly run: string
  /** How many raises of that budget it knows of. */
  readonly raises: number
  readonly message: string
}

/** The reply to the run below: that budget was raised. */
export interface RaisedAbove {
  /** The key of the budget's scope. */
  readonly key: string
  /** How many raises there were so far. */
  readonly raises: number
}

/**
 * Something that waits for a person's decision: a tool call, or a question of the workflow itself. For a question, `toolName` is its id
 * and `inputPreview` its text.
 */
export interface PendingApproval {
  /** The id to decide it by: the tool call's, or one that the question has. */
  readonly toolCallId: string
  readonly toolName: string
  /** The first 512 bytes of a tool call's input, as JSON. */
  readonly inputPreview: string
  /** The possible answers to a question. If absent, this is a tool call, to be approved or denied. */
  readonly answers?: Answers
  /** The schema that the answer to a question is held to, by its name. `answers` is `text` then: the value as JSON. */
  readonly schema?: string
  readonly step: number
  /** Until when people may decide, and what applies after that. If absent, it waits for as long as it takes. */
  readonly until?: DecidedUntil
  /** The run that this one was forked from, if it has called this tool, which runs at most once: approved, it acts again. */
  readonly actedIn?: string
  /** What the tool call costs in USD, as an exact decimal, by what was known when it was asked. Absent if it is free. */
  readonly priceUsd?: string
}

/** The possible answers to a question: one of these words, or any text. */
export type Answers = readonly string[] | 'text'

/** A deadline as a point in time. */
export interface DecidedUntil {
  readonly atMs: number
  readonly otherwise: Decision['decision']
}

/** A decision on a tool call or a question. The first one counts. */
export interface Decision {
  readonly toolCallId: string
  /** `approve` or `deny`; for a question one of its answers, a text, or a value as JSON. */
  readonly decision: string
  /** What the question's schema has made of the answer. Never set by people. */
  readonly value?: JsonValue
  readonly by?: string
  readonly note?: string
  /** `true` if nobody decided in time, so that the default of the tool or the question applies. Never set by people. */
  readonly deadline?: boolean
}

/** The decision that counts, as a run remembers it. */
export interface HeldDecision extends Omit<Decision, 'note' | 'value'> {
  readonly step: number
}

/** The result of a decision. */
export interface DecisionResult {
  /** The decision that counts: the first one. */
  readonly held: HeldDecision
  /** Whether the same was decided before, so that nothing has changed. */
  readonly repeated: boolean
}

/** Records a question that a workflow asks people. */
export interface AskPersonInput extends Omit<PendingApproval, 'until'> {
  readonly run: RunRef
  readonly deadline?: ApprovalDeadline<string>
  /** When it was asked, by the run's clock. The deadline counts from here. */
  readonly atMs: number
}

/** Why a question was not recorded. */
export interface AskPersonResult {
  /** In words. Absent in the results of earlier builds for questions that were. */
  readonly problem?: string
}

/** Holds an answer to the schema of its question. */
export interface ReadAnswerInput {
  readonly run: RunRef
  readonly schema: string
  /** The value as JSON. */
  readonly answer: string
}

/** The value that the schema has made of it, or the problem with it in words. */
export type ReadAnswerResult = { readonly value: JsonValue } | { readonly problem: string }

/** Records that nobody waits for the answer to a question any more. */
export interface WithdrawQuestionInput extends Pick<PendingApproval, 'toolCallId' | 'toolName' | 'step'> {
  readonly run: RunRef
  /** When it was withdrawn, by the run's clock. */
  readonly atMs: number
}

/** Records a decision. */
export interface KeepDecisionInput extends Omit<Decision, 'value'> {
  readonly run: RunRef
  readonly step: number
  readonly toolName: string
  /** By the run's clock, so that a replay or a retry writes the same. */
  readonly atMs: number
}
