/**
 * Calls, attempts and tools as spans of OpenTelemetry. A run tree is one trace: its id and those of its calls follow from keys
 * that are in every activity's input, so that nothing has to travel, and a trace stays whole over workers, parts and resets.
 *
 * @module
 */
import { createHash } from 'node:crypto'
import { formatUsd } from '../../core/money/pico.ts'
import type { AttemptEnd } from '../../core/ports.ts'
import type { CallModelInput, CallModelResult, RunRef, RunToolInput, RunToolResult } from '../../core/protocol.ts'
import { ATTRIBUTE, providerName } from './names.ts'
import type { SeenAttempt } from './observe-ledger.ts'

export interface Span {
  /** 32 hexadecimal digits. */
  readonly traceId: string
  /** 16 hexadecimal digits. */
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  /** `client`: it asks another system. */
  readonly kind: 'internal' | 'client'
  readonly startMs: number
  readonly endMs: number
  /** Names, counts and codes; never content. */
  readonly attributes: Readonly<Record<string, string | number | undefined>>
  /** Present: it failed, and how. */
  readonly error?: string
}

/** When an activity began and ended. */
export interface Lasted {
  readonly startMs: number
  readonly endMs: number
}

/** Within which an attempt happens. */
export interface CallPlace {
  readonly traceId: string
  readonly spanId: string
}

/** @param what - Names an activity, and which try of it, among all parts of the run. */
export function placeOf(run: RunRef, what: string): CallPlace {
  return { traceId: hex(`trace ${treeOf(run)}`, 32), spanId: hex(`span ${run.key} ${what}`, 16) }
}

export function callSpan(
  place: CallPlace,
  { run, step, taskClass }: CallModelInput,
  result: CallModelResult | undefined,
  lasted: Lasted,
): Span {
  const failed = result === undefined ? 'activity-failed' : result.kind === 'fault' ? result.fault.kind : undefined
  return {
    ...place,
    parentSpanId: runSpanId(run),
    name: `call ${taskClass}`,
    kind: 'internal',
    ...lasted,
    attributes: {
      [ATTRIBUTE.conversation]: run.id,
      [ATTRIBUTE.taskClass]: taskClass,
      [ATTRIBUTE.step]: step,
      [ATTRIBUTE.workspace]: run.workspace,
      [ATTRIBUTE.outcome]: result?.kind,
      [ATTRIBUTE.costUsd]: result && formatUsd(BigInt(result.cost.highPico)),
    },
    ...(failed !== undefined && { error: failed }),
  }
}

export function attemptSpan(parent: CallPlace | undefined, attempt: SeenAttempt, end: AttemptEnd): Span {
  const { endpoint, call, attemptId, reason, startedAtMs } = attempt
  const usage = end.usage ?? {}
  return {
    traceId: parent?.traceId ?? hex(`trace ${treeOf(call.run)}`, 32),
    spanId: hex(`span ${attemptId}`, 16),
    ...(parent && { parentSpanId: parent.spanId }),
    name: `chat ${endpoint.upstream}`,
    kind: 'client',
    startMs: startedAtMs,
    endMs: end.endedAtMs,
    attributes: {
      [ATTRIBUTE.operation]: 'chat',
      [ATTRIBUTE.provider]: providerName(endpoint),
      [ATTRIBUTE.requestModel]: endpoint.upstream,
      [ATTRIBUTE.conversation]: call.run.id,
      [ATTRIBUTE.inputTokens]: usage.inputTokens,
      [ATTRIBUTE.outputTokens]: usage.outputTokens,
      [ATTRIBUTE.cacheReadTokens]: usage.cacheReadTokens,
      [ATTRIBUTE.cacheWriteTokens]: usage.cacheWriteTokens,
      [ATTRIBUTE.reasoningTokens]: usage.reasoningTokens,
      [ATTRIBUTE.responseId]: end.requestId,
      [ATTRIBUTE.taskClass]: call.taskClass,
      [ATTRIBUTE.endpoint]: endpoint.id,
      [ATTRIBUTE.attempt]: attempt.attempt,
      [ATTRIBUTE.reason]: reason,
      [ATTRIBUTE.outcome]: end.outcome,
      [ATTRIBUTE.costUsd]: end.cost && formatUsd(BigInt(end.cost.highPico)),
    },
    ...(end.fault && { error: end.fault.kind }),
  }
}

/** One try of a tool's call, with what that try was charged: the charges of all spans are those of the ledger. */
export function toolSpan(
  place: CallPlace,
  { run, toolName: called, toolCallId, step, unoffered }: RunToolInput,
  { result, pricePico }: { readonly result: RunToolResult | undefined; readonly pricePico?: string },
  lasted: Lasted,
): Span {
  const isError = result?.kind === 'done' && result.result.isError
  // A model may call any text.
  const toolName = unoffered === undefined ? called : 'unoffered'
  return {
    ...place,
    parentSpanId: runSpanId(run),
    name: `execute_tool ${toolName}`,
    kind: 'internal',
    ...lasted,
    attributes: {
      [ATTRIBUTE.operation]: 'execute_tool',
      [ATTRIBUTE.toolName]: toolName,
      [ATTRIBUTE.toolCallId]: toolCallId,
      [ATTRIBUTE.conversation]: run.id,
      [ATTRIBUTE.step]: step,
      [ATTRIBUTE.costUsd]: pricePico && formatUsd(BigInt(pricePico)),
    },
    ...((isError || result === undefined) && { error: isError ? 'tool-error' : 'activity-failed' }),
  }
}

/** A run's own span, from its first activity on this trace to its end. */
export function runSpan(run: RunRef, outcome: string, lasted: Lasted): Span {
  const above = run.key.lastIndexOf('/')
  return {
    traceId: hex(`trace ${treeOf(run)}`, 32),
    spanId: runSpanId(run),
    // A child's key is that of the run above it, and its own name.
    ...(above > 0 && { parentSpanId: hex(`run ${run.key.slice(0, above)}`, 16) }),
    name: 'invoke_workflow',
    kind: 'internal',
    ...lasted,
    attributes: {
      [ATTRIBUTE.operation]: 'invoke_workflow',
      [ATTRIBUTE.conversation]: run.id,
      [ATTRIBUTE.workspace]: run.workspace,
      [ATTRIBUTE.outcome]: outcome,
    },
    ...(outcome === 'failed' && { error: outcome }),
  }
}

function runSpanId({ key }: RunRef): string {
  return hex(`run ${key}`, 16)
}

/** A child's key begins with the key at the top of its tree. */
function treeOf({ key }: RunRef): string {
  const [top = key] = key.split('/')
  return top
}

function hex(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits)
}
