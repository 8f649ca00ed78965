/**
 * Runs one tool call. What goes wrong in a tool is told to the model as a result; only the loss of infrastructure throws.
 *
 * @module
 */
import { Context } from '@temporalio/activity'
import { READ_RESULT } from '../src/core/agent/cleared-note.ts'
import { questionOfCall } from '../src/core/agent/question-of-call.ts'
import { didYouMean } from '../src/core/did-you-mean.ts'
import type { JsonValue } from '../src/core/messages.ts'
import { nearest } from '../src/core/nearest.ts'
import type {
  RegistryPort,
  SealPort,
  Tool,
  ToolBegin,
  ToolCallContext,
  ToolEnd,
  ToolRecordKey,
  ToolRecordPort,
} from '../src/core/ports.ts'
import type { RunToolInput, RunToolResult } from '../src/core/protocol.ts'
import { mustBeSealed } from '../src/core/sealing.ts'
import type { Directory } from '../src/core/task-class.ts'
import { isCancelRequested, withHeartbeat } from './heartbeat.ts'
import { type KeepShownPorts, withParts } from './keep-shown.ts'
import { leaveToOtherVersion } from './other-version.ts'
import { partOf } from './part.ts'
import { GLIMPSE_BYTES, previewOf } from './preview.ts'
import { questionDigest } from './question-digest.ts'
import { readResult } from './read-result.ts'
import { policiesOf } from './record-run.ts'
import { referTo } from './refer-to.ts'
import { thrownWords } from './thrown-words.ts'
import { createProgressWriter } from './tool-progress.ts'

export interface RunToolPorts extends KeepShownPorts {
  readonly directory: Directory
  readonly registry: RegistryPort
  readonly toolRecords: ToolRecordPort
  readonly seals: Pick<SealPort, 'digest'>
  /** Cuts a result to a bound and tells the model. */
  readonly capResult: (result: JsonValue, maxBytes: number) => JsonValue
}

/**
 * Runs the tool once per idempotency key and remembers its result: a retried activity gives the stored one. A tool
 * that may run at most once and whose earlier try has no recorded end is not repeated; the model is told so.
 */
export function createRunTool(ports: RunToolPorts): (input: RunToolInput) => Promise<RunToolResult> {
  return async input => {
    const activity = Context.current()
    const question = await questionOf(ports, input)
    const asked = { ...input, question }
    const end = await withHeartbeat(activity, () => endOf(ports, activity, asked))
    if (end === 'cancelled') return { kind: 'cancelled' }
    if ('remote' in end) return { kind: 'remote', ...end, question }
    const result = referTo(input, question, end)
    return { kind: 'done', result: input.callId === undefined ? await withParts(ports, end.result, result) : result }
  }
}

/**
 * What is asked, as a digest: a reset run may ask something else at the same place. A model's tool calls are what they are in the
 * answer of its call, whose id has a digest.
 */
async function questionOf({ seals }: RunToolPorts, { run, callId, toolName, input }: RunToolInput): Promise<string> {
  if (callId !== undefined) return questionOfCall(callId)
  return questionDigest(seals, run, JSON.stringify([toolName, input]))
}

type Asked = RunToolInput & { readonly question: string }

type End = ToolEnd | Pick<Extract<RunToolResult, { kind: 'remote' }>, 'remote' | 'input'> | 'cancelled'

async function endOf(ports: RunToolPorts, activity: Context, input: Asked): Promise<End> {
  const { run, step, toolCallId, toolName, question } = input
  const shown = inputShown(input)
  const key: ToolRecordKey = { run, step, toolCallId, toolName, question, ...shown, ...partOf(activity) }
  // Before it is written down that the tool begins: who fails here, or has to go, has begun nothing, and another try may.
  const given = await inputOf(ports, input)
  if (activity.cancellationSignal.aborted) return interrupted(activity)
  const tool = ports.registry.tool(input.toolName)
  const before = mayBeElsewhere(ports, input, tool) ? await endedBefore(ports, activity, key) : undefined
  if (before) return before
  const begun = await ports.toolRecords.begin(key, ports.now())
  if (begun.kind === 'finished') return begun
  return endOfBegun(ports, activity, { ...input, given, key, begun }, tool)
}

async function endOfBegun(
  ports: RunToolPorts,
  activity: Context,
  { key, begun, ...asked }: Begun,
  tool: Tool | undefined,
): Promise<End> {
  const isNew = begun.kind === 'new'
  const progress = createProgressWriter(ports, key)
  const ready = { ...asked, idempotencyKey: keyOf(asked, begun), progress: progress.write }
  const isOnce = tool?.idempotent === false
  const mayRun = isNew || !(isOnce || mayBeElsewhere(ports, asked, tool))
  const end = mayRun
    ? await endOfTry(ports, activity, ready, tool).finally(progress.close)
    : unknownEnd(asked, isOnce ? 'it runs at most once' : 'there is no such tool any more')
  // Beside the cancellation, which a store that is away does not hold up.
  if (end === 'cancelled') await ports.toolRecords.cancelled(key, ports.now()).catch(() => {})
  if (end === 'cancelled' || 'remote' in end) return end
  const told = withinBound(ports, end, tool)
  const preview = previewOf(told.result, GLIMPSE_BYTES).text
  const saidNothing = isNew && progress.saidNothing()
  // Another try that was believed lost may have come to its end first: history is to have what the store has.
  return ports.toolRecords.finish(key, { ...told, preview, atMs: ports.now(), saidNothing })
}

/**
 * What it came to before its worker was lost is there for every worker.
 *
 * @throws where it has come to nothing, and another worker may have the tool.
 */
async function endedBefore(ports: RunToolPorts, activity: Context, key: ToolRecordKey): Promise<ToolEnd | undefined> {
  const end = await ports.toolRecords.ended(key)
  if (!end) leaveToOtherVersion(activity, unknownTool(ports, key.toolName), ports.now())
  return end
}

/** A model asks for what it was offered, so the agent was opened by a worker that had it; a workflow's own code may name anything. */
function mayBeElsewhere(
  { registry }: RunToolPorts,
  { callId, toolName, unoffered }: RunToolInput,
  tool: Tool | undefined,
): boolean {
  return !tool && callId !== undefined && !unoffered && toolName !== READ_RESULT && !registry.agent(toolName)
}

/** What a model gives lies in the journal, and the beginning in its answer; what a workflow gives is here. */
function inputShown({ inputPreview, input }: RunToolInput): Pick<ToolRecordKey, 'inputPreview'> {
  if (inputPreview !== undefined) return { inputPreview }
  return input === undefined ? {} : { inputPreview: previewOf(input).text }
}

/** A tool keeps what it gives within its bound, and not what it throws: a vendor's whole page, a program's whole output. */
function withinBound({ capResult }: RunToolPorts, end: ToolEnd, tool: Tool | undefined): ToolEnd {
  return end.isError && tool ? { ...end, result: capResult(end.result, tool.maxResultBytes) } : end
}

type Given = Asked & { readonly given: JsonValue | undefined }

type Begun = Given & { readonly key: ToolRecordKey; readonly begun: ToolBegin }

type Ready = Given & Pick<ToolCallContext, 'idempotencyKey' | 'progress'>

/** A call that began before there were questions goes on under the key that its tool was given then. */
function keyOf({ run, step, toolCallId, question }: Asked, begun: ToolBegin): string {
  const place = `${run.key}/${step}/${toolCallId}`
  const isOld = begun.kind === 'unknown' && begun.withoutQuestion
  return isOld ? place : `${place}/${question}`
}

function unknownEnd({ toolName }: RunToolInput, why: string): ToolEnd {
  const result = `${toolName} was begun before and may or may not have taken effect; ${why}, so it was not repeated`
  return { isError: true, result }
}

async function endOfTry(ports: RunToolPorts, activity: Context, input: Ready, tool: Tool | undefined): Promise<End> {
  if (input.unoffered) return { isError: true, result: noTool(input.toolName, input.unoffered.nearest) }
  if (!tool && input.toolName === READ_RESULT) return readResult(ports.toolRecords, input, input.given)
  if (!tool) return { isError: true, result: unknownTool(ports, input.toolName) }
  const parsed = tool.parse(input.given ?? null)
  if (!parsed.ok) return { isError: true, result: `bad arguments for ${tool.name}: ${parsed.problem}` }
  const refusal = refusalOf(ports, input, tool)
  if (refusal !== undefined) return { isError: true, result: refusal }
  if (tool.remote) return { remote: tool.remote, input: parsed.input as JsonValue }
  return runTool(activity, input, tool, parsed.input)
}

/** Under ZDR nothing may leave for a server that is not known to keep nothing, or for a queue whose workers cannot read it. */
function refusalOf(ports: RunToolPorts, input: RunToolInput, { name, server, remote }: Tool): string | undefined {
  const { run } = input
  if (remote && run.sealed)
    return `${name} was not called: this run is sealed, and the workers of the task queue '${remote.taskQueue}' have no key of it`
  if (!server || server.dataPolicy.retention === 'none' || !mustBeSealed(policiesOf(ports, input))) return undefined
  const found = server.dataPolicy.retention ?? 'unknown'
  return `${name} was not called: this run is under zero data retention, and the retention of the MCP server '${server.name}' is ${found}`
}

function unknownTool({ registry }: RunToolPorts, name: string): string {
  if (registry.agent(name))
    return `bad arguments for ${name}: give { "input": "…" }, one text with all that it needs to know`
  return noTool(name, nearest(name, registry.names('tool')))
}

function noTool(name: string, near: string | undefined): string {
  return `there is no tool '${name}'${didYouMean(near)}`
}

async function inputOf({ toolRecords }: RunToolPorts, input: RunToolInput): Promise<JsonValue | undefined> {
  if (input.callId === undefined) return input.input
  return toolRecords.inputOf(input.callId, input.toolCallId)
}

async function runTool(
  activity: Context,
  { run, idempotencyKey, progress }: Ready,
  tool: Tool,
  given: unknown,
): Promise<ToolEnd | 'cancelled'> {
  // A signal that has come before tells no listener, and what has not begun is not to be begun.
  if (activity.cancellationSignal.aborted) return interrupted(activity)
  const timeout = AbortSignal.timeout(tool.timeoutMs)
  const signal = AbortSignal.any([activity.cancellationSignal, timeout])
  const call = { idempotencyKey, runId: run.id, workspace: run.workspace, labels: run.labels, signal, progress }
  try {
    const result = await Promise.race([tool.run(given, call), aborted(signal)])
    return { isError: false, result }
  } catch (error) {
    if (activity.cancellationSignal.aborted) return interrupted(activity)
    if (timeout.aborted) return { isError: true, result: lateWords(tool) }
    return { isError: true, result: thrownWords(error) }
  }
}

/** A model that is told no more would try again, and what runs at most once may have run. */
function lateWords({ name, timeoutMs, idempotent }: Tool): string {
  const late = `${name} gave nothing within ${timeoutMs} ms`
  return idempotent ? late : `${late}; it runs at most once, and it may or may not have taken effect`
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
