/**
 * What vendors were sent is what the store has: they sign each answer with a digest of all that reached them, so each answer
 * is asked for again, with the messages that the store has before it, at vendors of the same kind that never fail.
 *
 * @module
 */
import { repairMessages } from '../../../../activities/call-model/attempt/misshapen.ts'
import { READ_RESULT_TOOL } from '../../../../activities/read-result.ts'
import { sumUpPrompt } from '../../../../src/core/agent/sum-up-prompt.ts'
import type { Endpoint } from '../../../../src/core/endpoints.ts'
import type { AssistantMessage, FunctionTool, Message } from '../../../../src/core/messages.ts'
import type { Answer, PromptView } from '../../../../src/core/protocol.ts'
import { createModels, type Models } from '../../../../src/providers/create-models.ts'
import { startVendors } from '../../../../src/providers/simulated/index.ts'
import { soundConfiguration } from '../../../support/sound-configuration.ts'
import { vendorUrls } from '../../../support/vendor-urls.ts'
import { appFor } from '../app.ts'
import { answerIn, type CallRow, type Evidence } from '../evidence.ts'
import type { Conversation } from '../plan/conversations.ts'
import type { CampaignPlan, RunPlan } from '../plan/plan.ts'
import { PATIENT, vendorsOf, yamlOf } from '../scene.ts'
import type { Problem } from './judge.ts'

/** Asks side by side: enough to keep two cores busy. */
const AT_ONCE = 8

interface Asking {
  readonly models: Models
  readonly endpoints: ReadonlyMap<string, Endpoint>
  readonly evidence: Evidence
}

export async function judgeWire(plan: CampaignPlan, evidence: Evidence): Promise<readonly Problem[]> {
  const script = vendorsOf({ ...plan, faults: {} })
  const vendors = await startVendors({
    vendors: script.vendors.map(vendor => ({ ...vendor, firstTokenMs: 0, tokensPerSecond: 0 })),
  })
  const { directory, providers } = soundConfiguration(yamlOf(plan, PATIENT), vendorUrls(vendors))
  const models = createModels(providers)
  try {
    const endpoints = new Map(directory.endpoints.map(endpoint => [endpoint.id, endpoint]))
    const left = plan.runs.flatMap(run => run.conversations.map(conversation => ({ run, conversation })))
    const asking = { models, endpoints, evidence }
    const problems: Problem[] = []
    const work = async () => {
      for (let next = left.pop(); next; next = left.pop())
        problems.push(...(await judgeConversation(asking, next.run, next.conversation)))
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    return problems
  } finally {
    await models.close()
    await vendors.close()
  }
}

/** Answers that a schema shapes are left out: their prompts have more than their messages. */
async function judgeConversation(
  asking: Asking,
  { name: agent, terms }: RunPlan,
  { run, tag, firstStep, system, text }: Conversation,
): Promise<readonly Problem[]> {
  if (text === undefined) return []
  const { rows, transcript } = asking.evidence
  const key = rows.runs.find(({ run_id }) => run_id === run)?.run_key
  const calls = rows.calls.filter(call => call.run_key === key && (system !== undefined || call.step === firstStep))
  const tools = system === undefined ? [] : toolsOf(agent === 'asker' && !run.includes('/') ? 'asker' : 'chainer')
  for (const call of calls) {
    const answer = answerIn(call)
    const endpoint = asking.endpoints.get(answer?.endpoint ?? '')
    if (!answer || !endpoint) continue
    const messages = await transcript(answer.transcript)
    const prompt = await promptOf(asking.evidence, call, answer)
    // A transcript that cannot be read is another judge's.
    if (typeof messages === 'string' || typeof prompt === 'string') return []
    const asked = { endpoint, prompt, tools: offeredIn(call, tools), zdr: terms.policy?.zdr === true }
    const again = await askAgain(asking.models, asked)
    if (again !== signatureOf(messages.at(-1)!))
      return [
        {
          kind: 'doubled',
          run,
          words: `${tag}: at step ${call.step} ${endpoint.id} was sent other messages than the store has: ${again}`,
        },
      ]
  }
  return []
}

/** What stood in the prompt: all before the answer, what a view left of that, or that as a text to be summed up. */
async function promptOf(evidence: Evidence, { call_id, view, sums_up_for }: CallRow, { transcript: told }: Answer) {
  const before = { lineage: told.lineage, length: told.length - 1 }
  const prompt = await evidence.transcript(before, view === null ? undefined : (JSON.parse(view) as PromptView))
  if (typeof prompt === 'string') return prompt
  const asked = sums_up_for === null ? prompt : sumUpPrompt(prompt)
  const answered = evidence.rows.attempts.find(row => row.call_id === call_id && row.outcome === 'answered')
  return answered?.reason.includes(REPAIRED) ? [...asked, ...REPAIR] : asked
}

/** What an attempt that repairs is told beside the prompt; it goes into no transcript. */
const REPAIRED = 'repair: tool-call'
const FAULT = { kind: 'malformed-reply', message: '', evidence: { code: 'tool-call' } } as const
const REPAIR = repairMessages({}, { fault: FAULT })

function offeredIn({ view, sums_up_for }: CallRow, tools: readonly FunctionTool[]): readonly FunctionTool[] {
  if (sums_up_for !== null) return []
  return view === null ? tools : [...tools, READ_RESULT_TOOL]
}

interface Again {
  readonly endpoint: Endpoint
  readonly prompt: readonly Message[]
  readonly tools: readonly FunctionTool[]
  readonly zdr: boolean
}

async function askAgain(models: Models, again: Again): Promise<string> {
  const reply = await models.ask({
    ...again,
    settings: { maxOutputTokens: 400 },
    wireRequestId: 'again',
    signal: new AbortController().signal,
    gate: async () => {},
    onDelta: () => {},
  })
  return reply.kind === 'answer' ? signatureOf(reply.message) : reply.fault.message
}

/** The digest stands in the ids of tool calls and in the text. */
function signatureOf(message: Message | AssistantMessage): string {
  if (message.role !== 'assistant') return `a message of ${message.role}`
  const said = message.content.map(part =>
    part.type === 'tool-call' ? part.toolCallId : part.type === 'text' ? part.text : '',
  )
  return said.filter(text => text !== '').join(' ')
}

/** What models are told of an agent's tools, and of the agent among them. */
function toolsOf(name: 'asker' | 'chainer'): readonly FunctionTool[] {
  const { tools = [] } = appFor({ write: () => {}, close: () => {} })
  const functions = tools.map(
    tool =>
      ({
        type: 'function',
        name: tool.name,
        description: tool.description,
        inputSchema: tool.inputSchema,
      }) as FunctionTool,
  )
  return name === 'chainer' ? functions : [...functions, HELPER]
}

const HELPER: FunctionTool = {
  type: 'function',
  name: 'helper',
  description: 'Helps.',
  inputSchema: {
    type: 'object',
    properties: {
      input: { type: 'string', description: 'All that it needs to know: it sees nothing of this conversation.' },
    },
    required: ['input'],
    additionalProperties: false,
  },
}
