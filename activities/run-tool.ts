/**
 * Runs one tool call. What goes wrong in a tool is told to the model as a result; only the loss of infrastructure throws.
 *
 * @module
 */
import { Context } from '@temporalio/activity'
import { READ_RESULT } from '../src/core/agent/cleared-note.ts'
import type { JsonValue } from '../src/core/messages.ts'
import type { RegistryPort, Tool, ToolRecordKey, ToolRecordPort } from '../src/core/ports.ts'
import type { RunToolInput, RunToolResult } from '../src/core/protocol.ts'
import { mustBeSealed } from '../src/core/sealing.ts'
import type { Directory } from '../src/core/task-class.ts'
import { isCancelRequested, withHeartbeat } from './heartbeat.ts'
import { failingWhereLost } from './lost-content.ts'
import { GLIMPSE_BYTES, previewOf } from './preview.ts'
import { readResult } from './read-result.ts'
import { referTo, type ToolEnd } from './refer-to.ts'

export interface RunToolPorts {
  readonly directory: Directory
  readonly registry: RegistryPort
  readonly toolRecords: ToolRecordPort
  readonly now: () => number
}

/**
 * Runs the tool once per idempotency key and remembers its result: a retried activity gives the stored one. A tool
 * that may run at most once and whose earlier try has no recorded end is not repeated; the model is told so.
 */
export function createRunTool(ports: RunToolPorts): (input: RunToolInput) => Promise<RunToolResult> {
  return async input => {
    const activity = Context.current()
    const end = await withHeartbeat(activity, () => failingWhereLost(() => endOf(ports, activity, input)))
    if (end === 'cancelled') return { kind: 'cancelled' }
    if ('remote' in end) return { kind: 'remote', ...end }
    return { kind: 'done', result: referTo(input, end) }
  }
}

type End = ToolEnd | Pick<Extract<RunToolResult, { kind: 'remote' }>, 'remote' | 'input'> | 'cancelled'

async function endOf(ports: RunToolPorts, activity: Context, input: RunToolInput): Promise<End> {
  const key = keyOf(input, activity.info.workflowExecution?.runId)
  const begun = await ports.toolRecords.begin(key, ports.now())
  if (begun.kind === 'finished') return begun
  const tool = ports.registry.tool(input.toolName)
  const once = tool?.idempotent === false
  const end = begun.kind === 'unknown' && once ? unknownEnd(input) : await attempt(ports, activity, input, tool)
  if (end === 'cancelled' || 'remote' in end) return end
  await ports.toolRecords.finish(key, { ...end, preview: previewOf(end.result, GLIMPSE_BYTES).text, atMs: ports.now() })
  return end
}

const keyOf = ({ run, step, toolCallId, toolName }: RunToolInput, part: string | undefined): ToolRecordKey => ({
  run,
  step,
  toolCallId,
  toolName,
  ...(part !== undefined && { part }),
})

function unknownEnd({ toolName }: RunToolInput): ToolEnd {
  const result = `${toolName} was begun before and may or may not have taken effect; it runs at most once, so it was not repeated`
  return { isError: true, result }
}

async function attempt(
  ports: RunToolPorts,
  activity: Context,
  input: RunToolInput,
  tool: Tool | undefined,
): Promise<End> {
  if (!tool && input.toolName === READ_RESULT) return readResult(ports.toolRecords, input, await inputOf(ports, input))
  if (!tool) return { isError: true, result: unknownTool(ports, input.toolName) }
  const given = await inputOf(ports, input)
  const parsed = tool.parse(given ?? null)
  if (!parsed.ok) return { isError: true, result: `bad arguments for ${tool.name}: ${parsed.problem}` }
  const refusal = refusalOf(ports, input, tool)
  if (refusal !== undefined) return { isError: true, result: refusal }
  if (tool.remote) return { remote: tool.remote, input: parsed.input as JsonValue }
  return runTool(activity, input, tool, parsed.input)
}

/** Under ZDR nothing may leave for a server that is not known to keep nothing, or for a queue whose workers cannot read it. */
function refusalOf(
  { directory }: RunToolPorts,
  { run }: RunToolInput,
  { name, server, remote }: Tool,
): string | undefined {
  if (remote && run.sealed)
    return `${name} was not called: this run is sealed, and the workers of the task queue '${remote.taskQueue}' have no key of it`
  const policies = [directory.policy, directory.workspaces[run.workspace]?.policy, run.policy]
  if (!server || server.dataPolicy.retention === 'none' || !mustBeSealed(policies)) return undefined
  const found = server.dataPolicy.retention ?? 'unknown'
  return `${name} was not called: this run is under zero data retention, and the retention of the MCP server '${server.name}' is ${found}`
}

function unknownTool({ registry }: RunToolPorts, name: string): string {
  if (registry.agent(name))
    return `bad arguments for ${name}: give { "input": "…" }, one text with all that it needs to know`
  const near = registry.nearest(name, 'tool')
  return `there is no tool '${name}'${near === undefined ? '' : `; did you mean '${near}'?`}`
}

async function inputOf({ toolRecords }: RunToolPorts, input: RunToolInput): Promise<JsonValue | undefined> {
  if (input.callId === undefined) return input.input
  return toolRecords.inputOf(input.callId, input.toolCallId)
}

async function runTool(
  activity: Context,
  { run, step, toolCallId }: RunToolInput,
  tool: Tool,
  given: unknown,
): Promise<ToolEnd | 'cancelled'> {
  const timeout = AbortSignal.timeout(tool.timeoutMs)
  const signal = AbortSignal.any([activity.cancellationSignal, timeout])
  const call = { idempotencyKey: `${run.key}/${step}/${toolCallId}`, runId: run.id, signal }
  try {
    const result = await Promise.race([tool.run(given, call), aborted(signal)])
    return { isError: false, result }
  } catch (error) {
    if (activity.cancellationSignal.aborted) return interrupted(activity)
    if (timeout.aborted) return { isError: true, result: `${tool.name} gave nothing within ${tool.timeoutMs} ms` }
    return { isError: true, result: error instanceof Error ? error.message : String(error) }
  }
}

/** Rejects when the signal fires, for tools that do not listen to it. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

/** A value when the workflow asked for the end; a throw when the worker goes away, so that another one takes over. */
function interrupted(activity: Context): 'cancelled' {
  if (isCancelRequested(activity)) return 'cancelled'
  throw activity.cancellationSignal.reason
}
