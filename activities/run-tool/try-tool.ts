/**
 * One try of a tool call. What goes wrong in the tool is told to the model in words.
 *
 * @module
 */
import type { Context } from '@temporalio/activity'
import { READ_RESULT } from '../../src/core/agent/cleared-note.ts'
import type { JsonValue } from '../../src/core/messages.ts'
import type { RegistryPort, Tool, ToolCallContext, ToolEnd, ToolRecordPort } from '../../src/core/ports.ts'
import type { RunToolInput, RunToolResult } from '../../src/core/protocol.ts'
import { mustBeSealed } from '../../src/core/sealing.ts'
import type { Directory } from '../../src/core/task-class.ts'
import { didYouMean } from '../../src/core/words/did-you-mean.ts'
import { formatDuration } from '../../src/core/words/format-duration.ts'
import { nearest } from '../../src/core/words/nearest.ts'
import { isCancelRequested, leftToOthers } from '../heartbeat.ts'
import { readResult } from '../read-result.ts'
import { policiesOf } from '../record-run.ts'
import { toolsWords } from './tools-words.ts'

export interface TryToolPorts {
  readonly directory: Directory
  readonly registry: RegistryPort
  readonly toolRecords: ToolRecordPort
}

/** A tool call with the input for the tool, and its idempotency key. */
export interface ToolTry extends RunToolInput, Pick<ToolCallContext, 'idempotencyKey' | 'progress'> {
  readonly given: JsonValue | undefined
  readonly callable: Callable
  /** An earlier try had begun it. */
  readonly isAgain: boolean
}

/** What the tool came to, or the activity that the workflow is to schedule with the parsed input. */
export type TryEnd = ToolEnd | Pick<Extract<RunToolResult, { kind: 'remote' }>, 'remote' | 'input'> | 'cancelled'

/** Runs the tool, if there is one and it may be run with this. */
export async function tryTool(
  ports: Pick<TryToolPorts, 'toolRecords'>,
  activity: Context,
  input: ToolTry,
): Promise<TryEnd> {
  const { callable, toolName, unoffered, given } = input
  if (!callable.tool && !unoffered && toolName === READ_RESULT) return readResult(ports.toolRecords, input, given)
  if (!callable.tool) return { isError: true, result: callable.problem }
  const { remote } = callable.tool
  if (remote) return { remote, input: callable.parsed as JsonValue }
  return runTool(activity, input, callable.tool, callable.parsed)
}

/** The tool with the parsed input, or why it may not be called with that, in words for the model. */
export type Callable =
  | { readonly tool: Tool; readonly parsed: unknown }
  | { readonly tool?: undefined; readonly problem: string }

export function callableOf(
  ports: Pick<TryToolPorts, 'directory' | 'registry'>,
  input: RunToolInput & Pick<ToolTry, 'given'>,
  tool: Tool | undefined,
): Callable {
  if (input.unoffered) return { problem: noTool(input.toolName, input.unoffered.nearest) }
  if (!tool) return { problem: unknownTool(ports, input.toolName) }
  const parsed = tool.parse(input.given ?? null)
  if (!parsed.ok) return { problem: `bad arguments for ${tool.name}: ${parsed.problem}` }
  const problem = refusalOf(ports, input, tool)
  return problem === undefined ? { tool, parsed: parsed.input } : { problem }
}

/**
 * Why the tool may not be called, in words for the model. Under ZDR nothing is sent to an MCP server that is not known to keep
 * nothing, or to a task queue whose workers lack the run's key.
 */
function refusalOf(
  ports: Pick<TryToolPorts, 'directory'>,
  input: RunToolInput,
  { name, server, remote }: Tool,
): string | undefined {
  const { run } = input
  if (remote && run.sealed)
    return `${name} was not called: this run is sealed, and the workers of the task queue '${remote.taskQueue}' have no key of it`
  if (!server || server.dataPolicy.retention === 'none' || !mustBeSealed(policiesOf(ports, input))) return undefined
  const found = server.dataPolicy.retention ?? 'unknown'
  return `${name} was not called: this run is under zero data retention, and the retention of the MCP server '${server.name}' is ${found}`
}

/** The sentence about a name that no tool of this worker has. */
export function unknownTool({ registry }: Pick<TryToolPorts, 'registry'>, name: string): string {
  if (registry.agent(name))
    return `bad arguments for ${name}: give { "input": "…" }, one text with all that it needs to know`
  return noTool(name, nearest(name, registry.names('tool')))
}

function noTool(name: string, near: string | undefined): string {
  return `there is no tool '${name}'${didYouMean(near)}`
}

/** A worker that ends once or twice, as at a rollout, is no trouble. */
const TRIES_UNTOLD = 2

async function runTool(
  activity: Context,
  { run, step, idempotencyKey, progress, isAgain }: ToolTry,
  tool: Tool,
  given: unknown,
): Promise<ToolEnd | 'cancelled'> {
  // A signal that has fired already calls no listener, and the tool must not begin.
  if (activity.cancellationSignal.aborted) return interrupted(activity)
  // A tool may kill every worker that runs it, for example by using up memory. Then this is the last line in their logs.
  if (isAgain && activity.info.attempt > TRIES_UNTOLD)
    activity.log.warn('tool is begun again', { run: run.id, step, tool: tool.name })
  const timeout = AbortSignal.timeout(tool.timeoutMs)
  const signal = AbortSignal.any([activity.cancellationSignal, timeout])
  const call = { idempotencyKey, runId: run.id, workspace: run.workspace, labels: run.labels, signal, progress }
  try {
    const result = await Promise.race([tool.run(given, call), aborted(signal)])
    return { isError: false, result }
  } catch (error) {
    if (activity.cancellationSignal.aborted) return interrupted(activity)
    const isLate = timeout.aborted
    // The model alone hears why, and goes on: this is where people see that a tool fails in many runs.
    activity.log.warn('tool failed', {
      run: run.id,
      step,
      tool: tool.name,
      ...(isLate && { withinMs: tool.timeoutMs }),
    })
    return isLate
      ? { isError: true, failure: 'unknown', result: lateWords(tool) }
      : { isError: true, result: toolsWords(error) }
  }
}

/**
 * What the model is told of a tool that was too slow. If the tool runs at most once, the model must know that it may have run, or
 * it would ask again.
 */
function lateWords({ name, timeoutMs, idempotent }: Tool): string {
  const late = `${name} gave nothing within ${formatDuration(timeoutMs)}`
  return idempotent ? late : `${late}; it runs at most once, and it may or may not have taken effect`
}

/** Rejects when the signal fires, for tools that do not listen to it. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

/** `'cancelled'` if the workflow asked for the end. Throws if the worker was told to end, so that another one takes over. */
export function interrupted(activity: Context): 'cancelled' {
  if (isCancelRequested(activity)) return 'cancelled'
  throw leftToOthers(activity)
}
