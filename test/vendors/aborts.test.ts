import { afterEach, describe, expect, test } from 'vitest'
import { createBiller } from '../../src/providers/simulated/bill.ts'
import type { RunningVendors } from '../../src/providers/simulated/index.ts'
import type { VendorUsage } from '../../src/providers/simulated/reply.ts'
import { askStream, modelOf, PRICE, PROMPT, start, vendorOf } from './asking.ts'

let running: RunningVendors | undefined
afterEach(() => running?.close())

/** The row once it is closed: the vendor sees a disconnect a moment after the client. */
async function closedRow() {
  const row = () => running!.meter()[0]!
  await expect.poll(() => row().state).toBe('closed')
  return row()
}

/** Reads the first text and leaves. The answer is stalled in its middle, so there is no race with its end. */
async function leaveMidway(billsAborted: 'nothing' | 'until-disconnect' | 'whole') {
  const faults = [{ kind: 'stall' as const, afterTokens: 10 }]
  running = await start(vendorOf('openai-compatible', { billsAborted, faults }))
  const leaving = new AbortController()
  const { stream } = await modelOf(running).doStream({ prompt: PROMPT, abortSignal: leaving.signal })
  for await (const part of stream) if (part.type === 'text-delta') break
  leaving.abort()
  return await closedRow()
}

describe('an answer that the asker leaves', () => {
  test('is open on the meter while it is on its way', async () => {
    running = await start(vendorOf('openai-compatible', { faults: [{ kind: 'silence' }] }))
    const leaving = new AbortController()
    const asked = askStream(modelOf(running), {
      abortSignal: leaving.signal,
      headers: { 'x-client-request-id': 'mine-1' },
    })
    await expect.poll(() => running!.meter()).toMatchObject([{ state: 'open', clientRequestId: 'mine-1' }])
    leaving.abort()
    await expect(asked).rejects.toThrow()
    expect(await closedRow()).toMatchObject({ outcome: 'aborted', fault: 'silence', billedPico: '0' })
  })

  test('costs nothing where the vendor bills nothing', async () => {
    expect(await leaveMidway('nothing')).toMatchObject({ outcome: 'aborted', billedPico: '0' })
  })

  test('costs the prompt and what came where the vendor bills until the disconnect', async () => {
    const row = await leaveMidway('until-disconnect')
    expect(row).toMatchObject({ outcome: 'aborted', outputTokens: 10 })
    expect(BigInt(row.billedPico)).toBe(BigInt(row.inputTokens!) * 3_000_000n + 10n * 15_000_000n)
  })

  test('costs all of it where the vendor bills the whole', async () => {
    const row = await leaveMidway('whole')
    expect(row.outcome).toBe('aborted')
    expect(row.outputTokens).toBeGreaterThan(30)
    expect(row.billedPico).toBe(createBiller(PRICE)({ ...row } as VendorUsage).toString())
  })
})

test('an answer that the asker leaves before it has begun has no status', async () => {
  running = await start(vendorOf('openai', { firstTokenMs: 60_000 }))
  const leaving = new AbortController()
  const asked = askStream(modelOf(running), { abortSignal: leaving.signal })
  await expect.poll(() => running!.meter()).toMatchObject([{ state: 'open' }])
  leaving.abort()
  await expect(asked).rejects.toThrow()
  const row = await closedRow()
  expect([row.outcome, row.status]).toEqual(['aborted', undefined])
})

test('a stream that stalls before it has said anything has begun: its headers are out', async () => {
  running = await start(vendorOf('google', { faults: [{ kind: 'stall', afterTokens: 0 }] }))
  const leaving = new AbortController()
  const { response } = await modelOf(running).doStream({ prompt: PROMPT, abortSignal: leaving.signal })
  expect(response?.headers?.['x-request-id']).toBe(running.meter()[0]!.requestId)
  leaving.abort()
  expect(await closedRow()).toMatchObject({ outcome: 'aborted', status: 200 })
})

test('a paced answer comes in pieces, and its meter stops at the disconnect', async () => {
  // Of some ten seconds: no busy machine hears of the disconnect after its end.
  const behaviours = [{ match: 'Say something', turns: [{ text: 'so it goes on '.repeat(500) }] }]
  running = await start(vendorOf('anthropic', { tokensPerSecond: 200, billsAborted: 'until-disconnect', behaviours }))
  const leaving = new AbortController()
  const { stream } = await modelOf(running).doStream({ prompt: PROMPT, abortSignal: leaving.signal })
  let pieces = 0
  for await (const part of stream) if (part.type === 'text-delta' && ++pieces === 3) break
  leaving.abort()
  const row = await closedRow()
  expect(row.outcome).toBe('aborted')
  expect(row.outputTokens).toBeGreaterThanOrEqual(15)
})
