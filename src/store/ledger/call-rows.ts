import type { KeptRejections, NewCall } from '../../core/ports.ts'
import type { Answer } from '../../core/protocol.ts'
import { insertOnce } from '../insert-once.ts'
import type { CallTable, RejectionsTable } from '../schema.ts'
import { opened, sealed } from '../seals/seal-text.ts'
import { all, one, type Statement, tell, type Work } from '../work.ts'
import type { LockedRun } from './run-row.ts'

/** What has become of a call. */
export type Journal = Pick<
  CallTable,
  | 'started_at_ms'
  | 'begun_part'
  | 'begun_at_ms'
  | 'answer'
  | 'answer_attempt_id'
  | 'answered_at_ms'
  | 'unanswered_at_ms'
>

const JOURNAL = [
  'calls.started_at_ms',
  'begun_part',
  'begun_at_ms',
  'answer',
  'answer_attempt_id',
  'answered_at_ms',
  'unanswered_at_ms',
] as const

const byId: Statement<{ callId: string }, Journal> = ({ callId }, { queries }) =>
  queries.selectFrom('calls').select(JOURNAL).where('call_id', '=', callId)

type WithAttempt = Journal & { readonly wire_request_id: string | null }

const withAttempt: Statement<{ callId: string; attemptId: string }, WithAttempt> = (
  { callId, attemptId },
  { queries },
) =>
  queries
    .selectFrom('calls')
    .leftJoin('attempts', join => join.on('attempts.attempt_id', '=', attemptId))
    .select(JOURNAL)
    .select('attempts.wire_request_id')
    .where('calls.call_id', '=', callId)

const begunId: Statement<{ callId: string }, Pick<CallTable, 'call_id'>> = ({ callId }, { queries }) =>
  queries.selectFrom('calls').select('call_id').where('call_id', '=', callId)

const insertCall: Statement<CallTable, unknown> = (row, { queries }) => queries.insertInto('calls').values(row)

type Named = { callId: string; runKey: string }

const over: Statement<Named, Pick<CallTable, 'run_key'>> = ({ callId, runKey }, { queries }) =>
  queries
    .selectFrom('runs')
    .leftJoin('calls', join => join.onRef('calls.run_key', '=', 'runs.run_key').on('calls.call_id', '=', callId))
    .select('runs.run_key')
    .where('runs.run_key', '=', runKey)
    .where(({ eb, or }) =>
      or([
        eb('calls.answer', 'is not', null),
        eb('calls.unanswered_at_ms', 'is not', null),
        eb('runs.ended_at_ms', 'is not', null),
      ]),
    )

type Journalled = { callId: string; answer: string; attemptId: string; atMs: number }

const setAnswer: Statement<Journalled, unknown> = ({ callId, answer, attemptId, atMs }, { queries }) =>
  queries
    .updateTable('calls')
    .set({ answer, answer_attempt_id: attemptId, answered_at_ms: atMs })
    .where('call_id', '=', callId)

type Unanswered = { callId: string; atMs: number | null }

const setUnanswered: Statement<Unanswered, unknown> = ({ callId, atMs }, { queries }) =>
  queries.updateTable('calls').set({ unanswered_at_ms: atMs }).where('call_id', '=', callId)

const idsOfStep: Statement<{ runKey: string; step: number }, Pick<CallTable, 'call_id'>> = (
  { runKey, step },
  { queries },
) => queries.selectFrom('calls').select('call_id').where('run_key', '=', runKey).where('step', '=', step)

type Begun = { callId: string; part: string | null; atMs: number }

const setBegun: Statement<Begun, unknown> = ({ callId, part, atMs }, { queries }) =>
  queries.updateTable('calls').set({ begun_part: part, begun_at_ms: atMs }).where('call_id', '=', callId)

export const findCall = (callId: string) => one(byId, { callId })

/** The call, with the wire request of one of its attempts; `null` if there is no such attempt. No attempt is there without its call. */
export const findCallWith = (callId: string, attemptId: string) => one(withAttempt, { callId, attemptId })

export function* callsOfStep(runKey: string, step: number): Work<string[]> {
  return (yield* all(idsOfStep, { runKey, step })).map(({ call_id }) => call_id)
}

/** @param atMs - `null` for a call that its run asks anew. */
export const markUnanswered = (callId: string, atMs: number | null) => tell(setUnanswered, { callId, atMs })

export function* isBegun(callId: string): Work<boolean> {
  return (yield* one(begunId, { callId })) !== undefined
}

/** Whether the call has its answer or has ended without one, or its run has ended. A worker that still works on it was believed lost. */
export function* isCallOver(callId: string): Work<boolean> {
  // A step and a digest follow the key of its run. The call may wait, and have no row yet.
  const runKey = callId.split('/').slice(0, -2).join('/')
  return (yield* one(over, { callId, runKey })) !== undefined
}

export function* writeCall(call: NewCall, run: LockedRun): Work<void> {
  yield* tell(insertCall, {
    call_id: call.callId,
    run_key: run.run_key,
    step: call.step,
    task_class: call.asked ?? call.taskClass,
    workspace: run.workspace,
    labels: labelsOf(call),
    started_at_ms: call.startedAtMs,
    answer: null,
    answer_attempt_id: null,
    answered_at_ms: null,
    unanswered_at_ms: null,
    first_part: call.part ?? null,
    begun_part: call.part ?? null,
    begun_at_ms: begunAtMs(run, call),
    route: call.route?.record ?? null,
    view: call.view ? JSON.stringify(call.view) : null,
    sums_up_for: call.sumsUpFor ?? null,
  })
}

/** For a second try, and for a reset run that has come upon the call again. Gives since when its part has asked it. */
export function* beginAgain(call: NewCall, known: Journal, run: LockedRun): Work<number> {
  const { callId, startedAtMs, part = known.begun_part } = call
  // Who began before it had ended is the one that was believed lost, and asks nothing anew.
  if (known.unanswered_at_ms !== null && startedAtMs >= known.unanswered_at_ms) yield* markUnanswered(callId, null)
  if (part === known.begun_part) return known.begun_at_ms ?? known.started_at_ms
  const atMs = begunAtMs(run, call)
  yield* tell(setBegun, { callId, part, atMs })
  return atMs
}

/** When the call has begun: not before the run has begun anew, which another worker wrote down by its own clock. */
function begunAtMs({ begun_anew_at_ms }: LockedRun, { startedAtMs }: NewCall): number {
  return Math.max(startedAtMs, begun_anew_at_ms ?? 0)
}

export function* writeAnswer(run: LockedRun, answered: Omit<Journalled, 'answer'>, answer: Answer): Work<void> {
  yield* tell(setAnswer, { ...answered, answer: yield* sealed(run.seal_key, JSON.stringify(answer)) })
}

/** The journal's answer. */
export function* answerOf(call: Pick<Journal, 'answer'> | undefined): Work<Answer | undefined> {
  return call?.answer == null ? undefined : (JSON.parse(yield* opened(call.answer)) as Answer)
}

/** The run's labels with the call's own, which win. */
export function labelsOf(call: NewCall): string {
  return JSON.stringify({ ...call.run.labels, ...call.labels })
}

const insertRejections = insertOnce('rejections')

const rejectionsOf: Statement<{ digest: string }, RejectionsTable> = ({ digest }, { queries }) =>
  queries.selectFrom('rejections').selectAll().where('digest', '=', digest)

/** Keeps rejections that plans have in common, once. */
export function* keepRejections(rejections: KeptRejections | undefined): Work<void> {
  if (rejections) yield* tell(insertRejections, { digest: rejections.digest, body: rejections.body })
}

export const findRejections = (digest: string) => one(rejectionsOf, { digest })
