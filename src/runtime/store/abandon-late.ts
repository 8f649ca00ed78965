import { once } from 'node:events'
import type { Worker } from '@temporalio/worker'
import type { Store } from '../../store/index.ts'
import { passed } from '../passed.ts'

/** A store that answers at all has done so by then. */
const ANSWERED_WITHIN_MS = 5_000

const LOOK_MS = 250

type Abandoned = Pick<Store, 'abandon' | 'reports'>

interface Abandoning {
  readonly answeredWithinMs?: number
}

/**
 * Does the last that a worker asks its store. Where the store does not answer, it is abandoned a moment after the worker has ended, or
 * after its grace if calls still hold it up then: of a server that is gone without a word each would be given up a minute later only,
 * when the process has long been killed. It is asked again once the body has come to its end.
 *
 * @param worker - Absent if it has ended.
 */
export async function abandoningLate<Result>(
  store: Abandoned,
  worker: Pick<Worker, 'getState' | 'options'> | undefined,
  body: () => Promise<Result>,
  how: Abandoning = {},
): Promise<Result> {
  const ended = new AbortController()
  const watching = watch(store, worker, ended.signal, how)
  try {
    return await body()
  } finally {
    ended.abort()
    await watching
  }
}

async function watch(
  store: Abandoned,
  worker: Pick<Worker, 'getState' | 'options'> | undefined,
  ended: AbortSignal,
  { answeredWithinMs = ANSWERED_WITHIN_MS }: Abandoning,
): Promise<void> {
  if (worker && !(await isLate(worker, ended))) return
  if (!(await isSilent(store, ended, answeredWithinMs))) return
  const resume = store.abandon()
  if (!ended.aborted) await once(ended, 'abort')
  resume()
}

/** Whether the worker has ended or its grace is over, and what it has asked may still have no answer. */
async function isLate(worker: Pick<Worker, 'getState' | 'options'>, ended: AbortSignal): Promise<boolean> {
  const isAtWork = () => ['INITIALIZED', 'RUNNING'].includes(worker.getState())
  while (isAtWork()) if (!(await passed(LOOK_MS, ended, { ref: false }))) return false
  let leftMs = worker.options.shutdownGraceTimeMs
  for (; leftMs > 0 && !hasEnded(worker); leftMs -= LOOK_MS) if (!(await passed(LOOK_MS, ended))) return false
  return true
}

function hasEnded(worker: Pick<Worker, 'getState'>): boolean {
  return ['STOPPED', 'FAILED'].includes(worker.getState())
}

/** Asks it again and again until it has no answer. One that answers is left alone, whatever else holds the worker up. */
async function isSilent({ reports }: Abandoned, ended: AbortSignal, answeredWithinMs: number): Promise<boolean> {
  for (let isAnswered = true; isAnswered; ) {
    isAnswered = false
    const answered = () => {
      isAnswered = true
    }
    reports.runs({ limit: 1 }).then(answered, answered)
    if (!(await passed(answeredWithinMs, ended))) return false
  }
  return true
}
