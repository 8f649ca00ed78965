import type { Walk } from './walk.ts'

/** Until when the call is asked in batches; it is asked as usual after that. `undefined` where its class never asks in one. */
export function batchUntilMs({ prepared, state }: Pick<Walk, 'prepared' | 'state'>): number | undefined {
  const { batchMs } = prepared.taskClass
  return batchMs === undefined || state.beganAtMs === undefined ? undefined : state.beganAtMs + batchMs
}

export function asksInBatch(walk: Walk): boolean {
  return !walk.batchExpired && walk.ports.now() < (batchUntilMs(walk) ?? 0)
}
