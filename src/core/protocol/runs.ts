/**
 * How runs are opened and closed, their outcomes, and their current state.
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
import type { RunName, RunRef, Terms } from './terms.ts'

/** Opens a run in the store, looks up an agent, or both. */
export interface OpenRunInput {
  readonly run: RunRef
  readonly workflow: string
  readonly terms: Terms
  /** An agent to look up by name. */
  readonly agent?: string
  /** The worker's workflows, if none of them has the run's name, so that it is taken for an agent. One of them may have been meant. */
  readonly workflows?: readonly string[]
  readonly summary?: string
  /** Set if the run begins here, if perhaps at the second attempt. Absent if a later part opens it, or only an agent is looked up. */
  readonly begins?: true
}

/** `refused`: the run's terms cannot be served. `message` says why, for people. */
export type OpenRunResult =
  | {
      readonly kind: 'opened'
      readonly agent?: AgentPlan
      readonly searchAttributes: boolean
      /** Set for a run that has just begun: `run.generate` and the like refuse unknown options. Runs of earlier versions continue without. */
      readonly isStrict?: true
      /** Set for a run that has just begun: its search attribute for the workspace is set at once, since its first calls may take days. */
      readonly namesWorkspace?: true
      /** Temporal's priority for calls, by task class, for classes that have one. */
      readonly priorities?: Readonly<Record<string, number>>
    }
  | { readonly kind: 'refused'; readonly message: string }

/** Records how a run ended. */
export interface CloseRunInput {
  readonly run: RunRef
  readonly outcome: OutcomeKind
  readonly message?: string
  /** What a child and all runs below it have cost, for the run above. Absent if its workflow does not know. */
  readonly cost?: Cost
  /** Set if the run was cancelled before it was opened: what it would have been opened with, so that it is recorded all the same. */
  readonly unopened?: Omit<OpenRunInput, 'run'>
}

/** Asks whether the worker has an agent of this name. */
export interface HasAgentInput {
  readonly run: RunRef
  readonly name: string
}

/** Asks whether an input fits the app's schema for the workflow. Only the answer goes into history. */
export interface InputProblemInput {
  readonly run: RunRef
  readonly workflow: string
  readonly input?: JsonValue
}

/**
 * The end of a child run that did not record it itself: it was terminated, timed out or cancelled outright, or its workflow returned
 * something other than an outcome.
 */
export interface CloseLostInput {
  readonly run: RunName
  readonly outcome: OutcomeKind
  readonly message?: string
}

/** What a run has spent, as the ledger counts it. */
export type RunSpent = Pick<Outcome, 'cost' | 'usage' | 'calls' | 'toolCalls'>

/**
 * How a run ended.
 *
 * - `answered`: it finished with a result.
 * - `stopped`: somebody told it to stop, and it did so at a good point.
 * - `out-of-budget`: its money, tokens, steps or time were used up.
 * - `refused`: its terms cannot be served, or a model or a content rule refused.
 * - `failed`: no endpoint answered, or its code failed.
 * - `cancelled`: it was cancelled, which ends it at once.
 */
export type OutcomeKind = (typeof OUTCOME_KINDS)[number]

/** How a run ended and what it cost, including its children. */
export interface Outcome<Output = JsonValue> {
  readonly kind: OutcomeKind
  /** The agent's last text. It may be there even if the run did not answer. */
  readonly text?: string
  /** Set if the agent's last answer ended at its output limit, so that the text is not complete. */
  readonly truncated?: true
  /** What a workflow of yours passed to `close`, or the value that satisfied an agent's schema. */
  readonly output?: Output | undefined
  /** Why it did not answer, for people. Of an answer: why the run could ask no model any more before its workflow closed it. */
  readonly message?: string
  /** The fault that ended it, if one did. */
  readonly fault?: Fault
  /** What the run and its children have spent. */
  readonly cost: Cost
  /** The upper bound of `cost` as a decimal string in USD. */
  readonly costUsd: string
  readonly usage: Usage
  /** Model calls, however they ended, including those of children. */
  readonly calls: number
  /** Tool calls that have ended, however they ended, including those of children. */
  readonly toolCalls: number
}

/** The outcome of a workflow that closes with a value. If `kind` is `answered`, `output` is there. */
export type OutcomeWithValue<Value> = OutcomeWith<Value, { readonly output: Value }>

/** The outcome of an agent. If `kind` is `answered`, `text` is there, and `output` too if the agent has a schema. */
export type AgentOutcome<Value> = OutcomeWith<Value, { readonly text: string; readonly output: Value }>

type OutcomeWith<Value, Answered> =
  | (Outcome<Value> & { readonly kind: 'answered' } & Answered)
  | (Outcome<Value> & { readonly kind: Exclude<OutcomeKind, 'answered'> })

/** The current state of a run. */
export interface RunState extends RunSpent, Pick<Outcome, 'costUsd'> {
  /**
   * `waiting`: until some time, or for room in a budget; `waitingFor` says which. `cancelled`: since it was cancelled, while its end is
   * still to come and after it.
   */
  readonly status: 'running' | 'waiting' | 'waiting-for-approval' | 'stopping' | 'cancelled' | 'closed'
  /** The number of its last model call; 0 before the first. */
  readonly step: number
  /** The approvals that it waits for. It may learn of one a moment after the event `approval-ask`; `pending()` of the run has it at once. */
  readonly pending: readonly PendingApproval[]
  /** What it waits for, for people; absent if it is working. */
  readonly waitingFor?: string
  /** Its workflow waits for a message and for nothing else: it has heard all that was said before, and no agent, model call or tool works. */
  readonly hears?: true
}
