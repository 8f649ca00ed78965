import type { RunEvent, RunEventBody } from './events.ts'
import { costUsd } from './money/cost.ts'

/** The event as readers get it: with its offset and time, and with its cost in USD too. */
export function readEvent(body: RunEventBody, offset: number, atMs: number): RunEvent {
  const cost = 'cost' in body ? body.cost : undefined
  return { ...body, ...(cost && { costUsd: costUsd(cost) }), offset, atMs } as RunEvent
}
