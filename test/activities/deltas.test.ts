import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createDeltaWriter } from '../../activities/call-model/attempt/deltas.ts'
import type { DeltaTarget } from '../../activities/call-model/remembered.ts'
import type { RunEventBody } from '../../src/core/events.ts'
import type { EventPort } from '../../src/core/ports.ts'
import { RUN } from '../store/records.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** So many answers at once, each of which says a word every 20 ms for a second. Gives what was written of each, and when. */
async function stream(answers: number, writeMs = 0) {
  const written: { step: number; atMs: number; text: string }[] = []
  const write = async (_: unknown, bodies: readonly RunEventBody[], atMs: number) => {
    if (writeMs > 0) await new Promise(resolve => setTimeout(resolve, writeMs))
    for (const body of bodies) if (body.kind === 'text-delta') written.push({ ...body, atMs })
  }
  const streaming = new Set<DeltaTarget>()
  const begunAtMs = Date.now()
  const ports = { events: { write } as unknown as EventPort, streaming, now: () => Date.now() - begunAtMs }
  const writers = Array.from({ length: answers }, (_, step) => createDeltaWriter(ports, { run: RUN, step, attempt: 1 }))
  for (let atMs = 0; atMs < 1_000; atMs += 20) {
    for (const writer of writers) writer.write('text', `${atMs} `)
    await vi.advanceTimersByTimeAsync(20)
  }
  await vi.advanceTimersByTimeAsync(250)
  await Promise.all(writers.map(writer => writer.close()))
  writers[0]!.write('text', 'late')
  await vi.advanceTimersByTimeAsync(1_000)
  return { written, streaming }
}

const WORDS = Array.from({ length: 50 }, (_, n) => `${n * 20} `).join('')

it('writes an answer that comes alone every 50 ms or so', async () => {
  const { written } = await stream(1)
  expect(written.map(({ text }) => text).join('')).toBe(WORDS)
  expect(written.length).toBeGreaterThanOrEqual(15)
})

it('writes many answers at once less often each, and the first words of each as soon as ever', async () => {
  const { written, streaming } = await stream(50)
  for (let step = 0; step < 50; step += 1) {
    const its = written.filter(row => row.step === step)
    expect(its.map(({ text }) => text).join('')).toBe(WORDS)
    expect(its[0]!.atMs).toBeLessThanOrEqual(60)
    expect(its.length).toBeLessThanOrEqual(6)
  }
  expect([...streaming]).toEqual([])
})

it('writes more at once where the store is slow, so that readers do not fall behind', async () => {
  const { written } = await stream(1, 120)
  expect(written.map(({ text }) => text).join('')).toBe(WORDS)
})
