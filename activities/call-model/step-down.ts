/**
 * Goes on in a cheaper class where the budget does not admit the one that was asked for.
 *
 * @module
 */
import { callCandidates, moveCall } from '../../src/core/faults/call-state.ts'
import { shortWords } from './budget.ts'
import { type InClass, inClass, newStateOf } from './other-class.ts'
import { planCall } from './plan.ts'
import { inServingClass } from './serving-class.ts'
import { begun, goOnIn, type Short, type Walk, type Walking } from './walk.ts'

/**
 * Steps down to the class that the call's own names for that, or to the next one below that has endpoints for it. Both classes'
 * policies hold. From then on it is a call of the lower class, to the ledger and to shared budgets too.
 *
 * @returns whether there was one.
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
  // A call that waits for a limit or a fault, and comes again before it has asked anybody there, steps down again.
  const once = { id: `${part ?? ''}/${callId}/step-down/${from}`, ...(part !== undefined && { part }) }
  await ports.events.writeOnce(run, once, { kind: 'step-down', step, from, to: name, reason }, ports.now())
  return true
}

/** What the ledger says before the reason of an attempt in the lower class. */
export function steppedDownWords(from: string): string {
  return `stepped down from ${from}: `
}

/** The class that such words name; `undefined` where the attempt was of a call that had not stepped down. */
export function steppedDownFrom(reason: string): string | undefined {
  return /^stepped down from (.+?): /.exec(reason)?.[1]
}

/** The next class below that has endpoints for the call. */
export function classBelow({
  ports,
  prepared: from,
  prompt,
}: Pick<Walking, 'ports' | 'prepared' | 'prompt'>): InClass | undefined {
  const { directory } = ports
  const passed = new Set<string>()
  for (let name = from.taskClass.onBudget; name !== undefined && !passed.has(name); ) {
    const taskClass = directory.classes[name]
    if (!taskClass) return undefined
    const prepared = inServingClass(ports, inClass(from, taskClass), prompt)
    const plan = planCall(ports, prepared, prompt)
    if (callCandidates(plan.route).length > 0) return { prepared, plan }
    passed.add(name)
    name = prepared.taskClass.onBudget
  }
  return undefined
}
