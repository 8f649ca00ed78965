/**
 * Asks the Temporal server whether a run is still open.
 *
 * @module
 */
import proto from '@temporalio/proto'
import { isOutcome } from '../../core/agent/totals.ts'
import type { FoundEnd, RunSeen } from '../../core/ports.ts'
import { OUTCOME_KINDS, type OutcomeKind } from '../../core/protocol.ts'
import { UNCLOSED } from '../../core/runs/unclosed.ts'
import { type Asking, describeKnown } from './describe-known.ts'
import { isOfRun } from './is-of-run.ts'
import { type Result, resultOf } from './result-of.ts'

const { WorkflowExecutionStatus } = proto.temporal.api.enums.v1

/** A workflow, as the server tells of it. */
export type Execution = proto.temporal.api.workflow.v1.IWorkflowExecutionInfo

type Status = Execution['status']

const OUTCOME_ATTRIBUTE = 'SignalboxOutcome'

/** Every run that can set search attributes sets this one as it begins. Without it, a missing outcome says nothing. */
const WORKSPACE_ATTRIBUTE = 'SignalboxWorkspace'

const WORDS: Readonly<Record<number, string>> = {
  [WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED]: 'the run completed',
  [WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_FAILED]: 'the run failed',
  [WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CANCELED]: 'the run was cancelled',
  [WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TERMINATED]: 'the run was terminated',
  [WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TIMED_OUT]: 'the run timed out',
}

/** `undefined` while it is open, in whichever part. */
export function statusWords(status: Status): string | undefined {
  return WORDS[status ?? 0]
}

/** `RUNNING`, `COMPLETED`, …, as Temporal's client spells them. */
export function statusName(status: Status): string {
  const name = WorkflowExecutionStatus[status ?? 0]?.replace('WORKFLOW_EXECUTION_STATUS_', '') ?? 'UNKNOWN'
  return name === 'CANCELED' ? 'CANCELLED' : name
}

/** `running`, `timed out`, …: {@link statusName} for people. */
export function statusInWords(status: Status): string {
  return statusName(status).toLowerCase().replaceAll('_', ' ')
}

export function isRunning(status: Status): boolean {
  return status === WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING
}

/** It was deleted, its retention time is over, or the server lost its database. */
export const NO_LONGER = 'the Temporal server no longer has the run'

/**
 * How a run ended that is open in the store; `undefined` while it is open, in whichever part.
 *
 * @param isEarlier - Whether the run is a child whose id a later tree has used again. Asked where the server has another part than the
 * store's latest one. @defaultValue it is not
 */
export async function howEnded(
  asking: Asking,
  { id, key, latestPart }: Pick<RunSeen, 'id' | 'key' | 'latestPart'>,
  isEarlier: () => Promise<boolean> = async () => false,
): Promise<FoundEnd | undefined> {
  const described = await describeKnown(asking, id)
  if (!described) return { reason: NO_LONGER }
  const execution = described.workflowExecutionInfo ?? {}
  const { firstRunId, execution: last } = execution
  const isAnother = !isOfRun(firstRunId, key) || (last?.runId !== latestPart && (await isEarlier()))
  if (firstRunId && isAnother) return { reason: 'the run ended, and its id was used again' }
  const found = foundEnd(execution)
  if (!found || found.outcome || !isCompleted(execution)) return found
  const result = await resultOf(asking, { workflowId: id, runId: found.part })
  return { ...found, ...endBy(result, setsAttributes(execution)) }
}

/** {@link howEnded} from the server's description alone, without reading the run's result. */
export function foundEnd(execution: Execution): FoundEnd | undefined {
  const { status, execution: last } = execution
  const outcome = isOwnEnd(status) ? outcomeOf(execution) : undefined
  const isUnclosed = !outcome && isCompleted(execution) && setsAttributes(execution)
  const reason = isUnclosed ? UNCLOSED : statusWords(status)
  if (reason === undefined) return undefined
  return { reason, ...(outcome && { outcome }), ...(last?.runId && { part: last.runId }) }
}

const ANSWERED_UNCLOSED = { reason: UNCLOSED, outcome: 'answered' } as const

const UNTOLD =
  'the run completed, but how is not known: its namespace lacks the search attributes, which `signalbox setup` registers, and its result is encrypted'

/**
 * For a run whose search attributes do not tell: by its result. What is no outcome is an answer, as it is to whoever waits for it.
 *
 * @param sets - Whether it sets them: then it was never closed, and an encrypted result is an answer, too.
 */
function endBy(result: Result, sets: boolean): Pick<FoundEnd, 'reason' | 'outcome'> {
  if (result.kind === 'unread') return sets ? ANSWERED_UNCLOSED : { reason: UNTOLD }
  const { value } = result
  return isOutcome(value) ? { reason: 'the run completed', outcome: value.kind } : ANSWERED_UNCLOSED
}

function isCompleted({ status }: Execution): boolean {
  return status === WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED
}

function setsAttributes({ searchAttributes }: Execution): boolean {
  return searchAttributes?.indexedFields?.[WORKSPACE_ATTRIBUTE] !== undefined
}

/** Whether the workflow has ended by itself: a part that was terminated from outside may have the outcome of an earlier one. */
function isOwnEnd(status: Status): boolean {
  return OWN_ENDS.has(status ?? 0)
}

const OWN_ENDS: ReadonlySet<number> = new Set([
  WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED,
  WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_FAILED,
  WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CANCELED,
])

/** A run says so as it ends, where the namespace has the search attribute. A cancelled one needs no word. */
function outcomeOf({ status, searchAttributes }: Execution): OutcomeKind | undefined {
  const text = Buffer.from(searchAttributes?.indexedFields?.[OUTCOME_ATTRIBUTE]?.data ?? []).toString()
  const told = OUTCOME_KINDS.find(kind => JSON.stringify(kind) === text)
  return told ?? (status === WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CANCELED ? 'cancelled' : undefined)
}
