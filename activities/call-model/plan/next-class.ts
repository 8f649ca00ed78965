/**
 * The classes in which a call goes on: a cheaper one below its own where the budget is short, or the better one after an answer of the wrong
 * shape. The policies of both classes hold.
 *
 * @module
 */
import { callCandidates } from '../../../src/core/faults/call-state.ts'
import type { Message } from '../../../src/core/messages.ts'
import type { CallModelPorts } from '../ports.ts'
import type { Prepared } from '../prepare/prepared.ts'
import { type InClass, inClass } from './other-class.ts'
import { planCall } from './plan.ts'
import { inServingClass } from './serving-class.ts'

/** The next class below, by `onBudget`, that has endpoints for the call. No configuration has a circle of classes. */
export function classBelow(ports: CallModelPorts, from: Prepared, prompt: readonly Message[]): InClass | undefined {
  const { directory } = ports
  for (let name = from.taskClass.onBudget; name !== undefined; ) {
    const taskClass = directory.classes[name]
    if (!taskClass) return undefined
    const prepared = inServingClass(ports, inClass(from, taskClass), prompt)
    const plan = planCall(ports, prepared, prompt)
    if (callCandidates(plan.route).length > 0) return { prepared, plan }
    name = prepared.taskClass.onBudget
  }
  return undefined
}

/** The class of `escalateTo`, whoever could be asked there now; `undefined` if its own class names none. */
export function classAbove(ports: CallModelPorts, from: Prepared, prompt: readonly Message[]): InClass | undefined {
  const { escalateTo } = from.taskClass
  const taskClass = escalateTo === undefined ? undefined : ports.directory.classes[escalateTo]
  if (!taskClass) return undefined
  const prepared = inServingClass(ports, inClass(from, taskClass), prompt)
  return { prepared, plan: planCall(ports, prepared, prompt) }
}

/** {@link classAbove}, if an endpoint there can be asked now. */
export function readyAbove(ports: CallModelPorts, from: Prepared, prompt: readonly Message[]): InClass | undefined {
  const above = classAbove(ports, from, prompt)
  return above?.plan.planned === '' ? undefined : above
}
