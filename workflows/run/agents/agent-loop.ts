/**
 * What an agent's loop knows and waits on, and what people read of it.
 *
 * @module
 */
import type { CarriedAgent } from '../../../src/core/agent/carried.ts'
import { NEW_PROMPT } from '../../../src/core/agent/prompt-state.ts'
import { type AgentEvent, type AgentState, NEW_AGENT } from '../../../src/core/agent/state.ts'
import { userMessage } from '../../../src/core/agent/words.ts'
import { definedOnly } from '../../../src/core/defined-only.ts'
import type { Addition, AgentPlan, Answer, PendingApproval, PromptState, Words } from '../../../src/core/protocol.ts'
import type { RunAtWork } from '../inbox/at-work.ts'
import type { Deadlines } from '../inbox/deadlines.ts'
import type { Listener } from '../inbox/inbox.ts'

/** What the loop waits on: events that came in, and the first failure of a tool that ran beside it. */
export interface Loop {
  readonly events: AgentEvent[]
  state: AgentState
  /** The run's step of this loop's last call. Summaries and calls of other agents may have had later steps. */
  step: number
  last: Pick<Answer, 'transcript' | 'known' | 'callId'> | undefined
  prompt: PromptState
  /** What its last call was to add; before the first call, what it was given. */
  additions: readonly Addition[]
  failure: { readonly error: unknown } | undefined
  readonly deadlines: Deadlines
  /** Its questions to people were withdrawn, because the run is to stop. */
  isWithdrawn: boolean
  /** Ends the wait for what is under way. */
  wake: () => void
}

/** An agent at its work in a run. */
export interface AgentAtWork extends RunAtWork {
  readonly plan: AgentPlan
  readonly loop: Loop
}

/**
 * What the Temporal UI shows of a call after its class and step: the agent's name, if the run is a workflow that may ask several agents,
 * and what is special about the call.
 */
export function callWords({ book, plan }: AgentAtWork, special?: string): string | undefined {
  if (plan.name === book.workflow) return special
  return special === undefined ? plan.name : `${plan.name} · ${special}`
}

interface Begun {
  readonly carried?: CarriedAgent
  readonly input: Words | undefined
}

/** The loop of a part: at its beginning, or where the earlier part left it. */
export function newLoop({ carried, input }: Begun, step: number, deadlines: Deadlines): Loop {
  const { state = NEW_AGENT, transcript, known, callId, prompt = NEW_PROMPT } = carried ?? {}
  // A turn that was interrupted before its first answer has no transcript.
  const last = transcript?.length ? { transcript, known, callId: callId ?? '' } : undefined
  const { compactionFailed: _, ...kept } = prompt
  return {
    events: [],
    state,
    step,
    last,
    prompt: kept,
    additions: carried?.additions ?? (input === undefined ? [] : [userMessage(input)]),
    failure: undefined,
    deadlines,
    isWithdrawn: false,
    wake: () => {},
  }
}

/** Whether there is an event or a failure to handle. */
export function hasNews({ events, failure }: Loop): boolean {
  return events.length > 0 || failure !== undefined
}

/** Whether only approvals are missing, so that nothing that runs could be lost. */
export function isWaitingForPeople({ events, state }: Loop): boolean {
  const missing = state.tools.filter(tool => tool.status !== 'done')
  return events.length === 0 && missing.length > 0 && missing.every(tool => tool.status === 'awaiting-approval')
}

/** Takes an event in, and wakes the loop. */
export function hear(loop: Loop, event: AgentEvent): void {
  loop.events.push(event)
  loop.wake()
}

/** The loop as the inbox knows it: it is told what people decide and say, and tells what it asks them. */
export function listenerOf(loop: Loop): Listener {
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

/** What waits for a person's word. */
export function approvalsOf(loop: Loop): readonly PendingApproval[] {
  if (loop.isWithdrawn) return []
  return loop.state.tools
    .filter(tool => tool.status === 'awaiting-approval')
    .map(({ call: { toolCallId, toolName, inputPreview, actedIn, priceUsd }, until }) =>
      definedOnly({ toolCallId, toolName, inputPreview, step: loop.step, until, actedIn, priceUsd }),
    )
}
