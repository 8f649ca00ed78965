import { definedOnly } from '../../core/defined-only.ts'
import type { AttemptFaultKind } from '../../core/faults/fault.ts'
import type { ClassifiedError, ErrorReply } from '../dialect.ts'
import { BASE_RESP_KINDS, saysFiltered } from '../faults/base-resp.ts'
import { type ErrorFields, errorFields, wordOf } from '../faults/error-body.ts'
import { retryAfterMs, retryInWordsMs } from '../faults/retry-after.ts'
import { statusKind } from '../faults/status-kind.ts'
import { contentFree } from '../faults/vendor-templates.ts'
import { vendorsWords } from '../faults/vendors-words.ts'
import { parameterIn, saysOutOfMoney, saysTooLong, saysUnsupported } from '../faults/what-message-says.ts'
import { own, recordOf } from '../json.ts'

/** https://docs.anthropic.com/en/api/errors */
const KINDS: Readonly<Record<string, AttemptFaultKind>> = {
  authentication_error: 'unauthenticated',
  permission_error: 'unauthenticated',
  billing_error: 'quota-exhausted',
  rate_limit_error: 'rate-limited',
  overloaded_error: 'overloaded',
  api_error: 'overloaded',
  timeout_error: 'timed-out',
  request_too_large: 'context-too-long',
  not_found_error: 'invalid-request',
}

/**
 * The type decides, and tells the same inside a stream; `invalid_request_error` has to be read closer, and so has what servers
 * that resemble Anthropic's say (MiniMax: `rate_limit_error` with `insufficient balance (1008)`).
 */
export function classifyError({ status, headers, body }: ErrorReply): ClassifiedError {
  const fields = errorFields(body)
  return definedOnly({
    kind: likeAnthropics(fields, status) ?? own(KINDS, fields.type) ?? closer(fields, status),
    code: wordOf(recordOf(fields.error.details).error_code) ?? fields.code,
    type: fields.type,
    parameter: fields.parameter ?? parameterIn(fields.message),
    retryAfterMs: retryAfterMs(headers, body) ?? retryInWordsMs(fields.message),
    template: contentFree(fields.message),
  })
}

/** What servers say that resemble it, under a type or a status that says something else. */
function likeAnthropics({ code, message }: ErrorFields, status: number | undefined): AttemptFaultKind | undefined {
  if (saysOutOfMoney(message, status)) return 'quota-exhausted'
  return saysFiltered(message) ? 'refused' : own(BASE_RESP_KINDS, code)
}

/** Anthropic has one type for all that is wrong with a request; others have their own, and the same words. */
function closer({ type, message }: ErrorFields, status: number | undefined): AttemptFaultKind {
  const isAboutRequest = type === 'invalid_request_error' || status === 400
  if (!isAboutRequest) return status === undefined ? 'overloaded' : statusKind(status)
  if (saysTooLong(message)) return 'context-too-long'
  const said = vendorsWords(message)
  if (/content filtering policy/i.test(said)) return 'refused'
  if (/organization has been disabled/i.test(said)) return 'unauthenticated'
  return saysUnsupported(message) ? 'unsupported' : 'invalid-request'
}
