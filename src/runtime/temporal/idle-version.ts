import type { Connection } from '@temporalio/client'
import proto from '@temporalio/proto'
import { shellWord } from '../../core/words/shell-word.ts'
import type { PollQuestion } from './last-poll.ts'

const { TASK_QUEUE_TYPE_WORKFLOW } = proto.temporal.api.enums.v1.TaskQueueType
const { WORKER_VERSIONING_MODE_VERSIONED } = proto.temporal.api.enums.v1.WorkerVersioningMode

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
 * The version of a worker that asks this queue for work and is given none of new runs, for another version is current, or none;
 * `undefined` where a worker is there that is given some.
 */
export async function idleVersion(
  connection: Pick<Connection, 'workflowService'>,
  { namespace, taskQueue }: Pick<PollQuestion, 'namespace' | 'taskQueue'>,
): Promise<Version | undefined> {
  const { pollers, versioningInfo } = await connection.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: TASK_QUEUE_TYPE_WORKFLOW,
  })
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

interface Named {
  readonly deploymentName?: string | null
  readonly buildId?: string | null
}

function versionOf(named: Named | null | undefined): Version | undefined {
  if (!named?.deploymentName || !named.buildId) return undefined
  return { name: named.deploymentName, buildId: named.buildId }
}
