/**
 * One run from both sides: what the store has recorded, and what the run itself says while it is open.
 *
 * @module
 */
import { isGrpcServiceError } from '@temporalio/client'
import { WorkflowNotFoundError } from '@temporalio/common'
import type { RunState } from '../core/protocol.ts'
import type { CallReport, DecisionReport, RunReport } from '../store/index.ts'
import type { Signalbox } from './client.ts'

export interface Inspection {
  /** Absent while no worker has opened the run, and for one of another store. */
  readonly report?: RunReport
  /** Oldest first. */
  readonly calls: readonly CallReport[]
  /** Who decided on tool calls, oldest first. */
  readonly decisions: readonly DecisionReport[]
  /** Absent when the run has ended, or no worker can answer for it. */
  readonly state?: RunState
  /** Why there is no state, where one would be expected. */
  readonly note?: string
}

/** A state comes at once from a worker that has the run, and after a replay from another: seconds, not more. */
const ASK_MS = 10_000

const MOST_CALLS = 1_000

/** @throws WorkflowNotFoundError when neither the store nor the server knows the run. */
export async function inspectRun(signalbox: Signalbox, id: string): Promise<Inspection> {
  const { reports } = await signalbox.store()
  const report = await reports.run(id)
  const calls = report ? await reports.calls({ run: report.key, limit: MOST_CALLS }) : []
  const decisions = report ? await reports.decisions(report.key) : []
  if (report?.endedAtMs !== undefined) return { report, calls, decisions }
  return {
    ...(report && { report }),
    calls,
    decisions,
    ...(await stateOf(signalbox, report?.id ?? id, report !== undefined)),
  }
}

/** @throws WorkflowNotFoundError when the server knows no run of that id. */
export async function assertRun({ client }: Signalbox, id: string): Promise<void> {
  await client.workflow.getHandle(id).describe()
}

async function stateOf(
  signalbox: Signalbox,
  id: string,
  isRecorded: boolean,
): Promise<Pick<Inspection, 'state' | 'note'>> {
  const deadline = Date.now() + ASK_MS
  try {
    return { state: await signalbox.client.withDeadline(deadline, () => signalbox.run(id).state()) }
  } catch (error) {
    if (error instanceof WorkflowNotFoundError && isRecorded)
      return { note: 'the Temporal server no longer has it, and its end was never written' }
    const answer = error instanceof Error && isGrpcServiceError(error.cause) ? error.cause : error
    if (!isGrpcServiceError(answer)) throw error
    return { note: `its state cannot be asked now: ${answer.details}; look whether a worker runs` }
  }
}
