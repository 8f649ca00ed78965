/**
 * The digest of what a call of a model asked, out of the call's id: the tools of its answer are told apart by it.
 *
 * @module
 */

/** The last part of a call's id, behind its run and its step; empty if there is no call. */
export function questionOfCall(callId: string): string {
  return callId.slice(callId.lastIndexOf('/') + 1)
}
