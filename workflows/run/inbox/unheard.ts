/**
 * What people have said to a workflow that hears them itself, and that it has not heard yet. It travels with each continue-as-new.
 *
 * @module
 */
import type { Unheard } from '../../../src/core/agent/carried.ts'

export interface UnheardMessages {
  /** The workflow hears for itself: what is said from now on is for it, and not for the agents that work meanwhile. */
  begin(): void
  readonly isHearing: boolean
  /** Oldest first. */
  readonly queue: Unheard[]
}

/** @param before - What the part before has left; present if the workflow heard for itself there. */
export function createUnheard(before: readonly Unheard[] | undefined): UnheardMessages {
  let isHearing = before !== undefined
  return {
    begin() {
      isHearing = true
    },
    get isHearing() {
      return isHearing
    },
    queue: [...(before ?? [])],
  }
}
