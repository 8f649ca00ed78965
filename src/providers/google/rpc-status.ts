/**
 * Errors that Google tells inside a reply: a `google.rpc.Status`, whose code is a number of its own.
 *
 * @module
 */
import type { JsonRecord } from '../json.ts'

/** `google.rpc.Code` of what somebody has cancelled. */
export const CANCELLED = 1

/** With the status that the ordinary interface gives them: https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto */
const CODES: Readonly<Record<number, readonly [word: string, status: number]>> = {
  2: ['UNKNOWN', 500],
  3: ['INVALID_ARGUMENT', 400],
  4: ['DEADLINE_EXCEEDED', 504],
  5: ['NOT_FOUND', 404],
  6: ['ALREADY_EXISTS', 409],
  7: ['PERMISSION_DENIED', 403],
  8: ['RESOURCE_EXHAUSTED', 429],
  9: ['FAILED_PRECONDITION', 400],
  10: ['ABORTED', 409],
  11: ['OUT_OF_RANGE', 400],
  12: ['UNIMPLEMENTED', 501],
  13: ['INTERNAL', 500],
  14: ['UNAVAILABLE', 503],
  15: ['DATA_LOSS', 500],
  16: ['UNAUTHENTICATED', 401],
}

/** The reply that the ordinary interface would have given. */
export function replyOfStatus(error: JsonRecord): { readonly status?: number; readonly body: unknown } {
  const [word, status] = CODES[Number(error.code)] ?? []
  if (word === undefined || status === undefined) return { body: { error } }
  return { status, body: { error: { ...error, code: status, status: word } } }
}
