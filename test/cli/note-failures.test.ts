import proto from '@temporalio/proto'
import { afterEach, expect, it, vi } from 'vitest'
import { noteFailures } from '../../src/cli/watch/note-failures.ts'
import type { Signalbox } from '../../src/runtime/client.ts'
import { describingClient } from '../support/described.ts'

const { PENDING_ACTIVITY_STATE_SCHEDULED } = proto.temporal.api.enums.v1.PendingActivityState

afterEach(() => {
  vi.useRealTimers()
})

it('says once what fails, however often it is tried, and says what fails next', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const failures = ['the store is full', 'the store is full', 'the store is full', 'the store is away']
  let looks = 0
  const workflow = describingClient(async () => {
    const failing = {
      activityType: { name: 'callModel' },
      state: PENDING_ACTIVITY_STATE_SCHEDULED,
      attempt: looks + 2,
      lastFailure: { message: failures[looks++] },
    }
    return { pendingActivities: [failing] }
  })
  const client = { workflow } as unknown as Signalbox['client']
  const notes: string[] = []
  const looking = noteFailures({ client } as Signalbox, 'run-1', { note: words => notes.push(words) })
  while (looks < failures.length) {
    const before = looks
    vi.advanceTimersByTime(5_000)
    await expect.poll(() => looks).toBeGreaterThan(before)
  }
  await expect.poll(() => notes).toHaveLength(2)
  looking.end()
  expect(notes).toEqual([expect.stringContaining('the store is full'), expect.stringContaining('the store is away')])
})
