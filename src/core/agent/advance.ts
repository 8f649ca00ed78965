/**
 * Decides what an agent does next. Pure: the same state and event give the same directive, on the first run and on
 * every replay, so nothing here reads a clock or draws a number.
 *
 * @module
 */
import { byWhom } from '../decision-words.ts'
import type { Addition, AgentLimits, Answer, Decision, ToolCallRef, ToolResultRef, Words } from '../protocol.ts'
import { countOf } from '../words/count-of.ts'
import type { AgentDirective, AgentEvent, AgentState, ToolProgress } from './state.ts'
import { userMessage } from './words.ts'

type Advance = readonly [AgentState, AgentDirective]

const REST: AgentDirective = { do: 'rest' }

/**
 * One step of the agent loop: call the model, run the tools that it asks for, call again with what they gave,
 * until it answers without asking for any.
 *
 * Every tool call gets exactly one result before the next model call, also those that a person denied. A stop lets
 * what is running finish and starts nothing more. An event that no longer means anything (a decision on a
 * tool that is done, anything after the end) changes nothing.
 */
export function advance(state: AgentState, event: AgentEvent, limits: AgentLimits): Advance {
  if (state.phase === 'ended') return [state, REST]
  switch (event.kind) {
    case 'begin':
      return call(state, opening(event.instructions, event.input), limits)
    case 'answered':
      return onAnswer(state, event.answer, event.atMs, limits)
    case 'tool-done':
      return onTools(settle(state, event.result), limits)
    case 'decided':
      return onTools(decide(state, event.decision), limits)
    case 'said':
      return [{ ...state, said: [...state.said, event.text] }, REST]
    case 'stop':
      return onTools({ ...state, stopping: true }, limits)
  }
}

function opening(instructions: string, input: Words): readonly Addition[] {
  return [{ role: 'system', content: instructions }, userMessage(input)]
}

function call(state: AgentState, additions: readonly Addition[], limits: AgentLimits): Advance {
  if (state.step >= limits.steps) {
    const message = `the agent's limit of ${countOf(limits.steps, 'step')} is used up`
    return end(state, { kind: 'out-of-budget', text: state.text, message })
  }
  const next: AgentState = { ...state, phase: 'calling', step: state.step + 1, tools: [], said: [] }
  return [next, { do: 'call', additions: [...additions, ...state.said.map(userMessage)] }]
}

function end(state: AgentState, how: Extract<AgentDirective, { do: 'end' }>['end']): Advance {
  return [
    { ...state, phase: 'ended' },
    { do: 'end', end: how },
  ]
}

function onAnswer(state: AgentState, answer: Answer, atMs: number, limits: AgentLimits): Advance {
  const heard: AgentState = { ...state, text: answer.text || state.text }
  if (heard.stopping) return end(heard, { kind: 'stopped', text: heard.text })
  if (answer.toolCalls.length > 0) {
    const tools = answer.toolCalls.map(call => toolOf(call, atMs))
    return onTools({ ...heard, phase: 'tools', tools }, limits)
  }
  if (heard.said.length > 0) return call(heard, [], limits)
  const { text, truncated, value } = answer
  return end(heard, {
    kind: 'answered',
    text,
    ...(truncated && { truncated }),
    ...(value !== undefined && { output: value }),
  })
}

function toolOf(call: ToolCallRef, atMs: number): ToolProgress {
  if (!call.needsApproval) return { call, status: 'ready' }
  const { deadline } = call
  const until = deadline && { atMs: atMs + deadline.withinMs, otherwise: deadline.otherwise }
  return { call, status: 'awaiting-approval', ...(until && { until }) }
}

/** Starts the tools that may start, and makes the next call once every tool has its result. Does nothing while a call is in progress. */
function onTools(state: AgentState, limits: AgentLimits): Advance {
  if (state.phase !== 'tools') return [state, REST]
  const running = state.tools.filter(tool => tool.status === 'running').length
  if (state.stopping) return running > 0 ? [state, REST] : end(state, { kind: 'stopped', text: state.text })
  if (state.tools.every(tool => tool.status === 'done')) return call(state, [resultsOf(state)], limits)
  const room = Math.max(0, limits.parallelTools - running)
  const starting = new Set(state.tools.filter(tool => tool.status === 'ready').slice(0, room))
  if (starting.size === 0) return [state, REST]
  const tools = state.tools.map(tool => (starting.has(tool) ? { ...tool, status: 'running' as const } : tool))
  return [
    { ...state, tools },
    { do: 'run-tools', calls: [...starting].map(tool => tool.call) },
  ]
}

function resultsOf(state: AgentState): Addition {
  return { role: 'tool-results', results: state.tools.flatMap(tool => (tool.result ? [briefly(tool.result)] : [])) }
}

/** Drops the preview of a stored result: history has it already, where the tool ended. */
export function briefly(result: ToolResultRef): ToolResultRef {
  return result.stored ? { ...result, preview: '' } : result
}

function settle(state: AgentState, result: ToolResultRef): AgentState {
  return withTool(state, result.toolCallId, tool => ({ ...tool, status: 'done', result }))
}

function decide(state: AgentState, decision: Decision): AgentState {
  return withTool(state, decision.toolCallId, tool => {
    if (tool.status !== 'awaiting-approval') return tool
    if (decision.decision === 'approve') return { ...tool, status: 'ready' }
    return { ...tool, status: 'done', result: denial(tool, decision, state.step) }
  })
}

function withTool(state: AgentState, toolCallId: string, change: (tool: ToolProgress) => ToolProgress): AgentState {
  const tools = state.tools.map(tool =>
    tool.call.toolCallId === toolCallId && tool.status !== 'done' ? change(tool) : tool,
  )
  return { ...state, tools }
}

/** What the model reads if a person denied the call: a result like any other, so that it can continue without the tool. */
function denial(tool: ToolProgress, decision: Decision, step: number): ToolResultRef {
  const preview = JSON.stringify(denialWords(decision))
  const { toolCallId, toolName } = tool.call
  return { toolCallId, toolName, isError: true, preview, bytes: preview.length, stored: false, step }
}

function denialWords({ by, note, deadline }: Decision): string {
  if (deadline) return 'denied: nobody approved it in time'
  return `denied ${byWhom({ by })}${note ? `: ${note}` : ''}`
}
