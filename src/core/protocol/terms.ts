/**
 * What a run is started with, and by what it is known.
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
  readonly usd?: string
  /** Input and output tokens of all attempts together, including runs below. */
  readonly tokens?: number
  /** Model calls of the run itself, including its agents'. */
  readonly steps?: number
  /** Milliseconds from the run's start, including waits. */
  readonly timeMs?: number
  /**
   * What happens if no further call, of the run or of one below it, fits the run's own limit on money or tokens. `ask`: it waits until
   * somebody raises the limit, or stops the run. A shared budget that is short ends it all the same. @defaultValue 'refuse': it ends out
   * of budget
   */
  readonly onShort?: 'ask' | 'refuse'
}

/** What people tell an agent: a text, a reference to a text that lies in the store, or texts and files in parts. */
export type Words = string | StoredText | readonly Part[]

/** Who pays for a run, and its limits and rules. */
export interface Terms {
  /** @defaultValue `default` */
  readonly workspace?: string
  /** @defaultValue no limits of the run's own */
  readonly budget?: Budget
  /** Added to the policies of the configuration, which it can only tighten. */
  readonly policy?: Policy
  /** @defaultValue none */
  readonly labels?: Labels
  /** The task class of an agent's model calls, instead of the agent's own. */
  readonly taskClass?: string
  /** Binds an agent's own calls to one model of their class: `author/name`, or one endpoint's id. */
  readonly model?: string
  /** Set by a fork; never by people. */
  readonly forkedFrom?: ForkedFrom
  /** Set by the client in place of an input that is too long for history; never by people. Only agents can read it. */
  readonly longInput?: StoredText
  /** Set by a run that continues as new; never by people. */
  readonly carried?: JsonValue
  /** Set by a run for its children; never by people, and not heeded in a workflow that has no parent or whose id is not below the root's. */
  readonly within?: Within
}

/** The place in another run from which an agent goes on: before the answer to that run's step. */
export interface ForkedFrom {
  /** The run's id, for people. */
  readonly run: string
  readonly step: number
  /** The transcript that the model saw in that step. It is shared, not copied. */
  readonly transcript: TranscriptRef
  /** How much of that stands in the prompt, and what can be cleared of it. Absent in forks from before this was kept. */
  readonly prompt?: PromptState
  /** What routing remembers of that prompt. Absent where nothing of it can be warm any more. */
  readonly memory?: RoutingMemory
  /** What the user says next. */
  readonly say?: Words
}

/** Where a child run stands in its tree. */
export interface Within {
  /** The run at the top of the tree, in whose scope money and tokens are reserved. */
  readonly root: { readonly id: string; readonly key: string }
  /** How far below the root it is: 1 for the root's own children. */
  readonly depth: number
  /** Whether a run above has a money limit. */
  readonly moneyLimited: boolean
  /** The slices of runs between the root and this one, outermost first: see {@link RunRef.slices}. */
  readonly slices?: readonly string[]
  /** The runs above whose people are asked when their limit on money or tokens is short. */
  readonly askers?: readonly Asker[]
  /** The tool call that this run answers, where a model of its parent has asked for it. */
  readonly asked?: AskedLikeTool
}

/** The tool call for which a child runs. */
export interface AskedLikeTool {
  readonly run: Pick<RunRef, 'id' | 'key'>
  readonly step: number
  readonly toolCallId: string
  readonly toolName: string
  readonly question: string
  /** The beginning of the tool call's input, for readers of the asking run's events. Absent: an older worker has asked. */
  readonly inputPreview?: string
  /** The Temporal run that asks. */
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

/** Which run an activity works for. */
export interface RunRef {
  /** The workflow id: what people and the ledger call the run. */
  readonly id: string
  /**
   * Temporal's `firstExecutionRunId`: survives reset and continue-as-new, unlike the run id. A child's: the key at the top of its
   * tree with the path of its id, `key/critic-1-1`.
   */
  readonly key: string
  readonly workspace: string
  readonly labels: Labels
  readonly policy?: Policy
  /** Whether a money limit is set: endpoints without a known price are then rejected. */
  readonly moneyLimited?: boolean
  /** Whether people are asked when the run's own limit is short. */
  readonly asks?: boolean
  /** The id of the run at the top of the tree; absent in that run itself. */
  readonly root?: string
  /** The scope in which a child's money and tokens are reserved: the root's key. Absent: the run's own key. */
  readonly scope?: string
  /**
   * Scopes inside of the root's, outermost first, in which money and tokens are reserved as well: the keys of this run and of
   * runs above it that were given a slice. Absent: none.
   */
  readonly slices?: readonly string[]
  /** The run is under zero data retention itself: its payloads and its content in the store are encrypted. */
  readonly sealed?: boolean
}
