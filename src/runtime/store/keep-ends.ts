/**
 * Retries writing what a vendor or a tool has returned while the store is unavailable for a moment, for example while PostgreSQL restarts.
 * If it were lost, the answer would be bought again, or the tool would run again.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { Context } from '@temporalio/activity'
import type { LedgerPort, ToolRecordPort } from '../../core/ports.ts'
import { StoreProblem, type StoreProblemKind } from '../../store/index.ts'

/**
 * For how long a write is retried after its first failure: as long as a server takes to restart or to be replaced. The first failure
 * may take a minute by itself. After that the activity fails, and Temporal retries it with what the store has.
 */
const PATIENCE_MS = 60_000
const PAUSE_MS = 1_000

/**
 * Problems that may pass by themselves. `busy` is a server without a free connection, as when all workers come back to it at once, or a
 * file that is locked for long.
 */
const PASSING: ReadonlySet<StoreProblemKind> = new Set(['unreachable', 'read-only', 'full', 'busy'])

/**
 * The ledger, with retries for the ends of attempts and for answers. Both writes may be repeated: the second one finds what the first one
 * wrote. Only for use in activities.
 */
export function keepingEnds(ledger: LedgerPort): LedgerPort {
  return {
    ...ledger,
    endAttempt: (attemptId, end) => untilWritten(() => ledger.endAttempt(attemptId, end)),
    commitAnswer: commit => untilWritten(() => ledger.commitAnswer(commit)),
  }
}

/** The records of tools, with retries for their results and for what an answer is kept with. Only for use in activities. */
export function keepingResults(toolRecords: ToolRecordPort): ToolRecordPort {
  return {
    ...toolRecords,
    finish: (key, end) => untilWritten(() => toolRecords.finish(key, end)),
    actedBefore: runKey => untilWritten(() => toolRecords.actedBefore(runKey)),
  }
}

async function untilWritten<Written>(write: () => Promise<Written>): Promise<Written> {
  for (let untilMs: number | undefined; ; ) {
    try {
      return await write()
    } catch (error) {
      const isFirst = untilMs === undefined
      untilMs ??= performance.now() + PATIENCE_MS
      if (!mayPass(error) || performance.now() > untilMs || isShuttingDown()) throw error
      // The activity fails only after the patience, and until then nothing else may say what is the matter.
      if (isFirst) Context.current().log.warn(error.message, { error })
    }
    await sleep(PAUSE_MS)
  }
}

function mayPass(error: unknown): error is StoreProblem {
  return error instanceof StoreProblem && PASSING.has(error.kind)
}

/** Whether the worker's grace time is over. A cancelled run is no reason to stop: its cost has to be recorded all the same. */
function isShuttingDown(): boolean {
  return Context.current().cancellationDetails?.workerShutdown ?? false
}
