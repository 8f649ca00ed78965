/**
 * How a run is opened and closed, and what it says of itself.
 *
 * @module
 */
import type { Fault } from '../faults/fault.ts'
import type { JsonValue } from '../messages.ts'
import type { Usage } from '../usage.ts'
import type { AgentPlan } from './agents.ts'
import type { Cost } from './calls.ts'
import type { OUTCOME_KINDS } from './names.ts'
import type { PendingApproval } from './people.ts'
import type { RunRef, Terms } from './terms.ts'

/** Opens a run in the store, looks up an agent, or both. */
export interface OpenRunInput {
  readonly run: RunRef
  readonly workflow: string
  readonly terms: Terms
  /** An agent to look up by name. */
  readonly agent?: string
  /** The worker's workflows, where the run is taken for an agent's because none of them has its name: one may have been meant. */
  readonly workflows?: readonly string[]
  readonly summary?: string
  /** The run begins with this, perhaps at the second try. Absent: a later part opens it, or only an agent is looked up. */
  readonly begins?: true
}

/** `refused`: its terms cannot be served; why, in words for people. */
export type OpenRunResult =
  | {
      readonly kind: 'opened'
      readonly agent?: AgentPlan
      readonly searchAttributes: boolean
      /** The run has just begun, so its verbs refuse options that do not exist. Runs from before there was such a rule go on without. */
      readonly isStrict?: true
      /** The run has just begun, and is to be found by its workspace from now on: its first calls may take days. */
      readonly namesWorkspace?: true
      /** Temporal's priority for the calls of a task class, for each class that has one. */
      readonly priorities?: Readonly<Record<string, number>>
    }
  | { readonly kind: 'refused'; readonly message: string }

/** Records how a run ended. */
export interface CloseRunInput {
  readonly run: RunRef
  readonly outcome: OutcomeKind
  readonly message?: string
  /** What a child and all runs below it have cost, for the run above. Absent: its workflow does not know. */
  readonly cost?: Cost
  /** Set if the run was cancelled before it was opened: what it was to be opened with. It is recorded all the same. */
  readonly unopened?: Omit<OpenRunInput, 'run'>
}

/** Whether an agent of the worker has this name. */
export interface HasAgentInput {
  readonly run: RunRef
  readonly name: string
}

/** Whether an input fits the schema that the worker's app has for the workflow. History has the answer alone. */
export interface InputProblemInput {
  readonly run: RunRef
  readonly workflow: string
  readonly input?: JsonValue
}

/**
 * A child run whose end Temporal told, and not the run itself: it was terminated, timed out, or cancelled outright, or its workflow
 * returned something else than its outcome.
 */
export interface CloseLostInput {
  readonly run: Pick<RunRef, 'id' | 'key'>
  readonly outcome: OutcomeKind
  readonly message?: string
}

/** What a run has spent by the ledger, because the run could not tell it. */
export type LostSpendings = Pick<Outcome, 'cost' | 'usage' | 'calls' | 'toolCalls'>

/**
 * How a run ended.
 *
 * - `answered`: it closed itself with a result.
 * - `stopped`: somebody told it to stop.
 * - `out-of-budget`: its money, tokens, steps or time were used up.
 * - `refused`: its terms cannot be served, or a model or a content rule refused.
 * - `failed`: nobody answered, or there was a mistake.
 * - `cancelled`: it was ended at once.
 */
export type OutcomeKind = (typeof OUTCOME_KINDS)[number]

/** How a run ended and what it cost, including its children. */
export interface Outcome<Output = JsonValue> {
  /** `answered`, or why it did not answer. */
  readonly kind: OutcomeKind
  /** What an agent said last. If the run did not answer, what it had said until then. */
  readonly text?: string
  /** Present if the agent's last answer ended at its output limit, so the text is not whole. */
  readonly truncated?: true
  /** What a workflow of yours closed with, or the value that satisfied an agent's schema. */
  readonly output?: Output | undefined
  /** Why it did not answer, for people. */
  readonly message?: string
  /** The fault that ended it, if one did. */
  readonly fault?: Fault
  readonly cost: Cost
  /** The upper bound of `cost` as a decimal string in USD. */
  readonly costUsd: string
  readonly usage: Usage
  /** Model calls, however they ended, including those of children. */
  readonly calls: number
  /** Tool calls that have ended, however they ended, including those of children. */
  readonly toolCalls: number
}

/** The outcome of a workflow that closes with a value. If it answered, `output` is there, because nothing else counts as an answer. */
export type OutcomeWithValue<Value> = OutcomeWith<Value, { readonly output: Value }>

/** The outcome of an agent. If it answered, `text` is there, and `output` too if the agent has a schema. */
export type AgentOutcome<Value> = OutcomeWith<Value, { readonly text: string; readonly output: Value }>

type OutcomeWith<Value, Answered> =
  | (Outcome<Value> & { readonly kind: 'answered' } & Answered)
  | (Outcome<Value> & { readonly kind: Exclude<OutcomeKind, 'answered'> })

/** The current state of a run. */
export interface RunState {
  /** `waiting`: for a time, or for room in a budget; see `waitingFor`. */
  readonly status: 'running' | 'waiting' | 'waiting-for-approval' | 'stopping' | 'closed'
  /** The number of its last model call; 0 before the first. */
  readonly step: number
  /** What is spent so far, including children. */
  readonly cost: Cost
  /** The upper bound of `cost` as a decimal string in USD. */
  readonly costUsd: string
  readonly usage: Usage
  /** Model calls, however they ended, including those of children. */
  readonly calls: number
  /** Tool calls that have ended, however they ended, including those of children. */
  readonly toolCalls: number
  /** The approvals that it waits for. Just after the event `approval-ask` it may not know of that yet, which `pending()` of the run does. */
  readonly pending: readonly PendingApproval[]
  /** What it waits for, for people; absent if it is working. */
  readonly waitingFor?: string
}
