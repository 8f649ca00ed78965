import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tokensIn } from '../../src/providers/simulated/ask.ts'
import { piecesOf } from '../../src/providers/simulated/pieces.ts'
import type { Reply, ReplyPart } from '../../src/providers/simulated/reply.ts'

const part = fc.oneof(
  fc.string({ maxLength: 90 }).map((text): ReplyPart => ({ kind: 'text', text, tokens: tokensIn(text.length) })),
  fc.tuple(fc.string({ maxLength: 90 }), fc.nat(9)).map(([text, more]): ReplyPart => {
    const tokens = tokensIn(text.length) + more
    return { kind: 'tool-call', text, tokens, id: 'a', name: 'read', callIndex: 0 }
  }),
)
const replyOf = (parts: readonly ReplyPart[]) => ({ parts }) as Reply

test('pieces put together are the answer, with its tokens, however it is cut', () => {
  const cutting = fc.record({
    pieceTokens: fc.constantFrom(1, 3, 7, Number.POSITIVE_INFINITY),
    borderTokens: fc.nat(60),
  })
  fc.assert(
    fc.property(fc.array(part, { maxLength: 4 }), cutting, (parts, how) => {
      const pieces = piecesOf(replyOf(parts), how)
      for (const [index, whole] of parts.entries()) {
        const own = pieces.filter(piece => piece.index === index)
        expect(own.map(piece => piece.text).join('')).toBe(whole.text)
        expect(own.reduce((sum, piece) => sum + piece.tokens, 0)).toBe(whole.tokens)
        expect(own.map(piece => [piece.first, piece.last])).toEqual(
          own.map((_, at) => [at === 0, at === own.length - 1]),
        )
      }
      const total = parts.reduce((sum, { tokens }) => sum + tokens, 0)
      expect(pieces.at(-1)?.writtenTokens ?? 0).toBe(total)
    }),
  )
})

test('a border within a text falls between two pieces', () => {
  const parts: ReplyPart[] = [{ kind: 'text', text: 'x'.repeat(80), tokens: 20 }]
  for (const borderTokens of [1, 7, 19]) {
    const pieces = piecesOf(replyOf(parts), { pieceTokens: Number.POSITIVE_INFINITY, borderTokens })
    expect(pieces.map(piece => piece.writtenTokens)).toEqual([borderTokens, 20])
  }
})
