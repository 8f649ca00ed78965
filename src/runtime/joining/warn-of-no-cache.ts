import { Runtime, type WorkerOptions } from '@temporalio/worker'

const WARNING =
  'this worker keeps no workflows (`maxCachedWorkflows: 0`): a run that is queried continues ten seconds later, and one whose task fails ' +
  'may stand still until something is sent to it. Leave it out in production'

/** Found with Temporal's SDK 1.24: docs/decisions/2026-11-27-a-worker-without-a-cache-loses-tasks.md. */
export function warnOfNoCache({ maxCachedWorkflows }: Pick<WorkerOptions, 'maxCachedWorkflows'>): void {
  if (maxCachedWorkflows === 0) Runtime.instance().logger.warn(WARNING)
}
