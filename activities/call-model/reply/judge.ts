/**
 * What a whole reply means for the call: an answer, a truncated one, or one that is no answer at all.
 *
 * @module
 */
import { READ_RESULT } from '../../../src/core/agent/cleared-note.ts'
import type { Fault } from '../../../src/core/faults/fault.ts'
import { isTooDeep, MOST_DEPTH } from '../../../src/core/json/depth.ts'
import type { JsonValue, ToolCallPart } from '../../../src/core/messages.ts'
import { formatUsd } from '../../../src/core/money/pico.ts'
import type { AnswerSchema, RegistryPort, ReplyAnswer, Tool } from '../../../src/core/ports.ts'
import type {
  ApprovalDeadline,
  CallModelInput,
  Elsewhere,
  ToolCallRef,
  ToolChoice,
} from '../../../src/core/protocol.ts'
import { priceOf } from '../../../src/core/tools/price-of.ts'
import { choiceWords } from '../../../src/core/tools/tool-choice.ts'
import { nearest } from '../../../src/core/words/nearest.ts'
import { previewOf } from '../../preview.ts'
import type { CallModelPorts } from '../ports.ts'
import type { Prepared } from '../prepare/prepared.ts'

/** What a whole reply comes to. */
export type Judged =
  | { readonly kind: 'answer'; readonly value?: JsonValue }
  /**
   * `problem`: what is wrong with the answer, in words for the model that gave it. It may quote the answer, so it is not logged.
   */
  | { readonly kind: 'fault'; readonly fault: Fault; readonly problem?: string }

/**
 * Says what a whole reply is. One that ended at its output limit is `truncated`. One is malformed if it misses its schema,
 * ignores the choice of tools, or calls a tool though none was offered: nobody would run that tool, and the text beside the call
 * is not a whole answer.
 */
export function judgeReply(prepared: Prepared, reply: ReplyAnswer, endpoint: string): Judged {
  const { schema, call } = prepared
  if (reply.finish === 'length') {
    const message = `${endpoint} ended its answer to step ${call.step} at the output limit`
    return { kind: 'fault', fault: { kind: 'truncated', message, evidence: {} } }
  }
  const called = toolCallParts(reply).map(({ toolName }) => toolName)
  const wrong = choiceProblem(prepared, called)
  if (wrong) {
    const message = `${endpoint} ${wrong.happened} in its answer to step ${call.step}, ${wrong.asked}`
    const fault: Fault = { kind: 'malformed-reply', message, evidence: { code: 'tool-call' } }
    return { kind: 'fault', fault, problem: wrong.problem }
  }
  if (!schema || called.length > 0) return { kind: 'answer' }
  const parsed = parseAnswer(schema, reply.text)
  if (parsed.ok) return { kind: 'answer', value: parsed.value }
  const message = `${endpoint} gave an answer to step ${call.step} that does not satisfy the schema '${schema.name}'`
  return {
    kind: 'fault',
    fault: { kind: 'malformed-reply', message, evidence: { code: 'schema' } },
    problem: parsed.problem,
  }
}

interface ChoiceProblem {
  readonly happened: string
  readonly asked: string
  readonly problem: string
}

/**
 * How the answer ignores the choice of tools, if it does. Some servers accept a choice and ignore it, and some cannot follow it
 * while they reason.
 */
function choiceProblem({ tools, input }: Prepared, called: readonly string[]): ChoiceProblem | undefined {
  const { toolChoice } = input
  if (called.length > 0 && tools.length === 0)
    return {
      happened: 'called a tool',
      asked: 'which was offered none',
      problem: 'Your last answer called a tool, and there is none here. Answer again, without one.',
    }
  if (toolChoice === undefined || isChosen(toolChoice, called)) return undefined
  const problem = choiceWords(toolChoice)
  if (toolChoice === 'none') return { happened: 'called a tool', asked: 'which was to have none', problem }
  const what = toolChoice === 'required' ? 'a tool' : `the tool '${toolChoice}'`
  return { happened: `did not call ${what}`, asked: 'which had to', problem }
}

function isChosen(toolChoice: ToolChoice, called: readonly string[]): boolean {
  if (toolChoice === 'none') return called.length === 0
  return toolChoice === 'required' ? called.length > 0 : called.includes(toolChoice)
}

/** White space is left to `trim`: an expression that looks for it before a fence goes through a long run of it once for each of its characters. */
function parseAnswer(schema: AnswerSchema, text: string): ReturnType<AnswerSchema['parse']> {
  const json = parseJson(
    text
      .trim()
      .replace(/^```(?:json)?|```$/g, '')
      .trim(),
  )
  if (json === undefined) return { ok: false, problem: 'it is no JSON' }
  if (isTooDeep(json)) return { ok: false, problem: `it is nested more than ${MOST_DEPTH} deep` }
  return schema.parse(json)
}

function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function toolCallParts(reply: ReplyAnswer): readonly ToolCallPart[] {
  return reply.message.content.filter((part): part is ToolCallPart => part.type === 'tool-call')
}

/**
 * The tool calls of an answer. A tool that the model was not offered needs no approval, even if this worker has it, because it
 * does not run: the model is told that there is no such tool.
 */
export function toolCallsOf(
  { registry }: Pick<CallModelPorts, 'registry'>,
  { run, tools: offered = [] }: Pick<CallModelInput, 'run' | 'tools'>,
  reply: ReplyAnswer,
): readonly ToolCallRef[] {
  const { id: runId, workspace, labels } = run
  return toolCallParts(reply).map(({ toolCallId, toolName, input }) => {
    const call = { toolCallId, toolName, inputPreview: previewOf((input ?? null) as JsonValue).text }
    if (!offered.includes(toolName) && toolName !== READ_RESULT) {
      const near = nearest(toolName, offered)
      return { ...call, needsApproval: false, unoffered: near === undefined ? {} : { nearest: near } }
    }
    const tool = registry.tool(toolName)
    const asked = tool?.needsApproval((input ?? null) as JsonValue, { runId, workspace, labels }) ?? false
    return { ...call, ...approvalOf(asked), ...priced(tool), ...elsewhere(registry, toolName, input) }
  })
}

function approvalOf(asked: boolean | ApprovalDeadline): Pick<ToolCallRef, 'needsApproval' | 'deadline'> {
  return typeof asked === 'boolean' ? { needsApproval: asked } : { needsApproval: true, deadline: asked }
}

function priced(tool: Tool | undefined): Pick<ToolCallRef, 'priceUsd'> {
  const pico = tool && priceOf(tool)
  return pico === undefined ? {} : { priceUsd: formatUsd(pico) }
}

/**
 * An agent that was called with a text as its input runs as a child of the workflow. Everything else is left to the tool
 * activity.
 */
function elsewhere(registry: RegistryPort, name: string, given: unknown): { readonly elsewhere?: Elsewhere } {
  if (registry.tool(name) || !registry.agent(name)) return {}
  const { input } = Object(given) as { readonly input?: unknown }
  return typeof input === 'string' ? { elsewhere: { kind: 'agent', input } } : {}
}
