/**
 * The times of a ledger by the store's clock, told to each worker by its own: a worker goes on with the call of another whose clock may
 * be minutes away, and what is a pause of seconds there would be one of minutes here.
 *
 * @module
 */
import type { AttemptRecord, CallSoFar, LedgerPort, NewAttempt } from '../../core/ports.ts'
import type { Connection } from '../connection.ts'

/** Decisions and what a run is raised by bring the time of Temporal's server, and stay as they are. */
export function byStoreClock(ledger: LedgerPort, { clockAheadMs }: Pick<Connection, 'clockAheadMs'>): LedgerPort {
  return {
    ...ledger,
    openRun: async run => ledger.openRun(begun(run, await clockAheadMs())),
    closeRun: async (run, end) => ledger.closeRun(run, ended(end, await clockAheadMs())),
    closeLost: async (run, end) => ledger.closeLost(run, ended(end, await clockAheadMs())),
    async beginCall(call) {
      const aheadMs = await clockAheadMs()
      return soFar(await ledger.beginCall(begun(call, aheadMs)), -aheadMs)
    },
    noteCall: async call => ledger.noteCall(begun(call, await clockAheadMs())),
    async beginAttempt(attempt) {
      const aheadMs = await clockAheadMs()
      return ledger.beginAttempt(leaving(attempt, aheadMs))
    },
    endAttempt: async (attemptId, end) => ledger.endAttempt(attemptId, ended(end, await clockAheadMs())),
    endCalls: async calls => ledger.endCalls(ended(calls, await clockAheadMs())),
    async commitAnswer(commit) {
      const aheadMs = await clockAheadMs()
      return ledger.commitAnswer({ ...commit, call: begun(commit.call, aheadMs), end: ended(commit.end, aheadMs) })
    },
    async attemptsOf(callId) {
      const aheadMs = await clockAheadMs()
      return (await ledger.attemptsOf(callId)).map(record => recorded(record, -aheadMs))
    },
  }
}

function begun<What extends { readonly startedAtMs: number }>(what: What, byMs: number): What {
  return { ...what, startedAtMs: what.startedAtMs + byMs }
}

function leaving(attempt: NewAttempt, byMs: number): NewAttempt {
  const { call, permit } = attempt
  const counted = permit && { permit: { ...permit, untilMs: permit.untilMs + byMs } }
  return { ...begun(attempt, byMs), call: begun(call, byMs), ...counted }
}

function ended<What extends { readonly endedAtMs: number }>(what: What, byMs: number): What {
  return { ...what, endedAtMs: what.endedAtMs + byMs }
}

function recorded(record: AttemptRecord, byMs: number): AttemptRecord {
  const { endedAtMs } = record
  return { ...begun(record, byMs), ...(endedAtMs !== undefined && { endedAtMs: endedAtMs + byMs }) }
}

function soFar(call: CallSoFar, byMs: number): CallSoFar {
  const { startedAtMs, waitingSinceMs, attempts } = call
  return {
    ...call,
    attempts: attempts.map(record => recorded(record, byMs)),
    ...(startedAtMs !== undefined && { startedAtMs: startedAtMs + byMs }),
    ...(waitingSinceMs !== undefined && { waitingSinceMs: waitingSinceMs + byMs }),
  }
}
