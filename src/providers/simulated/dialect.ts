/**
 * What a protocol brings: reading its requests, writing its answers and its errors. Everything else is shared.
 *
 * @module
 */
import type { Arrival } from './arrival.ts'
import type { Ask } from './ask.ts'
import type { BatchService } from './batch-visit.ts'
import { recordOf, textOf } from './loose.ts'
import type { LimitStanding } from './rate-limit.ts'
import type { ErrorReply, Refusal, RetryAfter } from './refusal.ts'
import type { Piece, Reply } from './reply.ts'

export type { Arrival } from './arrival.ts'

/** A request that could be read, or why not. */
export type Reading = { readonly ask: Ask } | { readonly refusal: Refusal }

/** How tool results must follow their calls: in the very next turn, or anywhere (Responses). */
export type ToolOrder = 'next-turn' | 'anywhere'

/** What a vendor takes for a name of a tool and for the id of a call. */
export interface Spelling {
  readonly name: RegExp
  /** Absent: any. */
  readonly callId?: RegExp
}

export interface Dialect {
  /** What follows the origin in a base URL. */
  readonly basePath: string
  /** Where its models are asked, as one would write it. */
  readonly modelPath: string
  readonly requestIdHeader: string
  readonly toolOrder: ToolOrder
  /** Whoever allows an answer fewer tokens is refused. */
  readonly leastOutput: number
  readonly spelling: Spelling
  readonly cacheMode: 'marked' | 'all'
  /** Whether its usage counts what is written to the cache: what is not counted is billed as input. */
  readonly countsWrites: boolean
  /** Where this vendor says how long to wait, unless a rule says otherwise. */
  readonly retryAfterIn: RetryAfter['in']
  /** Whether a POST to this path asks a model. */
  isModelPath(path: string): boolean
  keyOf(arrival: Arrival): string | undefined
  /** The model's id, as far as it can be told without reading the request whole. */
  modelOf(body: unknown, arrival: Arrival): string
  read(body: unknown, arrival: Arrival, canThink: boolean): Reading
  /** How it tells of its limit in the headers of every reply, also of a refusal. Absent: not at all. */
  limitHeaders?(standing: LimitStanding, nowMs: number): Record<string, string>
  refuse(refusal: Refusal, requestId: string): ErrorReply
  /** An answer in one JSON body. */
  writeWhole(reply: Reply, ask: Ask): unknown
  writeStream(reply: Reply, ask: Ask): StreamWriter
  /** Absent: the vendor has no batch interface. */
  readonly batches?: BatchService
  /** Keeps what later requests may refer to (Responses). */
  remember?(reply: Reply, ask: Ask): void
}

/** An answer as a stream of events, asked for in the order of the wire. Each gives text ready for it, or ''. */
export interface StreamWriter {
  start(): string
  piece(piece: Piece): string
  end(): string
  /** An overload told inside a stream that has begun. */
  error(): string
}

/** The model that a body names. */
export function modelInBody(body: unknown): string {
  return textOf(recordOf(body).model)
}

/** The key of an `authorization: Bearer` header. */
export function bearerKey({ headers }: Arrival): string | undefined {
  return headers.authorization?.replace(/^Bearer /, '')
}
