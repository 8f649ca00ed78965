/**
 * Asks the Temporal server whether a run is still open, from an activity.
 *
 * @module
 */
import { Context } from '@temporalio/activity'
import type { FoundEnd } from '../../core/ports.ts'
import type { RunName } from '../../core/protocol.ts'
import { howEnded } from './how-ended.ts'

/** {@link howEnded} for an activity, over the connection of its worker. */
export function howEndedHere(run: RunName): Promise<FoundEnd | undefined> {
  return howEnded(Context.current().client, run)
}
