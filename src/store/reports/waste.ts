/**
 * What was paid for, or may have been, and is not used.
 *
 * @module
 */
import { type Ended, endedHandedOver } from '../../core/faults/attempt-end.ts'
import { groupBy } from '../../core/group-by.ts'
import type { AttemptRecord, WasteReason } from '../../core/ports.ts'
import { inPages } from '../in-pages.ts'
import { costOf, recordOf } from '../ledger/attempt-rows.ts'
import type { AttemptTable, CallTable } from '../schema.ts'
import { ask, type Work } from '../work.ts'
import { type CallOfParts, leftCalls } from './left-calls.ts'

type Part = Pick<
  AttemptTable,
  'attempt_id' | 'call_id' | 'run_key' | 'outcome' | 'fault_kind' | 'cost_low_pico' | 'cost_high_pico' | 'unpriced'
>

type Call = CallOfParts & Pick<CallTable, 'call_id' | 'run_key' | 'answer_attempt_id'>

/** Why an attempt is waste; `undefined` where it is not. */
export type WasteOf = (attempt: Part) => WasteReason | undefined

/** Looks at whole runs: whether a call was left shows in what its run asked later. */
export function* wasteIn(attempts: readonly Part[]): Work<WasteOf> {
  const runKeys = [...new Set(attempts.map(attempt => attempt.run_key))]
  const calls = yield* inPages(runKeys, callsOf)
  const byId = new Map(calls.map(call => [call.call_id, call]))
  const left = new Set([...groupBy(calls, call => call.run_key).values()].flatMap(leftCalls))
  return attempt => reasonOf(attempt, byId.get(attempt.call_id), left)
}

const callsOf = (runKeys: readonly string[]) =>
  ask(({ queries }) =>
    queries
      .selectFrom('calls')
      .select(['call_id', 'run_key', 'step', 'answer_attempt_id', 'started_at_ms'])
      .select(['first_part', 'begun_part', 'begun_at_ms'])
      .where('run_key', 'in', runKeys),
  )

/** The attempts as records that say whether they are waste. */
export function* recordsWithWaste(rows: readonly AttemptTable[]): Work<AttemptRecord[]> {
  const wasteOf = yield* wasteIn(rows)
  return rows.map(row => {
    const waste = wasteOf(row)
    return { ...recordOf(row), ...(waste !== undefined && { waste }) }
  })
}

function reasonOf(attempt: Part, call: Call | undefined, left: ReadonlySet<Call>): WasteReason | undefined {
  const cost = costOf(attempt)
  if (attempt.outcome === 'open' || (cost && BigInt(cost.highPico) === 0n)) return undefined
  if (endedHandedOver({ outcome: attempt.outcome, fault: attempt.fault_kind } as Ended)) return 'handed-over'
  if (attempt.outcome === 'abandoned') return 'worker-lost'
  if (attempt.outcome === 'cancelled') return 'cancelled'
  if (attempt.outcome === 'outrun') return 'hedge'
  if (attempt.outcome === 'fault') return (attempt.fault_kind ?? undefined) as WasteReason | undefined
  if (call && left.has(call)) return 'reset'
  return call?.answer_attempt_id === attempt.attempt_id ? undefined : 'second-answer'
}
