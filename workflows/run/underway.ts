/**
 * What a workflow has on the way while it ends: calls and tools that run beside the verb that ended it.
 *
 * @module
 */
import {
  CancellationScope,
  type WorkflowInterceptors,
  type WorkflowOutboundCallsInterceptor,
} from '@temporalio/workflow'
import { addCost, costUsd } from '../../src/core/money/cost.ts'
import type { CallModelResult, Outcome, RunToolResult } from '../../src/core/protocol.ts'
import { addUsage } from '../../src/core/usage.ts'

type LateResult = CallModelResult | RunToolResult

/** Activities by the number that Temporal gave them, each until it has its result. */
export type Underway = Map<number, Promise<unknown>>

const COSTLY: ReadonlySet<string> = new Set(['callModel', 'runTool'])

/**
 * Notes what is scheduled and forgets what has its result. By the jobs of each activation and not by a `then`: every
 * further promise on the path of a step costs about 0.1 ms in the sandbox.
 */
export function noteUnderway(underway: Underway): Pick<WorkflowInterceptors, 'outbound' | 'internals'> {
  const outbound: WorkflowOutboundCallsInterceptor = {
    scheduleActivity(input, next) {
      const result = next(input)
      if (COSTLY.has(input.activityType)) underway.set(input.seq, result)
      return result
    },
  }
  return {
    outbound: [outbound],
    internals: [
      {
        activate(input, next) {
          for (const { resolveActivity } of input.activation.jobs ?? [])
            if (resolveActivity) underway.delete(Number(resolveActivity.seq))
          return next(input)
        },
      },
    ],
  }
}

/** Cancels what is under way and waits for it: an aborted call has a cost too. */
export async function cancelUnderway(underway: Underway, scope: CancellationScope): Promise<readonly LateResult[]> {
  const pending = [...underway.values()]
  if (pending.length === 0) return []
  scope.cancel()
  const settled = await CancellationScope.nonCancellable(() => Promise.allSettled(pending))
  return settled.flatMap(result => (result.status === 'fulfilled' ? [result.value as LateResult] : []))
}

/** The outcome with what came late. */
export function withLate(outcome: Outcome, late: readonly LateResult[]): Outcome {
  const spent = late.flatMap(result => ('cost' in result ? [result] : []))
  const cost = spent.reduce((sum, result) => addCost(sum, result.cost), outcome.cost)
  const usage = spent.reduce((sum, result) => addUsage(sum, result.usage), outcome.usage)
  return { ...outcome, cost, costUsd: costUsd(cost), usage, calls: outcome.calls + spent.length }
}
