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
  looks.end()
  expect(times).toBeGreaterThan(1)
})

it('tells of a bug that a look comes upon', async () => {
  const looks = lookEvery(1, async () => {
    throw new TypeError('undefined is no function')
  })
  await expect(looks.failed).rejects.toThrow('undefined is no function')
  looks.end()
})

it('begins no look while one is under way', () => {
  vi.useFakeTimers()
  const look = vi.fn(() => new Promise<void>(() => {}))
  const looks = lookEvery(10, look)
  vi.advanceTimersByTime(50)
  looks.end()
  expect(look).toHaveBeenCalledTimes(1)
})

it('ends without the look that is under way, which may wait for a server that is away, and tells nothing that it comes upon', async () => {
  const told: unknown[] = []
  let close = () => {}
  const closed = new Promise<never>((_resolve, reject) => {
    close = () => reject(new TypeError('the connection is closed'))
  })
  let listening: AbortSignal | undefined
  const looks = lookEvery(1, ended => {
    listening = ended
    return closed
  })
  looks.failed.catch(error => told.push(error))
  await expect.poll(() => listening, { interval: 1 }).toBeDefined()
  looks.end()
  expect(listening?.aborted).toBe(true)
  close()
  await delay(20)
  expect(told).toEqual([])
})
