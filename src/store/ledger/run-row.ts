import type { RunName, RunRef } from '../../core/protocol.ts'
import { NotItsOwn } from '../../core/runs/own-run.ts'
import type { RunTable } from '../schema.ts'
import { StoreProblem } from '../store-problem.ts'
import { one, type Statement, type Work } from '../work.ts'

/** What those who write need of a run; its labels, budget and policy are not read for every call. */
const NEEDED = [
  'run_key',
  'run_id',
  'workspace',
  'scope_id',
  'ended_at_ms',
  'outcome',
  'ended_part',
  'latest_part',
  'begun_anew_at_ms',
  'seal_key',
  'purged_at_ms',
  'notices',
] as const satisfies (keyof RunTable)[]

export type LockedRun = Pick<RunTable, (typeof NEEDED)[number]>

/** What a run is called, and whether it says that it is sealed. */
type SealableRun = RunName & Pick<RunRef, 'sealed'>

const lockedRun: Statement<{ runKey: string }, LockedRun> = ({ runKey }, { queries, lockRows }) =>
  lockRows(queries.selectFrom('runs').select(NEEDED).where('run_key', '=', runKey))

/**
 * Locks the run: everything that a run writes passes here first, so that its calls, events and money change one after the other.
 *
 * @throws NotItsOwn where the key is that of another run, or the run is said to be sealed and is not: it would be shown what only
 * sealed runs are.
 */
export function* lockRun(run: SealableRun): Work<LockedRun> {
  const row = yield* lockRunIfOpened(run)
  if (row) return row
  throw notHere(run)
}

export function notHere({ id }: Pick<RunRef, 'id'>): StoreProblem {
  return new StoreProblem(
    'unknown-run',
    `The run ${id} is not in this store. Point DATABASE_URL at the store the run began with, ` +
      'or terminate the run and start it again.',
  )
}

/** The run, locked, or `undefined` when it was never opened. */
export function* lockRunIfOpened({ key, id, sealed }: SealableRun): Work<LockedRun | undefined> {
  const row = yield* lockByKey(key)
  if (row && row.run_id !== id) throw new NotItsOwn(`The key ${key} is not the key of the run ${id}`)
  if (row && sealed && row.seal_key === null)
    throw new NotItsOwn(`The run ${id} is not sealed, but its activity says that it is`)
  return row
}

const openRun: Statement<{ runKey: string }, Pick<RunTable, 'run_key'>> = ({ runKey }, { queries }) =>
  queries.selectFrom('runs').select('run_key').where('run_key', '=', runKey).where('ended_at_ms', 'is', null)

/** Whether the run is here and has not ended. */
export function* isRunOpen(runKey: string): Work<boolean> {
  return (yield* one(openRun, { runKey })) !== undefined
}

/** By its key alone, which the store itself has given. */
export const lockByKey = (runKey: string) => one(lockedRun, { runKey })
