/**
 * What a status means when nothing more precise is known.
 *
 * @module
 */
import type { AttemptFaultKind } from '../../core/faults/fault.ts'

const KINDS: Readonly<Record<number, AttemptFaultKind>> = {
  401: 'unauthenticated',
  402: 'quota-exhausted',
  403: 'unauthenticated',
  408: 'timed-out',
  // The server is in conflict with itself. OpenAI's and Anthropic's own libraries retry it.
  409: 'overloaded',
  413: 'context-too-long',
  // Bedrock's ModelErrorException, and text-generation-inference's failed generation.
  424: 'overloaded',
  // Too early.
  425: 'overloaded',
  429: 'rate-limited',
  // Groq: the capacity of the flex tier is used up.
  498: 'overloaded',
  // Something between us and the vendor gave up: nginx's own status, and Google's CANCELLED.
  499: 'overloaded',
  504: 'timed-out',
  // Cloudflare's own: the origin did not answer in time.
  524: 'timed-out',
}

/** The kind of an error status: the table, then 5xx as overloaded and any other as an invalid request, which ends a call. */
export function statusKind(status: number): AttemptFaultKind {
  return KINDS[status] ?? (status >= 500 ? 'overloaded' : 'invalid-request')
}
