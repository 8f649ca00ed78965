/**
 * Which tools of a run are under way, as its events tell it.
 *
 * @module
 */
import type { RunEvent } from '../../core/events.ts'

export interface ToolAtWork {
  readonly toolCallId: string
  readonly toolName: string
  readonly step: number
  /** When it was first begun: one whose worker was lost begins anew. */
  readonly sinceMs: number
}

/** Agents that work side by side in one run have steps of their own, and vendors may use an id again in a later one. */
export function toolsAfter(tools: readonly ToolAtWork[], event: RunEvent): readonly ToolAtWork[] {
  if (event.kind === 'run-reset') return []
  if (event.kind !== 'tool-start' && event.kind !== 'tool-end') return tools
  const { toolCallId, toolName, step, atMs } = event
  const others = tools.filter(tool => tool.toolCallId !== toolCallId || tool.step !== step)
  return event.kind === 'tool-end' ? others : [...others, { toolCallId, toolName, step, sinceMs: atMs }]
}
