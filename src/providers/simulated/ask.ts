/**
 * What a request asked, in the same words for every protocol.
 *
 * @module
 */

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

/** How long a prefix that ends here is to stay in the prompt cache. */
export type CacheMark = '5m' | '1h'

/** A piece of the prompt in its order (tools first, then system, then messages): the unit of digest, count and cache. */
export interface Segment {
  readonly text: string
  readonly tokens: number
  readonly mark?: CacheMark
}

/** A message's part in the tool loop. `position` is how the vendor's error would name the place. */
export interface Turn {
  readonly role: 'user' | 'assistant' | 'tool'
  readonly calls: readonly string[]
  readonly results: readonly string[]
  readonly position: string
}

/** A tool call that stands in the prompt; a vendor that gives calls no ids has none to look at. `position` is as in an error. */
export interface SeenCall {
  readonly id?: string
  readonly name: string
  readonly position: string
}

/** A signature that came back to its maker, and what it was made over; nothing where it is a seal that says that itself. */
export interface SignatureSeen {
  readonly signature: string
  readonly over: string
  readonly position: string
}

export interface OfferedTool {
  readonly name: string
  readonly inputSchema: Json
}

export type ToolChoice = 'auto' | 'none' | 'required' | { readonly name: string }

/** One request, read. */
export interface Ask {
  readonly model: string
  readonly stream: boolean
  /** An OpenAI stream says its usage only when asked. */
  readonly wantsUsage: boolean
  readonly system: string
  readonly firstUserText: string
  readonly segments: readonly Segment[]
  readonly turns: readonly Turn[]
  readonly called: readonly SeenCall[]
  readonly signatures: readonly SignatureSeen[]
  readonly tools: readonly OfferedTool[]
  readonly toolChoice: ToolChoice
  /** The shape that the answer must have; `true` is any JSON object. */
  readonly schema?: Json
  readonly maxOutput?: number
  /** The answer ends before the first of these. */
  readonly stops?: readonly string[]
  /** Whether the model thinks before it answers this. */
  readonly thinks: boolean
  readonly showsThinking: boolean
  /** Thought goes out sealed as well, to be handed back (Responses' `reasoning.encrypted_content`). */
  readonly wantsSealed?: boolean
  /** The request forbade the vendor to store its answer. */
  readonly keepsNothing?: boolean
}

/** The text that behaviours and fault rules are matched with. */
export function matchTextOf(ask: Ask): string {
  return `${ask.system}\n${ask.firstUserText}`
}

/** Vendors count with tokenisers of their own; four characters a token is what they publish as a rule of thumb. */
const CHARACTERS_PER_TOKEN = 4

/** The vendor's own count of a text. */
export function tokensIn(length: number): number {
  return Math.ceil(length / CHARACTERS_PER_TOKEN)
}

/** The part of a text that fits into a number of tokens. */
export function textWithin(text: string, tokens: number): string {
  return text.slice(0, tokens * CHARACTERS_PER_TOKEN)
}

/** What every message adds for its role and its borders, as OpenAI's cookbook counts it. */
const TOKENS_PER_MESSAGE = 3

/** A piece of the prompt, counted, with so many tokens beside those of its text. */
export function segmentOf(text: string, moreTokens = TOKENS_PER_MESSAGE): Segment {
  return { text, tokens: tokensIn(text.length) + moreTokens }
}

/** A piece that may have pictures: they count for so many tokens each, whatever their bytes, and belong to what the piece is known by. */
export function pictureSegment(text: string, pictures: readonly unknown[], tokensEach: number): Segment {
  if (pictures.length === 0) return segmentOf(text)
  const counted = segmentOf(text, pictures.length * tokensEach)
  return { ...counted, text: text + JSON.stringify(pictures) }
}

/** Tools come before the messages in the prompt, all of them as one piece. */
export function toolSegments(tools: Json | undefined): Segment[] {
  return Array.isArray(tools) && tools.length > 0 ? [segmentOf(JSON.stringify(tools))] : []
}

export function promptTokensOf({ segments }: Ask): number {
  return segments.reduce((sum, segment) => sum + segment.tokens, 0)
}
