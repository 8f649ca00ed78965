/**
 * Where a call continues that was begun before, by another worker or by an activity that has left its waiting to a timer. What is known of
 * it comes from three places:
 *
 * - the rows of its attempts (`attempts-here.ts`): what each endpoint answered, and in which class. How the call came to that class, and
 *   whether an answer was repaired or a second endpoint asked, stands in their reasons, which `attempt-reason.ts` reads;
 * - the call's own row (`CallSoFar`): when it began, its messages, and the class in which it stood in line for a budget's room;
 * - the input of its activity: the class in which it waits for its timer, and whether it was escalated to there.
 *
 * @module
 */
import { readReason } from '../../../src/core/faults/attempt-reason.ts'
import { type CallState, callCandidates, escalateCall, moveCall } from '../../../src/core/faults/call-state.ts'
import { type PastAttempt, resumeState } from '../../../src/core/faults/resume-call.ts'
import type { AttemptRecord } from '../../../src/core/ports.ts'
import { endedFrom } from '../money/spent.ts'
import { readyAbove } from '../plan/next-class.ts'
import { newStateOf } from '../plan/other-class.ts'
import { attemptsHere, hasExpired, lastMisshapen } from './attempts-here.ts'
import { openBatch } from './batch-time.ts'
import { NOT_IN_LINE } from './in-line.ts'
import { type Standing, whereItStands } from './standing.ts'
import { hasEarlierTry, type PlannedCall, type Walk } from './walk.ts'

/** The call on its way: at its beginning, or where the last try or activity has left it. */
export function setOut(planned: PlannedCall): Walk {
  const { ports, soFar } = planned
  const nowMs = ports.now()
  const standing = whereItStands(planned)
  const { prepared, plan, steppedDownFrom } = standing
  const { startedAtMs = prepared.call.startedAtMs } = soFar ?? {}
  const state = stateSoFar(planned, standing, Math.min(startedAtMs, nowMs))
  const waiting = openBatch(planned)
  const earlier = (soFar?.attempts ?? []).filter(attempt => attempt !== waiting)
  return {
    ...planned,
    prepared,
    plan,
    beganAtMs: nowMs,
    state,
    maxOutputTokens: outputSoFar(planned, standing, state),
    steppedDownFrom,
    transcript: soFar?.transcript,
    attempts: earlier.length,
    ended: earlier.map(attempt => endedFrom(attempt, prepared.input.taskClass)),
    inLine: NOT_IN_LINE,
    hasTicket: hasEarlierTry(planned),
    repair: [],
    batchExpired: hasExpired(planned),
    hedged: earlier.some(({ reason }) => readReason(reason).special === 'hedge'),
  }
}

/** What the remedy machine knows of the call, as if no worker had been lost. */
function stateSoFar(planned: PlannedCall, standing: Standing, beganAtMs: number): CallState {
  const call = { ...newStateOf(standing), beganAtMs }
  const state = resumeState(call, pastAttempts(planned, standing))
  switch (standing.cameBy) {
    case 'escalation':
      return escalateCall(state, call)
    case 'step-down':
      return moveCall(state, call)
    case undefined:
      return state
  }
}

/**
 * The earlier attempts, for the remedy machine. If the last one ended with an answer of the wrong shape, that answer is gone with
 * its worker: it cannot be given back for repair, but the call may still escalate.
 */
function pastAttempts(planned: PlannedCall, { prepared, steppedDownFrom, cameBy }: Standing): readonly PastAttempt[] {
  const { ports, prompt } = planned
  const nowMs = ports.now()
  const attempts = attemptsHere(planned).map(attempt => byOurClock(attempt, nowMs))
  if (!lastMisshapen(planned) || steppedDownFrom !== undefined || cameBy) return attempts
  const escalate = readyAbove(ports, prepared, prompt) !== undefined
  return [...attempts.slice(0, -1), { ...attempts.at(-1)!, mend: { repair: false, escalate } }]
}

/** How much output it was asked for last: more, once an answer was truncated in this class. */
function outputSoFar(planned: PlannedCall, { prepared, plan }: Standing, { grown, again }: CallState): number {
  const { maxOutputTokens } = plan
  // The remedy machine raises the limit itself when it asks for more for the first time.
  if (!grown || again === 'more-output') return maxOutputTokens
  const { name } = prepared.taskClass
  const truncated = attemptsHere(planned).find(each => each.taskClass === name && each.fault?.kind === 'truncated')
  const { endpoint } = callCandidates(plan.route).find(each => each.endpoint === truncated?.endpoint) ?? {}
  return endpoint !== undefined && plan.canGrow(endpoint, maxOutputTokens)
    ? plan.moreOutput(endpoint, maxOutputTokens)
    : maxOutputTokens
}

/** The attempt with an end no later than now. Another worker's clock may be ahead, and pauses count from that end. */
function byOurClock(attempt: AttemptRecord, nowMs: number): AttemptRecord {
  return { ...attempt, endedAtMs: Math.min(attempt.endedAtMs ?? attempt.startedAtMs, nowMs) }
}
