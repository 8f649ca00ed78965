/**
 * Runs that no worker has opened, which the store does not have: their code throws at once, say, or nobody serves them, or they have
 * ended before.
 *
 * @module
 */
import { type Client, WorkflowFailedError } from '@temporalio/client'
import type { Activities } from '../../../activities/index.ts'
import { batchesOf } from '../../core/batches.ts'
import { TASK_QUEUE } from '../../core/protocol.ts'
import { SEALED } from '../../core/sealing.ts'
import type { RunFilter } from '../../store/index.ts'
import { type KeysOf, refuseUnknown } from '../../tools/refuse-unknown.ts'
import { failingIn } from '../hearing/failing.ts'
import { untakenWords } from '../hearing/hindrances.ts'
import { MOST_LISTED, positiveLimit, requireTimes } from '../lists/list-bounds.ts'
import { endOf } from '../runs/run-outcome.ts'
import { isSealed } from '../seals/codec.ts'
import { unreadFor } from '../seals/unread.ts'
import { type Described, describeKnown } from '../temporal/describe-known.ts'
import { firstEvents, type HistoryEvent } from '../temporal/first-events.ts'
import { answersWith, TOO_LATE } from '../temporal/grpc-answer.ts'
import { type Execution, statusWords } from '../temporal/how-ended.ts'
import { readPayload } from '../temporal/read-payload.ts'
import { sentSummary } from '../temporal/static-summary.ts'
import { timeMs } from '../temporal/time-ms.ts'
import { whoServesQueue } from '../temporal/who-serves.ts'
import { UNOPENED_ENDINGS, type UnopenedEnding } from './unopened-endings.ts'
import { ENDINGS, type Place, unrecordedIds, type Wanted } from './unrecorded.ts'

/** Filters; all optional. Other filters need the store, which does not have these runs. */
export interface UnopenedQuery extends Pick<RunFilter, 'sinceMs' | 'untilMs' | 'limit'> {
  /**
   * Runs that are open, or have ended so, within the last day unless `sinceMs` says otherwise. A run that was terminated, or exceeded
   * Temporal's time limit, has `failed`.
   *
   * @defaultValue `['open']`
   */
  readonly outcomes?: readonly UnopenedEnding[]
}

/** A run that is not in the store. */
export interface UnopenedRun {
  readonly id: string
  readonly workflow: string
  readonly taskQueue: string
  readonly startedAtMs: number
  /** Absent if it is open. */
  readonly outcome?: Exclude<UnopenedEnding, 'open'>
  /** Why, for people: what fails, who serves it, or how it has ended. */
  readonly why: string
}

/** The runs that were found at the server and are not in the store. */
export interface UnopenedList {
  /** Newest first. */
  readonly unopened: readonly UnopenedRun[]
  /** There are more than the limit, or more workflows than could be looked at. */
  readonly more: boolean
}

/** Where our runs are: a client's namespace, and the task queue of our workers. */
interface OurPlace extends Place {
  readonly taskQueue: string
}

const KEYS: KeysOf<UnopenedQuery> = { outcomes: true, sinceMs: true, untilMs: true, limit: true }

/** A well server lists a thousand workflows in a fraction of it, and nobody waits longer for what stands beside a list. */
const LOOKED_WITHIN_MS = 3_000

const ASKED_AT_ONCE = 16

const OPENING: keyof Activities = 'openRun'

/** Nearly every workflow opens its run by its first activity. */
const FIRST_EVENTS = 50

export async function unopenedRuns(place: OurPlace, query: UnopenedQuery): Promise<UnopenedList> {
  const what = 'the list of runs that no worker has opened'
  refuseUnknown(what, query, KEYS)
  requireTimes(what, query)
  const { outcomes = ['open'] } = query
  requireOutcomes(what, outcomes)
  const limit = positiveLimit(what, query.limit ?? MOST_LISTED)
  const untilMs = Date.now() + LOOKED_WITHIN_MS
  return place.client.withDeadline(untilMs, () => look(place, { ...query, outcomes, limit }, untilMs))
}

function requireOutcomes(what: string, outcomes: readonly string[]): void {
  const unknown = outcomes.find(outcome => !(UNOPENED_ENDINGS as readonly string[]).includes(outcome))
  if (unknown === undefined && outcomes.length > 0) return
  throw new RangeError(`${what} was asked for ${unknown ?? 'no outcome'}; there are: ${UNOPENED_ENDINGS.join(', ')}`)
}

async function look(
  place: OurPlace,
  query: Wanted & { readonly limit: number },
  untilMs: number,
): Promise<UnopenedList> {
  const { limit } = query
  const { ids: lacking, isCut } = await unrecordedIds(place, query)
  const describe = describing(place, query.outcomes, untilMs)
  const found: UnopenedRun[] = []
  for (const batch of batchesOf(lacking, ASKED_AT_ONCE)) {
    if (found.length > limit) break
    const asked = await Promise.all(batch.map(describe)).catch(unlessLate)
    if (!asked) return { unopened: found.slice(0, limit), more: true }
    found.push(...asked.filter(run => run !== undefined))
  }
  return { unopened: found.slice(0, limit), more: isCut || found.length > limit }
}

function unlessLate(error: unknown): undefined {
  if (!answersWith(error, TOO_LATE)) throw error
}

/** Tells of one run after the other, and asks only once who serves a task queue. */
function describing({ client, taskQueue: own }: OurPlace, outcomes: readonly UnopenedEnding[], untilMs: number) {
  const served = new Map<string, Promise<string>>()
  const whoServesOnce = (taskQueue: string) => {
    const asked = served.get(taskQueue) ?? whoServesQueue(client, taskQueue)
    served.set(taskQueue, asked)
    return asked
  }
  return async (id: string): Promise<UnopenedRun | undefined> => {
    const found = await describeKnown(client, id, untilMs)
    const info = found?.workflowExecutionInfo
    const ending = ENDINGS[info?.status ?? 0]
    if (!info || !ending || !outcomes.includes(ending)) return undefined
    const isSure = await isOurs(client, id, found)
    const taskQueue = info.taskQueue ?? ''
    const mayBeOurs = isSure || ([TASK_QUEUE, own].includes(taskQueue) && found.pendingWorkflowTask)
    if (!mayBeOurs) return undefined
    if (!mayBeUnopened(await firstEvents(client, info.execution ?? {}, FIRST_EVENTS), isSure)) return undefined
    const run = { id, workflow: info.type?.name ?? '', taskQueue, startedAtMs: Math.trunc(timeMs(info.startTime)) }
    if (ending !== 'open') return { ...run, outcome: ending, why: await endWords(client, id, info) }
    const why = (await failingIn(client, id, found))?.words ?? (await standing(found, () => whoServesOnce(taskQueue)))
    return { ...run, why }
  }
}

/** How it ended, and what it failed with unless that is sealed by a key that is not here. */
async function endWords(client: Client, id: string, { execution, status }: Execution): Promise<string> {
  const how = statusWords(status) ?? 'the run ended'
  try {
    await client.workflow.getHandle(id, execution?.runId ?? undefined).result()
    return how
  } catch (error) {
    if (!(error instanceof WorkflowFailedError) && !unreadFor(error)) throw error
    const message = error instanceof WorkflowFailedError ? endOf(error.cause).message : how
    return message === how ? how : `${how}: ${message}`
  }
}

/** Whether a client of ours, or a run above, has started it: both leave their marks. */
async function isOurs(client: Client, id: string, found: Described): Promise<boolean> {
  const { type, memo, parentExecution } = found.workflowExecutionInfo ?? {}
  if (memo?.fields?.[SEALED]) return true
  if (parentExecution?.workflowId) return id.startsWith(`${parentExecution.workflowId}/${type?.name}-`)
  const sent = sentSummary(found)
  if (!sent) return false
  // Only we seal so, perhaps with a key that another store or process has.
  return isSealed(sent) || String(await readPayload(client, sent, id)).startsWith(`**${type?.name}**`)
}

/**
 * Whether no worker has opened it: one with another store may have, or one since the first look at this store. A later part of a run
 * has one before it that was opened. A workflow that is no run, and which the same worker may serve, opens nothing.
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

async function standing({ pendingWorkflowTask }: Described, whoServes: () => Promise<string>): Promise<string> {
  if (!pendingWorkflowTask) return 'a worker has picked it up, but has not opened it yet'
  return untakenWords(await whoServes())
}
