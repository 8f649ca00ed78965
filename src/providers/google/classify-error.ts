import { definedOnly } from '../../core/defined-only.ts'
import type { AttemptFaultKind } from '../../core/faults/fault.ts'
import type { ClassifiedError, ErrorReply } from '../dialect.ts'
import { type ErrorFields, errorFields, statusIn, wordOf } from '../faults/error-body.ts'
import { retryAfterMs, retryInWordsMs } from '../faults/retry-after.ts'
import { statusKind } from '../faults/status-kind.ts'
import { contentFree } from '../faults/vendor-templates.ts'
import { vendorsWords } from '../faults/vendors-words.ts'
import { parameterIn, saysSpent, saysTooLong, saysUnsupported } from '../faults/what-message-says.ts'
import { listOf, own, recordOf } from '../json.ts'
import { untilNextDayMs } from './quota-day.ts'

/** google.rpc.Code, as https://ai.google.dev/gemini-api/docs/troubleshooting explains them. */
const KINDS: Readonly<Record<string, AttemptFaultKind>> = {
  RESOURCE_EXHAUSTED: 'rate-limited',
  UNAVAILABLE: 'overloaded',
  INTERNAL: 'overloaded',
  DEADLINE_EXCEEDED: 'timed-out',
  PERMISSION_DENIED: 'unauthenticated',
  UNAUTHENTICATED: 'unauthenticated',
  NOT_FOUND: 'invalid-request',
}

/**
 * The status word decides; `code` repeats the HTTP status and is no code of its own. Beside a quota of the day stands the pause of one
 * of the minute, after which it is as gone as before.
 */
export function classifyError({ status, headers, body }: ErrorReply): ClassifiedError {
  const fields = errorFields(body)
  const first = Array.isArray(body) ? body[0] : body
  const word = wordOf(fields.error.status)
  const reason = reasonOf(fields)
  return definedOnly({
    kind: kindOf(fields, word, reason, status ?? statusIn(fields.error)),
    code: reason ?? word,
    type: word,
    parameter: parameterIn(fields.message),
    retryAfterMs: isOfDay(reason)
      ? untilNextDayMs(Date.now())
      : (retryAfterMs(headers, first) ?? retryInWordsMs(fields.message)),
    template: contentFree(fields.message),
  })
}

function kindOf(
  fields: ErrorFields,
  word: string | undefined,
  reason: string | undefined,
  status: number | undefined,
): AttemptFaultKind {
  // The one vendor that answers 400 to a bad key.
  if (reason === 'API_KEY_INVALID' || /^API key (?:not valid|expired)/.test(fields.message)) return 'unauthenticated'
  if (reason === 'BILLING_DISABLED' || isOfDay(reason)) return 'quota-exhausted'
  if (word === 'FAILED_PRECONDITION' && /billing/i.test(vendorsWords(fields.message))) return 'quota-exhausted'
  if (saysSpent(fields.message)) return 'quota-exhausted'
  if (OF_THE_CALL.test(fields.message)) return 'invalid-request'
  const worded = own(KINDS, word)
  if (worded) return worded
  if (saysTooLong(fields.message)) return 'context-too-long'
  if (saysUnsupported(fields.message)) return 'unsupported'
  return status === undefined ? 'overloaded' : statusKind(status)
}

/** Where one is, or what a prompt points to: nothing of the key, though some of these are `PERMISSION_DENIED`. */
const OF_THE_CALL =
  /^(?:User location is not supported|You do not have permission to access the File|CachedContent not found)/

/** The limit that `ErrorInfo` names, its `reason`, or the id of the quota that was exceeded: `…PerDay…` is gone until tomorrow. */
function reasonOf({ error }: ErrorFields): string | undefined {
  const reasons = listOf(error.details)
    .map(recordOf)
    .flatMap(({ metadata, reason, violations }) => [
      wordOf(recordOf(metadata).quota_limit) ?? wordOf(reason),
      ...listOf(violations).map(violation => wordOf(recordOf(violation).quotaId)),
    ])
  return reasons.find(isOfDay) ?? reasons.find(word => word !== undefined)
}

function isOfDay(reason: string | undefined): boolean {
  return /PerDay/.test(reason ?? '')
}
