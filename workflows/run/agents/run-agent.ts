/**
 * Drives the agent loop of `src/core/agent` with real activities. Decides nothing by itself.
 *
 * @module
 */
import { condition, isCancellation, patched } from '@temporalio/workflow'
import { advance } from '../../../src/core/agent/advance.ts'
import type { CarriedAgent } from '../../../src/core/agent/carried.ts'
import type { AgentDirective, AgentEnd, AgentEvent } from '../../../src/core/agent/state.ts'
import { isWords } from '../../../src/core/agent/words.ts'
import { decisionsWords } from '../../../src/core/decision-words.ts'
import type { Addition, AgentPlan, Decision, PendingApproval, ToolCallRef, Words } from '../../../src/core/protocol.ts'
import { shortActivities } from '../activities.ts'
import type { Book } from '../book/book.ts'
import { sizeProblem } from '../book/sizes.ts'
import type { RunAtWork } from '../inbox/at-work.ts'
import { createDeadlines } from '../inbox/deadlines.ts'
import { endedAs, withText } from '../lifetime/ended.ts'
import { withinTime } from '../lifetime/limits.ts'
import { isPartFull, nextPart, partIsQuiet } from '../parts/next-part.ts'
import type { Patch } from '../patches.ts'
import { withdrawAll, withdrawStopped } from '../people/record-question.ts'
import { publish, showDetails } from '../shown/publish.ts'
import { askTool, toolOfCall } from '../tools/ask-tool.ts'
import {
  type AgentAtWork,
  approvalsOf,
  hasNews,
  hear,
  isWaitingForPeople,
  type Loop,
  listenerOf,
  newLoop,
} from './agent-loop.ts'
import { askAgent } from './ask-agent.ts'
import { callForAgent } from './call-for-agent.ts'
import { brokenOff } from './interrupted.ts'

export interface AgentStart {
  readonly name: string
  /** Absent if the run was started with Temporal's own client, without any. */
  readonly input: Words | undefined
  /** The loop to continue: of an earlier part, of an earlier turn, or of the run that was forked. */
  readonly carried?: CarriedAgent
  /** Whether a full part may continue as new: only where the loop is the whole workflow. */
  readonly continues: boolean
  /** Looks up the agent. Called when the loop already listens, so that an early message is not lost. */
  readonly plan: () => Promise<AgentPlan>
}

/** How an agent ended, and its loop as it stood then. */
export interface EndedAgent {
  readonly end: AgentEnd
  readonly loop: Loop
}

/** Runs an agent to its end inside the run. Listens to people before it awaits anything. */
export async function runAgent(run: RunAtWork, start: AgentStart): Promise<EndedAgent> {
  const { book, inbox } = run
  const { carried } = start
  const loop = newLoop(start, book.step, createDeadlines(inbox))
  const leave = inbox.listen(listenerOf(loop))
  book.atWork += 1
  try {
    loop.deadlines.keep(approvalsOf(loop))
    const plan = await start.plan()
    const agent: AgentAtWork = { ...run, plan, loop }
    if (!carried) loop.events.unshift({ kind: 'begin', instructions: plan.instructions, input: inputOf(book, start) })
    if (carried?.additions) await callForAgent(agent, withInstructions(agent, carried.additions))
    return { end: await drive(agent, start.continues), loop }
  } catch (error) {
    const withdrawn = isCancellation(error) ? withdrawAll(book, approvalsOf(loop)) : undefined
    leave()
    if (withdrawn) await withdrawn
    if (start.continues) throw withText(error, loop.state.text)
    const broken = brokenOff(run, start, loop, error)
    if (broken.telling) await broken.telling
    throw broken.error
  } finally {
    leave()
    book.atWork -= 1
    loop.deadlines.keep([])
  }
}

/** Adds the instructions to a conversation that does not have them yet, because its first turn was interrupted before an answer. */
function withInstructions({ plan, loop }: AgentAtWork, additions: readonly Addition[]): readonly Addition[] {
  if (loop.last || additions[0]?.role === 'system') return additions
  return [{ role: 'system', content: plan.instructions }, ...additions]
}

/**
 * The agent's input. Ends the run as `refused` if it is empty (vendors do not accept that), too long for history, or neither a text nor
 * parts nor a reference to the store.
 */
function inputOf(book: Book, { input }: AgentStart): Words {
  if (!isWords(input)) {
    const message = 'the agent was given no text to work on; start it with { "input": "…" }'
    throw endedAs(book, 'refused', { message })
  }
  const message = sizeProblem(`the input of ${book.workflow}`, input)
  if (message !== undefined && patched('signalbox.refuse-long-words' satisfies Patch))
    throw endedAs(book, 'refused', { message })
  return input
}

/**
 * Handles events until the agent ends. Awaits only what it has to: the sandbox keeps a stack trace for each promise, and a worker that
 * takes over a part of 100 steps replays all of it.
 */
async function drive(agent: AgentAtWork, continues: boolean): Promise<AgentEnd> {
  const { book, plan, loop } = agent
  const isDue = () => continues && isPartFull(book, plan.limits.stepsPerPart)
  for (;;) {
    if (isWaitingForPeople(loop) && isDue()) await nextPartIfQuiet(agent)
    if (!hasNews(loop)) await untilWoken(book, loop)
    if (loop.failure) throw loop.failure.error
    const event = loop.events.shift()
    if (event === undefined) continue
    if (event.kind === 'decided') await keepDecision(book, loop, event.decision)
    const directive = decide(agent, event)
    if (directive.do === 'end') return directive.end
    if (event.kind === 'stop') await withdrawAsked(book, loop)
    if (directive.do === 'run-tools') for (const call of directive.calls) startTool(agent, call)
    if (directive.do !== 'call') continue
    if (isDue()) await nextPartIfQuiet(agent, directive.additions)
    await callForAgent(agent, directive.additions)
  }
}

function decide({ loop, plan }: AgentAtWork, event: AgentEvent): AgentDirective {
  const [state, directive] = advance(loop.state, event, plan.limits)
  loop.state = state
  loop.deadlines.keep(approvalsOf(loop))
  return directive
}

/** Records a decision before it takes effect. Does nothing if the tool waits for none. */
async function keepDecision({ ref: run }: Book, { state, step }: Loop, decision: Decision): Promise<void> {
  const tool = state.tools.find(({ call }) => call.toolCallId === decision.toolCallId)
  if (tool?.status !== 'awaiting-approval') return
  const { toolName } = tool.call
  const summary = `keep the decision · ${toolName} · ${decision.decision}`
  const kept = { run, step, toolName, ...decision, atMs: Date.now() }
  await shortActivities().keepDecision.executeWithOptions({ summary }, [kept])
}

/**
 * Withdraws what an agent that is to stop had asked people for: it would not run any more, while the tools at work may still take
 * long.
 */
async function withdrawAsked(book: Book, loop: Loop): Promise<void> {
  const withdrawn = withdrawStopped(book, approvalsOf(loop))
  if (!withdrawn) return
  loop.isWithdrawn = true
  loop.deadlines.keep([])
  await withdrawn
}

/** Continues as new unless something that people said is still unread. */
async function nextPartIfQuiet(agent: AgentAtWork, additions?: readonly Addition[]): Promise<void> {
  const { book, inbox, loop } = agent
  const allHeard = () => loop.events.length === 0 && !inbox.stopping
  if (!allHeard()) return
  // A handler that waits for the store may take long, and people may say more meanwhile.
  await partIsQuiet(book)
  if (!allHeard()) return
  const { state, last, prompt } = loop
  await nextPart(agent, null, { state, ...last, prompt, ...(additions && { additions }) })
}

/**
 * Waits for the next event. A running tool wakes the loop when it ends. If only people's decisions are missing, the UI says so, and the
 * end of the run's time or its cancellation ends the wait.
 */
function untilWoken(book: Book, loop: Loop): Promise<void> {
  const asks = approvalsOf(loop)
  if (asks.length === 0 && loop.state.tools.some(tool => tool.status === 'running'))
    return new Promise(resolve => {
      loop.wake = resolve
    })
  return untilHeard(book, loop, asks)
}

async function untilHeard(book: Book, loop: Loop, asks: readonly PendingApproval[]): Promise<void> {
  const waiting = { words: decisionsWords(asks), asks }
  if (asks.length > 0) {
    book.waits.add(waiting)
    publish(book)
  }
  try {
    await withinTime(book, () => condition(() => hasNews(loop)))
  } finally {
    book.waits.delete(waiting)
    showDetails(book)
  }
}

/** Starts a tool without awaiting it: the tools of one step run side by side, and people are heard meanwhile. */
function startTool(agent: AgentAtWork, call: ToolCallRef): void {
  const { book, plan, loop } = agent
  const input = toolOfCall(book, loop.step, loop.last?.callId ?? '', call)
  const { elsewhere } = call
  const { agentBudgets = {} } = plan
  // `hasOwn`, because an agent may be called `constructor`.
  const budget = Object.hasOwn(agentBudgets, call.toolName) ? agentBudgets[call.toolName] : undefined
  const asking = elsewhere ? askAgent(agent, input, elsewhere, budget) : askTool(agent, input, result => result)
  asking.then(
    result => hear(loop, { kind: 'tool-done', result }),
    error => {
      loop.failure ??= { error }
      loop.wake()
    },
  )
}
