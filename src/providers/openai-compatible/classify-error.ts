import { definedOnly } from '../../core/defined-only.ts'
import type { AttemptFaultKind } from '../../core/faults/fault.ts'
import type { ClassifiedError, ErrorReply } from '../dialect.ts'
import { wordKind } from '../faults/code-kind.ts'
import { type ErrorFields, errorFields, handedOnMessage, statusIn } from '../faults/error-body.ts'
import { retryAfterMs, retryInWordsMs } from '../faults/retry-after.ts'
import { affordedIn, contentFree, isAboveCredit, isAboveLimit } from '../faults/vendor-templates.ts'
import { parameterIn } from '../faults/what-message-says.ts'
import { classifyError as classifyGoogles } from '../google/classify-error.ts'
import { recordOf, textOf } from '../json.ts'

/**
 * Reads the error of OpenAI's shape and of the many servers that resemble it: OpenRouter puts the status into `code`,
 * some answer `{ error: 'words' }`, some `{ message }` alone. Google answers with errors of its own.
 */
export function classifyError(reply: ErrorReply): ClassifiedError {
  const { status, headers, body } = reply
  const fields = errorFields(body)
  if (isGoogles(fields)) return classifyGoogles(reply)
  const kind = wordKind(fields, status ?? statusIn(fields.error))
  const template = contentFree(fields.message)
  const tooMuch = tooMuchOf(kind, template)
  const shape = parameterIn(fields.message) ?? parameterIn(handedOnMessage(fields))
  return definedOnly({
    kind: tooMuch ? 'unsupported' : kind,
    code: fields.code,
    type: fields.type,
    parameter: tooMuch ?? fields.parameter ?? shape,
    retryAfterMs: retryAfterMs(headers, body) ?? retryInMetadata(fields.error) ?? retryInWordsMs(fields.message),
    mostOutputTokens: tooMuch === 'credits' ? affordedIn(template) : undefined,
    template,
  })
}

/** https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto */
const GOOGLES =
  /^(?:CANCELLED|UNKNOWN|INVALID_ARGUMENT|DEADLINE_EXCEEDED|NOT_FOUND|ALREADY_EXISTS|PERMISSION_DENIED|UNAUTHENTICATED|RESOURCE_EXHAUSTED|FAILED_PRECONDITION|ABORTED|OUT_OF_RANGE|UNIMPLEMENTED|INTERNAL|UNAVAILABLE|DATA_LOSS)$/

/** Others have a status beside a number too, such as `BAD_REQUEST`. */
function isGoogles({ error }: ErrorFields): boolean {
  return typeof error.code === 'number' && GOOGLES.test(textOf(error.status) ?? '')
}

/** What this one call asks for more of than it could ever get, while smaller ones are served. */
function tooMuchOf(kind: AttemptFaultKind, template: string | undefined): string | undefined {
  if (kind === 'rate-limited' && isAboveLimit(template)) return 'tokens_per_minute'
  return kind === 'quota-exhausted' && isAboveCredit(template) ? 'credits' : undefined
}

/** OpenRouter passes the headers of its vendor on inside the body. */
function retryInMetadata(error: Readonly<Record<string, unknown>>): number | undefined {
  const headers = Object.entries(recordOf(recordOf(error.metadata).headers))
  return retryAfterMs(
    Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), String(value)])),
    undefined,
  )
}
