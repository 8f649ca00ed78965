/**
 * What a vendor or a tool has given is kept in hand where the store is away as it comes, as while PostgreSQL is started anew: thrown away,
 * it would be bought, or done, once more.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { Context } from '@temporalio/activity'
import type { LedgerPort, ToolRecordPort } from '../../core/ports.ts'
import { StoreProblem, type StoreProblemKind } from '../../store/index.ts'

/**
 * From the first failure on, which may take a minute itself: as long as a server takes to start, or another one to take over. Then
 * Temporal tries again, from what the store has.
 */
const PATIENCE_MS = 60_000
const PAUSE_MS = 1_000

/** Among them `busy`: a server without a free connection, as when all workers come back to it, or a file that is locked for long. */
const COMES_BACK: ReadonlySet<StoreProblemKind> = new Set(['unreachable', 'read-only', 'full', 'busy'])

/** Each of these writes may come twice: the second one finds what the first has written. For activities alone. */
export function keepingEnds(ledger: LedgerPort): LedgerPort {
  return {
    ...ledger,
    endAttempt: (attemptId, end) => untilWritten(() => ledger.endAttempt(attemptId, end)),
    commitAnswer: commit => untilWritten(() => ledger.commitAnswer(commit)),
  }
}

/** The same for tools. */
export function keepingResults(toolRecords: ToolRecordPort): ToolRecordPort {
  return { ...toolRecords, finish: (key, end) => untilWritten(() => toolRecords.finish(key, end)) }
}

async function untilWritten<Written>(write: () => Promise<Written>): Promise<Written> {
  for (let untilMs: number | undefined; ; ) {
    try {
      return await write()
    } catch (error) {
      untilMs ??= performance.now() + PATIENCE_MS
      if (!comesBack(error) || performance.now() > untilMs || isLeaving()) throw error
    }
    await sleep(PAUSE_MS)
  }
}

function comesBack(error: unknown): boolean {
  return error instanceof StoreProblem && COMES_BACK.has(error.kind)
}

/** A worker that shuts down has waited for its grace time. Of a run that is cancelled the cost is still to be kept. */
function isLeaving(): boolean {
  return Context.current().cancellationDetails?.workerShutdown ?? false
}
