/**
 * What a run does not accept, in the run's own words: Temporal's error says only that an update failed, and hides them in its cause.
 *
 * @module
 */
import { WorkflowUpdateFailedError } from '@temporalio/client'
import { knownAcrossCopies } from '../../core/across-copies.ts'
import { wordsOf } from '../../core/sealing.ts'

/** The run does not accept what it was told. The message says why. */
export class NotAccepted extends WorkflowUpdateFailedError {
  override readonly name = 'NotAccepted'

  static {
    knownAcrossCopies(NotAccepted, 'NotAccepted')
  }
}

/** @throws NotAccepted for what the run has refused; any other error as it is */
export function rethrowInItsWords(error: unknown): never {
  if (!(error instanceof WorkflowUpdateFailedError) || !error.cause) throw error
  throw new NotAccepted(wordsOf(error.cause), error.cause)
}
