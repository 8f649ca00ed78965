/**
 * Which tools a run has called and how each ended, as its events tell it.
 *
 * @module
 */
import { definedOnly } from '../../core/defined-only.ts'
import type { RunEvent } from '../../core/events.ts'
import type { ToolFailure } from '../../core/protocol.ts'

export interface ToolCallReport {
  readonly toolCallId: string
  readonly toolName: string
  readonly step: number
  /** The beginning of its input, as JSON; absent where an earlier version has written the event. */
  readonly inputPreview?: string
  /** What it costs; absent where it is free, or was not called. */
  readonly costUsd?: string
  readonly startedAtMs: number
  /** Absent while it works, and for ever where the run ended first: then nobody knows whether it took effect. */
  readonly endedAtMs?: number
  readonly isError?: boolean
  /** With `isError`: its price fits in no budget, so it was not called; or nobody knows whether it took effect. */
  readonly failure?: ToolFailure
  /** Nobody waited for it any more. */
  readonly cancelled?: true
  /** The beginning of what it gave, or of why it failed. */
  readonly preview?: string
}

type EventOfTool = Extract<RunEvent, { readonly kind: 'tool-start' | 'tool-end' }>

/** Takes the events in their order. One that a lost worker had begun keeps its first beginning. */
export function collectToolCalls() {
  const calls = new Map<string, ToolCallReport>()
  return {
    all: (): readonly ToolCallReport[] => [...calls.values()],
    take(event: RunEvent): void {
      if (event.kind !== 'tool-start' && event.kind !== 'tool-end') return
      const key = `${event.step} ${event.toolCallId}`
      const before = calls.get(key)
      const begun =
        before && before.endedAtMs === undefined ? before : { ...beginning(event), ...keptOf(before, event) }
      if (begun !== before) calls.delete(key)
      calls.set(key, event.kind === 'tool-end' ? { ...begun, ...end(event) } : begun)
    },
  }
}

function beginning(event: EventOfTool): ToolCallReport {
  const { toolCallId, toolName, step, atMs } = event
  const { inputPreview, costUsd } = event.kind === 'tool-start' ? event : {}
  return { toolCallId, toolName, step, ...definedOnly({ inputPreview, costUsd }), startedAtMs: atMs }
}

/** One that was cancelled, and is begun again by a reset run, has an end more, and no beginning: it was charged before. */
function keptOf(before: ToolCallReport | undefined, { kind }: EventOfTool) {
  const { inputPreview, costUsd }: Partial<ToolCallReport> = kind === 'tool-end' ? (before ?? {}) : {}
  return definedOnly({ inputPreview, costUsd })
}

function end({ isError, failure, cancelled, preview, atMs }: Extract<EventOfTool, { readonly kind: 'tool-end' }>) {
  return { endedAtMs: atMs, isError, ...definedOnly({ failure, cancelled }), preview }
}
