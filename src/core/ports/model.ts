/**
 * Asking a model, and counting what it is asked.
 *
 * @module
 */
import type { Endpoint, RateLimits } from '../endpoints.ts'
import type { Fault } from '../faults/fault.ts'
import type { AssistantMessage, FunctionTool, JsonValue, Message } from '../messages.ts'
import type { PriceRange } from '../money/cost.ts'
import type { CallSettings, ToolChoice } from '../protocol.ts'
import type { Recurring } from '../routing/cache-marks.ts'
import type { Usage } from '../usage.ts'

/** A request that is about to leave, as the gate sees it. */
export interface Outgoing {
  readonly url: string
  /** The request's body, parsed. */
  readonly body: unknown
  /** The output limit as the vendor will read it, thinking included; `undefined` when the body names none. */
  readonly maxOutputTokens?: number
  /** How its prices may compare to those of the list, if the request asks for a tier of service with prices of its own. */
  readonly priceRange?: PriceRange
  /** Names of settings that the endpoint has rejected before, and is not asked with. */
  readonly without?: readonly string[]
}

/**
 * Decides at the last moment whether a request may leave: policy, reservation and the ledger's row happen here.
 * Throws to hold the request back; the provider passes what it throws on, unchanged.
 */
type Gate = (outgoing: Outgoing) => Promise<void>

/** One request to one endpoint. */
export interface Ask {
  readonly endpoint: Endpoint
  readonly prompt: readonly Message[]
  readonly tools: readonly FunctionTool[]
  /** Which of the tools the answer has to call; sent in the best way that the endpoint has. */
  readonly toolChoice?: ToolChoice
  /** A JSON schema for the answer, sent in the best way that the endpoint has. */
  readonly schema?: { readonly name: string; readonly json: JsonValue }
  readonly settings: CallSettings
  /** Absent: nothing of the prompt comes again, and no mark is placed. */
  readonly caching?: Caching
  /** Our id of this attempt, sent as `x-client-request-id`. */
  readonly wireRequestId: string
  /** Under ZDR the request must ask the vendor to store nothing. */
  readonly zdr: boolean
  readonly signal: AbortSignal
  readonly gate: Gate
  /** Called once, right before the first content: text, reasoning or the beginning of a tool call. */
  readonly onContent?: () => void
  readonly onDelta: (kind: 'text' | 'reasoning', text: string) => void
}

/** What is known of prompts to come, for vendors that have to be told what to cache. */
export interface Caching {
  /** The same for all prompts that may share a beginning: those of one run and of the runs below it. At most 64 characters. */
  readonly key: string
  /** How much of the prompt others will begin with, soon enough to find it in the cache. */
  readonly recurring: Recurring
}

/** How long an attempt took, whatever came of it. */
export interface Timings {
  readonly firstTokenMs?: number
  readonly totalMs: number
}

/** A whole answer: it ended with a reason other than error. */
export interface ReplyAnswer {
  readonly kind: 'answer'
  readonly message: AssistantMessage
  readonly text: string
  /**
   * After `length` the message has no tool calls: one that was cut never runs, and one without a result would make the next prompt
   * invalid.
   */
  readonly finish: 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'other'
  readonly usage: Usage
  /** A cost that the vendor reported itself, in pico-dollars. */
  readonly reportedCostPico?: string
  /** How its prices compare to those of the list, if it was served for nothing or in a tier of service that no list has. */
  readonly priceRange?: PriceRange
  /** The vendor's id of the request. */
  readonly requestId?: string
  /** What the vendor says of its own limits. */
  readonly limits?: RateLimits
  /** Names of settings that the package left out, since this protocol or this model does not take them. */
  readonly leftOut?: readonly string[]
  readonly timings: Timings
}

/**
 * No whole answer. `billable: 'no'` if the vendor refused before it began to answer (its reply was an error status) or was
 * never reached; `'maybe'` if the request left and nobody can say.
 */
export interface ReplyFault {
  readonly kind: 'fault'
  readonly fault: Fault
  readonly billable: 'no' | 'maybe'
  /** The usage that was reported before the end, e.g. the prompt's. */
  readonly usage?: Usage
  /** Set if the reply came to its end and is no answer all the same: `usage` covers all of it. */
  readonly whole?: true
  /** Only if `whole` is set: a cost that the vendor reported itself, in pico-dollars. */
  readonly reportedCostPico?: string
  /** Only if `whole` is set: like the one of an answer. */
  readonly priceRange?: PriceRange
  readonly requestId?: string
  /** What the vendor says of its own limits. */
  readonly limits?: RateLimits
  readonly timings: Timings
}

/**
 * Asks one endpoint once.
 *
 * Contract: resolves for everything that a vendor or the network can do; rejects only with what the gate threw,
 * or for a bug. An abort through `signal` closes the socket within 100 ms and gives a fault `cancelled`. Unknown
 * counts are `undefined`.
 */
export interface ModelPort {
  ask(ask: Ask): Promise<ReplyAnswer | ReplyFault>
}

/** Token counts of a prompt before any vendor has counted it. */
export interface TokenPort {
  /** The likely count. */
  estimate(messages: readonly Message[], tools: readonly FunctionTool[]): number
  /**
   * An upper bound: no tokenizer counts more for a text, and no vendor more for an image, as far as each has published.
   *
   * @param model - The one that counts, `author/name`.
   * @param window - Its context window in tokens, where that is known.
   */
  bound(messages: readonly Message[], tools: readonly FunctionTool[], model?: string, window?: number): number
}
