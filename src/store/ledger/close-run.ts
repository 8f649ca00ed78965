import type { RunEnd } from '../../core/ports.ts'
import type { RunName } from '../../core/protocol.ts'
import { endWaitsOf } from '../budgets/waits.ts'
import { appendBareEnd, appendEvents, deleteTransientOfRun } from '../events/append-events.ts'
import { lockParent, tellEnded } from '../events/tell-above.ts'
import { keepNotices } from '../notices/keep-notices.ts'
import type { RunTable } from '../schema.ts'
import { SealProblem } from '../seals/seal-problem.ts'
import { cancelOpen } from '../tools/progress.ts'
import { type Statement, tell, together, type Work } from '../work.ts'
import { openAttemptsOf } from './attempt-rows.ts'
import { noteLatest, reopenIfEnded, wasLeft } from './reopen.ts'
import { type LockedRun, lockRunIfOpened } from './run-row.ts'
import { abandonAttempts } from './settle-attempt.ts'
import { spendingsOf } from './spendings.ts'

type End = Pick<RunTable, 'ended_at_ms' | 'outcome' | 'message' | 'ended_part'> & { runKey: string }

const setEnd: Statement<End, unknown> = ({ runKey, ...end }, { queries }) =>
  queries.updateTable('runs').set(end).where('run_key', '=', runKey)

/**
 * Settles what is open and ends the run, once. A run that was never opened has nothing to end; one that has ended may have an
 * open attempt of a worker that was believed lost. A part that was reset while it ended the run ends nothing any more. Gives whether
 * there was anything to do.
 */
export function* closeRun(run: RunName, end: RunEnd): Work<boolean> {
  const { outcome, message, endedAtMs, part, seen } = end
  const [row, open] = yield* together(lockRunIfOpened(run), openAttemptsOf(run.key))
  if (!row || (yield* isTakenOver(end, row))) return false
  // Before their scopes, as others do.
  if (open.length > 0) yield* lockParent(row)
  yield* abandonAttempts(row, open, endedAtMs)
  yield* endWaitsOf(run.key)
  const mayReplace = part !== undefined && part !== row.ended_part && seen === undefined
  if (row.ended_at_ms !== null && !mayReplace) return open.length > 0
  yield* reopenIfEnded(row, endedAtMs)
  // Of a sealed run the words are in its event alone, which is sealed: reports of many runs need no key.
  const words = row.seal_key === null ? message : undefined
  if (part !== undefined) yield* noteLatest(run.key, part)
  yield* tell(setEnd, {
    runKey: run.key,
    ended_at_ms: endedAtMs,
    outcome,
    message: words ?? null,
    ended_part: part ?? null,
  })
  yield* keepNotices(row, end)
  yield* deleteTransientOfRun(run.key)
  yield* tellEnd(row, end)
  return true
}

/** What was terminated ends also where no worker has its master key any more: else nothing of it could ever be given back or purged. */
function* tellEnd(row: LockedRun, end: RunEnd): Work<void> {
  const { outcome, message, endedAtMs, seen } = end
  const told = { outcome, ...(message !== undefined && { message }) }
  try {
    yield* cancelOpen(row, endedAtMs)
    yield* appendEvents(row, [{ kind: 'run-end', ...told }], endedAtMs)
    if (row.scope_id === row.run_key) return
    const cost = end.cost ?? (yield* spendingsOf(row)).cost
    yield* tellEnded(row, { ...told, cost }, endedAtMs)
  } catch (error) {
    if (seen === undefined || !(error instanceof SealProblem)) throw error
    yield* appendBareEnd(row, outcome, endedAtMs)
  }
}

/**
 * Whether another part has taken the run over from the one that ends. Of an end that was found out the part may be unknown here:
 * it began and was terminated before it came to the store. Then nobody may have come since the run was looked at.
 */
function* isTakenOver({ part, seen }: RunEnd, row: LockedRun): Work<boolean> {
  if (seen !== undefined) return (seen.latestPart ?? null) !== row.latest_part
  return part !== undefined && (yield* wasLeft(part, row))
}
