/**
 * An agent's calls of its model.
 *
 * @module
 */
import { READ_RESULT } from '../../../src/core/agent/cleared-note.ts'
import { isHandedOver } from '../../../src/core/agent/handed-over.ts'
import { addAnswer } from '../../../src/core/agent/prompt-state.ts'
import { definedOnly } from '../../../src/core/defined-only.ts'
import type { Addition, AgentPlan, PromptState, PromptView } from '../../../src/core/protocol.ts'
import { askModel } from '../model/ask-model.ts'
import { type AgentAtWork, callWords, hear } from './agent-loop.ts'
import { shortenPrompt } from './shorten-prompt.ts'

/** Calls the agent's model, after shortening a prompt that has grown too long. The loop is told of the answer. */
export function callForAgent(agent: AgentAtWork, additions: readonly Addition[]): Promise<void> {
  const { loop } = agent
  loop.additions = additions
  const transcript = loop.last?.transcript ?? additions.find(isHandedOver)?.transcript
  if (!transcript) return callWith(agent, additions, loop.prompt)
  const prompt = shortenPrompt(agent, { transcript, additions })
  const call = (next: PromptState) => callWith(agent, additions, next)
  return prompt instanceof Promise ? prompt.then(call) : call(prompt)
}

const SHORTENED = { clearing: 'old results cleared', compaction: 'summed up' } as const

function callWith(agent: AgentAtWork, additions: readonly Addition[], prompt: PromptState): Promise<void> {
  const { book, plan, loop } = agent
  const { taskClass, settings, schema } = plan
  const toolChoice = isFirst(agent) ? plan.toolChoice : undefined
  const { view } = prompt
  const transcript = loop.last?.transcript
  // The vendor's count is of the prompt before its view changed.
  const known = view === loop.prompt.view ? loop.last?.known : undefined
  loop.prompt = prompt
  const { model } = book.terms
  const asked = definedOnly({
    taskClass,
    tools: toolsOf(plan, view),
    toolChoice,
    additions,
    settings,
    policy: model === undefined ? undefined : { allowModels: [model] },
    schema,
    transcript,
    view,
    known,
    words: callWords(agent, view?.since === book.step + 1 ? SHORTENED[view.by] : undefined),
  })
  return askModel(agent, asked, ({ step, answer }) => {
    loop.step = step
    loop.prompt = addAnswer(loop.prompt, additions, answer)
    loop.last = answer
    hear(loop, { kind: 'answered', answer, atMs: Date.now() })
  })
}

/** Whether it is the first call of an input. A fork begins with a later one, unless it shares no answer. */
function isFirst({ book, loop }: AgentAtWork): boolean {
  const { forkedFrom } = book.terms
  return loop.state.step === 1 && (!forkedFrom || forkedFrom.transcript.length === forkedFrom.prompt?.head)
}

function toolsOf({ tools, agents = [] }: AgentPlan, view: PromptView | undefined): readonly string[] {
  return [...tools, ...agents, ...(view ? [READ_RESULT] : [])]
}
