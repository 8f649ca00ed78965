/**
 * Goes on in a cheaper class where the budget does not admit the one that was asked for.
 *
 * @module
 */
import { callCandidates, moveCall } from '../../../src/core/faults/call-state.ts'
import { shortWords } from '../money/budget.ts'
import { type InClass, inClass, newStateOf } from '../plan/other-class.ts'
import { planCall } from '../plan/plan.ts'
import { inServingClass } from '../plan/serving-class.ts'
import type { Short } from '../walk/waiting.ts'
import { begun, goOnIn, type Walk, type Walking } from '../walk/walk.ts'

/**
 * Continues the call in a cheaper class: the one that its class names in `onBudget`, or the next one down that has endpoints for
 * the call. The policies of both classes hold. The ledger and shared budgets count it as a call of the lower class from then on.
 *
 * @returns whether there was such a class.
 */
export async function stepDown(walk: Walk, short: Short): Promise<boolean> {
  const from = walk.prepared.taskClass.name
  const lower = classBelow(walk)
  if (!lower) return false
  const { ports, activity } = walk
  const { callId, run, step, part } = walk.prepared.call
  const { name } = lower.prepared.taskClass
  const reason = shortWords(short.of)
  await begun(walk)
  goOnIn(walk, lower)
  walk.state = { ...moveCall(walk.state, newStateOf(lower)), waitedMs: 0 }
  walk.steppedDown = steppedDownWords(from)
  activity.log.info('call steps down', { run: run.id, step, class: from, to: name, reason })
  // Written once: a call that is put off before it has asked anybody in the lower class steps down again when it comes back.
  const once = { id: `${part ?? ''}/${callId}/step-down/${from}`, ...(part !== undefined && { part }) }
  await ports.events.writeOnce(run, once, { kind: 'step-down', step, from, to: name, reason }, ports.now())
  return true
}

/** What the ledger says before the reason of an attempt in the lower class. */
export function steppedDownWords(from: string): string {
  return `stepped down from ${from}: `
}

/** The class that {@link steppedDownWords} name at the beginning of a reason; `undefined` if the call had not stepped down. */
export function steppedDownFrom(reason: string): string | undefined {
  return /^stepped down from (.+?): /.exec(reason)?.[1]
}

/** The next class below that has endpoints for the call. No configuration has a circle of classes. */
export function classBelow({
  ports,
  prepared: from,
  prompt,
}: Pick<Walking, 'ports' | 'prepared' | 'prompt'>): InClass | undefined {
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
