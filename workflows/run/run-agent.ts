/**
 * Drives the agent loop of `src/core/agent` with real activities. Decides nothing by itself.
 *
 * @module
 */
import { condition } from '@temporalio/workflow'
import { advance } from '../../src/core/agent/advance.ts'
import type { CarriedAgent } from '../../src/core/agent/carried.ts'
import { READ_RESULT } from '../../src/core/agent/cleared-note.ts'
import { addAnswer, NEW_PROMPT, type PromptState } from '../../src/core/agent/prompt-state.ts'
import {
  type AgentDirective,
  type AgentEnd,
  type AgentEvent,
  type AgentState,
  NEW_AGENT,
} from '../../src/core/agent/state.ts'
import type {
  Addition,
  AgentPlan,
  Answer,
  Decision,
  PendingApproval,
  PromptView,
  ToolCallRef,
  Words,
} from '../../src/core/protocol.ts'
import { shortActivities } from './activities.ts'
import { askAgent } from './ask-agent.ts'
import { askModel } from './ask-model.ts'
import { askTool, toolOfCall } from './ask-tool.ts'
import type { Book } from './book.ts'
import { createDeadlines, type Deadlines } from './deadlines.ts'
import type { Inbox, Listener } from './inbox.ts'
import { isPartFull, nextPart, partIsQuiet } from './next-part.ts'
import { publish } from './publish.ts'
import { shortenPrompt } from './shorten-prompt.ts'

/** What the loop waits on: events that came in, and the first failure of a tool that ran beside it. */
interface Loop {
  readonly events: AgentEvent[]
  state: AgentState
  /** The run's step at which the last call was made: since then others may have counted, a summing up or another agent's. */
  step: number
  last: Pick<Answer, 'transcript' | 'known' | 'callId'> | undefined
  prompt: PromptState
  failure: { readonly error: unknown } | undefined
  readonly deadlines: Deadlines
}

export interface AgentStart {
  readonly input: Words
  /** The loop of an earlier part, to go on with. */
  readonly carried?: CarriedAgent
  /** Whether a full part may continue as new: only where the loop is the whole workflow. */
  readonly continues: boolean
  /** The agent is looked up while the loop already listens: a message that comes early is not lost. */
  readonly plan: () => Promise<AgentPlan>
}

/** Runs an agent to its end inside the run. Listens to people before it awaits anything. */
export async function runAgent(book: Book, inbox: Inbox, start: AgentStart): Promise<AgentEnd> {
  const { carried } = start
  const loop = newLoop(carried, book.step, createDeadlines(inbox))
  const leave = inbox.listen(listenerOf(loop))
  try {
    loop.deadlines.keep(approvalsOf(loop))
    const plan = await start.plan()
    if (!carried) loop.events.unshift({ kind: 'begin', instructions: plan.instructions, input: start.input })
    if (carried?.additions) await callModel(book, inbox, plan, loop, carried.additions)
    for (;;) {
      const end = await turn(book, inbox, plan, loop, start.continues)
      if (end) return end
    }
  } finally {
    leave()
    loop.deadlines.keep([])
  }
}

function newLoop(carried: CarriedAgent | undefined, step: number, deadlines: Deadlines): Loop {
  const { state = NEW_AGENT, transcript, known, callId, prompt = NEW_PROMPT } = carried ?? {}
  const last = transcript && { transcript, known, callId: callId ?? '' }
  const { compactionFailed: _, ...kept } = prompt
  return { events: [], state, step, last, prompt: kept, failure: undefined, deadlines }
}

async function turn(
  book: Book,
  inbox: Inbox,
  plan: AgentPlan,
  loop: Loop,
  continues: boolean,
): Promise<AgentEnd | undefined> {
  if (continues && isWaitingForPeople(loop)) await nextPartIfFull(book, inbox, plan, loop)
  await quiet(book, loop)
  if (loop.failure) throw loop.failure.error
  const event = loop.events.shift()
  if (event === undefined) return undefined
  if (event.kind === 'decided') await keepDecision(book, loop, event.decision)
  const [state, directive] = advance(loop.state, event, plan.limits)
  loop.state = state
  loop.deadlines.keep(approvalsOf(loop))
  if (continues && directive.do === 'call') await nextPartIfFull(book, inbox, plan, loop, directive.additions)
  return act(book, inbox, plan, loop, directive)
}

/** On record before it takes effect. */
async function keepDecision({ ref: run }: Book, { state, step }: Loop, decision: Decision): Promise<void> {
  const tool = state.tools.find(({ call }) => call.toolCallId === decision.toolCallId)
  if (tool?.status !== 'awaiting-approval') return
  const { toolName } = tool.call
  const summary = `keep the decision · ${toolName} · ${decision.decision}`
  const kept = { run, step, toolName, ...decision, atMs: Date.now() }
  await shortActivities().keepDecision.executeWithOptions({ summary }, [kept])
}

/** Quiet: only approvals are missing, and nothing that runs could be lost. */
function isWaitingForPeople({ events, state }: Loop): boolean {
  const missing = state.tools.filter(tool => tool.status !== 'done')
  return events.length === 0 && missing.length > 0 && missing.every(tool => tool.status === 'awaiting-approval')
}

/** Continues as new where the part is full and nothing that people said is still unread. */
async function nextPartIfFull(
  book: Book,
  inbox: Inbox,
  plan: AgentPlan,
  loop: Loop,
  additions?: readonly Addition[],
): Promise<void> {
  const allHeard = () => loop.events.length === 0 && !inbox.stopping
  if (!allHeard() || !isPartFull(book, plan.limits.stepsPerPart)) return
  // A handler that waits for the store may take long, and people may say more meanwhile.
  await partIsQuiet(book)
  if (!allHeard()) return
  const { state, last, prompt } = loop
  await nextPart(book, inbox, null, { state, ...last, prompt, ...(additions && { additions }) })
}

/** Waits for the next event; while only a person's word is missing, says so in the UI. */
async function quiet(book: Book, loop: Loop): Promise<void> {
  const ready = () => loop.events.length > 0 || loop.failure !== undefined
  if (ready()) return
  const asks = approvalsOf(loop)
  if (asks.length > 0) book.waitingFor = `waiting for approval: ${asks.map(ask => ask.toolName).join(', ')}`
  if (asks.length > 0) publish(book)
  await condition(ready)
  book.waitingFor = undefined
}

async function act(
  book: Book,
  inbox: Inbox,
  plan: AgentPlan,
  loop: Loop,
  directive: AgentDirective,
): Promise<AgentEnd | undefined> {
  if (directive.do === 'end') return directive.end
  if (directive.do === 'call') await callModel(book, inbox, plan, loop, directive.additions)
  if (directive.do === 'run-tools') for (const call of directive.calls) startTool(book, inbox, plan, loop, call)
  return undefined
}

async function callModel(
  book: Book,
  inbox: Inbox,
  plan: AgentPlan,
  loop: Loop,
  additions: readonly Addition[],
): Promise<void> {
  const { taskClass, settings, schema } = plan
  const before = loop.prompt
  const transcript = loop.last?.transcript
  if (transcript) loop.prompt = await shortenPrompt(book, inbox, plan, { prompt: before, transcript, additions })
  const { view } = loop.prompt
  // What the vendor counted was the prompt before its view changed.
  const known = view === before.view ? loop.last?.known : undefined
  const asked = {
    taskClass,
    tools: toolsOf(plan, view),
    additions,
    ...(settings && { settings }),
    ...(book.terms.model !== undefined && { policy: { allowModels: [book.terms.model] } }),
    ...(schema !== undefined && { schema }),
    ...(transcript && { transcript }),
    ...(view && { view }),
    ...(known && { known }),
    ...(view?.since === book.step + 1 && { words: view.by === 'clearing' ? 'old results cleared' : 'summed up' }),
  }
  await askModel(book, inbox, asked, ({ step, answer }) => {
    loop.step = step
    loop.prompt = addAnswer(loop.prompt, additions, answer)
    loop.last = answer
    loop.events.push({ kind: 'answered', answer, atMs: Date.now() })
  })
}

function toolsOf({ tools, agents = [] }: AgentPlan, view: PromptView | undefined): readonly string[] {
  return [...tools, ...agents, ...(view ? [READ_RESULT] : [])]
}

/** Started, not awaited: tools of one step run side by side, and people are heard meanwhile. */
function startTool(book: Book, inbox: Inbox, plan: AgentPlan, loop: Loop, call: ToolCallRef): void {
  const input = toolOfCall(book, loop.step, loop.last?.callId ?? '', call)
  const { elsewhere } = call
  const budget = plan.agentBudgets?.[call.toolName]
  const asking = elsewhere ? askAgent(book, inbox, input, elsewhere, budget) : askTool(book, inbox, input)
  asking.then(
    result => loop.events.push({ kind: 'tool-done', result }),
    error => {
      loop.failure ??= { error }
    },
  )
}

function listenerOf(loop: Loop): Listener {
  return {
    onDecision: decision => loop.events.push({ kind: 'decided', decision }),
    onSaid: text => loop.events.push({ kind: 'said', text }),
    onStop: () => loop.events.push({ kind: 'stop' }),
    pending: () => approvalsOf(loop),
    unread: () => unreadOf(loop),
  }
}

/** What people said and no call has taken along yet. */
function unreadOf({ state, events }: Loop): readonly Words[] {
  return [...state.said, ...events.flatMap(event => (event.kind === 'said' ? [event.text] : []))]
}

function approvalsOf(loop: Loop): readonly PendingApproval[] {
  return loop.state.tools
    .filter(tool => tool.status === 'awaiting-approval')
    .map(({ call: { toolCallId, toolName, inputPreview }, until }) => ({
      toolCallId,
      toolName,
      inputPreview,
      step: loop.step,
      ...(until && { until }),
    }))
}
