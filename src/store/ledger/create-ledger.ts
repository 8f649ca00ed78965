import type { LedgerPort } from '../../core/ports.ts'
import type { Connection } from '../connection.ts'
import { findSeen } from '../runs/run-seen.ts'
import { chainOf } from '../transcripts/lineage-chain.ts'
import { attemptsOfCall, recordOf } from './attempt-rows.ts'
import { noteBatch, openBatches } from './batches.ts'
import { beginAttempt } from './begin-attempt.ts'
import { beginCall, noteCall } from './begin-call.ts'
import { byStoreClock } from './by-store-clock.ts'
import { isBegun } from './call-rows.ts'
import { closeRun } from './close-run.ts'
import { commitAnswer } from './commit-answer.ts'
import { endCalls } from './end-calls.ts'
import { keepDecision } from './keep-decision.ts'
import { openRun } from './open-run.ts'
import { raiseBudget } from './raise-budget.ts'
import { notHere } from './run-row.ts'
import { endAttempt } from './settle-attempt.ts'
import { spentBy } from './spendings.ts'

export function createLedger(connection: Connection): LedgerPort {
  return byStoreClock(inTransactions(connection), connection)
}

function inTransactions({ write, read }: Connection): LedgerPort {
  return {
    openRun: run => write(() => openRun(run)),
    closeRun: (run, end) => write(() => closeRun(run, end)),
    closeLost: (run, end) =>
      write(function* () {
        // What is open is charged already what its loss will cost. Summed up once, and before the run above is locked.
        const spent = yield* spentBy(run)
        yield* closeRun(run, { ...end, cost: spent.cost })
        return spent
      }),
    spentBy: run => write(() => spentBy(run)),
    // Also where it goes on from one that is, over whatever runs.
    isSealed: async ({ lineage }) => (await read(() => chainOf(lineage))).some(({ seal_key }) => seal_key !== null),
    seen: run => read(() => findSeen(run.key)),
    assertOpened: run =>
      read(function* () {
        if (!(yield* findSeen(run.key))) throw notHere(run)
      }),
    isBegun: callId => read(() => isBegun(callId)),
    beginCall: call => write(() => beginCall(call)),
    noteCall: call => write(() => noteCall(call)),
    beginAttempt: attempt => write(() => beginAttempt(attempt)),
    noteBatch: (attemptId, batch) => write(() => noteBatch(attemptId, batch)),
    openBatches: (run, step) => read(() => openBatches(run.key, step)),
    endAttempt: (attemptId, end) => write(() => endAttempt(attemptId, end)),
    commitAnswer: commit => write(() => commitAnswer(commit)),
    endCalls: calls => write(() => endCalls(calls)),
    attemptsOf: async callId => (await read(() => attemptsOfCall(callId))).map(recordOf),
    raiseBudget: raise => write(() => raiseBudget(raise)),
    keepDecision: decision => write(() => keepDecision(decision)),
  }
}
