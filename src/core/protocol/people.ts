/**
 * What people tell a run and what they are asked: messages, decisions, larger budgets. And what runs of one tree tell each other of a
 * budget that people can raise.
 *
 * @module
 */
import type { RunRef, Words } from './terms.ts'
import type { ApprovalDeadline } from './tools.ts'

/** How much somebody raises a run's limits, and who. */
export interface BudgetRaise {
  /** Decimal string. */
  readonly usd?: string
  readonly tokens?: number
  readonly by?: string
  readonly note?: string
}

/** Asks people for a larger budget of this run, since a run below it is short. */
export interface AskBudgetInput {
  readonly run: RunRef
  readonly step: number
  readonly message: string
}

/** The limits that hold after a raise. */
export interface RaisedBudget {
  readonly limitUsd?: string
  readonly limitTokens?: number
}

export interface RaiseBudgetInput extends BudgetRaise {
  readonly run: RunRef
  /** The same on every try. */
  readonly raiseId: string
  readonly atMs: number
}

/** What people say to a running agent. */
export interface Said {
  readonly text: Words
  /** The same on every try: what is said again under it changes nothing. */
  readonly id?: string
  /** Who says it, for the record; the model is not told. */
  readonly by?: string
}

/** What somebody has said, on its way into the run's events. */
export interface KeepSaidInput {
  readonly run: RunRef
  /** The message's own id. */
  readonly id: string
  readonly text: Words
  /** Present where `text` is only the beginning. */
  readonly truncated?: true
  readonly by?: string
  /** By the run's clock, so that a replay or a second try is the same record. */
  readonly atMs: number
}

/** What a run tells the run above whose budget has nothing left for it. */
export interface Shortage {
  /** The id of the run that is short. */
  readonly run: string
  /** The last number of raises that it has heard of. */
  readonly raises: number
  readonly message: string
}

/** What the run below is told when that budget was raised. */
export interface RaisedAbove {
  /** The key of the budget's scope. */
  readonly key: string
  /** Raises so far. */
  readonly raises: number
}

/**
 * Something that waits for a person's word: a tool call, or a question that the workflow itself asks. A question has its id as
 * `toolName` and its text as `inputPreview`.
 */
export interface PendingApproval {
  /** The id by which it is decided: the tool call's, or one of the question's own. */
  readonly toolCallId: string
  readonly toolName: string
  /** The first 512 bytes of a tool call's input, as JSON. */
  readonly inputPreview: string
  /** What a question may be answered with. If absent, it is a tool call, to be approved or denied. */
  readonly answers?: Answers
  readonly step: number
  /** When and how it is decided without a person. If absent, it waits without a deadline. */
  readonly until?: DecidedUntil
}

/** What a question may be answered with: one of these words, or any text. */
export type Answers = readonly string[] | 'text'

/** A deadline as a point in time. */
export interface DecidedUntil {
  readonly atMs: number
  readonly otherwise: Decision['decision']
}

/** A word on a tool call or a question. The first one holds. */
export interface Decision {
  readonly toolCallId: string
  /** `approve` or `deny`; for a question one of its answers, or a text. */
  readonly decision: string
  readonly by?: string
  readonly note?: string
  /** `true`: nobody decided in time, and what the tool or the question says for that case holds. Never set by people. */
  readonly deadline?: boolean
}

/** A decision that holds, as a run remembers it. */
export interface HeldDecision extends Omit<Decision, 'note'> {
  readonly step: number
}

/** The result of a decision. */
export interface DecisionResult {
  /** The decision that holds: the first one. */
  readonly held: HeldDecision
  /** `true`: the same was decided before, so nothing has changed. */
  readonly repeated: boolean
}

/** A question that a workflow asks people, on its way into the record. */
export interface AskPersonInput extends Omit<PendingApproval, 'until'> {
  readonly run: RunRef
  readonly deadline?: ApprovalDeadline<string>
  /** When it was asked, by the run's clock. The deadline counts from here. */
  readonly atMs: number
}

/** A question whose answer nobody waits for any more, on its way into the record. */
export interface WithdrawQuestionInput extends Pick<PendingApproval, 'toolCallId' | 'toolName' | 'step'> {
  readonly run: RunRef
  /** When it was withdrawn, by the run's clock. */
  readonly atMs: number
}

/** A decision on its way into the record. */
export interface KeepDecisionInput extends Decision {
  readonly run: RunRef
  readonly step: number
  readonly toolName: string
  /** By the run's clock, so that a replay or a second try is the same record. */
  readonly atMs: number
}
