/**
 * Finds a run at the Temporal server, or in the store where that remembers longer: the server forgets a run when the retention of its
 * namespace is over.
 *
 * @module
 */
import { type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client'
import type { RunReport, Store } from '../../store/index.ts'
import { describeUnopened } from '../temporal/describe-known.ts'
import type { Execution } from '../temporal/how-ended.ts'
import { isOfAnother, meantRun, ownNamespace } from './meant-run.ts'

/** `forgotten`: the server no longer has it, and it has ended. */
export type FoundRun =
  | { readonly described: Execution; readonly forgotten?: undefined }
  | { readonly described?: undefined; readonly forgotten: RunReport }

type Reports = Pick<Store['reports'], 'namesakes' | 'run'>

/** A run that is asked for, and where else it may be found. */
export interface SoughtRun {
  readonly workflow: WorkflowHandle
  /** `undefined`: this client has none. Asked for only where the server does not have the run. */
  readonly storeIfThere: () => Promise<{ readonly reports: Reports } | undefined>
}

/**
 * Finds a run at the server, or in the store as one that has ended. A run that is still open in the store is not found there: it
 * may belong to another server, so nobody knows whether it has ended.
 *
 * @throws WorkflowNotFoundError if neither has such a run.
 */
export async function lookUpRun({ workflow, storeIfThere }: SoughtRun): Promise<FoundRun> {
  try {
    return { described: (await describeUnopened(workflow)).workflowExecutionInfo ?? {} }
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error
    const store = await storeIfThere()
    const forgotten = store && (await endedRun(workflow, store.reports))
    if (!forgotten) throw error
    return { forgotten }
  }
}

/**
 * The latest run with that id or key in this namespace, if it has ended. Other namespaces that share the store may use the same
 * ids.
 */
async function endedRun({ workflowId, client }: WorkflowHandle, reports: Reports): Promise<RunReport | undefined> {
  const own = await ownNamespace(client)
  const { key } = await meantRun(reports, workflowId, async () => own)
  const run = await reports.run(key)
  return run?.endedAtMs === undefined || isOfAnother(run, own) ? undefined : run
}
