/**
 * What the store has recorded of the run that is meant, held against the run that the server has under that id: the store may know
 * that of another namespace, or an earlier one, and may lack its end.
 *
 * @module
 */
import type { RunReport, Store } from '../../store/index.ts'
import type { Signalbox } from '../client.ts'
import { ASKED_ELSEWHERE, isEarlierChild, isOfAnother, meantRun, ownNamespace } from '../finding/meant-run.ts'
import { describeKnown } from '../temporal/describe-known.ts'
import { unlessUntold } from '../temporal/grpc-answer.ts'
import { type Execution, foundEnd, statusWords } from '../temporal/how-ended.ts'
import { isOfRun } from '../temporal/is-of-run.ts'

export interface ReportHere {
  readonly report?: RunReport
  /** What the server has under its id is another run. */
  readonly isReplaced?: true
  /** Why the server cannot be asked for the state of an open run, which somebody has named by its key. */
  readonly unasked?: string
  /**
   * How the run ended, if the store does not know that: it was terminated, or ended before a worker had opened it. A worker may still answer
   * for its state, as if the run went on.
   */
  readonly unrecorded?: string
}

const LATER = 'a later run has taken its id, and its own end was never written: `signalbox budget reconcile` closes it'

export async function reportHere(signalbox: Signalbox, reports: Store['reports'], id: string): Promise<ReportHere> {
  const own = await ownNamespace(signalbox.client)
  const look = async () => reports.run((await meantRun(reports, id, async () => own)).key)
  const before = await look()
  const execution = await executionOf(signalbox, before?.id ?? id)
  // A run that ends has written so before the server knows.
  const report = statusWords(execution.status) === undefined ? before : await look()
  if (!report) return unrecordedEnd(execution, undefined)
  const isElsewhere = isOfAnother(report, own)
  const { firstRunId } = execution
  const isEarlier = () => isEarlierChild(reports, report, async () => own)
  const isAnother = !!firstRunId && (isElsewhere || !isOfRun(firstRunId, report.key) || (await isEarlier()))
  // The store does not know the run of that id yet that the server has.
  if (isAnother && id === report.id) return unrecordedEnd(execution, undefined)
  const known: ReportHere = { report, ...(isAnother && { isReplaced: true }) }
  if (isElsewhere) return { ...known, unasked: ASKED_ELSEWHERE }
  if (report.endedAtMs !== undefined) return known
  return isAnother ? { ...known, unasked: LATER } : { ...known, ...unrecordedEnd(execution, report) }
}

const NOT_YET =
  'and the store does not have its end yet: a worker writes it down within minutes, `signalbox budget reconcile` at once'

const NEVER =
  'and is not in the store: set DATABASE_URL to the store that its workers use, unless no worker had opened it'

function unrecordedEnd(execution: Execution, report: RunReport | undefined): Pick<ReportHere, 'unrecorded'> {
  const ended = report ? foundEnd(execution)?.reason : statusWords(execution.status)
  return ended === undefined ? {} : { unrecorded: `${ended}, ${report ? NOT_YET : NEVER}` }
}

/** The workflow that has the id now. Empty if the server has none, or does not say. */
async function executionOf({ client }: Signalbox, workflowId: string): Promise<Execution> {
  const described = await describeKnown(client, workflowId).catch(unlessUntold)
  return described?.workflowExecutionInfo ?? {}
}
