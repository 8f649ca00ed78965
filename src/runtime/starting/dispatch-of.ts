/**
 * How Temporal orders a run's tasks among others where they queue.
 *
 * @module
 */
import { DEFAULT_WORKSPACE } from '../../core/protocol.ts'
import { WrongStart } from '../wrong-start.ts'

/** Temporal's limit. */
const LONGEST_KEY_BYTES = 64

/**
 * By priority, and in turns between workspaces. The run's activities and children inherit both.
 *
 * @throws WrongStart for a priority that Temporal does not have.
 */
export function dispatchOf(priority: number | undefined, workspace: string = DEFAULT_WORKSPACE) {
  if (priority !== undefined && !(Number.isInteger(priority) && priority >= 1 && priority <= 5))
    throw new WrongStart(`the priority of a run is a whole number from 1, which goes first, to 5, not ${priority}`)
  const fairnessKey = keyOf(workspace)
  return { fairnessKey, ...(priority !== undefined && { priorityKey: priority }) }
}

/** Workspaces whose names are longer and begin alike share their turns. */
function keyOf(workspace: string): string {
  const bytes = Buffer.from(workspace)
  if (bytes.length <= LONGEST_KEY_BYTES) return workspace
  // A character that is cut in its middle would come back as another, longer one.
  return bytes
    .subarray(0, LONGEST_KEY_BYTES)
    .toString()
    .replace(/\uFFFD$/, '')
}
