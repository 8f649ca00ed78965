/**
 * What we need to know about a protocol and its package does not tell. Each protocol has a folder that implements it; where it is like
 * another, it takes that one's files.
 *
 * @module
 */
import type { LanguageModelV4, SharedV4ProviderOptions } from '@ai-sdk/provider'
import type { Endpoint, ProviderSettings } from '../core/endpoints.ts'
import type { AttemptFaultKind } from '../core/faults/fault.ts'
import type { FunctionTool, Message } from '../core/messages.ts'
import type { Ask } from '../core/ports.ts'
import type { Usage } from '../core/usage.ts'
import type { BatchDialect } from './batch/batch-dialect.ts'
import type { Mending } from './transport/mending.ts'

/** The `fetch` that packages are given; every request of every model passes through it. */
export type Fetch = typeof globalThis.fetch

/** An endpoint as its adapter sees it: the provider's settings with the model's. */
export interface Connection {
  readonly settings: ProviderSettings
  readonly endpoint: Endpoint
  readonly fetch: Fetch
}

/** An error as it came: a status and a body. `status` is absent for an error inside a reply that began well. */
export interface ErrorReply {
  readonly status?: number
  readonly headers: Readonly<Record<string, string>>
  /** Parsed when it was JSON; otherwise `undefined`. */
  readonly body: unknown
}

/** What an error reply means, in codes. `template` is the vendor's sentence if it is known to quote nothing. */
export interface ClassifiedError {
  readonly kind: AttemptFaultKind
  readonly code?: string
  readonly type?: string
  readonly parameter?: string
  readonly retryAfterMs?: number
  readonly mostOutputTokens?: number
  readonly template?: string
}

/** What the vendor has reported so far about the attempt's usage and cost. */
export interface Reported {
  readonly usage?: Usage
  readonly costPico?: string
}

/** How an attempt is to be asked, beyond what the specification's call options say. */
interface Shape {
  readonly providerOptions: SharedV4ProviderOptions
  /** Reasoning cannot be asked for in this request. */
  readonly withoutReasoning?: true
}

/** A piece of a tool's call in a raw chunk. */
export interface CallPiece {
  /** Which of the answer's calls it belongs to. */
  readonly place: number
  /** The call's id, in its first piece at least. */
  readonly id: string | undefined
  readonly text: string
}

/** What of a request may be marked for the vendor's cache. */
export interface Markable {
  readonly prompt: readonly Message[]
  readonly tools: readonly FunctionTool[]
}

/** A protocol's rules and readers, where its package does not have them. */
export interface Dialect {
  createModel(connection: Connection): Promise<LanguageModelV4>
  /**
   * Set if the package signs requests with credentials that it finds itself. Then its own headers are kept when we have no key.
   * The text says what to set if it finds no credentials.
   */
  readonly signs?: string
  /** Options that the protocol wants, laid over the caller's. `prompt` is what goes on the wire. Absent: the caller's as they are. */
  shape?(ask: Ask, prompt: readonly Message[]): Shape
  /** Whether reasoning is streamed as it comes, or there is none: then it does not make the endpoint silent for longer. */
  showsThoughts?(ask: Ask): boolean
  /**
   * Whether the vendor takes no choice of tools in this ask, so that the model must be told in words. Absent: it always takes
   * one.
   */
  choosesItself?(ask: Ask): boolean
  /** Marks what the vendor is to cache, where it caches only what is marked. */
  mark?(ask: Ask, plain: Markable): Markable
  /** The prompt in a form that the package takes, where it takes less than the specification allows. */
  fit?(prompt: readonly Message[], ask: Ask): readonly Message[]
  /** Whether the vendor takes this text as one at which an answer ends. Absent: it takes all. */
  takesStop?(sequence: string): boolean
  /** The lowest output limit that the vendor takes; a lower one is raised to it. Absent: 1. */
  readonly leastOutputTokens?: number
  /** The vendor counts the tokens of a silent refusal and does not bill them. Absent: it may bill them. */
  readonly refusesForNothing?: true
  /** The output limit as the vendor will read it, from the outgoing body; thinking included. */
  outputLimit(body: unknown): number | undefined
  /** What in the outgoing body would make the vendor keep something, in words; `undefined` when nothing does. */
  storedBy(body: unknown): string | undefined
  classifyError(reply: ErrorReply): ClassifiedError
  /** Adds what a raw chunk, or the whole raw body, reports to what was reported before. */
  readUsage(chunk: unknown, before: Reported): Reported
  /** The arguments of tool calls as the model wrote them, if the package changes them. */
  callsIn?(chunk: unknown): readonly CallPiece[]
  /** Whether a raw chunk or body has a refusal in a field that the package ignores. */
  refuses?(chunk: unknown): boolean
  /** Corrects chunks before the package sees them. */
  readonly mending?: Mending
  /** Whether a raw chunk is the last one of its stream. Absent: an event without content says so. */
  isLast?(chunk: unknown): boolean
  /** How it is asked through its vendor's batch interface. Absent: it has none. */
  readonly batch?: BatchDialect
  /** The vendor's word for how the answer ended, in the last raw chunk or the whole raw body, if the package ignores it. */
  endWord?(chunk: unknown): string | undefined
}
