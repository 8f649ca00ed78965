import { expect, it, vi } from 'vitest'
import { untilOver } from '../../../src/runtime/events/until-over.ts'

const clock = vi.hoisted(() => ({ nowMs: 0 }))

vi.mock('node:timers/promises', () => ({
  setTimeout: async (ms: number) => {
    clock.nowMs += ms
  },
}))

it('looks seldom where nothing has come for seconds, and asks as often as ever whether that was all', async () => {
  const looksAtMs: number[] = []
  const asksAtMs: number[] = []
  let untold = [1]
  const look = async function* () {
    looksAtMs.push(clock.nowMs)
    yield* untold.splice(0)
  }
  const isOver = async () => {
    asksAtMs.push(clock.nowMs)
    if (asksAtMs.length === 5) untold = [2]
    return clock.nowMs > 25_000
  }
  const given: number[] = []
  for await (const item of untilOver({ look, hasEnded: () => false, isOver })) given.push(item)
  expect(given).toEqual([1, 2])
  const between = asksAtMs.map((atMs, n) => atMs - (asksAtMs[n - 1] ?? 0))
  for (const ms of between) expect(ms).toBeLessThanOrEqual(3_500)
  const lookedWithin = (fromMs: number, toMs: number) => looksAtMs.filter(at => at >= fromMs && at < toMs).length
  expect(lookedWithin(0, 3_000)).toBe(50)
  expect(lookedWithin(6_000, 12_000)).toBe(20)
  // Something came, so more may come soon.
  expect(lookedWithin(asksAtMs[4]!, asksAtMs[4]! + 3_000)).toBeGreaterThan(40)
})
