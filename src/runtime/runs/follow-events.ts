/**
 * Follows a run's events in the store.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { WorkflowExecutionStatusName, WorkflowHandle } from '@temporalio/client'
import type { RunEvent } from '../../core/events.ts'
import type { Store } from '../../store/index.ts'
import { keyMeant } from '../store/meant-run.ts'
import { unknownHere } from '../store/unknown-run.ts'
import { answersWith, GRPC } from '../temporal/grpc-answer.ts'

/** Between two looks while nothing comes. Tokens are written every 50 ms, so this is about as live as it gets. */
const POLL_MS = 60

/** Looks without news before Temporal is asked whether the run is still there: about three seconds. */
const QUIET_POLLS = 50

/** Temporal closes a run a moment after the store has its end. */
const PROMPT_POLLS = 10

const BATCH = 500

export interface Following {
  readonly workflow: WorkflowHandle
  readonly store: () => Promise<Store>
  /** Events up to this offset are skipped. */
  readonly after: number
  /** Aborted: nothing more is read. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Yields what happens until the run ends, also while the Temporal server is away. A reader that comes back with the last offset it saw
 * misses nothing that still matters: deltas of an answered step are gone, and its `answer` carries the whole text.
 *
 * @throws StoreProblem where the run has completed and the store does not have it.
 */
export async function* followEvents({ workflow, store, after, signal }: Following): AsyncGenerator<RunEvent> {
  const { events, reports, place } = await store()
  const key = await keyOf(workflow, reports)
  let offset = after
  let ended = false
  for (let quiet = 0; !signal?.aborted; ) {
    const batch = await events.read(key, offset, BATCH)
    for (const event of batch) {
      if (signal?.aborted) return
      offset = event.offset
      ended = event.kind === 'run-end'
      yield event
    }
    quiet = batch.length > 0 ? 0 : quiet + 1
    if (batch.length === BATCH) continue
    const status = isTimeToAsk(quiet, ended) ? await statusOf(workflow) : 'RUNNING'
    if (status === 'COMPLETED' && !(await reports.run(key))) throw unknownHere(workflow.workflowId, place)
    if (status === undefined ? ended : status !== 'RUNNING') return
    await delay(POLL_MS)
  }
}

/** Behind an end, at first with each look: it was the last, unless the run was reset and goes on. Else now and then. */
function isTimeToAsk(quiet: number, ended: boolean): boolean {
  return (ended && quiet < PROMPT_POLLS) || (quiet > 0 && quiet % QUIET_POLLS === 0)
}

/**
 * The run's own key: an id that is used again after its run is forgotten is another run. A child's key the server does not tell; it is
 * that of the run which the id means in this namespace.
 */
export async function keyOf(workflow: WorkflowHandle, reports: Store['reports']): Promise<string> {
  const { raw } = await workflow.describe()
  const { firstRunId, parentExecution } = raw.workflowExecutionInfo ?? {}
  return (parentExecution ? undefined : firstRunId) || keyMeant(reports, workflow.workflowId, workflow.client)
}

const AWAY = [GRPC.deadlineExceeded, GRPC.unavailable]

/**
 * A run that was terminated writes no end; Temporal knows. `undefined`: it cannot be asked now. What happens lies in the store, so a
 * reader sits that out.
 */
async function statusOf(workflow: WorkflowHandle): Promise<WorkflowExecutionStatusName | undefined> {
  try {
    return (await workflow.describe()).status.name
  } catch (error) {
    if (answersWith(error, AWAY)) return undefined
    throw error
  }
}
