/**
 * What a run is started with, and how it is identified.
 *
 * @module
 */
import type { JsonValue } from '../messages.ts'
import type { Part, StoredText } from '../parts.ts'
import type { Policy } from '../policy/policy.ts'
import type { PromptState, RoutingMemory, TranscriptRef } from './prompts.ts'

/** Labels for the ledger, e.g. `{ team: 'growth', feature: 'titles' }`. */
export type Labels = Readonly<Record<string, string>>

/** The limits of one run. An absent field is no limit. */
export interface Budget {
  /** USD as a decimal string, e.g. `'0.50'`. */
  readonly usd?: string | undefined
  /** Input and output tokens of all attempts together, including runs below. */
  readonly tokens?: number | undefined
  /** Model calls of the run itself, including its agents'. */
  readonly steps?: number | undefined
  /** Milliseconds from the run's start, including waits. */
  readonly timeMs?: number | undefined
  /**
   * What happens if no further call of the run, or of a run below it, fits the run's own limit on money or tokens. `ask`: it waits until
   * somebody raises the limit or stops the run. `refuse`: it ends `out-of-budget`, as it always does if a shared budget is short.
   *
   * @defaultValue 'refuse'
   */
  readonly onShort?: 'ask' | 'refuse' | undefined
}

/** What people tell an agent: a text, a reference to a text in the store, or parts, which are texts and files. */
export type Words = string | StoredText | readonly Part[]

/** Who pays for a run, and its limits and rules. */
export interface Terms {
  /** Who pays. @defaultValue `default` */
  readonly workspace?: string | undefined
  /** @defaultValue no limits of the run's own */
  readonly budget?: Budget | undefined
  /** Added to the policies of the configuration, which it can only tighten. */
  readonly policy?: Policy | undefined
  /** @defaultValue none */
  readonly labels?: Labels | undefined
  /** The task class of an agent's model calls. @defaultValue the agent's own */
  readonly taskClass?: string | undefined
  /** The only model for an agent's own calls: `author/name`, or one endpoint's id. @defaultValue any model of the class */
  readonly model?: string | undefined
  /** Set by a fork; never by people. */
  readonly forkedFrom?: ForkedFrom
  /** Set by the client in place of an input that is too long for history; never by people. Only agents can read it. */
  readonly longInput?: StoredText
  /** Set by a run that continues as new; never by people. */
  readonly carried?: JsonValue
  /** Set by a run for its children, never by people. Ignored in a workflow without a parent, or whose id is not below the root's. */
  readonly within?: Within
}

/** Where in another run a fork continues: right before the answer of that run's step. */
export interface ForkedFrom {
  /** The run's id, for people. */
  readonly run: string
  readonly step: number
  /** The transcript that the model saw in that step. It is shared, not copied. */
  readonly transcript: TranscriptRef
  /** How much of that is in the prompt, and what can be cleared from it. Absent in forks of earlier versions. */
  readonly prompt?: PromptState
  /** What routing remembers of that prompt. Absent if no vendor can have it cached any more. */
  readonly memory?: RoutingMemory
  /** What the user says next. */
  readonly say?: Words
  /** Nobody is asked before a tool that runs at most once does again what that run has done. */
  readonly actAgain?: true
  /** Its budget was asked for, and is not that which the run had when it was forked. */
  readonly ownBudget?: true
}

/** The place of a child run in its tree. */
export interface Within {
  /** The run at the top of the tree, in whose scope money and tokens are reserved. */
  readonly root: { readonly id: string; readonly key: string }
  /** How far below the root it is: 1 for the root's own children. */
  readonly depth: number
  /** Whether a run above has a money limit. */
  readonly moneyLimited: boolean
  /** The slices of runs between the root and this one, outermost first: see {@link RunRef.slices}. */
  readonly slices?: readonly string[]
  /** The runs above that ask people when their limit on money or tokens is short. */
  readonly askers?: readonly Asker[]
  /** The tool call of its parent's model for which it runs, if there is one. */
  readonly asked?: AskedLikeTool
}

/** The tool call for which a child runs. */
export interface AskedLikeTool {
  readonly run: RunName
  readonly step: number
  readonly toolCallId: string
  readonly toolName: string
  readonly question: string
  /** The beginning of the tool call's input, for readers of the parent's events. Absent if an older worker started the child. */
  readonly inputPreview?: string
  /** The id of the Temporal run that started the child. */
  readonly part: string
}

/** A run whose people can raise its budget. */
export interface Asker {
  /** The workflow's id. */
  readonly id: string
  /** The key of the scope that they can raise. */
  readonly key: string
}

/** The one argument of every workflow. */
export interface Brief<Input = JsonValue> {
  /** What the run was started with. */
  readonly input: Input
  /** Who pays for the run, and its limits and rules. A workflow of your own passes them to `openRun`. */
  readonly terms?: Terms
}

/** What a run is called: by people, and by the store. */
export interface RunName {
  /** The workflow id: what people and the ledger call the run. */
  readonly id: string
  /**
   * Temporal's `firstExecutionRunId`, which unlike its run id stays the same after a reset and a continue-as-new. For a child: the key of
   * the tree's top run with the rest of the child's id, `key/critic-1-1`.
   */
  readonly key: string
}

/** Which run an activity works for. */
export interface RunRef extends RunName {
  readonly workspace: string
  readonly labels: Labels
  readonly policy?: Policy
  /** Whether a money limit is set, so that endpoints without a known price are rejected. */
  readonly moneyLimited?: boolean
  /** Whether people are asked when the run's own budget is short. */
  readonly asks?: boolean
  /** The id of the run at the top of the tree; absent in that run itself. */
  readonly root?: string
  /** The scope in which a child reserves money and tokens: the root's key. Absent in the root itself, which uses its own key. */
  readonly scope?: string
  /**
   * Further scopes in which it reserves, outermost first: the keys of this run and of the runs above it that have a slice of the root's
   * budget. Absent: none.
   */
  readonly slices?: readonly string[]
  /** Whether the run itself is under zero data retention, so that its payloads and its content in the store are encrypted. */
  readonly sealed?: boolean
}
