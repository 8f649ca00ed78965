/**
 * Goes on in a cheaper class where the budget does not admit the one that was asked for.
 *
 * @module
 */
import { shortWords } from '../money/short-words.ts'
import { classBelow } from '../plan/next-class.ts'
import type { Short } from '../walk/in-line.ts'
import { begun } from '../walk/records.ts'
import { moveDown } from '../walk/steps.ts'
import type { Walk } from '../walk/walk.ts'

/**
 * Continues the call in a cheaper class: the one that its class names in `onBudget`, or the next one down that has endpoints for
 * the call. The ledger and shared budgets count it as a call of the lower class from then on.
 *
 * @returns whether there was such a class.
 */
export async function stepDown(walk: Walk, short: Short): Promise<boolean> {
  const { ports, activity, prepared, prompt } = walk
  const lower = classBelow(ports, prepared, prompt)
  if (!lower) return false
  const { callId, run, step, part } = prepared.call
  const from = prepared.taskClass.name
  const to = lower.prepared.taskClass.name
  const reason = shortWords(short.of)
  await begun(walk)
  moveDown(walk, lower)
  activity.log.info('call steps down', { run: run.id, step, class: from, to, reason })
  // Written once: a call that is put off before it has asked anybody in the lower class steps down again when it comes back.
  const once = { id: `${part ?? ''}/${callId}/step-down/${from}`, ...(part !== undefined && { part }) }
  await ports.events.writeOnce(run, once, { kind: 'step-down', step, from, to, reason }, ports.now())
  return true
}
