/**
 * The error for content that a run has stored and that the store no longer has.
 *
 * @module
 */

/**
 * A part of a run's content is missing or was changed. A retry does not help, so the run fails. The message names the place and what to do,
 * and quotes nothing.
 */
export class LostContent extends Error {
  override readonly name = 'LostContent'
}

/** What people can do about it, at the end of each message. */
export const WAY_OUT =
  'Point DATABASE_URL at the store the run began with or restore its backup, then reset the run; otherwise start it again.'
