/**
 * Decides on what a run asks, although the run may hear of the question later than people do: see `heard-asks.ts`.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises'
import { WorkflowUpdateFailedError } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import { NOT_ASKED } from '../../core/protocol.ts'
import { SealProblem, type Store } from '../../store/index.ts'
import { type DatedApproval, standingOf } from '../events/run-standing.ts'

/**
 * A part that has just begun does not know yet what the run waits for, and refuses any decision: for this long it is tried again. A
 * refused update leaves nothing in history.
 */
const ASKED_WITHIN_MS = 5_000

/** A lost worker is noticed after 20 s, and its call is tried again a second to half a minute later. */
export const WORKER_REPLACED_MS = 90_000

/** Doubles from try to try: each refusal is a workflow task too, and many would hold up the one that is waited for. */
const TRY_AGAIN_MS = 50
const SELDOM_MS = 2_000

/**
 * Tries for a few seconds; if the store has the question, for as long as it takes to replace a lost worker.
 *
 * @param isOnRecord - Whether the store has the question, and no answer to it.
 * @param untilMs - The caller's deadline, in milliseconds since 1970.
 */
export async function onceAsked<T>(
  decide: () => Promise<T>,
  isOnRecord: () => Promise<boolean>,
  untilMs: number,
): Promise<T> {
  const beganMs = Date.now()
  let patienceMs = ASKED_WITHIN_MS
  for (let pauseMs = TRY_AGAIN_MS; ; pauseMs = Math.min(SELDOM_MS, pauseMs * 2)) {
    try {
      return await decide()
    } catch (error) {
      if (!isNotAsked(error) || Date.now() + pauseMs >= untilMs) throw error
      if (Date.now() - beganMs >= patienceMs) {
        if (patienceMs === WORKER_REPLACED_MS || !(await isOnRecord())) throw error
        patienceMs = WORKER_REPLACED_MS
      }
    }
    await delay(pauseMs)
  }
}

/** Whether the run has refused a decision because it does not ask for it. */
export function isNotAsked(error: unknown): boolean {
  return (
    error instanceof WorkflowUpdateFailedError &&
    error.cause instanceof ApplicationFailure &&
    error.cause.type === NOT_ASKED
  )
}

/** What a run asks people, by the store; nothing if the run is sealed and its key is out of reach. */
export async function asksOnRecord(events: Store['events'], runKey: string): Promise<readonly DatedApproval[]> {
  try {
    return (await standingOf(events, runKey)).pending
  } catch (error) {
    if (error instanceof SealProblem) return []
    throw error
  }
}

/** Whether a tool call or a question of a run waits for a decision, by the store. */
export async function isAsked(events: Store['events'], runKey: string, toolCallId: string): Promise<boolean> {
  return (await asksOnRecord(events, runKey)).some(ask => ask.toolCallId === toolCallId)
}
