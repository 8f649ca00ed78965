/**
 * Settings that an endpoint was asked without, since its protocol or its model takes none of them.
 *
 * @module
 */
import type { Walk } from '../walk/walk.ts'

/** Tells of each setting at each endpoint once, for as long as the worker lives. */
export function tellLeftOut(walk: Walk, endpoint: string, leftOut: readonly string[] = []): void {
  const { toldLeftOut } = walk.ports
  const untold = leftOut.filter(setting => !toldLeftOut.has(`${endpoint} ${setting}`))
  if (untold.length === 0) return
  for (const setting of untold) toldLeftOut.add(`${endpoint} ${setting}`)
  const { run, step, taskClass } = walk.prepared.call
  walk.activity.log.info('asked without settings that it does not take', {
    run: run.id,
    step,
    class: taskClass,
    endpoint,
    without: untold,
  })
}
