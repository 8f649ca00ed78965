/**
 * Tells among the run's events why a call has no answer: a workflow may catch what its verb throws, and then nothing else tells it.
 *
 * @module
 */
import type { Context } from '@temporalio/activity'
import type { RunEventBody } from '../../src/core/events.ts'
import type { CallModelInput, CallModelResult } from '../../src/core/protocol.ts'
import { onceOf } from '../once.ts'
import type { CallModelPorts } from './ports.ts'

/** Once, however often the activity is tried. A run that asks people for a larger budget tells that instead. */
export async function tellUnanswered(
  { events, now }: CallModelPorts,
  activity: Context,
  { run, step }: CallModelInput,
  result: CallModelResult,
): Promise<void> {
  const event = eventOf({ run, step }, result)
  if (event) await events.writeOnce(run, onceOf(activity), event, now())
}

function eventOf(
  { run, step }: Pick<CallModelInput, 'run' | 'step'>,
  result: CallModelResult,
): RunEventBody | undefined {
  if (result.kind === 'fault') {
    const { kind: fault, message } = result.fault
    return { kind: 'unanswered', step, fault, message }
  }
  if (result.kind !== 'over-budget') return undefined
  const { kind: fault, message, scopeId } = result
  return run.asks && scopeId === run.key
    ? { kind: 'budget-ask', step, message }
    : { kind: 'unanswered', step, fault, message }
}
