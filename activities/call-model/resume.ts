/**
 * Where a call goes on that has begun before: in the class that its attempts had come to, as the ledger tells.
 *
 * @module
 */
import { type CallState, callCandidates, REASONS } from '../../src/core/faults/call-state.ts'
import type { PastAttempt } from '../../src/core/faults/resume-call.ts'
import type { AttemptRecord } from '../../src/core/ports.ts'
import { escalatedFrom, escalationOf } from './mend.ts'
import { isMisshapen } from './misshapen.ts'
import type { InClass } from './other-class.ts'
import { classBelow, steppedDownFrom, steppedDownWords } from './step-down.ts'
import type { Walking } from './walk.ts'

/** The class, and what the ledger says before the reasons of attempts there. */
export interface Standing extends InClass {
  readonly steppedDown: string
}

/**
 * Follows the attempts that were escalated or had stepped down. Whether endpoints of that class can be asked now does not matter:
 * it is waited for them as if no worker had been lost.
 */
export function whereItStands(walking: Walking): Standing {
  const { prepared, plan } = walking
  let here: Standing = { prepared, plan, steppedDown: '' }
  for (const { reason, taskClass } of attemptsHere(walking)) {
    const from = steppedDownFrom(reason)
    const steppedDown = from === undefined ? '' : steppedDownWords(from)
    if (taskClass === here.prepared.taskClass.name && steppedDown === here.steppedDown) continue
    if (reason.includes(REASONS.escalated)) here = escalated(walking, here)
    if (from !== undefined) here = { ...(below(walking, here, taskClass) ?? here), steppedDown }
  }
  const { soFar } = walking
  const waitsIn = soFar?.waitingIn ?? prepared.input.waitsIn
  // A run that was reset asks anew.
  if (waitsIn === undefined || soFar?.startedAtMs === undefined) return here
  // Where it has asked nobody yet.
  return below(walking, here, waitsIn) ?? here
}

function escalated(walking: Walking, here: Standing): Standing {
  const higher = escalatedFrom(walking.ports, here.prepared, walking.prompt)
  return higher ? { ...here, ...higher } : here
}

/**
 * Where a call stands that has stepped down to a class, perhaps over others without having asked anybody there; `undefined` where the
 * classes no longer lead there.
 */
function below({ ports, prompt }: Walking, from: Standing, to: string): Standing | undefined {
  let here = from
  const passed = new Set<string>()
  for (let { name } = here.prepared.taskClass; name !== to; { name } = here.prepared.taskClass) {
    const lower = passed.has(name) ? undefined : classBelow({ ports, prompt, prepared: here.prepared })
    if (!lower) return undefined
    passed.add(name)
    here = { ...lower, steppedDown: steppedDownWords(name) }
  }
  return here
}

/**
 * The attempts as the remedy machine hears of them. A last answer of the wrong shape is gone with its worker and cannot be given
 * back, but the class may have a better one.
 */
export function pastAttempts(walking: Walking, { prepared, steppedDown }: Standing): readonly PastAttempt[] {
  const { ports, prompt } = walking
  const nowMs = ports.now()
  const attempts = attemptsHere(walking).map(attempt => byOurClock(attempt, nowMs))
  const last = attempts.at(-1)
  if (!last || !endedMisshapen(last) || steppedDown !== '') return attempts
  const escalate = escalationOf(ports, prepared, prompt) !== undefined
  return [...attempts.slice(0, -1), { ...last, mend: { repair: false, escalate } }]
}

/** How much output it was asked for last: more, once an answer was truncated in this class. */
export function outputSoFar(walking: Walking, { prepared, plan }: Standing, { grown, again }: CallState): number {
  const { maxOutputTokens } = plan
  // What the machine is about to ask with more for the first time, it raises itself.
  if (!grown || again === 'more-output') return maxOutputTokens
  const { name } = prepared.taskClass
  const truncated = attemptsHere(walking).find(each => each.taskClass === name && each.fault?.kind === 'truncated')
  const { endpoint } = callCandidates(plan.route).find(each => each.endpoint === truncated?.endpoint) ?? {}
  return endpoint !== undefined && plan.canGrow(endpoint, maxOutputTokens)
    ? plan.moreOutput(endpoint, maxOutputTokens)
    : maxOutputTokens
}

/**
 * Those of the Temporal run that asks. A run that was reset asks anew: who takes it back after an outage would else hear of the
 * outage again, without anybody being asked.
 */
function attemptsHere({ prepared, soFar }: Walking): readonly AttemptRecord[] {
  const { part: asking } = prepared.call
  return (soFar?.attempts ?? []).filter(({ part }) => part === undefined || asking === undefined || part === asking)
}

/** What another worker wrote whose clock is ahead has ended by now, and is waited for from now at the most. */
function byOurClock(attempt: AttemptRecord, nowMs: number): AttemptRecord {
  return { ...attempt, endedAtMs: Math.min(attempt.endedAtMs ?? attempt.startedAtMs, nowMs) }
}

function endedMisshapen({ outcome, fault }: AttemptRecord): boolean {
  return outcome === 'fault' && fault !== undefined && isMisshapen(fault)
}
