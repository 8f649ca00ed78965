/**
 * Model calls: what is asked, the result, and what it has cost.
 *
 * @module
 */
import type { Fault, FaultKind } from '../faults/fault.ts'
import type { JsonValue, Message, ProviderOptions } from '../messages.ts'
import type { Part, StoredText } from '../parts.ts'
import type { Policy } from '../policy/policy.ts'
import type { Usage } from '../usage.ts'
import type { PromptView, RoutingMemory, TranscriptRef } from './prompts.ts'
import type { Labels, RunRef } from './terms.ts'
import type { ToolCallRef, ToolResultRef } from './tools.ts'

/** A user's message whose files and long texts may be references to the store. */
export interface GivenMessage {
  readonly role: 'user'
  readonly content: readonly Part[]
  readonly providerOptions?: ProviderOptions
}

/** What another agent has heard and said: its transcript without its instructions. For an agent that continues under its own. */
export interface HandedOver {
  readonly role: 'handed-over'
  readonly transcript: TranscriptRef
}

/**
 * What a call adds to its transcript: whole messages, or references to tool results, files, long texts and what another agent has heard
 * and said. An activity that does not know one of them throws before anything is written or asked, so that a newer worker takes it.
 */
export type Addition =
  | Message
  | GivenMessage
  | { readonly role: 'tool-results'; readonly results: readonly ToolResultRef[] }
  | { readonly role: 'stored-text'; readonly text: StoredText }
  | HandedOver

/** Sampling settings. Each is sent to the vendor as it is, or left out if the endpoint does not take it. */
export interface Sampling {
  /** @defaultValue the vendor's */
  readonly temperature?: number
  /** Sample only from the most likely tokens that together reach this probability, from 0 to 1. @defaultValue the vendor's */
  readonly topP?: number
  /** Sample only from this many of the most likely tokens. @defaultValue the vendor's */
  readonly topK?: number
  /** Above 0, what was already said becomes less likely. @defaultValue the vendor's */
  readonly presencePenalty?: number
  /** Above 0, the more often something was said, the less likely it becomes. @defaultValue the vendor's */
  readonly frequencyPenalty?: number
  /** The same question with the same seed gets the same answer, as far as the vendor can. @defaultValue none */
  readonly seed?: number
  /** The answer ends before the first of these texts, and counts as complete. @defaultValue none */
  readonly stopSequences?: readonly string[]
}

/** Settings of a call. An absent field leaves the class's setting. */
export interface CallSettings extends Sampling {
  /** The most output tokens, reasoning included; less if the endpoint or the budget leaves less. @defaultValue 8192 */
  readonly maxOutputTokens?: number
  /** How hard the model thinks before it answers. @defaultValue the vendor's */
  readonly reasoning?: 'none' | 'minimal' | 'low' | 'medium' | 'high'
  /** Options of the provider's package, by the package's name for the provider; passed on unchanged. */
  readonly providerOptions?: ProviderOptions
}

/** Which tools an answer must call: at least one, none, or the one of this name. If absent, the model chooses. */
export type ToolChoice = 'required' | 'none' | (string & {})

/** What a call that waits passes on to its next activity. */
export interface WaitMemory {
  /** Set if the log says already that the call waits for vendors. */
  readonly toldWait?: true
  /** The class that it had stepped down to, or was escalated to, when it began to wait. */
  readonly waitsIn?: string
  /** It was escalated on the way to that class, and has asked nobody since. */
  readonly waitsEscalated?: true
}

/** A model call, as a workflow asks for it. */
export interface CallModelInput extends WaitMemory {
  readonly run: RunRef
  readonly step: number
  readonly taskClass: string
  readonly transcript: TranscriptRef
  /** What of the transcript is in the prompt; absent if all of it is. */
  readonly view?: PromptView
  readonly additions: readonly Addition[]
  /** Names of tools. The activity looks up their schemas. */
  readonly tools?: readonly string[]
  readonly toolChoice?: ToolChoice
  /** The name of a registered schema that the answer must satisfy. */
  readonly schema?: string
  readonly settings?: CallSettings
  readonly policy?: Policy
  readonly labels?: Labels
  /** The keys of the runs above that ask people when their budgets are short. */
  readonly asksAbove?: readonly string[]
  readonly memory: RoutingMemory
  /** Set if nobody waits for the answer any more: what is in a batch is withdrawn, and nothing is asked. */
  readonly withdraws?: true
  /**
   * If present, the call summarises its transcript for calls of this class. The policies of all classes that may serve those calls apply
   * to it too.
   */
  readonly sumsUpFor?: string
}

/** A call that was cancelled alone, and that no activity is at work on. */
export interface GiveUpCallInput extends Pick<CallModelInput, 'run' | 'step'> {}

/** Why an agent's turn has no answer, though no call of a model has failed. `step` is that of the last answer before. */
export interface TellUnansweredInput extends Pick<CallModelInput, 'run' | 'step'> {
  readonly fault: FaultKind
  readonly message: string
}

/**
 * Money spent, as whole pico-dollars (1e-12 USD) in decimal strings. Low and high are equal if the cost is exact. Otherwise the true cost
 * lies between them, because nobody knows what a vendor has billed for attempts that were cut, aborted or lost.
 */
export interface Cost {
  /** The least that it has cost. */
  readonly lowPico: string
  /** The most that it has cost. */
  readonly highPico: string
  /** The number of attempts with a usage but no known price. They are in neither bound. */
  readonly unpriced?: number
}

/**
 * How an attempt ended. `abandoned`: its worker was lost, or was shut down and handed the call over; then its fault is `cancelled`. `outrun`:
 * the other attempt of a hedged call began to answer first.
 */
export type AttemptOutcome = 'answered' | 'fault' | 'cancelled' | 'abandoned' | 'outrun'

/** One request on the wire, as the workflow and people see it. */
export interface AttemptSummary {
  readonly attempt: number
  readonly endpoint: string
  readonly outcome: AttemptOutcome
  readonly fault?: FaultKind
  readonly cost?: Cost
  readonly firstTokenMs?: number
  readonly totalMs?: number
}

/** The answer of one call. */
export interface Answer {
  /** The call's id in the journal, where tools find their input. */
  readonly callId: string
  readonly text: string
  /** The value that satisfied the schema, if there is one. */
  readonly value?: JsonValue
  readonly toolCalls: readonly ToolCallRef[]
  /** Whether the answer ended at its output limit, so that it is not complete. */
  readonly truncated: boolean
  readonly endpoint: string
  readonly model: string
  /** The transcript with this answer. In a new lineage if a reset run has gone another way than before. */
  readonly transcript: TranscriptRef
  readonly known?: RoutingMemory['known']
}

/** What one call has spent, over all of its attempts so far. */
export interface Spent {
  readonly attempts: readonly AttemptSummary[]
  readonly usage: Usage
  readonly cost: Cost
  /**
   * The class that served the call, or was tried last. Absent if it is the class that the call was made in, if no endpoint was asked, or
   * if an older worker returned this.
   */
  readonly servedClass?: string
}

/**
 * The result of one activity of a call. `wait`: the workflow makes the call again after `ms` milliseconds, with the same input and the
 * {@link WaitMemory} of this result.
 */
export type CallModelResult =
  | ({ readonly kind: 'answered'; readonly answer: Answer } & Spent)
  | ({
      readonly kind: 'wait'
      readonly ms: number
      readonly reason: string
      /** Set if it waits for an answer from a batch, which is to be withdrawn if the call is not made again. */
      readonly inBatch?: true
    } & WaitMemory &
      Spent)
  | ({ readonly kind: 'fault'; readonly fault: Fault } & Spent)
  | ({
      readonly kind: 'over-budget'
      readonly message: string
      /** The scope whose limit is short: the key of a run for its own budget, or a shared budget's scope. */
      readonly scopeId: string
    } & Spent)
  /** `said`: what people could read of its answer until then. */
  | ({ readonly kind: 'cancelled'; readonly said?: string } & Spent)
