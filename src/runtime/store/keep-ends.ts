/**
 * Holds on to what a vendor or a tool has given while the store is away for a moment, for example while PostgreSQL restarts.
 * Thrown away, it would be bought or done again.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { Context } from '@temporalio/activity'
import type { LedgerPort, ToolRecordPort } from '../../core/ports.ts'
import { StoreProblem, type StoreProblemKind } from '../../store/index.ts'

/**
 * How long writing is tried again, from the first failure on, which may take a minute itself. As long as a server takes to start,
 * or to be replaced. After that Temporal tries again, from what the store has.
 */
const PATIENCE_MS = 60_000
const PAUSE_MS = 1_000

/**
 * Problems that may pass. `busy`: a server without a free connection, as when all workers come back to it at once, or a file that
 * is locked for long.
 */
const COMES_BACK: ReadonlySet<StoreProblemKind> = new Set(['unreachable', 'read-only', 'full', 'busy'])

/**
 * The ledger, with writes of ends that are tried again. Each of these writes may come twice: the second finds what the first has
 * written. Only for use in activities.
 */
export function keepingEnds(ledger: LedgerPort): LedgerPort {
  return {
    ...ledger,
    endAttempt: (attemptId, end) => untilWritten(() => ledger.endAttempt(attemptId, end)),
    commitAnswer: commit => untilWritten(() => ledger.commitAnswer(commit)),
  }
}

/** The same for the results of tools. */
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
