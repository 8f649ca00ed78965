/**
 * Which workers ask a task queue for workflow work, by what the server tells of it.
 *
 * @module
 */
import type { WorkflowService } from '@temporalio/client'
import proto from '@temporalio/proto'
import { shellWord } from '../../core/words/shell-word.ts'
import { timeMs } from './time-ms.ts'

const { TASK_QUEUE_TYPE_WORKFLOW } = proto.temporal.api.enums.v1.TaskQueueType
const { WORKER_VERSIONING_MODE_VERSIONED } = proto.temporal.api.enums.v1.WorkerVersioningMode

const { VERSIONING_BEHAVIOR_PINNED } = proto.temporal.api.enums.v1.VersioningBehavior

/** A task queue as the server tells of it, with the workers that have asked it for work in the last five minutes. */
export type ServedQueue = proto.temporal.api.workflowservice.v1.IDescribeTaskQueueResponse

interface QueuePlace {
  readonly namespace: string
  readonly taskQueue: string
}

export function servedQueue(
  workflowService: WorkflowService,
  { namespace, taskQueue }: QueuePlace,
): Promise<ServedQueue> {
  return workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: TASK_QUEUE_TYPE_WORKFLOW,
  })
}

/** That a worker asked for work. */
export interface Poll {
  /** The worker's, `<pid>@<host>` where nobody has given it another. */
  readonly identity: string
  readonly atMs: number
}

/** The worker that was the last to ask the queue for work; `undefined`: none has lately. */
export function lastToPoll({ pollers }: ServedQueue): Poll | undefined {
  return (pollers ?? [])
    .map(({ identity, lastAccessTime }) => ({ identity: identity || 'without a name', atMs: timeMs(lastAccessTime) }))
    .toSorted((one, other) => other.atMs - one.atMs)[0]
}

/**
 * When a worker last asked the queue for work, in milliseconds since 1970; `undefined`: none has lately.
 *
 * @param host - Only workers whose identity ends in `@host`, as the SDK makes it. @defaultValue any worker
 */
export function lastPollAtMs({ pollers }: ServedQueue, host?: string): number | undefined {
  const times = (pollers ?? [])
    .filter(({ identity }) => host === undefined || identity?.endsWith(`@${host}`))
    .map(({ lastAccessTime }) => timeMs(lastAccessTime))
  return times.length > 0 ? Math.max(...times) : undefined
}

/** A version of a worker deployment. */
export interface Version {
  readonly name: string
  readonly buildId: string
}

/** What makes the version serve new runs. */
export function currentCommand({ name, buildId }: Version): string {
  return `temporal worker deployment set-current-version --deployment-name ${shellWord(name)} --build-id ${shellWord(buildId)}`
}

/**
 * The version of a worker that asks the queue for work and gets no new runs, because its version is not the current one; `undefined` if
 * some worker of the queue gets new runs.
 */
export function idleVersion({ pollers, versioningInfo }: ServedQueue): Version | undefined {
  const current = versionOf(versioningInfo?.currentDeploymentVersion)
  const versions = (pollers ?? []).map(({ deploymentOptions }) =>
    deploymentOptions?.workerVersioningMode === WORKER_VERSIONING_MODE_VERSIONED
      ? versionOf(deploymentOptions)
      : undefined,
  )
  if (versions.some(version => version?.buildId === current?.buildId && version?.name === current?.name))
    return undefined
  return versions.find(version => version !== undefined)
}

/** The queue with the workers of one version alone. */
export function ofVersion(queue: ServedQueue, { name, buildId }: Version): ServedQueue {
  const isIts = (version: Version | undefined) => version?.name === name && version.buildId === buildId
  return { ...queue, pollers: (queue.pollers ?? []).filter(poller => isIts(versionOf(poller.deploymentOptions))) }
}

/** The version with which a run's part ends; `undefined`: it has none, or moves on by itself. */
export function pinnedVersion(info: Pinned | null | undefined): Version | undefined {
  if (info?.versioningInfo?.behavior !== VERSIONING_BEHAVIOR_PINNED) return undefined
  return versionOf(info.versioningInfo.deploymentVersion)
}

type Pinned = Pick<proto.temporal.api.workflow.v1.IWorkflowExecutionInfo, 'versioningInfo'>

interface Named {
  readonly deploymentName?: string | null
  readonly buildId?: string | null
}

function versionOf(named: Named | null | undefined): Version | undefined {
  if (!named?.deploymentName || !named.buildId) return undefined
  return { name: named.deploymentName, buildId: named.buildId }
}
