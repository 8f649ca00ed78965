import { expect, it } from 'vitest'
import { untilOver } from '../../../src/runtime/events/until-over.ts'

it('looks seldom where nothing has come for seconds, and asks as often as ever whether that was all', async () => {
  let nowMs = 0
  const pause = async (ms: number) => {
    nowMs += ms
  }
  const looksAtMs: number[] = []
  const asksAtMs: number[] = []
  let untold = [1]
  const look = async function* () {
    looksAtMs.push(nowMs)
    yield* untold.splice(0)
  }
  const isOver = async () => {
    asksAtMs.push(nowMs)
    if (asksAtMs.length === 5) untold = [2]
    return nowMs > 25_000
  }
  const given: number[] = []
  for await (const item of untilOver({ look, hasEnded: () => false, isOver, pause })) given.push(item)
  expect(given).toEqual([1, 2])
  const between = asksAtMs.map((atMs, n) => atMs - (asksAtMs[n - 1] ?? 0))
  for (const ms of between) expect(ms).toBeLessThanOrEqual(3_500)
  const lookedWithin = (fromMs: number, toMs: number) => looksAtMs.filter(at => at >= fromMs && at < toMs).length
  expect(lookedWithin(0, 3_000)).toBe(50)
  expect(lookedWithin(6_000, 12_000)).toBe(20)
  // Something came, so more may come soon.
  expect(lookedWithin(asksAtMs[4]!, asksAtMs[4]! + 3_000)).toBeGreaterThan(40)
})
