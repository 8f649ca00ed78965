import { definedOnly } from '../../core/defined-only.ts'
import type { FaultKind } from '../../core/faults/fault.ts'
import type { ErrorReply, Verdict } from '../dialect.ts'
import { type ErrorFields, errorFields, wordOf } from '../faults/error-body.ts'
import { retryAfterMs } from '../faults/retry-after.ts'
import { statusKind } from '../faults/status-kind.ts'
import {
  contentFree,
  saysOutOfMoney,
  saysTooLong,
  saysUnsupported,
  schemaParameter,
} from '../faults/vendor-templates.ts'
import { own, recordOf } from '../json.ts'

/** https://docs.anthropic.com/en/api/errors */
const KINDS: Readonly<Record<string, FaultKind>> = {
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

/** The type decides, and tells the same inside a stream; `invalid_request_error` has to be read closer. */
export function classifyError({ status, headers, body }: ErrorReply): Verdict {
  const fields = errorFields(body)
  return definedOnly({
    kind: own(KINDS, fields.type) ?? closer(fields, status),
    code: wordOf(recordOf(fields.error.details).error_code),
    type: fields.type,
    parameter: fields.parameter ?? schemaParameter(fields.message),
    retryAfterMs: retryAfterMs(headers, body),
    template: contentFree(fields.message),
  })
}

/** Anthropic has one type for all that is wrong with a request, and the balance is one of these things. */
function closer({ type, message }: ErrorFields, status: number | undefined): FaultKind {
  if (type !== 'invalid_request_error') return status === undefined ? 'overloaded' : statusKind(status)
  if (saysOutOfMoney(message)) return 'quota-exhausted'
  if (saysTooLong(message)) return 'context-too-long'
  if (/content filtering policy/i.test(message)) return 'refused'
  return saysUnsupported(message) ? 'unsupported' : 'invalid-request'
}
