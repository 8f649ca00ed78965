/**
 * Sees calls, tools and ends of runs as Temporal hands them to activities.
 *
 * @module
 */
import type { AsyncLocalStorage } from 'node:async_hooks'
import type { Context } from '@temporalio/activity'
import type { ActivityInterceptorsFactory } from '@temporalio/worker'
import { onceOf } from '../../../activities/once.ts'
import type {
  CallModelInput,
  CallModelResult,
  CloseRunInput,
  RunToolInput,
  RunToolResult,
} from '../../core/protocol.ts'
import { namesRun } from '../../core/runs/names-run.ts'
import type { Metrics } from './metrics.ts'
import { type CallPlace, callSpan, placeOf, runSpan, type Span, toolSpan } from './spans.ts'

export interface ActivityListener {
  readonly metrics?: Metrics
  readonly addSpan?: (span: Span) => void
  /** Where attempts find the call that they belong to. */
  readonly calls: AsyncLocalStorage<CallPlace>
  /** Where a charge finds the try of the tool's call that it belongs to. A call that is tried or asked again is not charged again. */
  readonly charges: AsyncLocalStorage<SeenCharge>
  /** When a run began; asked at its end alone, and only for spans. */
  readonly runBeganAtMs: (runId: string) => Promise<number | undefined>
  readonly now: () => number
}

/** What one try of a tool's call was charged; empty until it was. */
export interface SeenCharge {
  pricePico?: string
}

/** The user's own activities are left alone, also those that have a name of ours. */
export function observeActivities(listener: ActivityListener): ActivityInterceptorsFactory {
  return context => {
    const observe = OBSERVERS[context.info.activityType]
    if (!observe) return {}
    return {
      inbound: {
        execute: (input, next) =>
          namesRun(input.args[0]) ? observe(listener, context, input.args[0], () => next(input)) : next(input),
      },
    }
  }
}

type Observe = (
  listener: ActivityListener,
  context: Context,
  input: unknown,
  run: () => Promise<unknown>,
) => Promise<unknown>

const observeCall: Observe = async ({ metrics, addSpan, calls, now }, context, given, run) => {
  const input = given as CallModelInput
  const place = placeOf(input.run, tryOf(context))
  const startMs = now()
  let result: CallModelResult | undefined
  try {
    result = (await calls.run(place, run)) as CallModelResult
    metrics?.callEnded(input, result)
    return result
  } finally {
    addSpan?.(callSpan(place, input, result, { startMs, endMs: now() }))
  }
}

const observeTool: Observe = async ({ addSpan, charges, now }, context, given, run) => {
  if (!addSpan) return run()
  const input = given as RunToolInput
  const place = placeOf(input.run, tryOf(context))
  const startMs = now()
  const charge: SeenCharge = {}
  let result: RunToolResult | undefined
  try {
    result = (await charges.run(charge, run)) as RunToolResult
    return result
  } finally {
    addSpan(toolSpan(place, input, { result, ...charge }, { startMs, endMs: now() }))
  }
}

const observeEnd: Observe = async ({ addSpan, runBeganAtMs, now }, _context, given, run) => {
  const closed = await run()
  if (!addSpan) return closed
  const input = given as CloseRunInput
  const startMs = await runBeganAtMs(input.run.id)
  if (startMs !== undefined) addSpan(runSpan(input.run, input.outcome, { startMs, endMs: now() }))
  return closed
}

/** One that Temporal tries again is another span. */
function tryOf(context: Context): string {
  return `${onceOf(context).id} ${context.info.attempt}`
}

/** By the activity's name. */
const OBSERVERS: Readonly<Record<string, Observe>> = {
  callModel: observeCall,
  runTool: observeTool,
  closeRun: observeEnd,
}
