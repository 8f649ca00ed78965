/**
 * What the agent loop remembers between events, and what it is told and tells. All of it survives JSON.
 *
 * @module
 */
import type { JsonValue } from '../messages.ts'
import type { Addition, Answer, DecidedUntil, Decision, ToolCallRef, ToolResultRef, Words } from '../protocol.ts'

/** One tool call of the current step. */
export interface ToolProgress {
  readonly call: ToolCallRef
  readonly status: 'awaiting-approval' | 'ready' | 'running' | 'done'
  /** Until when people may decide, and what applies after that. */
  readonly until?: DecidedUntil
  readonly result?: ToolResultRef
}

/** How far the loop has come. */
export interface AgentState {
  readonly phase: 'calling' | 'tools' | 'ended'
  /** Model calls begun so far. */
  readonly step: number
  /** The tool calls of the last answer, in the model's order. */
  readonly tools: readonly ToolProgress[]
  /** What people said since the last call began. */
  readonly said: readonly Words[]
  readonly stopping: boolean
  /** The last text that the model gave. */
  readonly text: string
}

/** What can happen to the loop. */
export type AgentEvent =
  | { readonly kind: 'begin'; readonly instructions: string; readonly input: Words }
  /** The model has answered. Deadlines count from `atMs`, by the run's clock. */
  | { readonly kind: 'answered'; readonly answer: Answer; readonly atMs: number }
  | { readonly kind: 'tool-done'; readonly result: ToolResultRef }
  | { readonly kind: 'decided'; readonly decision: Decision }
  | { readonly kind: 'said'; readonly text: Words }
  | { readonly kind: 'stop' }

/** How the loop ended by itself. Faults and cancellation end it from outside. */
export type AgentEnd =
  | { readonly kind: 'answered'; readonly text: string; readonly truncated?: true; readonly output?: JsonValue }
  | { readonly kind: 'stopped'; readonly text: string }
  | { readonly kind: 'out-of-budget'; readonly text: string; readonly message: string }

/** What the workflow has to do next. */
export type AgentDirective =
  | { readonly do: 'call'; readonly additions: readonly Addition[] }
  | { readonly do: 'run-tools'; readonly calls: readonly ToolCallRef[] }
  /** Nothing: wait for the next event. */
  | { readonly do: 'rest' }
  | { readonly do: 'end'; readonly end: AgentEnd }

/** The state in which every agent begins. */
export const NEW_AGENT: AgentState = {
  phase: 'calling',
  step: 0,
  tools: [],
  said: [],
  stopping: false,
  text: '',
}
