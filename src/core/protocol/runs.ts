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
import type { PendingApproval } from './people.ts'
import type { RunRef, Terms } from './terms.ts'

export interface OpenRunInput {
  readonly run: RunRef
  readonly workflow: string
  readonly terms: Terms
  /** An agent to look up by name. */
  readonly agent?: string
  /** The workflows that the worker serves, where a name that is none of them is taken for an agent's. */
  readonly workflows?: readonly string[]
  readonly summary?: string
  /** The run begins with it, perhaps not for the first time. Absent: it is a part behind another one, or looks an agent up. */
  readonly begins?: true
}

export type OpenRunResult =
  | {
      readonly kind: 'opened'
      readonly agent?: AgentPlan
      readonly searchAttributes: boolean
      /** Of the task classes that have one: their calls are dispatched by it. */
      readonly priorities?: Readonly<Record<string, number>>
    }
  | { readonly kind: 'refused'; readonly message: string }

export interface CloseRunInput {
  readonly run: RunRef
  readonly outcome: OutcomeKind
  readonly message?: string
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

/** What the ledger knows of a run that could not tell it. */
export type LostSpendings = Pick<Outcome, 'cost' | 'usage' | 'calls' | 'toolCalls'>

export type OutcomeKind = 'answered' | 'stopped' | 'out-of-budget' | 'refused' | 'failed' | 'cancelled'

/** How a run ended and what it cost. `output` is what a workflow of one's own returned; `text` what an agent said. */
export interface Outcome<Output = JsonValue> {
  readonly kind: OutcomeKind
  readonly text?: string
  /** Present where the agent's last answer ended at its output limit: the text is not whole. */
  readonly truncated?: true
  readonly output?: Output
  readonly message?: string
  readonly fault?: Fault
  readonly cost: Cost
  readonly costUsd: string
  readonly usage: Usage
  readonly calls: number
  readonly toolCalls: number
}

/** What the state query answers. */
export interface RunState {
  readonly status: 'running' | 'waiting' | 'waiting-for-approval' | 'stopping' | 'closed'
  readonly step: number
  readonly cost: Cost
  readonly costUsd: string
  readonly usage: Usage
  readonly calls: number
  readonly toolCalls: number
  readonly pending: readonly PendingApproval[]
  readonly waitingFor?: string
}
