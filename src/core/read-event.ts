/**
 * An event as whoever reads it gets it: with its place, and its cost also in USD.
 *
 * @module
 */
import type { RunEvent, RunEventBody } from './events.ts'
import { costUsd } from './money/cost.ts'

export function readEvent(body: RunEventBody, offset: number, atMs: number): RunEvent {
  const cost = 'cost' in body ? body.cost : undefined
  return { ...body, ...(cost && { costUsd: costUsd(cost) }), offset, atMs } as RunEvent
}
