import type { BudgetWait, BudgetWaiter, CallSoFar } from '../../core/ports.ts'
import { isCallOver } from '../ledger/call-rows.ts'
import { lockRun } from '../ledger/run-row.ts'
import type { BudgetWaitTable } from '../schema.ts'
import { all, one, type Statement, tell, type Work } from '../work.ts'

const upsertWait: Statement<BudgetWaitTable, unknown> = (row, { queries }) => {
  const { call_id: _, ...changes } = row
  return queries
    .insertInto('budget_waits')
    .values(row)
    .onConflict(conflict => conflict.column('call_id').doUpdateSet(changes))
}

const deleteWait: Statement<{ callId: string }, Pick<BudgetWaitTable, 'since_ms' | 'task_class'>> = (
  { callId },
  { queries },
) => queries.deleteFrom('budget_waits').where('call_id', '=', callId).returning(['since_ms', 'task_class'])

const deleteWaitsOf: Statement<{ runKey: string }, unknown> = ({ runKey }, { queries }) =>
  queries.deleteFrom('budget_waits').where('run_key', '=', runKey)

const deleteOverdue: Statement<{ beforeMs: number }, unknown> = ({ beforeMs }, { queries }) =>
  queries.deleteFrom('budget_waits').where('asks_again_at_ms', '<', beforeMs)

const byScope: Statement<{ scopeId: string }, BudgetWaitTable> = ({ scopeId }, { queries }) =>
  queries
    .selectFrom('budget_waits')
    .innerJoin('runs', 'runs.run_key', 'budget_waits.run_key')
    .selectAll('budget_waits')
    .where('budget_waits.scope_id', '=', scopeId)
    .where('runs.ended_at_ms', 'is', null)
    .orderBy('since_ms')
    .orderBy('call_id')

/** Writes down that a call waits. If it or its run has ended, a worker that was believed lost says so: nothing is written. */
export function* beginWait(wait: BudgetWait): Work<void> {
  const run = yield* lockRun(wait.run)
  if (run.ended_at_ms !== null || (yield* isCallOver(wait.callId))) return
  yield* tell(upsertWait, {
    call_id: wait.callId,
    scope_id: wait.scopeId,
    run_key: wait.run.key,
    run_id: wait.run.id,
    step: wait.step,
    task_class: wait.taskClass,
    endpoint: wait.endpoint,
    reason: wait.reason,
    needed_pico: wait.needed.pico ?? null,
    needed_tokens: wait.needed.tokens,
    since_ms: wait.sinceMs,
    asks_again_at_ms: wait.dueAtMs ?? null,
  })
}

/** Ends a call's wait, and gives since when it waited, and in which class; nothing where it did not. */
export function* endWait(callId: string): Work<Pick<CallSoFar, 'waitingSinceMs' | 'waitingIn'>> {
  const ended = yield* one(deleteWait, { callId })
  return ended ? { waitingSinceMs: ended.since_ms, waitingIn: ended.task_class } : {}
}

export const endWaitsOf = (runKey: string) => tell(deleteWaitsOf, { runKey })

/** A call comes back within a second, or within minutes after its workers were gone. One that comes later waits from anew. */
const DROPPED_MS = 600_000

export const sweepWaits = (nowMs: number) => tell(deleteOverdue, { beforeMs: nowMs - DROPPED_MS })

export function* waitersOf(scopeId: string): Work<BudgetWaiter[]> {
  return (yield* all(byScope, { scopeId })).map(row => ({
    runId: row.run_id,
    step: row.step,
    taskClass: row.task_class,
    endpoint: row.endpoint,
    reason: row.reason,
    needed: { ...(row.needed_pico !== null && { pico: row.needed_pico }), tokens: row.needed_tokens },
    sinceMs: row.since_ms,
  }))
}
