/**
 * Reads from a call's id the digest of what the call asked, which is part of the identity of the tool calls in its answer.
 *
 * @module
 */

/** The last part of a call's id, behind its run and its step; empty if there is no call. */
export function questionOfCall(callId: string): string {
  return callId.slice(callId.lastIndexOf('/') + 1)
}
