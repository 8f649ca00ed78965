/**
 * Tells why an agent's turn inside of a workflow has no answer, where no call of a model tells it: the workflow may catch what the
 * turn throws, and then nothing else does.
 *
 * @module
 */
import { CancellationScope, patched } from '@temporalio/workflow'
import type { FaultKind } from '../../../src/core/faults/fault.ts'
import type { OutcomeKind } from '../../../src/core/protocol.ts'
import { shortActivities } from '../activities.ts'
import type { Book } from '../book/book.ts'
import { isInEvents, outcomeOf } from '../lifetime/ended.ts'
import type { Patch } from '../patches.ts'
import type { Loop } from './agent-loop.ts'

/** The fault that is told for an end that no call has caused. */
const FAULTS: Partial<Record<OutcomeKind, FaultKind>> = {
  'out-of-budget': 'over-budget',
  refused: 'invalid-request',
  failed: 'invalid-request',
}

/** `undefined` if there is nothing to tell: the events have it already, or the history has no marker of this step. */
export function tellUnanswered({ ref: run }: Book, { step }: Loop, failure: unknown): Promise<unknown> | undefined {
  const { kind, message } = outcomeOf(failure) ?? {}
  const fault = kind && FAULTS[kind]
  if (!fault || isInEvents(failure) || !patched('signalbox.told-unanswered' satisfies Patch)) return undefined
  const told = { run, step, fault, message: message ?? `the agent's turn ended: ${kind}` }
  const summary = `not answered: ${fault} · step ${step}`
  return CancellationScope.nonCancellable(() =>
    shortActivities().tellUnanswered.executeWithOptions({ summary }, [told]),
  )
}
