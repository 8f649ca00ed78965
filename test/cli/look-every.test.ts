import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, expect, it, vi } from 'vitest'
import { lookEvery } from '../../src/cli/watch/look-every.ts'
import { StoreProblem } from '../../src/store/index.ts'

afterEach(() => {
  vi.useRealTimers()
})

it('looks again where the store was out of reach', async () => {
  let times = 0
  let tell = () => {}
  const seenAgain = new Promise<void>(resolve => {
    tell = resolve
  })
  const looks = lookEvery(1, async () => {
    times += 1
    if (times === 1) throw new StoreProblem('unreachable', 'The store is away.')
    tell()
  })
  await Promise.race([seenAgain, looks.failed])
  await looks.end()
  expect(times).toBeGreaterThan(1)
})

it('tells of a bug that a look comes upon', async () => {
  const looks = lookEvery(1, async () => {
    throw new TypeError('undefined is no function')
  })
  await expect(looks.failed).rejects.toThrow('undefined is no function')
  await looks.end()
})

it('begins no look while one is under way', () => {
  vi.useFakeTimers()
  const look = vi.fn(() => new Promise<void>(() => {}))
  const looks = lookEvery(10, look)
  vi.advanceTimersByTime(50)
  void looks.end()
  expect(look).toHaveBeenCalledTimes(1)
})

it('has ended once the look that is under way has: behind it connections are closed, under which it would try again', async () => {
  let times = 0
  let isLooking = false
  const looks = lookEvery(1, async () => {
    times += 1
    isLooking = true
    await delay(20)
    isLooking = false
  })
  await expect.poll(() => times, { interval: 1 }).toBe(1)
  await looks.end()
  expect(isLooking).toBe(false)
})
