/**
 * An answer before its protocol writes it.
 *
 * @module
 */
import type { Json } from './ask.ts'

/** Tokens of one request as the vendor counts and bills them. The cache's and the thought's are parts of the totals. */
export interface VendorUsage {
  readonly inputTokens: number
  readonly cachedTokens: number
  readonly writtenTokens: number
  /** The part of `writtenTokens` that was written for an hour. */
  readonly writtenHourTokens: number
  readonly outputTokens: number
  readonly reasoningTokens: number
}

/** `tokens` counts what `text` (a tool call's arguments) costs, and what the part costs besides. */
export type ReplyPart =
  | {
      readonly kind: 'reasoning'
      readonly text: string
      readonly tokens: number
      readonly signature: string
      readonly sealed: string
    }
  | { readonly kind: 'text'; readonly text: string; readonly tokens: number; readonly signature?: string }
  | CallPart

/** A tool call; `text` is its arguments. */
export interface CallPart {
  readonly kind: 'tool-call'
  readonly text: string
  readonly tokens: number
  readonly id: string
  readonly name: string
  /** The arguments as a value; absent when `text` is no JSON. */
  readonly value?: Json
  /** Its number among the answer's tool calls. */
  readonly callIndex: number
  readonly signature?: string
}

export type Finish = 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'broken-call'

export interface Reply {
  /** Short, unique per request; the protocols put their prefixes before it. */
  readonly id: string
  readonly model: string
  readonly createdAtMs: number
  readonly parts: readonly ReplyPart[]
  readonly finish: Finish
  /** Of those that the request named, the text at which the answer ended. */
  readonly stopSequence?: string
  readonly usage: VendorUsage
  /** The digest of everything that was asked, as it stands in the text. */
  readonly digest: string
  /** In USD, where the vendor reports it. */
  readonly costUsd?: number
  /** Which ends are left out, by a fault. */
  readonly omit: { readonly usage: boolean; readonly finish: boolean; readonly done: boolean }
}

/** A stretch of one part, as it goes out in one event. */
export interface Piece {
  readonly part: ReplyPart
  readonly index: number
  readonly text: string
  readonly first: boolean
  readonly last: boolean
  readonly tokens: number
  /** Tokens of the whole answer up to and with this piece. */
  readonly writtenTokens: number
}
