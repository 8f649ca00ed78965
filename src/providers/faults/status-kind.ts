/**
 * What a status means when nothing more precise is known.
 *
 * @module
 */
import type { FaultKind } from '../../core/faults/fault.ts'

const KINDS: Readonly<Record<number, FaultKind>> = {
  401: 'unauthenticated',
  402: 'quota-exhausted',
  403: 'unauthenticated',
  408: 'timed-out',
  413: 'context-too-long',
  429: 'rate-limited',
  504: 'timed-out',
  // Cloudflare's own: the origin did not answer in time.
  524: 'timed-out',
}

/** The kind of an error status: the table, then 5xx as overloaded and any other as an invalid request. */
export function statusKind(status: number): FaultKind {
  return KINDS[status] ?? (status >= 500 ? 'overloaded' : 'invalid-request')
}
