import proto from '@temporalio/proto'
import { afterEach, expect, it, vi } from 'vitest'
import { noteFailures } from '../../src/cli/watch/note-failures.ts'
import type { Signalbox } from '../../src/runtime/client.ts'
import { describingClient } from '../support/described.ts'

const { PENDING_ACTIVITY_STATE_SCHEDULED } = proto.temporal.api.enums.v1.PendingActivityState
const { PENDING_WORKFLOW_TASK_STATE_SCHEDULED } = proto.temporal.api.enums.v1.PendingWorkflowTaskState

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

it('says who serves the run where the same task of it waits for a worker at two looks, once', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  let seconds = 1
  let asked = 0
  const workflow = describingClient(async () => {
    asked += 1
    return {
      workflowExecutionInfo: { taskQueue: 'presss' },
      pendingWorkflowTask: {
        state: PENDING_WORKFLOW_TASK_STATE_SCHEDULED,
        scheduledTime: proto.google.protobuf.Timestamp.fromObject({ seconds }),
      },
    }
  })
  const workflowService = { describeTaskQueue: async () => ({ pollers: [] }) }
  const client = { workflow, workflowService, options: { namespace: 'default' } } as unknown as Signalbox['client']
  const notes: string[] = []
  const looking = noteFailures({ client } as Signalbox, 'run-1', { note: words => notes.push(words) })
  const look = async () => {
    const before = asked
    vi.advanceTimersByTime(5_000)
    await expect.poll(() => asked).toBeGreaterThan(before)
  }
  await look()
  seconds = 2
  await look()
  expect(notes).toEqual([])
  await look()
  await expect.poll(() => notes).toHaveLength(1)
  await look()
  looking.end()
  expect(notes).toEqual([
    'note: no worker has picked it up yet: none serves its task queue presss; start one with `signalbox worker --task-queue presss`',
  ])
})
