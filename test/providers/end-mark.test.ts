import { describe, expect, it } from 'vitest'
import { endsStream } from '../../src/providers/transport/end-mark.ts'
import { replyText } from '../support/replies.ts'

const ends = (text: string) => endsStream(Buffer.from(text))

describe('the last event of a stream', () => {
  it.each(['openai', 'openai-compatible', 'anthropic'])('is found in a whole reply of %s', protocol => {
    const text = replyText(protocol, 'text.sse')
    expect(ends(text)).toBe(true)
    expect(ends(text.replaceAll('\n', '\r\n'))).toBe(true)
    expect(ends(text.slice(0, text.lastIndexOf('\n\n', text.length - 3) + 2))).toBe(false)
  })

  it('is found alone in its chunk', () => {
    expect(['data: [DONE]\n\n', 'data:[DONE]\r\n\r\n'].map(ends)).toEqual([true, true])
  })

  it('is not what an answer says', () => {
    for (const said of ['data: [DONE]', '\ndata: [DONE]\n', 'event: message_stop\ndata: {}\n'])
      expect(ends(`data: ${JSON.stringify({ choices: [{ delta: { content: said } }] })}\n\n`)).toBe(false)
  })
})
