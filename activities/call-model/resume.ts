/**
 * Where a call goes on that has begun before: in the class that its attempts had come to, as the ledger tells.
 *
 * @module
 */
import { REASONS } from '../../src/core/faults/call-state.ts'
import type { PastAttempt } from '../../src/core/faults/resume-call.ts'
import type { AttemptRecord } from '../../src/core/ports.ts'
import { escalationOf } from './mend.ts'
import { isMisshapen } from './misshapen.ts'
import { type InClass, inClass } from './other-class.ts'
import { planCall } from './plan.ts'
import type { Prepared } from './prepared.ts'
import { inServingClass } from './serving-class.ts'
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
  const { ports, prepared, plan, prompt } = walking
  let here = prepared
  let steppedDown = ''
  for (const { reason, taskClass } of attemptsHere(walking)) {
    const from = steppedDownFrom(reason)
    if (from !== undefined) steppedDown = steppedDownWords(from)
    if (taskClass === here.taskClass.name) continue
    if (reason.includes(REASONS.escalated)) here = moved(walking, here, { link: 'escalateTo', to: from ?? taskClass })
    if (from !== undefined) here = moved(walking, here, { link: 'onBudget', to: taskClass })
  }
  const attempted = { prepared: here, plan: here === prepared ? plan : planCall(ports, here, prompt), steppedDown }
  return waitedBelow(walking, attempted) ?? attempted
}

/** Below, where it had stepped down to when it was put off for room in a budget before it has asked anybody there. */
function waitedBelow({ ports, prompt, soFar }: Walking, attempted: Standing): Standing | undefined {
  // A run that was reset asks anew.
  if (soFar?.waitingIn === undefined || soFar.startedAtMs === undefined) return undefined
  let here = attempted
  const passed = new Set<string>()
  for (let { name } = here.prepared.taskClass; name !== soFar.waitingIn; { name } = here.prepared.taskClass) {
    const lower = passed.has(name) ? undefined : classBelow({ ports, prompt, prepared: here.prepared })
    if (!lower) return undefined
    passed.add(name)
    here = { ...lower, steppedDown: steppedDownWords(name) }
  }
  return here
}

/** Along the links of classes to one; as it is where they no longer lead there. The policies of the classes on the way hold. */
function moved(
  { ports, prompt }: Walking,
  from: Prepared,
  { link, to }: { readonly link: 'escalateTo' | 'onBudget'; readonly to: string },
): Prepared {
  const passed = new Set<string>()
  for (let name = from.taskClass[link]; name !== undefined && !passed.has(name); ) {
    const next = ports.directory.classes[name]
    if (!next) return from
    const here = inServingClass(ports, inClass(from, next), prompt)
    if (here.taskClass.name === to) return here
    passed.add(name)
    name = here.taskClass[link]
  }
  return from
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
