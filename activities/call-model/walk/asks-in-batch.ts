import type { Walk } from './walk.ts'

/**
 * Until when the call is asked in batches; it is asked as usual after that. `undefined` where its class never asks in one.
 *
 * @param inClass - In which it was handed over: by a rule for hours, its own class may lead elsewhere since. @defaultValue as it is now
 */
export function batchUntilMs({ ports, prepared, state }: Walk, inClass?: string): number | undefined {
  const { batchMs } = (inClass !== undefined && ports.directory.classes[inClass]) || prepared.taskClass
  return batchMs === undefined || state.beganAtMs === undefined ? undefined : state.beganAtMs + batchMs
}

export function asksInBatch(walk: Walk): boolean {
  return !walk.batchExpired && walk.ports.now() < (batchUntilMs(walk) ?? 0)
}
