/**
 * What a failure below HTTP means.
 *
 * @module
 */
import type { Fault } from '../../core/faults/fault.ts'
import { faultOf } from '../faults/fault-words.ts'

/** How far the request had come. */
export interface Progress {
  /** It went out on a connection that stood. */
  readonly sent: boolean
  /** A status line came back. */
  readonly answered: boolean
  /** The variable that names the proxy on the way. */
  readonly proxy?: string
}

/**
 * Reads the code of a transport error: our connect deadline, a reply that is not HTTP, a reply that broke off, or no
 * reply at all. Messages of transport errors are left out: they may hold addresses, which say less than the code.
 */
export function transportFault(where: string, error: Error, progress: Progress): Fault {
  const transport = codeOf(error)
  if (progress.answered) return faultOf(where, 'cut-off', { transport })
  const proxy = progress.proxy === undefined ? [] : [`${progress.proxy} is set, and the proxy may be to blame`]
  if (transport === 'UND_ERR_CONNECT_TIMEOUT') return faultOf(where, 'timed-out', { deadline: 'connect' }, proxy[0])
  // Before the request has left, only the proxy can have spoken.
  if (NOT_HTTP.test(transport) && (progress.sent || progress.proxy === undefined))
    return faultOf(where, 'malformed-reply', { transport }, ['its reply is not HTTP', ...proxy].join('; '))
  return faultOf(where, 'unreachable', { transport }, proxy[0])
}

/** What undici says of a reply whose head it cannot parse. */
const NOT_HTTP = /^(?:HPE_|HTTPParserError$|UND_ERR_HEADERS_OVERFLOW$)/

function codeOf(error: Error & { code?: unknown }): string {
  if (typeof error.code === 'string') return error.code
  if (error.cause instanceof Error) return codeOf(error.cause)
  return error.name
}
