/**
 * What the store has recorded of the run that is meant, held against the run that the server has under that id: the store may know
 * that of another namespace, or an earlier one.
 *
 * @module
 */
import type { RunReport, Store } from '../../store/index.ts'
import type { Signalbox } from '../client.ts'
import { ELSEWHERE, isOfAnother, meantRun, ownNamespace } from '../store/meant-run.ts'
import { grpcAnswer } from '../temporal/grpc-answer.ts'
import { isOfRun } from '../temporal/is-of-run.ts'

export interface ReportHere {
  readonly report?: RunReport
  /** Why the server cannot be asked for the state of an open run, which somebody has named by its key. */
  readonly unasked?: string
}

const LATER = 'a later run has its id, and its own end was never written: `signalbox budget reconcile` closes it'

export async function reportHere(signalbox: Signalbox, reports: Store['reports'], id: string): Promise<ReportHere> {
  const own = await ownNamespace(signalbox.client)
  const { key } = await meantRun(reports, id, async () => own)
  const report = await reports.run(key)
  if (!report) return {}
  const first = await firstRunOf(signalbox, report.id)
  const isElsewhere = isOfAnother(report, own)
  const isAnother = first !== undefined && (isElsewhere || !isOfRun(first, key))
  // The store does not know the run of that id yet that the server has.
  if (isAnother && id === report.id) return {}
  if (isElsewhere) return { report, unasked: ELSEWHERE }
  return isAnother && report.endedAtMs === undefined ? { report, unasked: LATER } : { report }
}

/** Temporal's first run of the run that has the id now; `undefined` where the server has none, or does not say. */
async function firstRunOf({ client }: Signalbox, workflowId: string): Promise<string | undefined> {
  try {
    const asked = { namespace: client.options.namespace, execution: { workflowId } }
    const { workflowExecutionInfo } = await client.workflowService.describeWorkflowExecution(asked)
    return workflowExecutionInfo?.firstRunId || undefined
  } catch (error) {
    if (grpcAnswer(error)) return undefined
    throw error
  }
}
