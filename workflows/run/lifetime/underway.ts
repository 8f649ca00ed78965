/**
 * What a workflow has on the way while it ends: calls, tools and children that run beside the verb that ended it.
 *
 * @module
 */
import {
  CancellationScope,
  ChildWorkflowFailure,
  patched,
  type WorkflowInterceptors,
  type WorkflowOutboundCallsInterceptor,
} from '@temporalio/workflow'
import { NOTHING_SPENT, tellsCost } from '../../../src/core/agent/totals.ts'
import { addCost, costUsd, exactCost } from '../../../src/core/money/cost.ts'
import type {
  Brief,
  CallModelInput,
  CallModelResult,
  Outcome,
  RunToolInput,
  RunToolResult,
} from '../../../src/core/protocol.ts'
import { namesRun } from '../../../src/core/runs/names-run.ts'
import { addUsage } from '../../../src/core/usage.ts'
import { awaitedLater } from '../awaited-later.ts'
import type { Patch } from '../patches.ts'
import { outcomeOf } from './ended.ts'

/** What came after the end was known, with what it has cost. */
type Late = Pick<Outcome, 'cost' | 'usage' | 'calls' | 'toolCalls'>

/** Activities and child runs by the numbers that Temporal gave them, each until it has its result. */
export interface Underway {
  readonly activities: Map<number, Work>
  readonly children: Map<number, Work>
}

export interface Work {
  readonly result: Promise<unknown>
  /** What it is, for who has to find it in the workflow's code. */
  readonly what: string
}

export const nothingUnderway = (): Underway => ({ activities: new Map(), children: new Map() })

const COSTLY: ReadonlySet<string> = new Set(['callModel', 'runTool'])

/**
 * Notes what is scheduled and forgets what has its result. By the jobs of each activation and not by a `then`: every
 * further promise on the path of a step costs about 0.1 ms in the sandbox.
 */
export function noteUnderway({ activities, children }: Underway): Pick<WorkflowInterceptors, 'outbound' | 'internals'> {
  const outbound: WorkflowOutboundCallsInterceptor = {
    scheduleActivity(input, next) {
      const result = next(input)
      if (COSTLY.has(input.activityType) && namesRun(input.args[0]))
        activities.set(input.seq, { result, what: whatOf(input.args[0] as CallModelInput | RunToolInput) })
      return result
    },
    startChildWorkflowExecution(input, next) {
      const started = next(input)
      if (isChildRun(input.options.args)) {
        const result = awaitedLater(started.then(([, completed]) => completed))
        children.set(input.seq, { result, what: `the child ${input.workflowType}` })
      }
      return started
    },
  }
  return {
    outbound: [outbound],
    internals: [
      {
        activate(input, next) {
          for (const job of input.activation.jobs ?? []) {
            const {
              resolveActivity,
              resolveChildWorkflowExecution: end,
              resolveChildWorkflowExecutionStart: start,
            } = job
            if (resolveActivity) activities.delete(Number(resolveActivity.seq))
            if (end) children.delete(Number(end.seq))
            if (start && !start.succeeded) children.delete(Number(start.seq))
          }
          return next(input)
        },
      },
    ],
  }
}

/** The name of a tool that a model asked for may be the model's own word. */
function whatOf(asked: CallModelInput | RunToolInput): string {
  if ('taskClass' in asked) return `a call of ${asked.taskClass}`
  return asked.callId === undefined ? `the tool ${asked.toolName}` : 'a tool of an agent'
}

/** Children that a workflow starts by Temporal's own means are its own affair. */
function isChildRun([input]: readonly unknown[]): boolean {
  return (Object(input) as Partial<Brief>).terms?.within !== undefined
}

/**
 * Cancels what is under way and waits for it: an aborted call has a cost too, and so has a child that was cut short.
 *
 * @param counts - Whether the run has an outcome that the late costs go into. Without one they are in the ledger alone.
 */
export async function cancelUnderway({ activities, children }: Underway, counts: boolean): Promise<readonly Late[]> {
  const runs =
    counts && children.size > 0 && patched('signalbox.children-underway' satisfies Patch)
      ? [...children.values()].map(({ result }) => result)
      : []
  const pending = [...activities.values()].map(({ result }) => result)
  if (pending.length + runs.length === 0) return []
  CancellationScope.current().cancel()
  const [calls, ends] = await CancellationScope.nonCancellable(() =>
    Promise.all([Promise.allSettled(pending), Promise.allSettled(runs)]),
  )
  return [...calls.flatMap(lateCall), ...ends.flatMap(lateChild)]
}

function lateCall(settled: PromiseSettledResult<unknown>): readonly Late[] {
  if (settled.status === 'rejected') return []
  const result = settled.value as CallModelResult | RunToolResult
  if ('cost' in result) return [{ cost: result.cost, usage: result.usage, calls: 1, toolCalls: 0 }]
  return result.pricePico === undefined ? [] : [{ ...NOTHING_SPENT, cost: exactCost(BigInt(result.pricePico)) }]
}

/** One that could not tell what it has cost is in the ledger alone. */
function lateChild(settled: PromiseSettledResult<unknown>): readonly Late[] {
  if (settled.status === 'fulfilled') return tellsCost(settled.value) ? [settled.value] : []
  const outcome = settled.reason instanceof ChildWorkflowFailure ? outcomeOf(settled.reason.cause) : undefined
  return outcome ? [outcome] : []
}

/** The outcome with what came late. */
export function withLate(outcome: Outcome, late: readonly Late[]): Outcome {
  const cost = late.reduce((sum, spent) => addCost(sum, spent.cost), outcome.cost)
  const usage = late.reduce((sum, spent) => addUsage(sum, spent.usage), outcome.usage)
  const calls = late.reduce((sum, spent) => sum + spent.calls, outcome.calls)
  const toolCalls = late.reduce((sum, spent) => sum + spent.toolCalls, outcome.toolCalls)
  return { ...outcome, cost, costUsd: costUsd(cost), usage, calls, toolCalls }
}
