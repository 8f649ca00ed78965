/**
 * Everything that a call needs before anyone is asked, looked up by name.
 *
 * @module
 */
import { READ_RESULT } from '../../src/core/agent/cleared-note.ts'
import type { Fault } from '../../src/core/faults/fault.ts'
import { LostContent, WAY_OUT } from '../../src/core/lost-content.ts'
import type { FunctionTool, JsonValue, Message, ToolMessage } from '../../src/core/messages.ts'
import type { PolicyAt } from '../../src/core/policy.ts'
import { policyLevels } from '../../src/core/policy-levels.ts'
import type { AnswerSchema, NewCall } from '../../src/core/ports.ts'
import type { Addition, CallModelInput, KnownPrompt, RunRef, ToolResultRef } from '../../src/core/protocol.ts'
import type { ClassStep } from '../../src/core/routing/choose-class.ts'
import type { TaskClass } from '../../src/core/task-class.ts'
import { unknownName } from '../names.ts'
import { questionDigest } from '../question-digest.ts'
import { READ_RESULT_TOOL } from '../read-result.ts'
import { digestOf, knownIn } from './beside.ts'
import type { CallModelPorts } from './ports.ts'

/** A call, ready to be planned. */
export interface Prepared {
  readonly input: CallModelInput
  readonly call: NewCall
  readonly taskClass: TaskClass
  readonly tools: readonly FunctionTool[]
  readonly schema?: AnswerSchema
  /** What the run knows of the prompt, as far as it holds in this class and with these tools. */
  readonly known?: KnownPrompt
  /** See {@link KnownPrompt.beside}. */
  readonly beside: string
  /** Of the tools alone. */
  readonly toolsDigest: string
  /** From the outermost level inwards. */
  readonly policies: readonly PolicyAt[]
  /** How the rules and splits of a class have led to this one. */
  readonly ways?: readonly ClassStep[]
}

/** A call whose class, tools or schema do not exist. It may have begun when they still did. */
export interface Unprepared {
  readonly input: CallModelInput
  readonly call: NewCall
  readonly fault: Fault
}

/**
 * Looks up the call's class, tools and schema and reads the tool results and long texts that it adds; a name that is unknown is a
 * fault. The names in the call's own policy are not looked at here: see {@link policyFault}.
 *
 * @param part - The Temporal run id of the part that asks.
 */
export async function prepareCall(
  ports: CallModelPorts,
  input: CallModelInput,
  part: string | undefined,
): Promise<Prepared | Unprepared> {
  const messages = await messagesOf(ports, input)
  const digest = await questionDigest(ports.seals, input.run, askedIn(input))
  const call = { ...newCall(ports, input, messages, digest), ...(part !== undefined && { part }) }
  const named = lookUp(ports, input)
  return typeof named === 'string' ? { input, call, fault: unknown(named) } : { input, call, ...named }
}

/**
 * What is wrong with the names in the call's own policy. Only a call that has not begun is refused for it: what it names may have been
 * removed since, and what it forbids is forbidden all the same.
 */
export function policyFault({ policyProblem }: CallModelPorts, { policy }: CallModelInput): Fault | undefined {
  const wrong = policy && policyProblem(policy, 'call')
  return wrong === undefined ? undefined : unknown(wrong)
}

type Named = Omit<Prepared, 'input' | 'call'>

/** What the call names, or the sentence about the first that does not exist. */
function lookUp(ports: CallModelPorts, input: CallModelInput): Named | string {
  const taskClass = ports.directory.classes[input.taskClass]
  if (!taskClass) return unknownClass(ports, input.taskClass)
  const tools = toolsOf(ports, input.tools ?? [])
  if (typeof tools === 'string') return tools
  const schema = input.schema === undefined ? undefined : ports.registry.schema(input.schema)
  if (input.schema !== undefined && !schema) return unknownSchema(ports, input.schema)
  const toolsDigest = digestOf(tools)
  return {
    taskClass,
    tools,
    toolsDigest,
    ...knownIn({ input, taskClass, toolsDigest }),
    policies: policiesOf(ports, input, taskClass),
    ...(schema && { schema }),
  }
}

const unknown = (message: string): Fault => ({ kind: 'no-route', message, evidence: {} })

function unknownClass({ directory, nearest }: CallModelPorts, name: string): string {
  const known = Object.keys(directory.classes)
  return unknownName('task class', name, nearest(name, known), known)
}

function unknownSchema({ registry }: CallModelPorts, name: string): string {
  return unknownName('schema', name, registry.nearest(name, 'schema'), registry.names('schema'))
}

/** The tools as vendors are told of them, or the sentence about the first that does not exist. */
function toolsOf({ registry }: CallModelPorts, names: readonly string[]): readonly FunctionTool[] | string {
  const tools: FunctionTool[] = []
  for (const name of names) {
    const tool = functionTool(registry, name)
    if (!tool) return unknownName('tool', name, registry.nearest(name, 'tool'), registry.names('tool'))
    tools.push(tool)
  }
  return tools
}

/** A tool, or an agent that the model may ask like one. */
function functionTool(registry: CallModelPorts['registry'], name: string): FunctionTool | undefined {
  const tool = registry.tool(name)
  if (!tool && name === READ_RESULT) return READ_RESULT_TOOL
  const agent = tool ? undefined : registry.agent(name)
  if (agent) return { type: 'function', name, description: agent.description ?? '', inputSchema: AGENT_INPUT }
  if (!tool) return undefined
  const inputSchema = tool.inputSchema as FunctionTool['inputSchema']
  return { type: 'function', name, description: tool.description, inputSchema }
}

/** What an agent reads as its user's message. */
const AGENT_INPUT: FunctionTool['inputSchema'] = {
  type: 'object',
  properties: {
    input: { type: 'string', description: 'All that it needs to know: it sees nothing of this conversation.' },
  },
  required: ['input'],
  additionalProperties: false,
}

function policiesOf({ directory }: CallModelPorts, input: CallModelInput, taskClass: TaskClass): readonly PolicyAt[] {
  const { run, policy, sumsUpFor } = input
  const served = sumsUpFor === undefined ? undefined : directory.classes[sumsUpFor]
  return policyLevels(directory, {
    workspace: run.workspace,
    classes: served ? [taskClass, served] : [taskClass],
    ...(run.policy && { run: run.policy }),
    ...(policy && { call: policy }),
  })
}

function newCall(
  { now }: CallModelPorts,
  input: CallModelInput,
  messages: readonly Message[],
  digest: string,
): NewCall {
  const { run, step, taskClass, transcript, view, sumsUpFor } = input
  return {
    callId: `${run.key}/${step}/${digest}`,
    run,
    step,
    taskClass,
    labels: { ...run.labels, ...input.labels },
    transcript,
    messages,
    ...(view && { view }),
    ...(sumsUpFor !== undefined && { sumsUpFor }),
    startedAtMs: now(),
  }
}

/** What is asked as text: a reset run that asks something else at the same step makes another call. */
function askedIn(input: CallModelInput): string {
  const { taskClass, transcript, view, sumsUpFor, additions, tools, schema, settings, policy } = input
  return JSON.stringify([taskClass, transcript, view, sumsUpFor, additions, tools, schema, settings, policy])
}

async function messagesOf(ports: CallModelPorts, { run, additions }: CallModelInput): Promise<readonly Message[]> {
  return Promise.all(additions.map(addition => messageOf(ports, run, addition)))
}

async function messageOf(ports: CallModelPorts, run: RunRef, addition: Addition): Promise<Message> {
  if (addition.role === 'stored-text')
    return { role: 'user', content: [{ type: 'text', text: await ports.texts.take(run, addition.text.digest) }] }
  if (addition.role !== 'tool-results') return addition
  const content = await Promise.all(addition.results.map(result => toolResult(ports, run.key, result)))
  return { role: 'tool', content }
}

async function toolResult(
  ports: CallModelPorts,
  runKey: string,
  result: ToolResultRef,
): Promise<ToolMessage['content'][number]> {
  const { toolCallId, toolName, isError } = result
  const value = result.stored ? await storedResult(ports, runKey, result) : (JSON.parse(result.preview) as JsonValue)
  return { type: 'tool-result', toolCallId, toolName, output: outputOf(value, isError) }
}

async function storedResult(ports: CallModelPorts, runKey: string, result: ToolResultRef): Promise<JsonValue> {
  const value = await ports.toolRecords.result(runKey, result.step, result.toolCallId, result.question)
  if (value === undefined)
    throw new LostContent(
      `The result of ${result.toolName} (${result.toolCallId}, step ${result.step}) is missing in the store. ${WAY_OUT}`,
    )
  return value
}

function outputOf(value: JsonValue, isError: boolean) {
  if (typeof value === 'string') return { type: isError ? 'error-text' : 'text', value } as const
  return { type: isError ? 'error-json' : 'json', value } as const
}
