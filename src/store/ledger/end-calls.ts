import type { UnansweredCalls } from '../../core/ports.ts'
import { callsInLine, dropTicketsOf } from '../admissions/tickets.ts'
import { endWait } from '../budgets/waits.ts'
import type { Teller } from '../events/append-events.ts'
import type { Work } from '../work.ts'
import { attemptsOfCall } from './attempt-rows.ts'
import { callsOfStep, findCall, markUnanswered } from './call-rows.ts'
import { lockRunIfOpened } from './run-row.ts'
import { abandonAttempts } from './settle-attempt.ts'

/** Ends calls without an answer. One that waited before it was written down has a place in line, and no row. */
export function* endCalls(calls: UnansweredCalls): Work<void> {
  const { run, step, callId } = calls
  const row = yield* lockRunIfOpened(run)
  if (!row) return
  const ids =
    callId === undefined ? [...(yield* callsOfStep(run.key, step)), ...(yield* callsInLine(run.key, step))] : [callId]
  for (const id of new Set(ids)) yield* endCall(row, id, calls)
}

function* endCall(run: Teller, callId: string, { part, endedAtMs }: UnansweredCalls): Work<void> {
  const known = yield* findCall(callId)
  const isOfOther = part !== undefined && known?.begun_part != null && known.begun_part !== part
  if (isOfOther) return
  yield* abandonAttempts(run, yield* attemptsOfCall(callId), endedAtMs)
  yield* endWait(callId)
  yield* dropTicketsOf(callId)
  if (known && known.answer === null) yield* markUnanswered(callId, endedAtMs)
}
