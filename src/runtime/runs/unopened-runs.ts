/**
 * Open runs that no worker has opened, which the store does not have: their code throws at once, say, or nobody serves them.
 *
 * @module
 */
import type { Client, WorkflowExecutionDescription } from '@temporalio/client'
import type { temporal } from '@temporalio/proto'
import type { Activities } from '../../../activities/index.ts'
import { TASK_QUEUE } from '../../core/protocol.ts'
import { SEALED } from '../../core/sealing.ts'
import type { ReportPort, RunFilter } from '../../store/index.ts'
import { type KeysOf, refuseUnknown } from '../../tools/refuse-unknown.ts'
import { MOST_LISTED, positiveLimit } from '../store/list-runs.ts'
import { isOfAnother, ownNamespace } from '../store/meant-run.ts'
import { describeKnown } from '../temporal/describe-known.ts'
import { grpcAnswer } from '../temporal/grpc-answer.ts'
import { failingIn } from './failing.ts'
import { TOO_LATE, whoServesQueue } from './run-unheard.ts'

/** Which of them; all of it may be left out. Of the rest that runs are chosen by the store alone knows. */
export interface UnopenedQuery extends Pick<RunFilter, 'sinceMs' | 'untilMs' | 'limit'> {}

/** An open run that the store does not have. */
export interface UnopenedRun {
  readonly id: string
  readonly workflow: string
  readonly taskQueue: string
  readonly startedAtMs: number
  /** What of it fails, or who serves it, for people. */
  readonly why: string
}

export interface UnopenedList {
  /** Newest first. */
  readonly unopened: readonly UnopenedRun[]
  /** There are more than the limit, or more open workflows than could be looked at. */
  readonly more: boolean
}

/** Whose runs they are. */
interface Place {
  readonly client: Client
  readonly reports: Pick<ReportPort, 'runs'>
  readonly taskQueue: string
}

const KEYS: KeysOf<UnopenedQuery> = { sinceMs: true, untilMs: true, limit: true }

/** A well server lists a thousand workflows in a fraction of it, and nobody waits longer for what stands beside a list. */
const LOOKED_WITHIN_MS = 3_000

/** The newest so many open workflows are looked through: one page of the server's list has no more. */
const MOST_LOOKED_AT = 1_000

const ASKED_AT_ONCE = 16

type HistoryEvent = temporal.api.history.v1.IHistoryEvent

const OPENING: keyof Activities = 'openRun'

export async function unopenedRuns(place: Place, query: UnopenedQuery): Promise<UnopenedList> {
  const what = 'the list of runs that no worker has opened'
  refuseUnknown(what, query, KEYS)
  const limit = positiveLimit(what, query.limit ?? MOST_LISTED)
  return place.client.withDeadline(Date.now() + LOOKED_WITHIN_MS, () => look(place, { ...query, limit }))
}

async function look(place: Place, query: UnopenedQuery & { readonly limit: number }): Promise<UnopenedList> {
  const { limit } = query
  const { ids, isCut } = await openWorkflows(place.client, query)
  const lacking = await withoutKnown(place, ids)
  const describe = describing(place)
  const found: UnopenedRun[] = []
  for (let at = 0; at < lacking.length && found.length <= limit; at += ASKED_AT_ONCE) {
    const asked = await Promise.all(lacking.slice(at, at + ASKED_AT_ONCE).map(describe)).catch(unlessLate)
    if (!asked) return { unopened: found.slice(0, limit), more: true }
    found.push(...asked.filter(run => run !== undefined))
  }
  return { unopened: found.slice(0, limit), more: isCut || found.length > limit }
}

/** Newest first. */
async function openWorkflows(
  { workflowService, options: { namespace } }: Client,
  { sinceMs, untilMs }: UnopenedQuery,
): Promise<{ readonly ids: readonly string[]; readonly isCut: boolean }> {
  const query = [
    `ExecutionStatus = 'Running'`,
    ...(sinceMs === undefined ? [] : [`StartTime >= '${new Date(sinceMs).toISOString()}'`]),
    ...(untilMs === undefined ? [] : [`StartTime < '${new Date(untilMs).toISOString()}'`]),
  ].join(' AND ')
  const asked = { namespace, query, pageSize: MOST_LOOKED_AT }
  const { executions, nextPageToken } = await workflowService.listWorkflowExecutions(asked)
  const ids = (executions ?? []).flatMap(({ execution }) => execution?.workflowId ?? [])
  return { ids, isCut: (nextPageToken?.length ?? 0) > 0 }
}

/** The store may have a run of that id of another namespace. */
async function withoutKnown({ client, reports }: Place, ids: readonly string[]): Promise<readonly string[]> {
  if (ids.length === 0) return ids
  const [own, runs] = await Promise.all([ownNamespace(client), reports.runs({ ids, limit: Number.MAX_SAFE_INTEGER })])
  const known = new Set(runs.filter(run => !isOfAnother(run, own)).map(({ id }) => id))
  return ids.filter(id => !known.has(id))
}

function unlessLate(error: unknown): undefined {
  if (!TOO_LATE.includes(grpcAnswer(error)?.code ?? 0)) throw error
}

/** Of many runs on one task queue it is asked once who serves it. */
function describing({ client, taskQueue: own }: Place) {
  const served = new Map<string, Promise<string>>()
  const whoServesOnce = (taskQueue: string) => {
    const asked = served.get(taskQueue) ?? whoServesQueue(client, taskQueue)
    served.set(taskQueue, asked)
    return asked
  }
  return async (id: string): Promise<UnopenedRun | undefined> => {
    const found = await describeKnown(client, id)
    if (found?.status.name !== 'RUNNING') return undefined
    const { type: workflow, taskQueue, startTime, raw } = found
    const isSure = await isOurs(found)
    const mayBeOurs = isSure || ([TASK_QUEUE, own].includes(taskQueue) && raw.pendingWorkflowTask)
    if (!mayBeOurs || !mayBeUnopened(await firstEvents(client, found), isSure)) return undefined
    const why = (await failingIn(client, id, raw))?.words ?? (await standing(found, whoServesOnce))
    return { id, workflow, taskQueue, startedAtMs: startTime.getTime(), why }
  }
}

/** By what a client of ours has started it with, or a run above. */
async function isOurs(found: WorkflowExecutionDescription): Promise<boolean> {
  const { type, workflowId, memo, parentExecution } = found
  if (memo?.[SEALED] === SEALED) return true
  if (parentExecution?.workflowId) return workflowId.startsWith(`${parentExecution.workflowId}/${type}-`)
  return (await found.staticSummary())?.startsWith(`**${type}**`) ?? false
}

/** The run is opened by the first activity of nearly every one. */
const FIRST_EVENTS = 50

async function firstEvents(
  client: Client,
  { workflowId, runId }: WorkflowExecutionDescription,
): Promise<readonly HistoryEvent[]> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: { workflowId, runId },
    maximumPageSize: FIRST_EVENTS,
  })
  return history?.events ?? []
}

/**
 * Not where a worker with another store has opened it, or one since the first look at this. A later part of a run has one before it
 * that was opened; and a workflow of somebody's own, which may be served by the same worker, opens none.
 *
 * @param isSure - It is a run of ours.
 */
function mayBeUnopened(events: readonly HistoryEvent[], isSure: boolean): boolean {
  if (events[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId) return false
  if (!isSure) return events.every(event => !event.workflowTaskCompletedEventAttributes)
  const opening = events.find(event => event.activityTaskScheduledEventAttributes?.activityType?.name === OPENING)
  const openingId = String(opening?.eventId)
  return events.every(
    ({ activityTaskCompletedEventAttributes: done }) => !done || String(done.scheduledEventId) !== openingId,
  )
}

async function standing(
  { raw, taskQueue }: WorkflowExecutionDescription,
  whoServesOnce: (taskQueue: string) => Promise<string>,
): Promise<string> {
  if (!raw.pendingWorkflowTask) return 'a worker has taken it up, and has not opened it yet'
  return `no worker has taken it up yet: ${await whoServesOnce(taskQueue)}`
}
