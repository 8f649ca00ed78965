/**
 * What an agent whose turn broke off had heard and said since its last whole answer, so that its next turn continues from there.
 *
 * @module
 */
import type { FaultKind } from '../faults/fault.ts'
import type { Addition, ToolResultRef, Words } from '../protocol.ts'
import { advance, briefly } from './advance.ts'
import type { AgentEvent, AgentState, ToolProgress } from './state.ts'
import { userMessage } from './words.ts'

/** An agent's loop at the moment of its interruption. */
export interface Cut {
  readonly state: AgentState
  /** What came in and was not looked at any more. */
  readonly events: readonly AgentEvent[]
  /** What its last call was to add. */
  readonly additions: readonly Addition[]
  /** What people could read of that call's answer. */
  readonly said?: string
}

/** What the next call is to add before the next input. Empty if the agent had just given its answer. */
export function additionsOfCut(cut: Cut): readonly Addition[] {
  const { state, additions } = heardOut(cut)
  if (state.phase === 'ended') return []
  const before = state.phase === 'tools' ? [resultsOfCut(state)] : [...additions, ...answerOf(cut.said)]
  return [...before.filter(({ role }) => role !== 'system'), ...state.said.map(userMessage), userMessage(NOTE)]
}

/** Faults that the next turn would only meet again, with the same words in its prompt. */
const OF_THE_WORDS: readonly (FaultKind | undefined)[] = [
  'refused',
  'invalid-request',
  'unsupported',
  'context-too-long',
  'no-route',
]

/**
 * The same for a turn that failed. What nobody could answer because of the words or files in it is left out, unless the turn had an answer
 * before: then its tools may have done something.
 *
 * @param before - What the turns before had left, without this one's input.
 * @param fault - Which ended the turn; `undefined` if its steps or its money were used up.
 */
export function additionsOfFailed(
  cut: Cut,
  before: readonly Addition[],
  fault: FaultKind | undefined,
): readonly Addition[] {
  const { state } = cut
  if (state.phase === 'calling' && state.step <= 1 && OF_THE_WORDS.includes(fault))
    return [...before, ...heardOut(cut).state.said.map(userMessage)]
  // At the limit of its steps it ended with the results of its tools, and no call took them along.
  if (state.phase !== 'ended') return additionsOfCut(cut)
  const phase = state.tools.length > 0 ? 'tools' : 'calling'
  return additionsOfCut({ ...cut, state: { ...state, phase }, additions: [] })
}

const NOTE = '[The answer was interrupted here.]'

/** It starts nothing more, whatever came in. */
const LIMITS = { steps: Number.POSITIVE_INFINITY, parallelTools: 0 }

/** The loop when it has looked at what came in. */
function heardOut({ state, events, additions }: Cut): Pick<Cut, 'state' | 'additions'> {
  let now = { state, additions }
  for (const event of events) {
    const [next, directive] = advance(now.state, event, LIMITS)
    now = { state: next, additions: directive.do === 'call' ? directive.additions : now.additions }
  }
  return now
}

/** Vendors refuse an answer of blanks. */
function answerOf(said = ''): readonly Addition[] {
  return said.trim() === '' ? [] : [{ role: 'assistant', content: [{ type: 'text', text: said.trimEnd() }] }]
}

/** Vendors want a result for each tool call. */
function resultsOfCut({ tools, step }: AgentState): Addition {
  return {
    role: 'tool-results',
    results: tools.map(tool => (tool.result ? briefly(tool.result) : cutResult(tool, step))),
  }
}

function cutResult({ call, status }: ToolProgress, step: number): ToolResultRef {
  const words: Words =
    status === 'running' ? 'interrupted: nobody knows whether it was done' : 'not run: interrupted before it began'
  const preview = JSON.stringify(words)
  const { toolCallId, toolName } = call
  return { toolCallId, toolName, isError: true, preview, bytes: preview.length, stored: false, step }
}
