/**
 * What of an open run fails, and is tried again until somebody mends it. Temporal knows; the run's own state and its events do not.
 *
 * @module
 */
import type { Client } from '@temporalio/client'
import proto from '@temporalio/proto'
import { HANDED_OVER } from '../../core/faults/attempt-end.ts'
import { shellWord } from '../../core/words/shell-word.ts'
import { changedCodeWords } from '../temporal/changed-workflow.ts'
import { type Described, describeUnopened } from '../temporal/describe-known.ts'

const { PendingActivityState, TimeoutType, WorkflowTaskFailedCause } = proto.temporal.api.enums.v1

/** `workflow`: its code throws, so that it cannot even be asked. `activity`: it goes on as soon as the activity succeeds. */
export interface Failing {
  readonly what: 'workflow' | 'activity'
  /** What fails, how, and what to do. */
  readonly words: string
}

/** @returns `undefined` where nothing waits to be tried again. @throws WorkflowNotFoundError when the server knows no such run. */
export async function failingOf(client: Client, id: string): Promise<Failing | undefined> {
  return failingIn(client, id, await describeUnopened(client.workflow.getHandle(id)))
}

/** {@link failingOf}, with a description of the run that the server has just given. */
export async function failingIn(client: Client, id: string, raw: Described): Promise<Failing | undefined> {
  if ((raw.pendingWorkflowTask?.attempt ?? 0) > 1) {
    const failure = await lastTaskFailure(client, id)
    if (failure) return { what: 'workflow', words: `${workflowWords(failure)}; ${terminateWords(id)}` }
  }
  const failed = failedActivity(raw)
  return failed && { what: 'activity', words: activityWords(failed) }
}

type Pending = NonNullable<Described['pendingActivities']>[number]

/** An activity that is running again is only reported after so many tries: a worker that is lost once is no trouble. */
const TRIES_OF_TROUBLE = 2

function failedActivity({ pendingActivities }: Described): Pending | undefined {
  const waiting = PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED
  const failed = (pendingActivities ?? []).filter(({ lastFailure }) => lastFailure && !isLeftToOthers(lastFailure))
  return failed.find(({ state }) => state === waiting) ?? failed.find(activity => triesOf(activity) >= TRIES_OF_TROUBLE)
}

/** Whether a worker that was told to end has left it to others. That is no failure. */
function isLeftToOthers({ applicationFailureInfo }: NonNullable<Pending['lastFailure']>): boolean {
  return applicationFailureInfo?.type === HANDED_OVER
}

/** Those that are over. The server does not say which of them have failed and which were handed over. */
function triesOf({ attempt }: Pending): number {
  return Number(attempt) - 1
}

/** Said of a failure without a message. */
const LOST =
  'its last worker was lost; if that keeps happening, check how your workers end: this activity may be the cause'

function activityWords(activity: Pending): string {
  const { activityType, lastFailure } = activity
  const times = triesOf(activity)
  const isLost = lastFailure?.timeoutFailureInfo?.timeoutType === TimeoutType.TIMEOUT_TYPE_HEARTBEAT
  const last = isLost ? LOST : `its last error: ${lastFailure?.message}`
  return `its activity ${activityType?.name} was tried ${times === 1 ? 'once' : `${times} times`} without an end and is being retried; ${last}`
}

interface Failure {
  readonly isChanged: boolean
  readonly message?: string | null
  readonly stackTrace?: string | null
}

/**
 * How the stack begins if the worker cannot read what the run was given, and not the code has failed. The server is told no type
 * for it.
 */
const OUT_OF_REACH = /^(Seal|Store)Problem: /

/** Temporal's pauses between tries of a workflow task grow to this, and a pause that has begun cannot be shortened. */
const LATEST = ' within ten minutes'

/** What stands behind a message that does not explain itself: a name such as `fetch` is not defined, Node or the server refuses the code. */
const EXPLAINED: readonly (readonly [message: RegExp, words: string])[] = [
  [/^\w+ is not defined$/, " (it runs in Temporal's sandbox: what needs Node or the network belongs in tools)"],
  [
    /^Script execution timed out/,
    ' (it loops without an `await`, or computes for longer than that, which belongs in tools, or begins too many children or calls at once)',
  ],
  [/^Pending\w+LimitExceeded/, ' (fewer at once: let some loops take items from one list)'],
]

function workflowWords({ isChanged, message, stackTrace }: Failure): string {
  if (isChanged) return `${changedCodeWords(message ?? '')}, and the run continues from there${LATEST}`
  if (OUT_OF_REACH.test(stackTrace ?? ''))
    return `a worker cannot continue it: ${sentence(message)} Once a worker can, the run continues${LATEST}`
  const [, place] = /^ *at .*?\(?([^()\s]+:\d+:\d+)\)?$/m.exec(stackTrace ?? '') ?? []
  const where = place === undefined ? '' : ` at ${place}`
  const [, explained = ''] = EXPLAINED.find(([words]) => words.test(message ?? '')) ?? []
  return `its workflow's code throws${where}: ${sentence(message, explained)} If the code is at fault, correct it and restart the worker, and the run continues from there${LATEST}; if its input is, start another run with the right one`
}

function sentence(message: string | null | undefined, behind = ''): string {
  if (behind === '' && /[.!?]$/.test(message ?? '')) return `${message}`
  return `${message}${behind}.`
}

function terminateWords(id: string): string {
  return `\`signalbox terminate ${shellWord(id)}\` ends this one`
}

/** A failure is one of the last events: what is tried again after it writes none. A worker that was lost leaves none at all. */
const LAST_EVENTS = 8

async function lastTaskFailure(client: Client, id: string): Promise<Failure | undefined> {
  const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
    namespace: client.options.namespace,
    execution: { workflowId: id },
    maximumPageSize: LAST_EVENTS,
  })
  const failed = history?.events?.find(event => event.workflowTaskFailedEventAttributes)
  const { cause, failure } = failed?.workflowTaskFailedEventAttributes ?? {}
  const changed = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR
  return failure ? { ...failure, isChanged: cause === changed } : undefined
}
