/**
 * What a vendor or a tool has given is kept in hand where the store is away as it comes, as while PostgreSQL is started anew: thrown away,
 * it would be bought, or done, once more.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { LedgerPort, ToolRecordPort } from '../../core/ports.ts'
import { StoreProblem, type StoreProblemKind } from '../../store/index.ts'

/** As long as a server takes to start, or another one to take over. Then Temporal tries again, from what the store has. */
const PATIENCE_MS = 60_000
const PAUSE_MS = 1_000

/** A file that is locked has waited already, and all of its process with it. */
const COMES_BACK: ReadonlySet<StoreProblemKind> = new Set(['unreachable', 'read-only', 'full'])

/** Each of these writes may come twice: the second one finds what the first has written. */
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
  const untilMs = performance.now() + PATIENCE_MS
  for (;;) {
    try {
      return await write()
    } catch (error) {
      if (!(error instanceof StoreProblem && COMES_BACK.has(error.kind)) || performance.now() > untilMs) throw error
    }
    await sleep(PAUSE_MS)
  }
}
