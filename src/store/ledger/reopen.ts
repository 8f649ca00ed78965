import { AlreadyEnded } from '../../core/runs/already-ended.ts'
import { appendEvents } from '../events/append-events.ts'
import { insertOnce } from '../insert-once.ts'
import type { RunPartTable, RunTable } from '../schema.ts'
import { one, type Statement, tell, type Work } from '../work.ts'
import { openAttemptsOf } from './attempt-rows.ts'
import type { LockedRun } from './run-row.ts'
import { abandonAttempts } from './settle-attempt.ts'

type Reopened = Pick<RunTable, 'run_key'>

/** As open, and not purged: what it says from now on is purged in its turn, also where what it said before is gone. */
const setOpen: Statement<Reopened, unknown> = ({ run_key }, { queries }) =>
  queries
    .updateTable('runs')
    .set({ ended_at_ms: null, outcome: null, message: null, ended_part: null, purged_at_ms: null })
    .where('run_key', '=', run_key)

/** The run at the top is to be purged again: with it goes what a run below it says. */
const setToPurge: Statement<{ rootKey: string }, unknown> = ({ rootKey }, { queries }) =>
  queries.updateTable('runs').set({ purged_at_ms: null }).where('run_key', '=', rootKey)

type Coming = { runKey: string; part: string }

const comingOf: Statement<Coming, RunPartTable> = ({ runKey, part }, { queries }) =>
  queries.selectFrom('run_parts').selectAll().where('run_key', '=', runKey).where('part', '=', part)

const insertPart = insertOnce('run_parts')

const setLatestPart: Statement<Coming, unknown> = ({ runKey, part }, { queries }) =>
  queries.updateTable('runs').set({ latest_part: part }).where('run_key', '=', runKey)

/** Writes down that the part has come to the run, after all others. */
export function* noteLatest(runKey: string, part: string): Work<void> {
  yield* tell(insertPart, { run_key: runKey, part })
  yield* tell(setLatestPart, { runKey, part })
}

/** A run that was reset goes on after its end, under the same key. */
export function* reopenIfEnded(run: LockedRun, atMs: number): Work<void> {
  if (run.ended_at_ms === null) return
  yield* tell(setOpen, { run_key: run.run_key })
  if (run.purged_at_ms !== null) yield* tell(setToPurge, { rootKey: run.scope_id })
  yield* appendEvents(run, [{ kind: 'run-reset' }], atMs)
}

/**
 * {@link reopenIfEnded} for a call, of a model or of a tool, or for a question to people, of a part that is new to the run. What the
 * part before it has in flight is nobody's any more, and who is short would wait for that for ever.
 *
 * @throws AlreadyEnded when the part was there before the run ended: nothing of it may leave.
 */
export function* reopenFor(part: string | undefined, run: LockedRun, atMs: number): Work<void> {
  if (part === undefined) return yield* reopenIfEnded(run, atMs)
  if (!(yield* wasThere(part, run))) {
    yield* reopenIfEnded(run, atMs)
    yield* abandonAttempts(run, yield* openAttemptsOf(run.run_key), atMs)
    return yield* noteLatest(run.run_key, part)
  }
  if (run.ended_at_ms !== null) throw new AlreadyEnded(run.run_id, run.ended_at_ms, run.outcome)
}

/** Whether another part has come to the run since: somebody has reset it, and what ends this part does not end the run. */
export function* wasLeft(part: string, run: LockedRun): Work<boolean> {
  return run.latest_part !== null && part !== run.latest_part && (yield* wasThere(part, run))
}

/** Whether its content has ended. Of a worker that was believed lost and comes late the cost is settled, and no word is kept. */
export function isPurged({ ended_at_ms, purged_at_ms }: LockedRun): boolean {
  return ended_at_ms !== null && purged_at_ms !== null
}

/** Whether a part asks for something that was there before the run ended. */
export function* isOver(part: string | undefined, run: LockedRun): Work<boolean> {
  return run.ended_at_ms !== null && part !== undefined && (yield* wasThere(part, run))
}

/** Whether the run has had this part. */
export function* wasThere(part: string, { run_key, latest_part }: LockedRun): Work<boolean> {
  return part === latest_part || (yield* one(comingOf, { runKey: run_key, part })) !== undefined
}
