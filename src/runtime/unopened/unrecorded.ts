/**
 * Workflows that the server has and the store has not.
 *
 * @module
 */
import type { Client } from '@temporalio/client'
import proto from '@temporalio/proto'
import { DAY_MS } from '../../core/durations.ts'
import type { SEARCH_ATTRIBUTES } from '../../core/protocol.ts'
import type { ReportPort, RunReport } from '../../store/index.ts'
import { isOfAnother, ownNamespace } from '../finding/meant-run.ts'
import { answersWith, GRPC } from '../temporal/grpc-answer.ts'
import { timeMs } from '../temporal/time-ms.ts'
import type { UnopenedEnding } from './unopened-endings.ts'

const { WorkflowExecutionStatus } = proto.temporal.api.enums.v1

/**
 * How a run stands, by Temporal's status of its workflow. A completed workflow has no entry: it had opened its run, or was none of
 * ours.
 */
export const ENDINGS: Readonly<Record<number, UnopenedEnding>> = {
  [WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING]: 'open',
  [WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_FAILED]: 'failed',
  [WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TERMINATED]: 'failed',
  [WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TIMED_OUT]: 'failed',
  [WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CANCELED]: 'cancelled',
}

/** The statuses of each, as the server's list is asked for them. */
const STATUSES: Readonly<Record<UnopenedEnding, readonly string[]>> = {
  open: ['Running'],
  failed: ['Failed', 'Terminated', 'TimedOut'],
  cancelled: ['Canceled'],
}

export interface Wanted {
  readonly outcomes: readonly UnopenedEnding[]
  readonly sinceMs?: number
  readonly untilMs?: number
}

export interface Place {
  readonly client: Client
  readonly reports: Pick<ReportPort, 'runs'>
}

/** How many workflows are looked through: a page of the server's list. Open ones come first, then those that ended last. */
const MOST_LOOKED_AT = 1_000

/** How far back ended workflows are looked for by default: the server may have months of them. */
const ENDED_WITHIN_MS = DAY_MS

/** The ids of the workflows that the store has no run of, newest first. `isCut`: there are more than could be looked at. */
export async function unrecordedIds(
  place: Place,
  wanted: Wanted,
): Promise<{ readonly ids: readonly string[]; readonly isCut: boolean }> {
  const query = queryOf(wanted, Date.now())
  const { executions, nextPageToken } = await page(place, `${query} AND ${UNOPENED}`).catch(error => {
    if (answersWith(error, [GRPC.invalidArgument])) return page(place, query)
    throw error
  })
  const found = (executions ?? []).map(({ execution, startTime }) => ({
    id: execution?.workflowId ?? '',
    startedAtMs: timeMs(startTime),
  }))
  return { ids: await withoutKnown(place, found), isCut: (nextPageToken?.length ?? 0) > 0 }
}

/**
 * Every worker writes down who pays once it has opened a run, also one with another store: that may have thousands in this namespace. A
 * namespace without our search attributes does not take the condition.
 */
const UNOPENED = `${'SignalboxWorkspace' satisfies keyof typeof SEARCH_ATTRIBUTES} IS NULL`

function page({ client: { workflowService, options } }: Place, query: string) {
  return workflowService.listWorkflowExecutions({ namespace: options.namespace, query, pageSize: MOST_LOOKED_AT })
}

function queryOf({ outcomes, sinceMs, untilMs }: Wanted, nowMs: number): string {
  const statuses = outcomes.flatMap(outcome => STATUSES[outcome])
  const recent = `(ExecutionStatus = 'Running' OR CloseTime >= ${timeOf(nowMs - ENDED_WITHIN_MS)})`
  return [
    `ExecutionStatus IN (${statuses.map(status => `'${status}'`).join(', ')})`,
    sinceMs === undefined ? recent : `StartTime >= ${timeOf(sinceMs)}`,
    ...(untilMs === undefined ? [] : [`StartTime < ${timeOf(untilMs)}`]),
  ].join(' AND ')
}

function timeOf(atMs: number): string {
  return `'${new Date(atMs).toISOString()}'`
}

interface Found {
  readonly id: string
  readonly startedAtMs: number
}

/** Newest first. The store may have a run of that id of another namespace, or an earlier one, that had ended when this began. */
async function withoutKnown({ client, reports }: Place, found: readonly Found[]): Promise<readonly string[]> {
  if (found.length === 0) return []
  const ids = [...new Set(found.map(({ id }) => id))]
  const [own, runs] = await Promise.all([ownNamespace(client), reports.runs({ ids, limit: Number.MAX_SAFE_INTEGER })])
  const lastMs = new Map<string, number>()
  for (const run of runs)
    if (!isOfAnother(run, own)) lastMs.set(run.id, Math.max(lastMs.get(run.id) ?? 0, untilMsOf(run)))
  const lacking = found.filter(({ id, startedAtMs }) => (lastMs.get(id) ?? 0) < startedAtMs)
  return [...new Set(lacking.toSorted((a, b) => b.startedAtMs - a.startedAtMs).map(({ id }) => id))]
}

/** When a later run may have its id. */
function untilMsOf({ endedAtMs = Number.POSITIVE_INFINITY }: RunReport): number {
  return endedAtMs
}
