import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Place } from '../../../src/core/ports.ts'
import { createLine } from '../../../src/runtime/ports/line.ts'

const NEVER = new AbortController().signal

/** Longer than any look at one's own initiative. */
const LONG_MS = 10_000

afterEach(() => void vi.useRealTimers())

describe('a line', () => {
  it('gives turns to its first alone, and to the next once that has left', async () => {
    const line = createLine(() => 0.5)
    const [first, second] = [line.join('a', 1), line.join('a', 2)]
    const order: string[] = []
    const turns = [first, second].map((place, at) => place.turn(LONG_MS, NEVER).then(() => order.push(`${at}`)))
    await turns[0]
    expect(order).toEqual(['0'])
    expect(second.length).toBe(2)
    first.leave()
    await turns[1]
    expect(order).toEqual(['0', '1'])
    second.leave()
    expect(line.isEmpty).toBe(true)
  })

  it('stands in the order in which calls began to wait, also where one comes back', () => {
    const line = createLine(() => 0.5)
    line.join('a', 5)
    const back = line.join('a', 2)
    return expect(isFirst(back)).resolves.toBe(true)
  })

  it('calls the first when something is given back, once however much it was', async () => {
    const line = createLine(() => 0.5)
    const place = line.join('a', 1)
    await place.turn(LONG_MS, NEVER)
    line.freed(['other'])
    line.freed(['b', 'a'])
    line.freed(['a'])
    // Time stands still: no look at one's own initiative comes.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    expect(await place.turn(LONG_MS, NEVER)).toBe(true)
    vi.useRealTimers()
    expect(await place.turn(20, NEVER)).toBe(false)
  })

  it('lets the first look by itself, for other workers give back too', async () => {
    const line = createLine(() => 0.5)
    const place = line.join('a', 1)
    await place.turn(LONG_MS, NEVER)
    expect(await place.turn(LONG_MS, NEVER)).toBe(true)
  })

  it('is dissolved where nothing is left to wait for: all have a turn at once, and stand in line again if they must', async () => {
    const line = createLine(() => 0.5)
    const [first, second, third] = [1, 2, 3].map(sinceMs => line.join('a', sinceMs))
    await first!.turn(LONG_MS, NEVER)
    const turns = [second!, third!].map(place => place.turn(LONG_MS, NEVER))
    first!.dissolve()
    expect(await Promise.all(turns)).toEqual([true, true])
    expect(await third!.turn(20, NEVER)).toBe(false)
  })

  it('knows the scopes for which somebody waits, and ends with a signal', async () => {
    const line = createLine(() => 0.5)
    expect(line.isEmpty).toBe(true)
    line.join('a', 1)
    const ending = new AbortController()
    const second = line.join('a', 2)
    expect(line.scopeWaitedFor(['b', 'a'])).toBe('a')
    expect(line.scopeWaitedFor(['b'])).toBeUndefined()
    const turn = second.turn(LONG_MS, ending.signal)
    ending.abort()
    expect(await turn).toBe(false)
  })
})

function isFirst(place: Place): Promise<boolean> {
  return place.turn(5, NEVER)
}
