/**
 * Drives the agent loop of `src/core/agent` with real activities. Decides nothing by itself.
 *
 * @module
 */
import { condition } from '@temporalio/workflow'
import { advance } from '../../src/core/agent/advance.ts'
import type { CarriedAgent } from '../../src/core/agent/carried.ts'
import { READ_RESULT } from '../../src/core/agent/cleared-note.ts'
import { addAnswer, NEW_PROMPT } from '../../src/core/agent/prompt-state.ts'
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
  PromptState,
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
  /** Ends the wait for what is under way. */
  wake: () => void
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
    return await drive(book, inbox, plan, loop, start.continues)
  } finally {
    leave()
    loop.deadlines.keep([])
  }
}

function newLoop(carried: CarriedAgent | undefined, step: number, deadlines: Deadlines): Loop {
  const { state = NEW_AGENT, transcript, known, callId, prompt = NEW_PROMPT } = carried ?? {}
  const last = transcript && { transcript, known, callId: callId ?? '' }
  const { compactionFailed: _, ...kept } = prompt
  return { events: [], state, step, last, prompt: kept, failure: undefined, deadlines, wake: () => {} }
}

/**
 * From event to event until the end. Awaits only where something is to be waited for: the sandbox keeps a stack trace for each
 * promise, and a part of 120 steps is replayed whole by the worker that takes it over.
 */
async function drive(book: Book, inbox: Inbox, plan: AgentPlan, loop: Loop, continues: boolean): Promise<AgentEnd> {
  const isDue = () => continues && isPartFull(book, plan.limits.stepsPerPart)
  for (;;) {
    if (isWaitingForPeople(loop) && isDue()) await nextPartIfQuiet(book, inbox, loop)
    if (!isReady(loop)) await quiet(book, loop)
    if (loop.failure) throw loop.failure.error
    const event = loop.events.shift()
    if (event === undefined) continue
    if (event.kind === 'decided') await keepDecision(book, loop, event.decision)
    const directive = decide(loop, plan, event)
    if (directive.do === 'end') return directive.end
    if (directive.do === 'run-tools') for (const call of directive.calls) startTool(book, inbox, plan, loop, call)
    if (directive.do !== 'call') continue
    if (isDue()) await nextPartIfQuiet(book, inbox, loop, directive.additions)
    await callModel(book, inbox, plan, loop, directive.additions)
  }
}

function decide(loop: Loop, plan: AgentPlan, event: AgentEvent): AgentDirective {
  const [state, directive] = advance(loop.state, event, plan.limits)
  loop.state = state
  loop.deadlines.keep(approvalsOf(loop))
  return directive
}

function isReady({ events, failure }: Loop): boolean {
  return events.length > 0 || failure !== undefined
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

/** Continues as new unless something that people said is still unread. */
async function nextPartIfQuiet(book: Book, inbox: Inbox, loop: Loop, additions?: readonly Addition[]): Promise<void> {
  const allHeard = () => loop.events.length === 0 && !inbox.stopping
  if (!allHeard()) return
  // A handler that waits for the store may take long, and people may say more meanwhile.
  await partIsQuiet(book)
  if (!allHeard()) return
  const { state, last, prompt } = loop
  await nextPart(book, inbox, null, { state, ...last, prompt, ...(additions && { additions }) })
}

/**
 * Waits for the next event. What is under way wakes the loop however it ends; where only a person's word is missing, the UI says
 * so, and the run's cancellation ends the wait.
 */
function quiet(book: Book, loop: Loop): Promise<void> {
  const asks = approvalsOf(loop)
  if (asks.length === 0 && loop.state.tools.some(tool => tool.status === 'running'))
    return new Promise(resolve => {
      loop.wake = resolve
    })
  return untilHeard(book, loop, asks)
}

async function untilHeard(book: Book, loop: Loop, asks: readonly PendingApproval[]): Promise<void> {
  if (asks.length > 0) book.waitingFor = `waiting for approval: ${asks.map(ask => ask.toolName).join(', ')}`
  if (asks.length > 0) publish(book)
  await condition(() => isReady(loop))
  book.waitingFor = undefined
}

/** Takes an event in, and wakes the loop. */
function hear(loop: Loop, event: AgentEvent): void {
  loop.events.push(event)
  loop.wake()
}

function callModel(
  book: Book,
  inbox: Inbox,
  plan: AgentPlan,
  loop: Loop,
  additions: readonly Addition[],
): Promise<void> {
  const transcript = loop.last?.transcript
  if (!transcript) return callWith(book, inbox, plan, loop, additions, loop.prompt)
  const prompt = shortenPrompt(book, inbox, plan, { prompt: loop.prompt, transcript, additions })
  const call = (next: PromptState) => callWith(book, inbox, plan, loop, additions, next)
  return prompt instanceof Promise ? prompt.then(call) : call(prompt)
}

function callWith(
  book: Book,
  inbox: Inbox,
  plan: AgentPlan,
  loop: Loop,
  additions: readonly Addition[],
  prompt: PromptState,
): Promise<void> {
  const { taskClass, settings, schema } = plan
  const { view } = prompt
  const transcript = loop.last?.transcript
  // What the vendor counted was the prompt before its view changed.
  const known = view === loop.prompt.view ? loop.last?.known : undefined
  loop.prompt = prompt
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
  return askModel(book, inbox, asked, ({ step, answer }) => {
    loop.step = step
    loop.prompt = addAnswer(loop.prompt, additions, answer)
    loop.last = answer
    hear(loop, { kind: 'answered', answer, atMs: Date.now() })
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
    result => hear(loop, { kind: 'tool-done', result }),
    error => {
      loop.failure ??= { error }
      loop.wake()
    },
  )
}

function listenerOf(loop: Loop): Listener {
  return {
    onDecision: decision => hear(loop, { kind: 'decided', decision }),
    onSaid: text => hear(loop, { kind: 'said', text }),
    onStop: () => hear(loop, { kind: 'stop' }),
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
