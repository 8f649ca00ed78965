import type { RunEventBody } from '../../core/events.ts'
import type { CallSoFar, NewCall } from '../../core/ports.ts'
import type { TranscriptRef } from '../../core/protocol.ts'
import { dropTicketsOf } from '../admissions/tickets.ts'
import { endWait } from '../budgets/waits.ts'
import { appendEvents } from '../events/append-events.ts'
import { appendMessages, type Taken } from '../transcripts/append-messages.ts'
import { together, type Work } from '../work.ts'
import { attemptsOfCall, recordOf } from './attempt-rows.ts'
import { answerOf, beginAgain, findCall, keepRejections, writeCall } from './call-rows.ts'
import { isOver, reopenFor } from './reopen.ts'
import { type LockedRun, lockRun } from './run-row.ts'
import { abandonAttempts } from './settle-attempt.ts'

/** Writes the call and its messages, or finds them, and says what has become of the call so far. */
export function* beginCall(call: NewCall): Work<CallSoFar> {
  const [run, known] = yield* together(lockRun(call.run), findCall(call.callId))
  // At a server that was restored a run may be open that has ended here: what it asked comes to the same end, and nothing leaves.
  const isJournalled = known?.answer != null && (yield* isOver(call.part, run))
  if (!isJournalled) yield* reopenFor(call.part, run, call.startedAtMs)
  if (!known) return { transcript: yield* writeFirst(call, run), attempts: [] }
  const transcript = yield* appendMessages(run, call.transcript, call.messages)
  const startedAtMs = yield* beginAgain(call, known, run)
  // Whoever made the open ones is gone, or this call would not begin again. Those in a batch have nobody at work on them.
  const lost = (yield* attemptsOfCall(call.callId)).filter(({ batch }) => batch === null)
  yield* abandonAttempts(run, lost, call.startedAtMs)
  // Another worker has begun it just now, by a plan of its own, and this one will not send its rejections again. After the scopes,
  // which an attempt locks first.
  yield* keepRejections(call.route?.rejections)
  const attempts = (yield* attemptsOfCall(call.callId)).map(recordOf)
  const answer = yield* answerOf(known)
  const waiting = yield* endWait(call.callId)
  // A worker that was believed lost has given it, while another one put the call in line.
  if (answer) yield* dropTicketsOf(call.callId)
  return {
    transcript,
    startedAtMs,
    attempts,
    ...(answer && { answered: { answer } }),
    ...waiting,
  }
}

/** Writes down a call that waits, unless it was begun. Keeps the plan's rejections in any case: its worker will not send them again. */
export function* noteCall(call: NewCall): Work<TranscriptRef> {
  const [run, known] = yield* together(lockRun(call.run), findCall(call.callId))
  if (!known) {
    yield* reopenFor(call.part, run, call.startedAtMs)
    return yield* writeFirst(call, run)
  }
  yield* keepRejections(call.route?.rejections)
  return yield* appendMessages(run, call.transcript, call.messages)
}

function* writeFirst(call: NewCall, run: LockedRun): Work<TranscriptRef> {
  const transcript = yield* writeNewCall(call, run)
  yield* appendEvents(run, beginning(call), call.startedAtMs)
  return transcript
}

/** Writes a call that has not begun, and gives the transcript with its messages. The run must be locked, and open. */
export function* writeNewCall(call: NewCall, run: LockedRun, taken?: Taken): Work<TranscriptRef> {
  const transcript = yield* appendMessages(run, call.transcript, call.messages, taken)
  yield* keepRejections(call.route?.rejections)
  yield* writeCall(call, run)
  return transcript
}

/** The events of a call that begins. */
export function beginning({ step, taskClass, asked = taskClass, view, sumsUpFor }: NewCall): readonly RunEventBody[] {
  const shortened = view?.since === step ? [{ kind: 'prompt-shortened', step, by: view.by } as const] : []
  const sumsUp = sumsUpFor === undefined ? {} : ({ sumsUp: true } as const)
  return [...shortened, { kind: 'step-start', step, taskClass: asked, ...sumsUp }]
}
