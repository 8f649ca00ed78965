/**
 * Everything that a call needs before anyone is asked, looked up by name.
 *
 * @module
 */
import type { Fault } from '../../../src/core/faults/fault.ts'
import type { Message } from '../../../src/core/messages.ts'
import { needsEars, SHOWN_TO_MODELS } from '../../../src/core/parts.ts'
import type { PolicyAt } from '../../../src/core/policy/policy.ts'
import { policyLevels } from '../../../src/core/policy/policy-levels.ts'
import type { NewCall } from '../../../src/core/ports.ts'
import type { CallModelInput } from '../../../src/core/protocol.ts'
import { classesAhead } from '../../../src/core/routing/class/choose-class.ts'
import type { TaskClass } from '../../../src/core/task-class.ts'
import { unknownName } from '../../names.ts'
import { questionDigest } from '../../question-digest.ts'
import type { CallModelPorts } from '../ports.ts'
import { addedMessages } from './added-messages.ts'
import { digestOf, knownIn } from './beside.ts'
import { offeredTools } from './offered-tools.ts'
import type { Prepared, Unprepared } from './prepared.ts'

/**
 * Looks up the call's class, tools and schema and reads the tool results and long texts that it adds; a name that is unknown is a
 * fault. The names in the call's own policy are not looked at here: see {@link policyFault}.
 *
 * @param part - The one that asks.
 */
export async function prepareCall(
  ports: CallModelPorts,
  input: CallModelInput,
  part: Pick<NewCall, 'part'>,
): Promise<Prepared | Unprepared> {
  const messages = await addedMessages(ports, input)
  const digest = await questionDigest(ports.seals, input.run, askedIn(input))
  const call = { ...newCall(ports, input, messages, digest), ...part }
  const tools = offeredTools(ports, input.tools ?? [])
  const named = lookUp(ports, input, tools)
  if (typeof named !== 'string') return { input, call, ...named }
  return { input, call, fault: noRoute(named), isElsewhere: named === tools }
}

/**
 * What is wrong with the names in the call's own policy. Only a call that has not begun is refused for it: what it names may have been
 * removed since, and what it forbids is forbidden all the same.
 */
export function policyFault({ policyProblem }: CallModelPorts, { policy }: CallModelInput): Fault | undefined {
  const wrong = policy && policyProblem(policy, 'call')
  return wrong === undefined ? undefined : noRoute(wrong)
}

/** Refuses files that no model is asked with. Only in what a new call adds: earlier calls and messages go on as they are. */
export function fileFault({ messages }: NewCall): Fault | undefined {
  const files = messages.flatMap(({ role, content }) =>
    role === 'user' ? content.filter(part => part.type === 'file') : [],
  )
  const heard = files.find(needsEars)
  return heard && noRoute(`a message has a file of ${heard.mediaType}: ${SHOWN_TO_MODELS}. Nothing was asked`)
}

type Named = Omit<Prepared, 'input' | 'call'>

/** What the call names, or the sentence about the first that does not exist. */
function lookUp(ports: CallModelPorts, input: CallModelInput, tools: ReturnType<typeof offeredTools>): Named | string {
  const { classes } = ports.directory
  const taskClass = Object.hasOwn(classes, input.taskClass) ? classes[input.taskClass] : undefined
  if (!taskClass) return unknownName('task class', input.taskClass, Object.keys(classes))
  if (typeof tools === 'string') return tools
  const schema = input.schema === undefined ? undefined : ports.registry.schema(input.schema)
  if (input.schema !== undefined && !schema) return unknownName('schema', input.schema, ports.registry.names('schema'))
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

const noRoute = (message: string): Fault => ({ kind: 'no-route', message, evidence: {} })

function policiesOf({ directory }: CallModelPorts, input: CallModelInput, taskClass: TaskClass): readonly PolicyAt[] {
  const { run, policy, sumsUpFor, labels, memory } = input
  const { workspace } = run
  const facts = { workspace, labels: { ...run.labels, ...labels }, draw: memory.draw }
  const served = sumsUpFor === undefined ? [] : classesAhead(directory.classes, sumsUpFor, facts)
  return policyLevels(directory, {
    workspace,
    classes: [taskClass, ...served],
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
  const { taskClass, transcript, view, sumsUpFor, additions, tools, schema, settings, policy, toolChoice } = input
  const asked = [taskClass, transcript, view, sumsUpFor, additions, tools, schema, settings, policy]
  // Last, and only where it is set: calls that are under way got their ids without it.
  return JSON.stringify(toolChoice === undefined ? asked : [...asked, toolChoice])
}
