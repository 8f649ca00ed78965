/**
 * What keeps an open run from going on, for whoever looks at it again and again: something fails, or no worker takes it up.
 *
 * @module
 */
import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import proto from '@temporalio/proto'
import { type Described, describeUnopened } from '../temporal/describe-known.ts'
import { timeMs } from '../temporal/time-ms.ts'
import { whoServesDescribed } from '../temporal/who-serves.ts'
import { failingIn } from './failing.ts'

const { PENDING_WORKFLOW_TASK_STATE_SCHEDULED } = proto.temporal.api.enums.v1.PendingWorkflowTaskState

export interface Hindrances {
  /** @returns words for people. @throws WorkflowNotFoundError when the server knows no such run. */
  of(id: string): Promise<string | undefined>
  /** {@link of} for a run below another; `undefined` also if the server does not have that run, for example because it was deleted. */
  below(id: string): Promise<string | undefined>
}

/** Tells of a task that waits for a worker when it is seen for the second time: each waits for a moment. */
export function createHindrances(client: Client): Hindrances {
  const waiting = new Map<string, number | undefined>()
  const of = async (id: string) => {
    const described = await describeUnopened(client.workflow.getHandle(id))
    const failing = await failingIn(client, id, described)
    if (failing) return failing.words
    const sinceMs = untakenSinceMs(described)
    const isSeenAgain = sinceMs !== undefined && sinceMs === waiting.get(id)
    waiting.set(id, sinceMs)
    return isSeenAgain ? untakenWords(await whoServesDescribed(client, described)) : undefined
  }
  return { of, below: id => of(id).catch(unlessUnknown) }
}

/** @param who - Who serves its task queue. */
export function untakenWords(who: string): string {
  return `no worker has picked it up yet: ${who}`
}

/** By the server's clock, since when its workflow's task waits for a worker. */
export function untakenSinceMs({ pendingWorkflowTask: task }: Described): number | undefined {
  return task?.state === PENDING_WORKFLOW_TASK_STATE_SCHEDULED ? timeMs(task.scheduledTime) : undefined
}

function unlessUnknown(error: unknown): undefined {
  if (!(error instanceof WorkflowNotFoundError)) throw error
}
