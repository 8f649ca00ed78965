import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createLineEnds } from '../../src/providers/transport/line-ends.ts'
import { PROTOCOLS } from '../support/model-asks.ts'
import { type Harness, startHarness } from '../support/port-harness.ts'
import { replyText } from '../support/replies.ts'
import { breaking, replying, SSE } from '../support/scripted-vendor.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.stop())

it('every way to end a line becomes a line feed, however the stream is cut', () => {
  const piece = fc.string({ unit: fc.constantFrom('\r', '\n', '\r\n', 'ü'), maxLength: 6 })
  fc.assert(
    fc.property(fc.array(piece), pieces => {
      const rewrite = createLineEnds()
      const lines = Buffer.concat(pieces.map(text => rewrite(Buffer.from(text)))).toString()
      expect(lines).toBe(pieces.join('').replaceAll(/\r\n?/g, '\n'))
    }),
  )
})

it.each(PROTOCOLS.flatMap(protocol => ['\r\n', '\r'].map(end => [protocol, end] as const)))(
  '%s answers in lines that end with %j',
  async (protocol, end) => {
    const text = replyText(protocol, 'text.sse')
    const { timings: _, ...usual } = await harness.ask(protocol, replying(text))
    const { timings: __, ...other } = await harness.ask(protocol, replying(text.replaceAll('\n', end)))
    expect(other).toEqual(usual)
  },
)

// Not a matter of speed alone: the parser would hold the thread for many minutes, and no deadline would pass.
it.each(PROTOCOLS.flatMap(protocol => ['text/event-stream', 'text/plain'].map(type => [protocol, type] as const)))(
  '%s sends megabytes of lines without a line feed (%s), and others are served meanwhile',
  async (protocol, type) => {
    const reply = await harness.ask(
      protocol,
      breaking(`${':\r'.repeat(3_000_000)}\n`, { ...SSE, 'content-type': type }),
    )
    expect(reply).toMatchObject({ kind: 'fault', fault: { kind: 'cut-off' } })
  },
)
