import type { Client } from '@temporalio/client'
import proto from '@temporalio/proto'
import { expect, it } from 'vitest'
import { failingIn } from '../../../src/runtime/hearing/failing.ts'

const { PendingActivityState, TimeoutType } = proto.temporal.api.enums.v1
const AT_WORK = PendingActivityState.PENDING_ACTIVITY_STATE_STARTED
const WAITING = PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED

const lost = {
  message: 'activity Heartbeat timeout',
  timeoutFailureInfo: { timeoutType: TimeoutType.TIMEOUT_TYPE_HEARTBEAT },
}

async function wordsOf(state: number, attempt: number, lastFailure: object): Promise<string | undefined> {
  const activity = { activityType: { name: 'runTool' }, state, attempt, lastFailure }
  const nobody = {} as Client
  return (await failingIn(nobody, 'run-1', { pendingActivities: [activity] } as never))?.words
}

it('tells of an activity that ends worker after worker, also while one has it', async () => {
  const words =
    /^its activity runTool was tried 3 times without an end and is being retried; its last worker was lost; .* may be the cause$/
  expect(await wordsOf(AT_WORK, 4, lost)).toMatch(words)
  expect(await wordsOf(WAITING, 4, lost)).toMatch(words)
})

it('tells of a store that is full while a call is at work again, and of no worker that ended once', async () => {
  const full = { message: 'The PostgreSQL database has no space left.' }
  expect(await wordsOf(AT_WORK, 3, full)).toMatch(
    /tried 2 times .* its last error: The PostgreSQL database has no space/,
  )
  expect(await wordsOf(AT_WORK, 2, lost)).toBeUndefined()
})

it('does not count as a failure that workers which were told to end have handed it over, as in a rollout', async () => {
  const message = 'its worker was shut down before it had ended'
  const handedOver = { message, applicationFailureInfo: { type: 'signalbox.handed-over' } }
  expect(await wordsOf(WAITING, 4, handedOver)).toBeUndefined()
  expect(await wordsOf(AT_WORK, 4, handedOver)).toBeUndefined()
})

it('says what to do where a workflow has begun more than the server allows a run', async () => {
  const message =
    'PendingChildWorkflowsLimitExceeded: the number of pending child workflow executions, 2000, has reached the per-workflow limit of 2000'
  const events = [{ workflowTaskFailedEventAttributes: { failure: { message } } }]
  const workflowService = { getWorkflowExecutionHistoryReverse: async () => ({ history: { events } }) }
  const client = { workflowService, options: {} } as never
  const failing = await failingIn(client, 'run-1', { pendingWorkflowTask: { attempt: 2 } } as never)
  expect(failing?.words).toMatch(/limit of 2000 \(fewer at once: .*\)\. .*`signalbox terminate run-1` ends this one$/)
})
