/**
 * Where a call continues that was begun before: in the class to which its attempts had come, according to the ledger.
 *
 * @module
 */
import { type CallState, callCandidates, escalateCall, moveCall, REASONS } from '../../../src/core/faults/call-state.ts'
import { type PastAttempt, resumeState } from '../../../src/core/faults/resume-call.ts'
import type { AttemptRecord } from '../../../src/core/ports.ts'
import { BATCH_EXPIRED } from '../../../src/core/vendor-batch.ts'
import { isMisshapen } from '../attempt/misshapen.ts'
import { endedFrom } from '../money/spent.ts'
import { classAbove, classBelow, readyAbove, steppedDownFrom, steppedDownWords } from '../plan/next-class.ts'
import { type InClass, newStateOf } from '../plan/other-class.ts'
import { openBatch } from './batch-time.ts'
import { NOT_IN_LINE } from './in-line.ts'
import { hasEarlierTry, type PlannedCall, type Walk } from './walk.ts'

/** The call on its way: at its beginning, or where the last try or activity has left it. */
export function setOut(planned: PlannedCall): Walk {
  const { ports, soFar } = planned
  const nowMs = ports.now()
  const standing = whereItStands(planned)
  const { prepared, plan, steppedDown } = standing
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
    steppedDown,
    transcript: soFar?.transcript,
    attempts: earlier.length,
    ended: earlier.map(attempt => endedFrom(attempt, prepared.input.taskClass)),
    inLine: NOT_IN_LINE,
    hasTicket: hasEarlierTry(planned),
    repair: [],
    batchExpired: hasExpired(planned),
    hedged: earlier.some(({ reason }) => reason.includes(REASONS.hedge)),
  }
}

/** The class, and what the ledger says before the reasons of attempts there. */
interface Standing extends InClass {
  readonly steppedDown: string
  /** How it came to the class, if it has asked nobody there yet. Absent in the class that it was made in. */
  readonly cameBy?: 'step-down' | 'escalation'
}

/**
 * Finds the class that the call had come to, by its attempts that were escalated or had stepped down. It does not matter whether
 * that class's endpoints can be asked now: the call waits for them as if no worker had been lost.
 */
function whereItStands(planned: PlannedCall): Standing {
  const { prepared, plan } = planned
  let here: Standing = { prepared, plan, steppedDown: '' }
  for (const { reason, taskClass } of attemptsHere(planned)) {
    const from = steppedDownFrom(reason)
    const steppedDown = from === undefined ? '' : steppedDownWords(from)
    if (taskClass === here.prepared.taskClass.name && steppedDown === here.steppedDown) continue
    if (reason.includes(REASONS.escalated)) here = escalated(planned, here)
    if (from === undefined) continue
    const { prepared, plan } = below(planned, here, taskClass) ?? here
    here = { prepared, plan, steppedDown }
  }
  const { soFar } = planned
  const waitsIn = soFar?.waitingIn ?? prepared.input.waitsIn
  // A run that was reset asks anew.
  if (waitsIn === undefined || soFar?.startedAtMs === undefined) return here
  return whereItWaits(planned, here, waitsIn) ?? here
}

/**
 * Where a call stands that waits in the class `to`, in which it may have asked nobody. From the class of its last attempt it stepped down to
 * there, or it was escalated first. If it was lost with its worker while it stood in line, nobody knows which. If both ways lead there, it
 * continues from its last attempt and finds its way again, so that no class is left out whose policy binds it.
 */
function whereItWaits(planned: PlannedCall, here: Standing, to: string): Standing | undefined {
  const { waitsIn, waitsEscalated } = planned.prepared.input
  const straight = below(planned, here, to)
  const higher = escalatedSince(planned, here)
  const around = higher && below(planned, higher, to)
  if (waitsIn !== undefined) return waitsEscalated ? around : straight
  return straight && around ? undefined : (straight ?? around)
}

/** The class that comes after the last attempt if that had the wrong shape. A call that has stepped down does not go up again. */
function escalatedSince(planned: PlannedCall, here: Standing): Standing | undefined {
  const last = attemptsHere(planned).at(-1)
  if (!last || !endedMisshapen(last) || here.steppedDown !== '') return undefined
  const higher = classAbove(planned.ports, here.prepared, planned.prompt)
  return higher && { ...here, ...higher, cameBy: 'escalation' }
}

function escalated(planned: PlannedCall, here: Standing): Standing {
  const higher = classAbove(planned.ports, here.prepared, planned.prompt)
  return higher ? { ...here, ...higher } : here
}

/**
 * Where a call stands that has stepped down to a class, perhaps over others without having asked anybody there; `undefined` where the
 * classes no longer lead there.
 */
function below({ ports, prompt }: PlannedCall, from: Standing, to: string): Standing | undefined {
  let here = from
  for (let { name } = here.prepared.taskClass; name !== to; { name } = here.prepared.taskClass) {
    const lower = classBelow(ports, here.prepared, prompt)
    if (!lower) return undefined
    here = { cameBy: 'step-down', ...here, ...lower, steppedDown: steppedDownWords(name) }
  }
  return here
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
function pastAttempts(planned: PlannedCall, { prepared, steppedDown, cameBy }: Standing): readonly PastAttempt[] {
  const { ports, prompt } = planned
  const nowMs = ports.now()
  const attempts = attemptsHere(planned).map(attempt => byOurClock(attempt, nowMs))
  const last = attempts.at(-1)
  if (!last || !endedMisshapen(last) || steppedDown !== '' || cameBy) return attempts
  const escalate = readyAbove(ports, prepared, prompt) !== undefined
  return [...attempts.slice(0, -1), { ...last, mend: { repair: false, escalate } }]
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

/**
 * The attempts that the asking Temporal run has made. A run that was reset after an outage does not inherit the faults of that
 * outage.
 */
function attemptsHere({ prepared, soFar }: Pick<PlannedCall, 'prepared' | 'soFar'>): readonly AttemptRecord[] {
  const { part: asking } = prepared.call
  return (soFar?.attempts ?? []).filter(({ part }) => part === undefined || asking === undefined || part === asking)
}

/** The attempt with an end no later than now. Another worker's clock may be ahead, and pauses count from that end. */
function byOurClock(attempt: AttemptRecord, nowMs: number): AttemptRecord {
  return { ...attempt, endedAtMs: Math.min(attempt.endedAtMs ?? attempt.startedAtMs, nowMs) }
}

function endedMisshapen({ outcome, fault }: AttemptRecord): boolean {
  return outcome === 'fault' && fault !== undefined && isMisshapen(fault)
}

/** Whether a batch of the call was not answered in its time. A run that was reset asks in batches again. */
export function hasExpired(call: Pick<PlannedCall, 'prepared' | 'soFar'>): boolean {
  return attemptsHere(call).some(({ fault }) => fault?.evidence.code === BATCH_EXPIRED)
}
