/**
 * A call in another class than the one that it was asked in.
 *
 * @module
 */
import { type CallCandidate, callCandidates, type NewCallState } from '../../../src/core/faults/call-state.ts'
import type { TaskClass } from '../../../src/core/task-class.ts'
import { knownIn } from '../prepare/beside.ts'
import type { Prepared } from '../prepare/prepared.ts'
import type { Plan } from './plan.ts'

/** A call as it is prepared for a class, and its plan there. */
export interface InClass {
  readonly prepared: Prepared
  readonly plan: Plan
}

/** Both classes' policies hold. To the ledger and to shared budgets it is a call of the other class from then on. */
export function inClass(prepared: Prepared, taskClass: TaskClass): Prepared {
  const { ways: _, ...rest } = prepared
  const { call, policies } = rest
  return {
    ...rest,
    taskClass,
    ...knownIn({ ...rest, taskClass }),
    call: { ...call, taskClass: taskClass.name, asked: call.asked ?? call.taskClass },
    policies: [...policies, { level: 'class', policy: taskClass.policy }],
  }
}

/** The plan's candidates, with what is known of how much less output they give than the call asks for. */
export function candidatesOf({ route, lessOutputAt }: Plan): readonly CallCandidate[] {
  return callCandidates(route, lessOutputAt)
}

/** What a call's state begins with in a class. */
export function newStateOf({ prepared, plan }: InClass): NewCallState {
  const { patienceMs, outlastMs = 0, outlastKeysMs = 0, onRefusal, minOutputTokens } = prepared.taskClass
  return { candidates: candidatesOf(plan), patienceMs, outlastMs, outlastKeysMs, onRefusal, minOutputTokens }
}
