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
  /** When it first began. A tool whose worker was lost begins again later. */
  readonly sinceMs: number
  /** Its latest progress text, if it has any. */
  readonly progress?: string
  /** For an agent that is called like a tool: the child run. */
  readonly run?: string
}

/** Agents that work side by side in one run have steps of their own, and vendors may use an id again in a later one. */
export function toolsAfter(tools: readonly ToolAtWork[], event: RunEvent): readonly ToolAtWork[] {
  switch (event.kind) {
    case 'run-reset':
      return []
    case 'tool-start': {
      const { toolCallId, toolName, step, atMs } = event
      return [...tools.filter(tool => !isOf(tool, event)), { toolCallId, toolName, step, sinceMs: atMs }]
    }
    case 'tool-progress':
      return tools.map(tool => (isOf(tool, event) ? { ...tool, progress: event.text } : tool))
    case 'child-start':
      return tools.map(tool => (isOf(tool, event) ? { ...tool, run: event.run } : tool))
    case 'tool-end':
      return tools.filter(tool => !isOf(tool, event))
    case 'child-end':
      // The tool may have been cancelled together with the child, and nothing is written of that before the run ends.
      return tools.filter(({ run }) => run !== event.run)
    default:
      return tools
  }
}

function isOf(tool: ToolAtWork, { toolCallId, step }: Partial<Pick<ToolAtWork, 'toolCallId' | 'step'>>): boolean {
  return tool.toolCallId === toolCallId && tool.step === step
}
