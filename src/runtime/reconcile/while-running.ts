/**
 * What is done while a worker runs, beside its work: lost runs are looked for, and what they hold is given
 * back; the content of runs whose retention is over is ended, and what is left of limits that nobody uses is swept up.
 *
 * @module
 */
import { Runtime, type Worker, type WorkerOptions } from '@temporalio/worker'
import type { Store } from '../../store/index.ts'
import type { Closing } from '../ending/close-ended.ts'
import { howEndedIn } from '../ending/how-ended-in.ts'
import { namespaceIdOf } from '../temporal/namespace-id.ts'
import { reconcileRegularly } from './reconcile.ts'

export interface WhileRunning extends Pick<Closing, 'withdraw'> {
  readonly store: Store
  /** 0: never. */
  readonly everyMs: number
  /** The worker's options. Without a connection in them nothing is reconciled: the one that Temporal makes then cannot be used here. */
  readonly served: Pick<WorkerOptions, 'connection' | 'namespace'>
}

/** Runs the worker to its end and reconciles meanwhile. */
export async function whileRunning(worker: Worker, run: () => Promise<void>, how: WhileRunning): Promise<void> {
  const ending = new AbortController()
  const reconciling = reconcileOver(how, ending.signal)
  // What it throws is a bug: the worker ends, and it is thrown below.
  reconciling.catch(() => worker.getState() === 'RUNNING' && worker.shutdown())
  try {
    await run()
  } finally {
    ending.abort()
    await Promise.allSettled([reconciling])
  }
  await reconciling
}

async function reconcileOver({ served, ...reconciling }: WhileRunning, signal: AbortSignal): Promise<void> {
  const { connection, namespace = 'default' } = served
  const { store, everyMs } = reconciling
  if (!connection || everyMs === 0) return
  await reconcileRegularly({
    ...reconciling,
    namespaceId: () => namespaceIdOf(connection, namespace),
    howEnded: howEndedIn(store, { connection, options: { namespace } }),
    now: Date.now,
    retire: () => retire(store, signal),
    warn: (message, fields) => Runtime.instance().logger.warn(message, { ...fields }),
    tell: message => Runtime.instance().logger.info(message),
    signal,
  })
}

async function retire({ content, admissions, budgets }: Store, signal: AbortSignal): Promise<void> {
  await admissions.sweep(Date.now())
  await budgets.sweep(Date.now())
  for (const { run, how } of await content.purgeDue(Date.now(), signal))
    Runtime.instance().logger.info('content was removed because its retention is over', { run, how })
}
