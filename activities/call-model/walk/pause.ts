/**
 * Waits of a call: on the spot, or left to a durable timer of its workflow.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { SleepDecision } from '../../../src/core/faults/decide-remedy.ts'
import type { CallModelResult } from '../../../src/core/protocol.ts'
import { isTold, waitUnlessTold } from '../../told-to-end.ts'
import { spentOn } from '../money/spent.ts'
import { begun, dropTruncated, interruptWait } from './records.ts'
import type { Walk } from './walk.ts'

/** Leaves the waiting to a durable timer of the workflow. */
export async function putOff(
  walk: Walk,
  ms: number,
  reason: string,
): Promise<Extract<CallModelResult, { kind: 'wait' }>> {
  const { prepared, steppedDownFrom, state } = walk
  const { taskClass } = prepared.call
  const { escalated } = state
  await begun(walk)
  await dropTruncated(walk)
  await tellPeople(walk, ms, reason)
  const waits = {
    ...((steppedDownFrom !== undefined || escalated) && { waitsIn: taskClass }),
    ...(escalated && { waitsEscalated: true as const }),
  }
  return { kind: 'wait', ms, reason, ...waits, ...spentOn(walk.ended) }
}

/**
 * Logs that a call begins to wait for vendors, once for a call: nothing else in the log says so while they are down. Returns whether it did. A
 * wait for a limit that we keep ourselves is no vendor's trouble, and is not logged.
 */
export function tellWait(walk: Walk, { ms, reason, exact }: SleepDecision): true | undefined {
  const { call, taskClass, input } = walk.prepared
  if (exact || input.toldWait) return undefined
  const where = { run: call.run.id, step: call.step, class: taskClass.name }
  walk.activity.log.warn('call waits for vendors', { ...where, reason, wait: waitWords(walk, ms) })
  return true
}

function waitWords({ state }: Walk, ms: number): string {
  const first = `${Math.ceil(ms / 1000)} s at first`
  if (state.outSinceMs === undefined) return first
  const mostMs = Math.max(state.outlastMs ?? 0, state.outlastKeysMs ?? 0)
  return `${first}, ${Math.ceil(mostMs / 1000)} s at most`
}

/** Tells among the events of the run that the call waits. */
export async function tellPeople(walk: Walk, ms: number, reason: string): Promise<void> {
  await begun(walk)
  const { ports, prepared } = walk
  const { run, step } = prepared.call
  await ports.events.write(run, [{ kind: 'wait', step, ms, reason }], ports.now())
}

/** Shorter waits on the spot are not told: each would be one more write, and nobody would miss it. */
export const WORTH_TELLING_MS = 2_000

/** {@link pause}. People are told of a long one, because they see nothing else of the run meanwhile. */
export async function pauseTold(walk: Walk, ms: number, reason: string): Promise<void> {
  if (ms < WORTH_TELLING_MS) return pause(walk, ms)
  await tellPeople(walk, ms, reason)
  walk.say(`waiting ${Math.ceil(ms / 1_000)} s: ${reason}`)
  await pause(walk, ms)
  walk.say(undefined)
}

/** Waits on the spot. */
export async function pause(walk: Walk, ms: number): Promise<void> {
  const { activity, ports } = walk
  try {
    await waitUnlessTold(activity, ports, signal => delay(ms, undefined, { signal }))
  } catch (error) {
    if (!isTold(activity, ports)) throw error
    await interruptWait(walk)
  }
}
