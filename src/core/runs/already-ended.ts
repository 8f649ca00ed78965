/**
 * The error for a run that has ended in the store and is asked for more.
 *
 * @module
 */

/**
 * A part of a run that has ended asks for something new. Either its worker was considered lost, or the Temporal server was restored from a
 * backup and knows less than the store. A retry does not help; after a reset, a new part of the run continues.
 */
export class AlreadyEnded extends Error {
  override readonly name = 'AlreadyEnded'

  /** @param outcome - Absent: its end was found out. */
  constructor(runId: string, atMs: number, outcome: string | null) {
    super(
      `The run ${runId} has ended (${outcome ?? 'unknown how'}, ${new Date(atMs).toISOString()}), so nothing new may be sent for it. ` +
        'Where Temporal was restored from a backup, `temporal workflow reset` it to its first WorkflowTaskCompleted event, usually 4: ' +
        'it then comes to its end again, and what was answered before is not paid for again',
    )
  }
}
