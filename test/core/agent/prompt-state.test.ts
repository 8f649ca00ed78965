import { describe, expect, it } from 'vitest'
import { forkedPrompt } from '../../../src/core/agent/forked-prompt.ts'
import { addAnswer, NEW_PROMPT, tokensOfAdditions, tokensOfMessage } from '../../../src/core/agent/prompt-state.ts'
import { jsonBytes } from '../../../src/core/agent/words.ts'
import type { Message } from '../../../src/core/messages.ts'
import type { Answer } from '../../../src/core/protocol.ts'

const said = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] })

describe('the likely tokens of what a call adds', () => {
  it('go by the bytes of a text, whatever it is written in: Chinese has about a token a character', () => {
    const tokens = tokensOfAdditions([said('火车晚点了，请告诉我下一班。'.repeat(100))])
    expect(tokens).toBeGreaterThan(1_100)
    expect(tokens).toBeLessThan(1_500)
  })

  it('are those of a text in the store, and not of the reference to it', () => {
    const text = { digest: 'a'.repeat(64), bytes: 35_000, preview: '' }
    expect(tokensOfAdditions([{ role: 'stored-text', text }])).toBe(10_000)
    const part = tokensOfAdditions([{ role: 'user', content: [{ type: 'stored-text', text }] }])
    expect(part).toBeGreaterThan(10_000)
    expect(part).toBeLessThan(10_020)
  })

  it('stand in for what a vendor does not count', () => {
    const state = { ...NEW_PROMPT, head: 2, headTokens: 100, tokens: 1_000 }
    const transcript = { lineage: 'main', length: 9 }
    const answer = { text: 'x'.repeat(350), transcript } as Answer
    expect(addAnswer(state, [said('Go on.')], answer).tokens).toBe(1_000 + tokensOfAdditions([said('Go on.')]) + 100)
  })
})

it.each(['plain', 'Grüße aus Köln', '火车晚点了', '\u{1f682} \u{1f682}', 'half \ud83d of one', 'a\n"b"\\'])(
  'the bytes of %j as JSON are counted as they are written',
  text => {
    expect(jsonBytes({ text })).toBe(Buffer.byteLength(JSON.stringify({ text })))
  },
)

describe('the prompt with which a fork begins', () => {
  it('counts a result as one that can be cleared where the store has taken it out of its message', () => {
    const call = { type: 'tool-call' as const, toolCallId: 'a', toolName: 'look', input: {} }
    const value = '火车晚点了。'.repeat(40)
    const output = { type: 'text' as const, value }
    const messages: readonly Message[] = [
      said('Look.'),
      { role: 'assistant', content: [call] },
      { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'a', toolName: 'look', output }] },
    ]
    expect(Buffer.byteLength(JSON.stringify(value))).toBeGreaterThan(512)
    const { whole } = forkedPrompt({ messages, head: 1 })
    expect(whole).toEqual([{ answer: 1, results: Math.ceil(722 / 3.5), others: expect.any(Number) }])
  })

  it('counts short steps behind a long one to that, as the loop does', () => {
    const call = { type: 'tool-call' as const, toolCallId: 'a', toolName: 'look', input: {} }
    const result = (value: string): Message => ({
      role: 'tool',
      content: [{ type: 'tool-result', toolCallId: 'a', toolName: 'look', output: { type: 'text', value } }],
    })
    const asks: Message = { role: 'assistant', content: [call] }
    const messages = [said('Look.'), asks, result('x'.repeat(2_000)), asks, result('short'), asks, result('short')]
    const { whole } = forkedPrompt({ messages, head: 1 })
    expect(whole).toHaveLength(1)
    expect(whole[0]!.behind).toBeGreaterThan(40)
  })

  describe('after two long results', () => {
    const call = { type: 'tool-call' as const, toolCallId: 'a', toolName: 'look', input: {} }
    const asks: Message = { role: 'assistant', content: [call] }
    const output = { type: 'text' as const, value: 'x'.repeat(1_998) }
    const result: Message = {
      role: 'tool',
      content: [{ type: 'tool-result', toolCallId: 'a', toolName: 'look', output }],
    }
    const messages = [said('Look.'), asks, result, asks, result, asks]
    const [headTokens, asked, told] = [said('Look.'), asks, result].map(tokensOfMessage) as [number, number, number]
    /** 2,000 bytes with their quotation marks. */
    const long = Math.ceil(2_000 / 3.5)
    const noted = told - long + 40

    it('is as long as its messages are', () => {
      const { tokens, ...state } = forkedPrompt({ messages, head: 1 })
      expect(tokens).toBe(headTokens + 3 * asked + 2 * told)
      expect(state).toMatchObject({
        head: 1,
        headTokens,
        clearings: 0,
        compactions: 0,
        whole: [1, 3].map(answer => ({ answer, results: long, others: told - long + asked })),
      })
      expect(state).not.toHaveProperty('view')
    })

    it('has notes where it had them, and its own first step stands behind that view', () => {
      const view = { since: 3, by: 'clearing', clearedBefore: 3 } as const
      const state = forkedPrompt({ messages, head: 1, view })
      expect(state.tokens).toBe(headTokens + 3 * asked + noted + told)
      expect(state).toMatchObject({ view: { ...view, since: 0 }, whole: [{ answer: 3 }] })
    })

    it('begins behind its summary', () => {
      const compacted = { head: 1, until: 3, summary: { lineage: 'summary', length: 1 } }
      const state = forkedPrompt({
        messages,
        head: 1,
        view: { since: 3, by: 'compaction', clearedBefore: 0, compacted },
      })
      expect(state.tokens).toBe(headTokens + 2 * asked + told)
      expect(state.whole).toMatchObject([{ answer: 3 }])
    })

    it('is as long as its vendor has counted, without the answer that is asked anew', () => {
      const counted = (promptTokens: number) =>
        forkedPrompt({ messages, head: 1, known: { endpoint: 'a:b/c', promptTokens, length: 7 }, answer: asks }).tokens
      expect(counted(5_000)).toBe(5_000 - asked)
      expect(counted(1)).toBe(headTokens)
    })
  })
})

it('a file counts for the tokens that a model reads of it, and not for its bytes or for those of its reference', () => {
  const data = {
    type: 'stored',
    digest: 'a'.repeat(64),
    bytes: 300_000,
    tokens: 800,
    preview: '[image/png, 300 kB]',
  } as const
  const stored = { role: 'user', content: [{ type: 'file', mediaType: 'image/png', data }] } as const
  expect(tokensOfAdditions([stored])).toBeLessThan(820)
  const inHand = { type: 'data', data: 'A'.repeat(400_000) } as const
  const asRead: Message = { role: 'user', content: [{ type: 'file', mediaType: 'image/png', data: inHand }] }
  expect(tokensOfMessage(asRead)).toBeLessThan(1_620)
  const shown = [{ type: 'file' as const, mediaType: 'image/png', data: inHand }]
  const output = { type: 'content' as const, value: shown }
  const result = { type: 'tool-result' as const, toolCallId: 'a', toolName: 'look', output }
  const told = tokensOfMessage({ role: 'tool', content: [result] })
  expect(told).toBeGreaterThan(1_600)
  expect(told).toBeLessThan(1_650)
})
