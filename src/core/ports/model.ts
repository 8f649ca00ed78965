/**
 * Asking a model, and counting the tokens of a prompt.
 *
 * @module
 */
import type { Endpoint, RateLimits } from '../endpoints.ts'
import type { Fault } from '../faults/fault.ts'
import type { AssistantMessage, FunctionTool, JsonValue, Message } from '../messages.ts'
import type { PriceRange } from '../money/cost.ts'
import type { CallSettings, ToolChoice } from '../protocol.ts'
import type { Recurring } from '../routing/cache/cache-marks.ts'
import type { Usage } from '../usage.ts'

/** A request that is about to leave, as the gate sees it. */
export interface Outgoing {
  readonly url: string
  /** The request's body, parsed. */
  readonly body: unknown
  /** The output limit as the vendor will read it, reasoning included; absent if the body names none. */
  readonly maxOutputTokens?: number
  /** How its prices may compare to the listed ones, if it asks for a tier of service with prices of its own. */
  readonly priceRange?: PriceRange
  /** Set if it goes into a batch, whose prices are in `priceRange`. */
  readonly inBatch?: true
  /** Names of settings that are left out because the endpoint has rejected them before. */
  readonly without?: readonly string[]
}

/**
 * Called right before a request leaves: checks the policy, reserves the worst case and writes the ledger's row.
 *
 * If it throws, the request does not leave, and the provider throws the same error.
 */
type Gate = (outgoing: Outgoing) => Promise<void>

/** One request to one endpoint. */
export interface Ask {
  readonly endpoint: Endpoint
  readonly prompt: readonly Message[]
  readonly tools: readonly FunctionTool[]
  /** Which of the tools the answer has to call. Sent in the best form that the endpoint supports. */
  readonly toolChoice?: ToolChoice
  /** A JSON schema for the answer. Sent in the best form that the endpoint supports. */
  readonly schema?: { readonly name: string; readonly json: JsonValue }
  readonly settings: CallSettings
  /** Absent if no later prompt will begin like this one, so that no cache marks are placed. */
  readonly caching?: Caching
  /** Our id of this attempt, sent as `x-client-request-id`. */
  readonly wireRequestId: string
  /** Under zero data retention, the request must ask the vendor to store nothing. */
  readonly zdr: boolean
  readonly signal: AbortSignal
  readonly gate: Gate
  /** Called once, right before the first content: text, reasoning or the beginning of a tool call. */
  readonly onContent?: () => void
  readonly onDelta: (kind: 'text' | 'reasoning', text: string) => void
}

/** What to cache, for vendors that have to be told. */
export interface Caching {
  /** The same for all prompts that may begin alike: those of one run and of the runs below it. At most 64 characters. */
  readonly key: string
  /** How much of the prompt later prompts will begin with, soon enough to find it in the cache. */
  readonly recurring: Recurring
}

/** How long an attempt took. */
export interface Timings {
  readonly firstTokenMs?: number
  readonly totalMs: number
}

/** An answer: the reply came to its end, if perhaps to its output limit, and not to an error. */
export interface ReplyAnswer {
  readonly kind: 'answer'
  readonly message: AssistantMessage
  readonly text: string
  /**
   * Why the answer ended. If `length`, the message has no tool calls: a call that may be cut must never run, and a call without a result
   * would make the next prompt invalid.
   */
  readonly finish: 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'other'
  readonly usage: Usage
  /** A cost that the vendor reported itself, in pico-dollars. */
  readonly reportedCostPico?: string
  /** How its prices compare to the listed ones, if it was free or was served in a tier of service that no list has. */
  readonly priceRange?: PriceRange
  /** The vendor's id of the request. */
  readonly requestId?: string
  /** What the vendor says of its own limits. */
  readonly limits?: RateLimits
  /** Names of settings that the AI SDK's package left out because this protocol or this model does not accept them. */
  readonly leftOut?: readonly string[]
  readonly timings: Timings
}

/** No complete answer. */
export interface ReplyFault {
  readonly kind: 'fault'
  readonly fault: Fault
  /** `no` if the vendor was never reached or replied with an error status, `maybe` if nobody knows. */
  readonly billable: 'no' | 'maybe'
  /** The usage that was reported before the end, e.g. the prompt's. */
  readonly usage?: Usage
  /** Set if the reply was complete but is not an answer, so that `usage` covers all of it. */
  readonly whole?: true
  /** Only with `whole`: a cost that the vendor reported itself, in pico-dollars. */
  readonly reportedCostPico?: string
  /** Only with `whole`: see `ReplyAnswer`. */
  readonly priceRange?: PriceRange
  readonly requestId?: string
  /** What the vendor says of its own limits. */
  readonly limits?: RateLimits
  readonly timings: Timings
}

/**
 * Asks one endpoint once.
 *
 * Contract: it resolves whatever a vendor or the network does, and rejects only with what the gate threw, or for a bug. An abort by
 * `signal` closes the socket within 100 ms and gives a fault `cancelled`.
 */
export interface ModelPort {
  ask(ask: Ask): Promise<ReplyAnswer | ReplyFault>
}

/** A vendor has taken a request into a batch. */
export interface Submitted {
  readonly kind: 'submitted'
  /** The vendor's id of the batch. */
  readonly batch: string
}

/** A vendor may have a batch, and cannot say so now. */
export interface Unsure {
  readonly kind: 'unsure'
}

/** A batch that has not ended, or of which nobody could say so now. */
export interface Pending {
  readonly kind: 'pending'
}

/**
 * Asks an endpoint through its vendor's batch interface, one request a batch.
 *
 * Contract: as {@link ModelPort}'s, but the reply to a batch that is being made is waited for up to 10 s after the signal has fired: only
 * what has an id can be withdrawn. A fault of `submit` means that there is no batch, unless it may be billed. `look` gives a fault only
 * where the batch has ended without an answer, or is gone: with the code `BATCH_EXPIRED` if its time was over.
 */
export interface BatchPort {
  /** `unsure`: its reply was lost, and the vendor's list cannot be had now. */
  submit(ask: Ask): Promise<Submitted | Unsure | ReplyFault>
  /** Takes the answer to the same ask, once it is there. Nothing passes the gate, since nothing is asked anew. */
  look(ask: Ask, batch: string): Promise<Pending | ReplyAnswer | ReplyFault>
  /**
   * A batch that may have been made, by the ask's `wireRequestId` and when that left. `undefined` if there is none, or if the vendor has
   * no list that says so. It is asked for half a minute at most, and no more once the signal fires.
   */
  find(
    endpoint: Endpoint,
    sought: { readonly id: string; readonly sinceMs: number; readonly signal?: AbortSignal },
  ): Promise<Submitted | Unsure | undefined>
  /** Tells the vendor that nobody waits for the batch any more, as far as it can be reached. What it has done until then may be billed. */
  withdraw(endpoint: Endpoint, batch: string): Promise<void>
}

/** Token counts of a prompt before any vendor has counted it. */
export interface TokenPort {
  /** The likely count. */
  estimate(messages: readonly Message[], tools: readonly FunctionTool[]): number
  /**
   * An upper bound: no vendor counts more for these texts and images, as far as they have published how they count.
   *
   * @param model - The model that will be asked, `author/name`.
   * @param window - Its context window in tokens, if that is known.
   */
  bound(messages: readonly Message[], tools: readonly FunctionTool[], model?: string, window?: number): number
}
