/**
 * MiniMax's own codes, which come inside a reply that has the status 200: `{ base_resp: { status_code: 1008, status_msg: '…' } }`.
 *
 * @module
 */
import type { AttemptFaultKind } from '../../core/faults/fault.ts'
import { type JsonRecord, recordOf } from '../json.ts'

/** https://platform.minimax.io/docs/api-reference/errorcode: what is not here is the server's own trouble. */
export const BASE_RESP_KINDS: Readonly<Record<string, AttemptFaultKind>> = {
  'base_resp.1001': 'timed-out',
  'base_resp.1002': 'rate-limited',
  'base_resp.1004': 'unauthenticated',
  'base_resp.1008': 'quota-exhausted',
  'base_resp.1026': 'refused',
  'base_resp.1027': 'refused',
  'base_resp.2013': 'invalid-request',
}

/** The error that a reply tells of there; 0 says that there was none. */
export function baseRespError(reply: JsonRecord): JsonRecord | undefined {
  const { status_code: code, status_msg: message } = recordOf(reply.base_resp)
  return typeof code === 'number' && code !== 0 ? { code: `base_resp.${code}`, message } : undefined
}

/** The whole message, so that no prompt is in it. */
const FILTERED = /^(?:input|output) new_sensitive(?: \(102[67]\))?$/

/** Says that its filter stopped the prompt or the answer, which it does with the status 422 or that of a server in trouble. */
export function saysFiltered(message: string): boolean {
  return FILTERED.test(message)
}
