/**
 * Makes a fault of an error reply, as its protocol classifies it.
 *
 * @module
 */
import { definedOnly } from '../../core/defined-only.ts'
import type { Evidence, Fault } from '../../core/faults/fault.ts'
import type { ClassifiedError, Dialect, ErrorReply } from '../dialect.ts'
import { errorFields, handedOnMessage } from './error-body.ts'
import { faultOf } from './fault-words.ts'
import { limitedBy } from './limited-by.ts'
import { mostOutputIn } from './most-output.ts'

const REQUEST_ID_HEADERS = ['x-request-id', 'request-id', 'x-goog-request-id', 'x-amzn-requestid'] as const

/** The vendor's id of a request, from the headers that vendors use for it. */
export function requestIdOf(headers: Readonly<Record<string, string>>): string | undefined {
  for (const name of REQUEST_ID_HEADERS) {
    const id = headers[name]
    // What does not look like an id is not passed on.
    if (id !== undefined && /^[\w.:/+=-]{1,128}$/.test(id)) return id
  }
  return undefined
}

/** Classifies an error reply. With `afterTokens` the answer had begun: then it is cut off, whatever the code says. */
export function replyFault(where: string, dialect: Dialect, reply: ErrorReply, afterTokens = false): Fault {
  const classified = isFirewalls(reply) ? FIREWALLS : withOutputLimit(dialect.classifyError(reply), reply)
  const kind = afterTokens ? 'cut-off' : classified.kind
  return faultOf(where, kind, evidenceOf(classified, reply), classified.template)
}

/** A vendor that is asked for more output than its model gives says how much that is, by whatever code it refuses. */
function withOutputLimit(classified: ClassifiedError, { body }: ErrorReply): ClassifiedError {
  if (classified.kind !== 'invalid-request') return classified
  const fields = errorFields(body)
  const mostOutputTokens = mostOutputIn(fields.message) ?? mostOutputIn(handedOnMessage(fields))
  if (mostOutputTokens === undefined) return classified
  return { ...classified, kind: 'unsupported', parameter: 'output_tokens', mostOutputTokens }
}

/** A page in place of an error, from whoever stands before the vendor: it dislikes a word of the prompt, or where we come from. */
function isFirewalls({ status, headers, body }: ErrorReply): boolean {
  return status === 403 && body === undefined && /^text\/html/i.test(headers['content-type'] ?? '')
}

const FIREWALLS: ClassifiedError = {
  kind: 'invalid-request',
  template: 'a web page came, such as firewalls in front of a vendor send',
}

function evidenceOf(classified: ClassifiedError, reply: ErrorReply): Evidence {
  return definedOnly({
    status: reply.status,
    retryAfterMs: classified.retryAfterMs,
    code: classified.code,
    type: classified.type,
    parameter: classified.parameter,
    mostOutputTokens: classified.mostOutputTokens,
    limitedBy: classified.kind === 'rate-limited' ? limitedBy(classified, reply) : undefined,
    requestId: requestIdOf(reply.headers),
  })
}
