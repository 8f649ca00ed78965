import { createServer, type Server } from 'node:http'
import { afterEach, expect, it } from 'vitest'
import { createSpanExporter } from '../../../src/runtime/telemetry/otlp-exporter.ts'
import type { Span } from '../../../src/runtime/telemetry/spans.ts'
import { onFreePort } from '../../support/on-free-port.ts'

const SPAN: Span = {
  traceId: '0'.repeat(32),
  spanId: '0'.repeat(16),
  name: 'call strong',
  kind: 'internal',
  startMs: 1_000,
  endMs: 2_000,
  attributes: {},
}

let server: Server

afterEach(() => {
  server.closeAllConnections()
  server.close()
})

/** A collector that counts the spans it is sent, and answers none before it is told to. */
async function holding() {
  const taken: number[] = []
  const held: (() => void)[] = []
  let isHolding = true
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    taken.push(JSON.parse(Buffer.concat(chunks).toString()).resourceSpans[0].scopeSpans[0].spans.length)
    if (isHolding) held.push(() => response.end('{}'))
    else response.end('{}')
  })
  const address = await onFreePort(server)
  return {
    url: `http://${address}`,
    taken,
    /** From now on it answers at once. */
    letGo() {
      isHolding = false
      for (const answer of held.splice(0)) answer()
    },
  }
}

it('keeps so many spans for a collector that is slow and no more, and says so once', async () => {
  const { url, taken, letGo } = await holding()
  const warnings: string[] = []
  const exporter = createSpanExporter({ url, warn: message => void warnings.push(message) })
  for (let second = 0; second < 3; second += 1) {
    for (let span = 0; span < 6_000; span += 1) exporter.add(SPAN)
    await new Promise(resolve => setTimeout(resolve, 1_050))
  }
  letGo()
  await exporter.close()
  const sent = taken.reduce((sum, count) => sum + count, 0)
  // One batch was on its way, the others waited.
  expect(sent).toBe(8_192 + 512)
  expect(warnings).toEqual(['spans are lost: the collector does not accept them', 'the collector accepts spans again'])
})

it('does not wait for a collector that is gone once for each batch when it closes', async () => {
  const { url, taken } = await holding()
  const exporter = createSpanExporter({ url, warn: () => {} })
  for (let span = 0; span < 4_000; span += 1) exporter.add(SPAN)
  const closed = exporter.close()
  await expect.poll(() => taken.length).toBe(1)
  server.closeAllConnections()
  await closed
  expect(taken).toEqual([512])
})
