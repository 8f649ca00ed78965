/**
 * Logs that a call begins to wait for vendors. Nothing else in the log says so while they are down.
 *
 * @module
 */
import type { SleepDecision } from '../../../src/core/faults/decide-remedy.ts'
import type { Walk } from './walk.ts'

/** Logs it once for a call. Returns whether it did. A wait for a limit that we keep ourselves is no vendor's trouble, and is not logged. */
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
