/**
 * A run that has ended in the store and is asked for more.
 *
 * @module
 */

/**
 * A part that was there before the end asks for something new. Its worker was believed lost, or the Temporal server knows less than the
 * store: it was restored from a backup. Trying again changes nothing; a reset makes another part of it, which goes on.
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
