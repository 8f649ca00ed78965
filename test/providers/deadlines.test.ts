import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type AttemptClock, createAttemptClock } from '../../src/providers/transport/deadlines.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const DEADLINES = { connectMs: 1, firstTokenMs: 100, stallMs: 50, totalMs: 1_000 }

function started(streams = true, deadlines = DEADLINES): { clock: AttemptClock; expired: string[] } {
  const expired: string[] = []
  const clock = createAttemptClock(deadlines, streams, deadline => void expired.push(deadline))
  clock.departed()
  clock.sent()
  return { clock, expired }
}

it('signs of life without content do not postpone the first token', () => {
  const { clock, expired } = started()
  for (let waitedMs = 0; waitedMs < 100; waitedMs += 20) {
    expect(expired).toEqual([])
    clock.bytesSeen()
    vi.advanceTimersByTime(20)
  }
  expect(expired).toEqual(['first-token'])
})

it('a slow answer that goes on does not stall, until it stops', () => {
  const { clock, expired } = started()
  clock.contentSeen()
  for (let waitedMs = 0; waitedMs < 400; waitedMs += 40) {
    vi.advanceTimersByTime(40)
    clock.bytesSeen()
  }
  expect(expired).toEqual([])
  vi.advanceTimersByTime(50)
  expect(expired).toEqual(['stall'])
})

it('an answer that goes on for ever meets the total deadline', () => {
  const { clock, expired } = started()
  clock.contentSeen()
  for (let waitedMs = 0; waitedMs < 1_000; waitedMs += 40) {
    vi.advanceTimersByTime(40)
    clock.bytesSeen()
  }
  expect(expired).toEqual(['total'])
})

it('without streaming silence is not measured, only the whole', () => {
  const { expired } = started(false)
  vi.advanceTimersByTime(999)
  expect(expired).toEqual([])
  vi.advanceTimersByTime(1)
  expect(expired).toEqual(['total'])
})

it('a clock that was stopped keeps quiet', () => {
  const { clock, expired } = started()
  clock.contentSeen()
  clock.stop()
  vi.advanceTimersByTime(10_000)
  expect(expired).toEqual([])
})

it.each(['before', 'after'])('the last event of a stream ends the wait for more, seen %s its content', order => {
  const { clock, expired } = started(true, { ...DEADLINES, stallMs: 20_000, totalMs: 60_000 })
  if (order === 'before') clock.endSeen()
  clock.contentSeen()
  if (order === 'after') clock.endSeen()
  vi.advanceTimersByTime(999)
  expect(expired).toEqual([])
  vi.advanceTimersByTime(1)
  expect(expired).toEqual(['stall'])
})

it('the last event of a stream that had no content ends the wait for its first', () => {
  const { clock, expired } = started(true, { ...DEADLINES, firstTokenMs: 20_000, totalMs: 60_000 })
  clock.endSeen()
  vi.advanceTimersByTime(1_000)
  expect(expired).toEqual(['stall'])
  vi.advanceTimersByTime(20_000)
  expect(expired).toEqual(['stall'])
})
