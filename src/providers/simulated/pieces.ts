/**
 * Cutting an answer into the pieces that go out one by one.
 *
 * @module
 */
import { textWithin, tokensIn } from './ask.ts'
import type { FaultRule } from './fault-rule.ts'
import type { Piece, Reply, ReplyPart } from './reply.ts'

/** How an answer is cut: into pieces of so many tokens, and once more where a fault strikes. */
export interface Cutting {
  /** `Infinity`: one piece a part. */
  readonly pieceTokens: number
  /** A border that must fall between two pieces, in tokens of the whole answer. */
  readonly borderTokens?: number
}

/** The answer's pieces in order. Their texts together are the parts' texts. */
export function piecesOf(reply: Reply, cutting: Cutting): Piece[] {
  const pieces: Piece[] = []
  let written = 0
  for (const [index, part] of reply.parts.entries()) {
    for (const piece of piecesOfPart(part, written, cutting)) {
      written += piece.tokens
      pieces.push({ ...piece, part, index, writtenTokens: written })
    }
  }
  return pieces
}

type Stretch = Pick<Piece, 'text' | 'first' | 'last' | 'tokens'>

function piecesOfPart(part: ReplyPart, before: number, cutting: Cutting): Stretch[] {
  const stretches: Stretch[] = []
  const textTokens = tokensIn(part.text.length)
  let rest = part.text
  let left = part.tokens
  do {
    const first = stretches.length === 0
    // What a part costs beyond its text goes out with its first piece.
    const overhead = first ? part.tokens - textTokens : 0
    const wanted = stretchTokens(before + part.tokens - left, left, cutting)
    const text = textWithin(rest, Math.max(1, wanted - overhead))
    rest = rest.slice(text.length)
    const tokens = rest === '' ? left : overhead + tokensIn(text.length)
    left -= tokens
    stretches.push({ text, first, last: rest === '', tokens })
  } while (rest !== '')
  return stretches
}

function stretchTokens(at: number, left: number, { pieceTokens, borderTokens }: Cutting): number {
  const untilBorder = borderTokens !== undefined && borderTokens > at ? borderTokens - at : Number.POSITIVE_INFINITY
  return Math.min(left, pieceTokens, untilBorder)
}

/** The place in tokens where a fault strikes: what the rule says, or the middle of the answer. */
export function strikeTokens(reply: Reply, rule: { afterTokens?: number; at: FaultRule['at'] }): number {
  if (rule.afterTokens !== undefined) return rule.afterTokens
  return placeIn(reply, rule.at) ?? Math.floor(tokensOf(reply.parts) / 2)
}

/** Inside the first part of a kind; `undefined` where the answer has none. */
function placeIn({ parts }: Reply, at: FaultRule['at']): number | undefined {
  if (at === 'tokens') return undefined
  const found = parts.findIndex(part => (at === 'character' ? NOT_ASCII.test(part.text) : part.kind === at))
  const part = parts[found]
  if (!part) return undefined
  const before = tokensOf(parts.slice(0, found))
  const textTokens = tokensIn(part.text.length)
  const overhead = part.tokens - textTokens
  if (at === 'character') return before + overhead + tokensIn(part.text.search(NOT_ASCII) + 1) - 1
  return before + part.tokens - Math.ceil(textTokens / 2)
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what is meant
const NOT_ASCII = /[^\x00-\x7f]/

function tokensOf(parts: readonly ReplyPart[]): number {
  return parts.reduce((total, part) => total + part.tokens, 0)
}
