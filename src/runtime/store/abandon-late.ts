import type { Worker } from '@temporalio/worker'
import type { Store } from '../../store/index.ts'
import { passed } from '../passed.ts'

/** A store that answers at all has done so by then. */
const ANSWERED_WITHIN_MS = 5_000

const LOOK_MS = 250

/**
 * Abandons the store a moment after the worker has ended, or after its grace if calls still hold it up then: of a server that is gone
 * without a word each would be given up a minute later only, when the process has long been killed.
 *
 * @param ended - Aborted when nothing is asked of the store any more.
 */
export async function abandonLate(
  worker: Pick<Worker, 'getState' | 'options'>,
  store: Pick<Store, 'abandon'>,
  ended: AbortSignal,
  { answeredWithinMs = ANSWERED_WITHIN_MS } = {},
): Promise<void> {
  const isAtWork = () => ['INITIALIZED', 'RUNNING'].includes(worker.getState())
  while (isAtWork()) if (!(await passed(LOOK_MS, ended, { ref: false }))) return
  let leftMs = worker.options.shutdownGraceTimeMs
  for (; leftMs > 0 && !hasEnded(worker); leftMs -= LOOK_MS) if (!(await passed(LOOK_MS, ended))) return
  if (await passed(answeredWithinMs, ended)) store.abandon()
}

function hasEnded(worker: Pick<Worker, 'getState'>): boolean {
  return ['STOPPED', 'FAILED'].includes(worker.getState())
}
