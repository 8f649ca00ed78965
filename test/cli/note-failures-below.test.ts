import proto from '@temporalio/proto'
import { afterEach, expect, it, vi } from 'vitest'
import { noteFailures } from '../../src/cli/watch/note-failures.ts'
import type { Signalbox } from '../../src/runtime/client.ts'
import { describingClient } from '../support/described.ts'

const { PENDING_ACTIVITY_STATE_SCHEDULED: state } = proto.temporal.api.enums.v1.PendingActivityState

afterEach(() => {
  vi.useRealTimers()
})

it('says what fails in open runs below, each thing once of each, behind its id', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const asked: string[] = []
  const failing = {
    activityType: { name: 'callModel' },
    state,
    attempt: 3,
    lastFailure: { message: 'the disk is full' },
  }
  const workflow = describingClient(async id => {
    asked.push(id)
    if (id === 'top/gone') throw Object.assign(new Error('not found'), { code: 5, details: 'not found', metadata: {} })
    return { pendingActivities: id === 'top' ? [] : [failing] }
  })
  const client = { workflow } as unknown as Signalbox['client']
  const notes: string[] = []
  const open = new Set(['top/gone', 'top/a', 'top/b'])
  const terminal = { note: (words: string) => notes.push(words) }
  const looking = noteFailures({ client } as Signalbox, 'top', terminal, { below: () => open })
  for (const looked of [4, 7]) {
    vi.advanceTimersByTime(5_000)
    await expect.poll(() => asked.length).toBe(looked)
    open.delete('top/b')
  }
  looking.end()
  const full = (id: string) => expect.stringMatching(new RegExp(`^note: ${id}: .*the disk is full`))
  expect(notes).toEqual([full('top/a'), full('top/b')])
})
