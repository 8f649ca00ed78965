/**
 * The class in which a call stands that was begun before. It is found by walking from the class that the call was made in to those of its
 * attempts, and from the last of these to the class in which it waits. It does not matter whether that class's endpoints can be asked now:
 * the call waits for them as if no worker had been lost.
 *
 * @module
 */
import { readReason } from '../../../src/core/faults/attempt-reason.ts'
import type { AttemptRecord } from '../../../src/core/ports.ts'
import { classAbove, classBelow } from '../plan/next-class.ts'
import type { InClass } from '../plan/other-class.ts'
import { attemptsHere, lastMisshapen } from './attempts-here.ts'
import type { PlannedCall } from './walk.ts'

export interface Standing extends InClass {
  /** The class that the call has left last for its budget. */
  readonly steppedDownFrom: string | undefined
  /** How it came to the class, if it has asked nobody there yet. Absent in the class that it was made in. */
  readonly cameBy?: 'step-down' | 'escalation'
}

export function whereItStands(planned: PlannedCall): Standing {
  const { prepared, plan } = planned
  const madeIn: Standing = { prepared, plan, steppedDownFrom: undefined }
  const asked = attemptsHere(planned).reduce((here, attempt) => whereItAsked(planned, here, attempt), madeIn)
  const { soFar } = planned
  const waitsIn = soFar?.waitingIn ?? prepared.input.waitsIn
  // A run that was reset asks anew.
  if (waitsIn === undefined || soFar?.startedAtMs === undefined) return asked
  return whereItWaits(planned, asked, waitsIn) ?? asked
}

/**
 * Where the call stood when it made this attempt, by where it stood before it. Its class is in the row, and the way there in the reason: up,
 * down, or up and then down.
 */
function whereItAsked(planned: PlannedCall, before: Standing, { reason, taskClass }: AttemptRecord): Standing {
  const { steppedDownFrom, special } = readReason(reason)
  if (taskClass === before.prepared.taskClass.name && steppedDownFrom === before.steppedDownFrom) return before
  const here = special === 'escalated' ? above(planned, before) : before
  if (steppedDownFrom === undefined) return here
  // The classes may lead elsewhere since. Then the call stays where it is.
  const { prepared, plan } = below(planned, here, taskClass) ?? here
  return { prepared, plan, steppedDownFrom }
}

/**
 * Where a call stands that waits in the class `to`, in which it may have asked nobody. From the class of its last attempt it stepped down to
 * there, or it was escalated first. If it was lost with its worker while it stood in line, nobody knows which. If both ways lead there, it
 * continues from its last attempt and finds its way again, so that no class is left out whose policy binds it.
 */
function whereItWaits(planned: PlannedCall, asked: Standing, to: string): Standing | undefined {
  const { waitsIn, waitsEscalated } = planned.prepared.input
  const straight = below(planned, asked, to)
  const higher = escalatedSince(planned, asked)
  const around = higher && below(planned, higher, to)
  if (waitsIn !== undefined) return waitsEscalated ? around : straight
  return straight && around ? undefined : (straight ?? around)
}

/** The class that comes after the last attempt if that had the wrong shape. A call that has stepped down does not go up again. */
function escalatedSince(planned: PlannedCall, asked: Standing): Standing | undefined {
  if (!lastMisshapen(planned) || asked.steppedDownFrom !== undefined) return undefined
  const higher = classAbove(planned.ports, asked.prepared, planned.prompt)
  return higher && { ...asked, ...higher, cameBy: 'escalation' }
}

function above({ ports, prompt }: PlannedCall, from: Standing): Standing {
  return { ...from, ...classAbove(ports, from.prepared, prompt) }
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
    here = { cameBy: 'step-down', ...here, ...lower, steppedDownFrom: name }
  }
  return here
}
