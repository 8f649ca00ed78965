/**
 * A tool that is an activity on another task queue: scheduled there with its own time and retries, its result kept here.
 *
 * @module
 */
import {
  ActivityCancellationType,
  ActivityFailure,
  isCancellation,
  proxyActivities,
  TimeoutFailure,
} from '@temporalio/workflow'
import type { JsonValue } from '../../../src/core/messages.ts'
import type {
  InHistory,
  KeepResultInput,
  RemoteActivity,
  RunToolInput,
  RunToolResult,
  TellCancelledInput,
  ToolResultRef,
} from '../../../src/core/protocol.ts'
import { shortActivities } from '../activities.ts'
import { lossProblem } from '../given/given-problem.ts'
import type { RunAtWork } from '../inbox/at-work.ts'
import { interruption, withinTime } from '../lifetime/limits.ts'
import { tellCancelled } from './tell-cancelled.ts'

type Remote = Extract<RunToolResult, { kind: 'remote' }>

export async function askRemote(
  run: RunAtWork,
  { run: ref, step, toolCallId, toolName, historyBytes }: RunToolInput,
  remote: Remote,
): Promise<ToolResultRef> {
  const { question } = remote
  const call = { run: ref, step, toolCallId, toolName, ...(question !== undefined && { question }) }
  const end = await runRemote(run, call, remote)
  const { keepResult } = shortActivities()
  const summary = `keep ${toolName} · step ${step}`
  const inHistory: InHistory = historyBytes === undefined ? {} : { historyBytes }
  return keepResult.executeWithOptions({ summary }, [{ ...call, ...inHistory, ...end }])
}

async function runRemote(
  run: RunAtWork,
  call: TellCancelledInput,
  { remote, input }: Remote,
): Promise<Pick<KeepResultInput, 'isError' | 'failure' | 'result'>> {
  const { book } = run
  try {
    const activity = proxyOf(remote)
    const summary = `${call.toolName} · step ${call.step} · ${remote.taskQueue}`
    const result = await withinTime(book, () => activity.executeWithOptions({ summary }, [input]))
    const problem = lossProblem(`what ${remote.activity} gave`, result)
    return problem === undefined ? { isError: false, result: result ?? null } : { isError: true, result: problem }
  } catch (error) {
    if (isCancellation(error)) {
      const telling = tellCancelled(book, call)
      if (telling) await telling
      throw interruption(run)
    }
    if (!(error instanceof ActivityFailure)) throw error
    const failed = { isError: true, result: wordsOf(error, remote) }
    return mayHaveBegun(error) ? { ...failed, failure: 'unknown' } : failed
  }
}

/** And nobody knows what came of it. What no worker has taken was never begun. */
function mayHaveBegun({ cause }: ActivityFailure): boolean {
  return cause instanceof TimeoutFailure && cause.timeoutType !== 'SCHEDULE_TO_START'
}

function wordsOf({ cause, message }: ActivityFailure, { taskQueue, timeoutMs }: RemoteActivity): string {
  if (cause instanceof TimeoutFailure) return `the task queue ${taskQueue} gave nothing within ${timeoutMs} ms`
  return cause?.message ?? message
}

type Activity = (input: JsonValue) => Promise<JsonValue | undefined>

/** TRY_CANCEL: an activity of somebody else may not heartbeat, and then it never hears of a cancellation. */
function proxyOf({ activity, taskQueue, timeoutMs, retry }: RemoteActivity) {
  const { initialIntervalMs, maximumIntervalMs, nonRetryableErrorTypes, ...rest } = retry
  const remote = proxyActivities<Record<string, Activity>>({
    taskQueue,
    scheduleToCloseTimeout: timeoutMs,
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: {
      ...rest,
      ...(initialIntervalMs !== undefined && { initialInterval: initialIntervalMs }),
      ...(maximumIntervalMs !== undefined && { maximumInterval: maximumIntervalMs }),
      ...(nonRetryableErrorTypes && { nonRetryableErrorTypes: [...nonRetryableErrorTypes] }),
    },
  })
  return remote[activity]!
}
