/**
 * A Temporal server that is away: how a client hears of it, and how it waits.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { WorkflowHandle } from '@temporalio/client'
import { callersDeadlineMs } from './callers-deadline.ts'
import { answersWith, GRPC } from './grpc-answer.ts'

/** It is out of reach, or silent. */
export const AWAY = [GRPC.unavailable, GRPC.deadlineExceeded]

/** Readers of many runs are at times what asks too much of it. */
export const AWAY_OR_BUSY = [...AWAY, GRPC.resourceExhausted]

/** `false` after the caller's own deadline: the client asks no server any more, so it may be there. */
export function isAway({ client }: WorkflowHandle, error: unknown, codes: readonly number[]): boolean {
  return answersWith(error, codes) && callersDeadlineMs(client) > Date.now()
}

/** The client has tried for about twenty seconds by then. */
const NEXT_TRY_MS = 500

/**
 * Asks until the server answers or the caller's own deadline is over. `undefined` if the signal comes first.
 *
 * @param codes - By which the server counts as away.
 */
export async function onceThere<Told>(
  workflow: WorkflowHandle,
  codes: readonly number[],
  ask: () => Promise<Told>,
  signal?: AbortSignal,
): Promise<Told | undefined> {
  while (!signal?.aborted) {
    try {
      return await ask()
    } catch (error) {
      if (!isAway(workflow, error, codes)) throw error
    }
    await delay(NEXT_TRY_MS)
  }
  return undefined
}
