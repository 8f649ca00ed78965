/**
 * What the providers need to know of a protocol that its package does not tell. A folder per protocol implements it,
 * each with the same files.
 *
 * @module
 */
import type { LanguageModelV4, SharedV4ProviderOptions } from '@ai-sdk/provider'
import type { Endpoint, ProviderSettings } from '../core/endpoints.ts'
import type { AttemptFaultKind } from '../core/faults/fault.ts'
import type { FunctionTool, Message } from '../core/messages.ts'
import type { Ask } from '../core/ports.ts'
import type { Usage } from '../core/usage.ts'
import type { Mending } from './transport/mending.ts'

/** The `fetch` that packages are given; every request of every model passes through it. */
export type Fetch = typeof globalThis.fetch

/** An endpoint as its adapter sees it: the provider's settings with the model's. */
export interface Connection {
  readonly settings: ProviderSettings
  readonly endpoint: Endpoint
  readonly fetch: Fetch
}

/** An error as it came: a status and a body, or an error inside a reply that began well (`status` absent). */
export interface ErrorReply {
  readonly status?: number
  readonly headers: Readonly<Record<string, string>>
  /** Parsed when it was JSON; otherwise `undefined`. */
  readonly body: unknown
}

/** What an error reply means. Codes only; `template` is the vendor's sentence where it is known to quote nothing. */
export interface ClassifiedError {
  readonly kind: AttemptFaultKind
  readonly code?: string
  readonly type?: string
  readonly parameter?: string
  readonly retryAfterMs?: number
  readonly mostOutputTokens?: number
  readonly template?: string
}

/** What the vendor has reported so far of what the attempt consumed. */
export interface Reported {
  readonly usage?: Usage
  readonly costPico?: string
}

/** How an attempt is to be asked, beyond what the specification's call options say. */
interface Shape {
  readonly providerOptions: SharedV4ProviderOptions
  /** `false`: thinking cannot be asked for in this request. */
  readonly reasoning: boolean
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

/** One protocol, as far as its package does not tell. */
export interface Dialect {
  createModel(connection: Connection): Promise<LanguageModelV4>
  /**
   * Present where the package signs requests with credentials that it finds itself, so that what it sends without a key of ours is kept.
   * Says what to set where it finds none.
   */
  readonly signs?: string
  /** Options that the protocol always wants, laid over the caller's. `prompt` is what goes on the wire. */
  shape(ask: Ask, prompt: readonly Message[]): Shape
  /** Whether thoughts are sent as they come, or there are none: then thinking makes no silence longer. */
  showsThoughts?(ask: Ask): boolean
  /** Whether the vendor takes no choice of tools in this ask, so that the model is told in words. Absent: it takes all. */
  choosesItself?(ask: Ask): boolean
  /** Marks what the vendor is to cache, where it caches only what is marked. */
  mark?(ask: Ask, plain: Markable): Markable
  /** The prompt in a form that the package takes, where it takes less than the specification allows. */
  fit?(prompt: readonly Message[], ask: Ask): readonly Message[]
  /** Whether the vendor takes this text as one at which an answer ends. Absent: it takes all. */
  takesStop?(sequence: string): boolean
  /** The vendor refuses a lower limit of the output, so a lower one goes out as this. Absent: 1. */
  readonly leastOutputTokens?: number
  /** The vendor counts the tokens of a refusal without a word, and does not bill them. Absent: it may bill them. */
  readonly refusesForNothing?: true
  /** The output limit as the vendor will read it, from the outgoing body; thinking included. */
  outputLimit(body: unknown): number | undefined
  /** What in the outgoing body would make the vendor keep something, in words; `undefined` when nothing does. */
  storedBy(body: unknown): string | undefined
  classifyError(reply: ErrorReply): ClassifiedError
  /** Folds a raw chunk, or the whole raw body, into what was reported before. */
  readUsage(chunk: unknown, before: Reported): Reported
  /** The arguments of calls as the model writes them, where the package does not hand them on as they are. */
  callsIn?(chunk: unknown): readonly CallPiece[]
  /** Whether a raw chunk or body has a refusal in a field of its own, which the package passes over. */
  refuses?(chunk: unknown): boolean
  /** Chunks to put right before the package sees them. */
  readonly mending?: Mending
  /** Whether a raw chunk is the last one of its stream, where no event without content says so. */
  isLast?(chunk: unknown): boolean
  /** The vendor's word for how the answer ended, in its last raw chunk or whole raw body, where the package passes over it. */
  endWord?(chunk: unknown): string | undefined
}
