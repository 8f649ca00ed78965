/**
 * What people tell a run and what they are asked: messages, decisions, larger budgets. Of a budget that people can raise runs of one tree
 * tell each other.
 *
 * @module
 */
import type { RunRef, Words } from './terms.ts'

/** By how much somebody raises a run's limits, and who. */
export interface BudgetRaise {
  /** Decimal string. */
  readonly usd?: string
  readonly tokens?: number
  readonly by?: string
  readonly note?: string
}

/** What people are asked for: more than the limits of this run, by one below it. */
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
  /** The message's own. */
  readonly id: string
  readonly text: Words
  /** Present where `text` is only the beginning. */
  readonly truncated?: true
  readonly by?: string
  /** By the run's clock, so that a replay or a second try is the same record. */
  readonly atMs: number
}

/** What a run tells one above it of whose budget nothing is left for it. */
export interface Shortage {
  /** The id of the run that is short. */
  readonly run: string
  /** The last number of raises that it has heard of. */
  readonly raises: number
  readonly message: string
}

/** What it is told when that budget is larger. */
export interface RaisedAbove {
  /** Of the scope. */
  readonly key: string
  /** Raises so far. */
  readonly raises: number
}

/** An approval that a run waits for. */
export interface PendingApproval {
  readonly toolCallId: string
  readonly toolName: string
  readonly inputPreview: string
  readonly step: number
  /** When it is decided without a person, and how; absent: it waits as long as it takes. */
  readonly until?: DecidedUntil
}

/** A deadline as a point in time. */
export interface DecidedUntil {
  readonly atMs: number
  readonly otherwise: Decision['decision']
}

/** A word on a tool call. The first one on a call holds. */
export interface Decision {
  readonly toolCallId: string
  readonly decision: 'approve' | 'deny'
  readonly by?: string
  readonly note?: string
  /** Nobody decided in time: what the tool says for that case holds. Never set by people. */
  readonly deadline?: boolean
}

/** A decision that holds, as a run remembers it. */
export interface HeldDecision extends Omit<Decision, 'note'> {
  readonly step: number
}

/** What a decision came to. */
export interface DecisionResult {
  readonly held: HeldDecision
  /** The same was decided before, and nothing has changed. */
  readonly repeated: boolean
}

/** A decision on its way into the record. */
export interface KeepDecisionInput extends Decision {
  readonly run: RunRef
  readonly step: number
  readonly toolName: string
  /** By the run's clock, so that a replay or a second try is the same record. */
  readonly atMs: number
}
