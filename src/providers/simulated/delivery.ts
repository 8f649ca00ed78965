/**
 * Putting an answer on the wire: what is sent when, and how it ends. Pacing and the faults of the wire are here, once
 * for all protocols.
 *
 * @module
 */
import type { Ask } from './ask.ts'
import type { Delivery, Ending, Step } from './delivery-steps.ts'
import type { Dialect, StreamWriter } from './dialect.ts'
import { BROKEN_EVENT } from './events.ts'
import type { FaultRule } from './fault-rule.ts'
import { piecesOf, strikeTokens } from './pieces.ts'
import type { Piece, Reply } from './reply.ts'
import { bent, brokenCharacter } from './wire-faults.ts'

export interface Pace {
  readonly firstTokenMs: number
  readonly tokensPerSecond: number
}

export interface DeliveryInput {
  readonly dialect: Dialect
  readonly ask: Ask
  readonly reply: Reply
  readonly pace: Pace
  readonly fault: FaultRule | undefined
}

/** A piece of a paced answer covers this much time: finer looks no smoother to a reader. */
const PIECE_MS = 25
const SLOW_FIRST_TOKEN_MS = 30_000
const START = { atMs: 0, writtenTokens: 0 }
const EVENT_STREAM = 'text/event-stream; charset=utf-8'
const HTML_PAGE = '<!doctype html><html><head><title>Welcome</title></head><body><h1>It works.</h1></body></html>'

/** Everything that will happen on the wire, laid out before it happens. */
export function planDelivery(input: DeliveryInput): Delivery {
  switch (input.fault?.kind) {
    case 'reset':
      return { ...nothing('reset'), void: true }
    case 'silence':
      return nothing('hang')
    case 'html':
      return { ...nothing('close'), void: true, contentType: 'text/html', steps: [{ ...START, text: HTML_PAGE }] }
    default:
      return bent(input.ask.stream ? planStream(input) : planWhole(input), input.fault)
  }
}

function nothing(ending: Ending): Delivery {
  return { contentType: EVENT_STREAM, headersAtOnce: false, steps: [], ending, void: false, complete: false }
}

function planStream(input: DeliveryInput): Delivery {
  const { dialect, ask, reply, pace, fault } = input
  const strikeAt = strikesMidway(fault) ? strikeTokens(reply, fault) : undefined
  const pieces = piecesOf(reply, { pieceTokens: pieceTokensOf(pace), borderTokens: strikeAt })
  const written = pieces.filter(piece => strikeAt === undefined || piece.writtenTokens <= strikeAt)
  const writer = dialect.writeStream(reply, ask)
  const steps: Step[] = [{ atMs: firstTokenMsOf(input), text: writer.start(), writtenTokens: 0 }]
  for (const piece of written) {
    const { writtenTokens } = piece
    steps.push({ atMs: dueMs(input, writtenTokens), text: writer.piece(piece), writtenTokens })
  }
  return finished(input, steps, { writer, midway: strikeAt !== undefined, rest: pieces.slice(written.length) })
}

interface Progress {
  readonly writer: StreamWriter
  readonly midway: boolean
  /** What a fault in the middle held back. */
  readonly rest: readonly Piece[]
}

function finished({ reply, fault }: DeliveryInput, steps: Step[], { writer, midway, rest }: Progress): Delivery {
  const atMs = steps.at(-1)!.atMs
  const writtenTokens = steps.at(-1)!.writtenTokens
  const delivery = { contentType: EVENT_STREAM, headersAtOnce: fault?.kind === 'slow-first-token', steps, void: false }
  const restText = () => rest.map(piece => writer.piece(piece)).join('')
  if (midway && fault?.kind === 'cut') {
    const half = { atMs, text: fault.at === 'character' ? brokenCharacter(restText()) : '', writtenTokens }
    return { ...delivery, steps: [...steps, half], ending: 'cut', complete: false }
  }
  if (midway && fault?.kind === 'stall' && fault.delayMs === undefined)
    return { ...delivery, ending: 'hang', complete: false }
  if (midway && fault?.kind === 'in-band-error') {
    const error = { atMs, text: writer.error(), writtenTokens }
    return { ...delivery, steps: [...steps, error], ending: 'close', complete: false }
  }
  const broken = midway && fault?.kind === 'malformed-chunk' ? BROKEN_EVENT : ''
  const endMs = atMs + (midway ? (fault?.delayMs ?? 0) : 0)
  const end = { atMs: endMs, text: broken + restText() + writer.end(), writtenTokens: reply.usage.outputTokens }
  return { ...delivery, steps: [...steps, end], ending: 'close', complete: !reply.omit.finish }
}

function planWhole(input: DeliveryInput): Delivery {
  const { dialect, ask, reply, fault } = input
  const text = JSON.stringify(dialect.writeWhole(reply, ask))
  const total = reply.usage.outputTokens
  const at = { atMs: dueMs(input, total), writtenTokens: total }
  const delivery = {
    contentType: 'application/json',
    headersAtOnce: fault?.kind === 'slow-first-token',
    void: false,
  }
  const half = { ...at, text: text.slice(0, text.length / 2) }
  switch (fault?.kind) {
    case 'cut':
      return { ...delivery, steps: [half], ending: 'cut', complete: false }
    case 'stall': {
      if (fault.delayMs === undefined) return { ...delivery, steps: [half], ending: 'hang', complete: false }
      const rest = { ...at, atMs: at.atMs + fault.delayMs, text: text.slice(text.length / 2) }
      return { ...delivery, steps: [half, rest], ending: 'close', complete: true }
    }
    case 'malformed-chunk':
      return { ...delivery, steps: [half], ending: 'close', complete: true }
    case 'in-band-error': {
      const body = JSON.stringify(dialect.refuse({ kind: 'overloaded' }, `req_${reply.id}`).body)
      return { ...delivery, steps: [{ ...at, text: body }], ending: 'close', complete: false }
    }
    default:
      return { ...delivery, steps: [{ ...at, text }], ending: 'close', complete: !reply.omit.finish }
  }
}

function strikesMidway(fault: FaultRule | undefined): fault is FaultRule {
  const kind = fault?.kind
  return kind === 'cut' || kind === 'stall' || kind === 'malformed-chunk' || kind === 'in-band-error'
}

function pieceTokensOf({ tokensPerSecond }: Pace): number {
  return tokensPerSecond === 0 ? Number.POSITIVE_INFINITY : Math.max(1, Math.round((tokensPerSecond * PIECE_MS) / 1000))
}

function firstTokenMsOf({ pace, fault }: DeliveryInput): number {
  const slow = fault?.kind === 'slow-first-token' ? (fault.delayMs ?? SLOW_FIRST_TOKEN_MS) : 0
  return pace.firstTokenMs + slow
}

function dueMs(input: DeliveryInput, tokens: number): number {
  const { tokensPerSecond } = input.pace
  return firstTokenMsOf(input) + (tokensPerSecond === 0 ? 0 : (tokens * 1000) / tokensPerSecond)
}
