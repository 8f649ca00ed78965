/**
 * Tells the runs above a run what people are asked there and what they answer: who follows the run at the top reads of all.
 *
 * @module
 */
import type { EventForPeople } from '../../core/events.ts'
import { type LockedRun, lockByKey } from '../ledger/run-row.ts'
import { keysAbove } from '../runs/runs-above.ts'
import type { Work } from '../work.ts'
import { appendEvents } from './append-events.ts'

/**
 * Locks the open runs above, the nearest first, and gives their keys. Before the first scope is locked: a run above locks its own row
 * and then the scope that its tree shares.
 */
export function* lockAbove(run: LockedRun): Work<readonly string[]> {
  const open: string[] = []
  for (const key of keysAbove(run).toReversed()) {
    const above = yield* lockByKey(key)
    if (above && above.ended_at_ms === null) open.push(key)
  }
  return open
}

/** @param above - Keys that {@link lockAbove} has given for this run. */
export function* tellAbove(
  above: readonly string[],
  { run_id }: LockedRun,
  events: readonly EventForPeople[],
  atMs: number,
): Work<void> {
  const told = events.map(event => ({ kind: 'below', run: run_id, event }) as const)
  for (const key of above) yield* appendEvents(key, told, atMs)
}
