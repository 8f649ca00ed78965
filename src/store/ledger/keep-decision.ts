import { isApproval } from '../../core/decision-words.ts'
import type { KeepDecisionInput } from '../../core/protocol.ts'
import { appendEvents } from '../events/append-events.ts'
import { lockAbove, tellAbove } from '../events/tell-above.ts'
import { insertNew } from '../insert-once.ts'
import { sealed } from '../seals/seal-text.ts'
import { one, type Work } from '../work.ts'
import { isPurged } from './reopen.ts'
import { lockRun } from './run-row.ts'

const insertDecision = insertNew('decisions')

/**
 * Writes the decision with its event; the second time it changes nothing. Of a purged run what a purge leaves: no event, and no
 * words.
 */
export function* keepDecision({ run, atMs, ...decided }: KeepDecisionInput): Work<void> {
  const row = yield* lockRun(run)
  const purged = isPurged(row)
  const words = (text: string) => sealed(row.seal_key, text)
  const { step, toolCallId, toolName, decision, by, note, deadline } = decided
  const isNew = yield* one(insertDecision, {
    run_key: run.key,
    step,
    tool_call_id: toolCallId,
    at_ms: atMs,
    tool_name: toolName,
    decision: isApproval(decision) ? decision : purged ? '' : yield* words(decision),
    decided_by: by ?? null,
    note: note === undefined || purged ? null : yield* words(note),
    deadline: deadline ? 1 : 0,
  })
  if (!isNew || purged) return
  const event = { kind: 'approval-decision', ...decided } as const
  yield* appendEvents(row, [event], atMs)
  yield* tellAbove(yield* lockAbove(row), row, [event], atMs)
}
