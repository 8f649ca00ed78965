/**
 * Drives the agent loop of `src/core/agent` with real activities. Decides nothing by itself.
 *
 * @module
 */
import { condition } from '@temporalio/workflow'
import { advance } from '../../src/core/agent/advance.ts'
import {
  type AgentDirective,
  type AgentEnd,
  type AgentEvent,
  type AgentState,
  NEW_AGENT,
} from '../../src/core/agent/state.ts'
import type { AgentPlan, Answer, PendingApproval, ToolCallRef } from '../../src/core/protocol.ts'
import { askModel } from './ask-model.ts'
import { askTool, toolOfCall } from './ask-tool.ts'
import type { Book } from './book.ts'
import type { Inbox, Listener } from './inbox.ts'
import { publish } from './publish.ts'

/** What the loop waits on: events that came in, and the first failure of a tool that ran beside it. */
interface Loop {
  readonly events: AgentEvent[]
  state: AgentState
  last: Answer | undefined
  failure: { readonly error: unknown } | undefined
}

/** Runs an agent to its end inside the run. */
export async function runAgent(book: Book, inbox: Inbox, plan: AgentPlan, input: string): Promise<AgentEnd> {
  const begin: AgentEvent = { kind: 'begin', instructions: plan.instructions, input }
  const loop: Loop = { events: [begin], state: NEW_AGENT, last: undefined, failure: undefined }
  const leave = inbox.listen(listenerOf(loop))
  try {
    for (;;) {
      const end = await turn(book, inbox, plan, loop)
      if (end) return end
    }
  } finally {
    leave()
  }
}

async function turn(book: Book, inbox: Inbox, plan: AgentPlan, loop: Loop): Promise<AgentEnd | undefined> {
  await quiet(book, loop)
  if (loop.failure) throw loop.failure.error
  const event = loop.events.shift()
  if (event === undefined) return undefined
  const [state, directive] = advance(loop.state, event, plan.limits)
  loop.state = state
  return act(book, inbox, plan, loop, directive)
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
  if (directive.do === 'run-tools') for (const call of directive.calls) startTool(book, inbox, loop, call)
  return undefined
}

async function callModel(
  book: Book,
  inbox: Inbox,
  plan: AgentPlan,
  loop: Loop,
  additions: Extract<AgentDirective, { do: 'call' }>['additions'],
): Promise<void> {
  const { taskClass, tools, settings, schema } = plan
  const { answer } = await askModel(book, inbox, {
    taskClass,
    tools,
    additions,
    ...(settings && { settings }),
    ...(schema !== undefined && { schema }),
    ...(loop.last && { transcript: loop.last.transcript, known: loop.last.known }),
  })
  loop.last = answer
  loop.events.push({ kind: 'answered', answer })
}

/** Started, not awaited: tools of one step run side by side, and people are heard meanwhile. */
function startTool(book: Book, inbox: Inbox, loop: Loop, call: ToolCallRef): void {
  const callId = loop.last?.callId ?? ''
  askTool(book, inbox, toolOfCall(book, book.step, callId, call)).then(
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
  }
}

function approvalsOf(loop: Loop): readonly PendingApproval[] {
  return loop.state.tools
    .filter(tool => tool.status === 'awaiting-approval')
    .map(({ call: { toolCallId, toolName, inputPreview } }) => ({
      toolCallId,
      toolName,
      inputPreview,
      step: loop.state.step,
    }))
}
