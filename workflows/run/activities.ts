/**
 * How each activity is scheduled: timeouts, retries, cancellation.
 *
 * @module
 */
import { ActivityCancellationType, proxyActivities, proxyLocalActivities } from '@temporalio/workflow'
import type { Activities } from '../../activities/contract.ts'
import { CALL_TIMEOUT_MS, HEARTBEAT_TIMEOUT_MS } from '../../src/core/call-time.ts'

/**
 * Only the loss of infrastructure throws out of our activities, so they are tried until it is back. The first wait is
 * short because the usual cause is a worker that restarts.
 */
const RETRY = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' } as const

/** Left out, the type behaves as TRY_CANCEL, and what a cancelled call has cost would be thrown away. */
const CANCELLATION = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED

/** The activities that take as long as a model or a tool takes. */
export const longActivities = () =>
  proxyActivities<Pick<Activities, 'callModel' | 'runTool'>>({
    startToCloseTimeout: CALL_TIMEOUT_MS,
    heartbeatTimeout: HEARTBEAT_TIMEOUT_MS,
    cancellationType: CANCELLATION,
    retry: RETRY,
  })

/** The activities that only write to the store, or read there. */
export const shortActivities = () =>
  proxyActivities<
    Pick<
      Activities,
      | 'openRun'
      | 'askBudget'
      | 'askPerson'
      | 'readAnswer'
      | 'withdrawQuestion'
      | 'raiseBudget'
      | 'keepDecision'
      | 'keepSaid'
      | 'keepResult'
      | 'tellCancelled'
      | 'tellUnanswered'
      | 'giveUpCall'
      | 'closeRun'
      | 'closeLost'
    >
  >({
    startToCloseTimeout: '30s',
    retry: RETRY,
  })

/**
 * What the worker at hand knows by itself. Of a task that fails, history has no word of it.
 *
 * @param summary - What it is asked, for the run's timeline.
 */
export const ownKnowledge = (summary: string) =>
  proxyLocalActivities<Pick<Activities, 'hasAgent' | 'inputProblem'>>({ startToCloseTimeout: '10s', summary })
