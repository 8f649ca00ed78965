/**
 * Runs one tool call, and keeps what came of it. What goes wrong in a tool is a result; only the loss of infrastructure throws.
 *
 * @module
 */
import { Context } from '@temporalio/activity'
import { READ_RESULT } from '../src/core/agent/cleared-note.ts'
import { questionOfCall } from '../src/core/agent/question-of-call.ts'
import { definedOnly } from '../src/core/defined-only.ts'
import type { JsonValue } from '../src/core/messages.ts'
import type { Charged, LedgerPort, SealPort, Tool, ToolBegin, ToolEnd, ToolRecordKey } from '../src/core/ports.ts'
import type { RunToolInput, RunToolResult } from '../src/core/protocol.ts'
import { turnedAwayKey } from '../src/core/tools/turned-away.ts'
import { assertLost } from './assert-lost.ts'
import type { WarningPorts } from './call-model/money/shared-budgets.ts'
import { withHeartbeat } from './heartbeat.ts'
import { type KeepShownPorts, withParts } from './keep-shown.ts'
import { leaveToOtherVersion } from './other-version.ts'
import { partOf } from './part.ts'
import { GLIMPSE_BYTES, previewOf } from './preview.ts'
import { questionDigest } from './question-digest.ts'
import { referTo } from './refer-to.ts'
import { chargeFor, tellSpent, tooDear } from './run-tool/charge.ts'
import { createProgressWriter } from './run-tool/tool-progress.ts'
import {
  callableOf,
  interrupted,
  type ToolTry,
  type TryEnd,
  type TryToolPorts,
  tryTool,
  unknownTool,
} from './run-tool/try-tool.ts'
import { isTold, type StoppingPort } from './told-to-end.ts'

export interface RunToolPorts extends TryToolPorts, KeepShownPorts, StoppingPort, WarningPorts {
  readonly ledger: Pick<LedgerPort, 'assertOpened'>
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
    const came = await withHeartbeat(activity, () => beginAndRun(ports, activity, asked))
    const { end, turnedAway, ...charged } = came
    if (end === 'cancelled') return { kind: 'cancelled', ...charged }
    if ('remote' in end) return { kind: 'remote', ...end, question, ...charged }
    const reference = referTo(input, turnedAway ? turnedAwayKey(asked).question : question, end)
    const result = input.callId === undefined ? await withParts(ports, end.result, reference) : reference
    return { kind: 'done', result, ...charged }
  }
}

/**
 * What is asked, as a digest: a reset run may ask something else at the same place. The tool calls of a model's answer are told apart by
 * the digest in the id of its call.
 */
async function questionOf({ seals }: RunToolPorts, { run, callId, toolName, input }: RunToolInput): Promise<string> {
  if (callId !== undefined) return questionOfCall(callId)
  return questionDigest(seals, run, JSON.stringify([toolName, input]))
}

/** A tool call with the digest of what is asked. */
type WithQuestion = RunToolInput & { readonly question: string }

type Came = Charged & Pick<Extract<ToolBegin, { kind: 'finished' }>, 'turnedAway'> & { readonly end: TryEnd }

async function beginAndRun(ports: RunToolPorts, activity: Context, input: WithQuestion): Promise<Came> {
  const { run, step, toolCallId, toolName, question } = input
  const shown = inputShown(input)
  const key: ToolRecordKey = { run, step, toolCallId, toolName, question, ...shown, ...partOf(activity) }
  // Before the tool is recorded as begun: a try that fails or ends here has begun nothing, so another one may run the tool.
  const given = await inputOf(ports, input)
  if (isTold(activity, ports)) return { end: interrupted(activity) }
  const tool = ports.registry.tool(input.toolName)
  const before = mayBeElsewhere(ports, input, tool) ? await endedBefore(ports, activity, key) : undefined
  if (before) return cameTo(before, before)
  const callable = callableOf(ports, { ...input, given }, tool)
  const charge = chargeFor(ports, input, callable)
  const begun = await ports.toolRecords.begin(key, ports.now(), charge)
  if (begun.kind === 'finished') return cameTo(begun, begun)
  const telling = charge && tellSpent(ports, activity, { input, charge, begun })
  // Beside the tool: one that may run at most once has to run once it is recorded as begun.
  telling?.catch(() => {})
  const came =
    begun.kind === 'short'
      ? cameTo(await keepEnd(ports, turnedAwayKey(key), tooDear(toolName, charge!, begun), true), { turnedAway: true })
      : cameTo(await runBegun(ports, activity, { ...input, given, callable, key, begun }, tool), begun)
  await telling
  return came
}

function cameTo(end: TryEnd, { pricePico, turnedAway }: Omit<Came, 'end'>): Came {
  return { end, ...definedOnly({ pricePico, turnedAway }) }
}

async function runBegun(
  ports: RunToolPorts,
  activity: Context,
  { key, begun, ...asked }: Begun,
  tool: Tool | undefined,
): Promise<TryEnd> {
  const isNew = begun.kind === 'new'
  const progress = createProgressWriter(ports, key)
  const ready = { ...asked, idempotencyKey: keyOf(asked, begun), progress: progress.write, isAgain: !isNew }
  // What was not offered runs at no worker.
  const isOnce = tool?.idempotent === false && !asked.unoffered
  const mayRun = isNew || !(isOnce || mayBeElsewhere(ports, asked, tool))
  const end = mayRun
    ? await tryTool(ports, activity, ready).finally(progress.close)
    : unknownEnd(activity, asked, isOnce ? 'it runs at most once' : 'there is no such tool any more')
  // Only readers of events need it, so an unreachable store does not fail the cancellation.
  if (end === 'cancelled') await ports.toolRecords.cancelled(key, ports.now()).catch(() => {})
  if (end === 'cancelled' || 'remote' in end) return end
  return keepEnd(ports, key, withinBound(ports, end, tool), isNew && progress.saidNothing())
}

/** A try that was believed lost may have ended first: history gets what the store has. */
function keepEnd(ports: RunToolPorts, key: ToolRecordKey, end: ToolEnd, saidNothing: boolean): Promise<ToolEnd> {
  const preview = previewOf(end.result, GLIMPSE_BYTES).text
  return ports.toolRecords.finish(key, { ...end, preview, atMs: ports.now(), saidNothing })
}

/**
 * What the tool came to before its worker was lost.
 *
 * @throws where nothing is recorded and another worker may have the tool.
 */
async function endedBefore(
  ports: RunToolPorts,
  activity: Context,
  key: ToolRecordKey,
): Promise<(ToolEnd & Charged) | undefined> {
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

/** The beginning of the input, for readers of events: a model's comes with the call, a workflow's input is here whole. */
function inputShown({ inputPreview, input }: RunToolInput): Pick<ToolRecordKey, 'inputPreview'> {
  if (inputPreview !== undefined) return { inputPreview }
  return input === undefined ? {} : { inputPreview: previewOf(input).text }
}

/** Tools hold their results to their bound themselves, but may throw a vendor's whole page or a program's whole output. */
function withinBound({ capResult }: RunToolPorts, end: ToolEnd, tool: Tool | undefined): ToolEnd {
  return end.isError && tool ? { ...end, result: capResult(end.result, tool.maxResultBytes) } : end
}

type Begun = WithQuestion &
  Pick<ToolTry, 'given' | 'callable'> & {
    readonly key: ToolRecordKey
    readonly begun: BegunTry
  }

/** What has begun and not ended. */
type BegunTry = Extract<ToolBegin, { kind: 'new' | 'unknown' }>

/** The tool's key. Calls that an older version has begun have a key without the question, and keep it. */
function keyOf({ run, step, toolCallId, question }: WithQuestion, begun: BegunTry): string {
  const place = `${run.key}/${step}/${toolCallId}`
  const isOld = begun.kind === 'unknown' && begun.withoutQuestion
  return isOld ? place : `${place}/${question}`
}

function unknownEnd(activity: Context, { run, step, toolName }: RunToolInput, why: string): ToolEnd {
  // The model may go on as if nothing were: this is where people see that a payment, say, has to be looked up.
  activity.log.warn('tool may have taken effect', { run: run.id, step, tool: toolName })
  const result = `${toolName} was begun before and may or may not have taken effect; ${why}, so it was not repeated`
  return { isError: true, failure: 'unknown', result }
}

async function inputOf(ports: RunToolPorts, input: RunToolInput): Promise<JsonValue | undefined> {
  if (input.callId === undefined) return input.input
  const given = ports.toolRecords.inputOf(input.callId, input.toolCallId)
  return given.catch(error => assertLost(ports.ledger, input.run, error))
}
