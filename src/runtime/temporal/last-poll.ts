import type { Connection } from '@temporalio/client'
import proto from '@temporalio/proto'
import { timeMs } from './time-ms.ts'

const { TASK_QUEUE_TYPE_WORKFLOW } = proto.temporal.api.enums.v1.TaskQueueType

export interface PollQuestion {
  readonly namespace: string
  readonly taskQueue: string
  /** Only workers whose identity ends in `@host`, as the SDK makes it; absent, any worker. */
  readonly host?: string
}

/** When a worker last asked this queue for workflow work, in milliseconds since 1970; `undefined`: none has lately. */
export async function lastPollAtMs(
  connection: Pick<Connection, 'workflowService'>,
  { namespace, taskQueue, host }: PollQuestion,
): Promise<number | undefined> {
  const { pollers } = await connection.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: TASK_QUEUE_TYPE_WORKFLOW,
  })
  const times = (pollers ?? [])
    .filter(({ identity }) => host === undefined || identity?.endsWith(`@${host}`))
    .map(({ lastAccessTime }) => timeMs(lastAccessTime))
  return times.length > 0 ? Math.max(...times) : undefined
}
