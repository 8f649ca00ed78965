/**
 * Follows a run's events in the store.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises'
import { type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client'
import type { RunEvent } from '../../core/events.ts'
import type { SEARCH_ATTRIBUTES } from '../../core/protocol.ts'
import type { Store } from '../../store/index.ts'
import { keyOfRun } from '../finding/key-of-run.ts'
import { unknownHere } from '../finding/unknown-run.ts'
import { describeUnopened } from '../temporal/describe-known.ts'
import { statusName } from '../temporal/how-ended.ts'
import { isOfRun } from '../temporal/is-of-run.ts'
import { AWAY_OR_BUSY, isAway, onceThere } from '../temporal/server-away.ts'
import { recordedEvents } from './recorded-events.ts'
import { untilOver } from './until-over.ts'

export interface Following {
  readonly workflow: WorkflowHandle
  readonly store: () => Promise<Store>
  /** Events up to this offset are skipped. */
  readonly after: number
  /** Aborted: nothing more is read. */
  readonly signal?: AbortSignal
}

/**
 * Yields what happens until the run ends, also while the Temporal server is away; only the beginning waits for the server. A reader that
 * comes back with the last offset it saw misses nothing that still matters: deltas of an answered step are gone, and its `answer` carries
 * the whole text.
 *
 * @throws StoreProblem where a worker has opened the run and the store does not have it; WorkflowNotFoundError where the server does not have it,
 * unless it has ended in the store.
 */
export async function* followEvents({ workflow, store, after, signal }: Following): AsyncGenerator<RunEvent> {
  const { events, reports, place } = await store()
  const key = await keyOnceTold(workflow, reports, signal)
  if (key === undefined) return
  let offset = after
  let ended = false
  const look = async function* () {
    for await (const event of recordedEvents(events, key, offset)) {
      offset = event.offset
      ended = event.kind === 'run-end'
      yield event
    }
  }
  const isOver = () => isOverThere({ workflow, reports, place, key }, ended)
  yield* untilOver({ look, hasEnded: () => ended, isOver, signal })
}

/** The run's key, once the server answers: only it knows which run the id means by now. `undefined` if the reader has left. */
export function keyOnceTold(
  workflow: WorkflowHandle,
  reports: Store['reports'],
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  return onceThere(workflow, AWAY_OR_BUSY, () => keyOfRun(workflow, reports), signal)
}

interface Followed extends Pick<Store, 'reports' | 'place'> {
  readonly workflow: WorkflowHandle
  readonly key: string
}

/**
 * Whether the run is over: by Temporal, or by the store while Temporal is away.
 *
 * @throws StoreProblem where a worker has opened the run and the store does not have it.
 */
export async function isOverThere({ workflow, reports, place, key }: Followed, ended: boolean): Promise<boolean> {
  const { status, isOpened } = (await standingThere(workflow, key)) ?? {}
  const mustBeHere = status === 'COMPLETED' || isOpened
  if (mustBeHere && !(await isHere(reports, key))) throw unknownHere(workflow.workflowId, place, status === 'COMPLETED')
  return status === undefined ? ended : status !== 'RUNNING'
}

/** A standby of the database has what was written a moment later. */
const LAG_MS = 1_000

async function isHere(reports: Store['reports'], key: string): Promise<boolean> {
  if (await reports.run(key)) return true
  await delay(LAG_MS)
  return (await reports.run(key)) !== undefined
}

/** What Temporal says of a run that was terminated, which writes no end; `undefined`: it cannot be asked now, and the store decides. */
export async function statusOf(workflow: WorkflowHandle, key: string): Promise<string | undefined> {
  return (await standingThere(workflow, key))?.status
}

/** A run as Temporal knows it. */
interface StandingThere {
  /** `GONE`: it has forgotten the run, and may have another one of that id. */
  readonly status: string | undefined
  /** A worker has opened it. One writes that down as soon as its store has the run, if the namespace has our search attributes. */
  readonly isOpened: boolean
}

/** `undefined`: it cannot be asked now. What happens lies in the store, so a reader sits that out. */
async function standingThere(workflow: WorkflowHandle, key: string): Promise<StandingThere | undefined> {
  try {
    const { status, firstRunId, parentExecution, searchAttributes } =
      (await describeUnopened(workflow)).workflowExecutionInfo ?? {}
    if (firstRunId && !parentExecution && !isOfRun(firstRunId, key)) return GONE
    return { status: statusName(status), isOpened: OPENED in (searchAttributes?.indexedFields ?? {}) }
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return GONE
    if (!isAway(workflow, error, AWAY_OR_BUSY)) throw error
    return undefined
  }
}

const GONE: StandingThere = { status: 'GONE', isOpened: false }

const OPENED = 'SignalboxWorkspace' satisfies keyof typeof SEARCH_ATTRIBUTES
