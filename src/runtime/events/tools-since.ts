/**
 * Which tools a run has called from a step on: a fork of that step may call them again.
 *
 * @module
 */
import type { Records } from '../store/records.ts'
import { recordedEvents } from './recorded-events.ts'
import { collectToolCalls } from './tool-calls.ts'

/** Their names, each once, in the order in which they began. None of a run whose content was purged. */
export async function toolsSince({ events }: Pick<Records, 'events'>, key: string, step: number): Promise<string[]> {
  const calls = collectToolCalls()
  for await (const event of recordedEvents(events, key)) calls.take(event)
  const since = calls.all().filter(call => call.step >= step)
  return [...new Set(since.map(({ toolName }) => toolName))]
}
