import { definedOnly } from '../../core/defined-only.ts'
import type { EventForPeople, RunEventBody } from '../../core/events.ts'
import { UNPRICED_COST } from '../../core/money/cost.ts'
import type { AnswerCommit } from '../../core/ports.ts'
import type { Answer } from '../../core/protocol.ts'
import { appendEvents, deleteTransientOfStep } from '../events/append-events.ts'
import { lockAbove, tellAbove } from '../events/tell-above.ts'
import { appendMessages, takenOf } from '../transcripts/append-messages.ts'
import { together, type Work } from '../work.ts'
import { type AttemptToSettle, findAttemptWithAnswer } from './attempt-rows.ts'
import { answerOf, writeAnswer } from './call-rows.ts'
import { isPurged } from './reopen.ts'
import { lockRun } from './run-row.ts'
import { neverBegun, settleAttempt } from './settle-attempt.ts'

/** Puts the answer into the journal, or finds an earlier one there; the attempt is settled in both cases, for it is paid. */
export function* commitAnswer(commit: AnswerCommit): Work<Answer> {
  const { call, attemptId, end } = commit
  const [run, begun, taken] = yield* together(
    lockRun(call.run),
    findAttemptWithAnswer(attemptId),
    takenOf(commit.transcript, 1),
  )
  const attempt = begun ?? neverBegun(attemptId)
  if (isPurged(run)) {
    yield* settleAttempt(attempt, end, 'superseded')
    return { ...commit.answer, transcript: commit.transcript }
  }
  const earlier = yield* answerOf(attempt)
  if (earlier) {
    yield* appendEvents(run, yield* settleAttempt(attempt, end, 'superseded'), end.endedAtMs)
    return earlier
  }
  const transcript = yield* appendMessages(run, commit.transcript, [commit.message], taken)
  const answer = { ...commit.answer, transcript }
  yield* writeAnswer(run, { callId: call.callId, attemptId, atMs: end.endedAtMs }, answer)
  const approvals = approvalsOf(commit)
  if (approvals.length > 0) yield* tellAbove(yield* lockAbove(run), run, approvals, end.endedAtMs)
  const ended = yield* settleAttempt(attempt, end, 'kept')
  yield* deleteTransientOfStep(call.run.key, call.step)
  yield* appendEvents(run, [...ended, answerEvent(commit, attempt), ...approvals], end.endedAtMs)
  return answer
}

function answerEvent({ answer, end }: AnswerCommit, attempt: AttemptToSettle): RunEventBody {
  return {
    kind: 'answer',
    step: attempt.step,
    attempt: attempt.attempt,
    endpoint: attempt.endpoint,
    text: answer.text,
    toolCalls: answer.toolCalls.map(toolCall => toolCall.toolName),
    ...(answer.truncated && { truncated: true }),
    cost: end.cost ?? UNPRICED_COST,
    usage: end.usage ?? {},
  }
}

function approvalsOf({ answer, call }: AnswerCommit): EventForPeople[] {
  return answer.toolCalls
    .filter(toolCall => toolCall.needsApproval)
    .map(({ toolCallId, toolName, inputPreview, deadline, actedIn, priceUsd }) => ({
      kind: 'approval-ask',
      step: call.step,
      toolCallId,
      toolName,
      inputPreview,
      ...(deadline && { deadline }),
      ...definedOnly({ actedIn, priceUsd }),
    }))
}
