/**
 * Follows one reply from the socket: checks it, measures it, and hands a `Response` to the package, or ends the
 * exchange with a fault.
 *
 * @module
 */
import type { Dispatcher } from 'undici'
import type { Fault } from '../../core/faults/fault.ts'
import { deferred } from '../deferred.ts'
import type { ErrorReply } from '../dialect.ts'
import { errorIn } from '../faults/error-body.ts'
import { faultOf } from '../faults/fault-words.ts'
import { createByteMeter, MAX_ERROR_BYTES, type ReplyLimits } from './byte-meter.ts'
import type { AttemptClock } from './deadlines.ts'
import { type ExchangeProgress, errorReplyOf } from './exchange.ts'
import { replyKind } from './reply-kind.ts'
import { createReplyStream, type ReplyStream } from './reply-stream.ts'
import { transportFault } from './transport-fault.ts'

export interface ReplyHandlerParts {
  readonly where: string
  readonly progress: ExchangeProgress
  readonly clock: AttemptClock
  readonly streams: boolean
  readonly limits: ReplyLimits
  readonly fail: (fault: Fault, billable?: 'no' | 'maybe') => void
  readonly failReply: (reply: ErrorReply, billable: 'no' | 'maybe') => void
}

export interface ReplyHandler extends Dispatcher.DispatchHandler {
  readonly response: Promise<Response>
  /** Breaks the reply off, at once and at most once; without effect when it was read to its end. */
  cut(reason: Error): void
  /** Classifies an error reply whose body has not come whole. False: it is no error reply. */
  concludeEarly(): boolean
}

/** What is done with the body's bytes. */
interface Reading {
  push(chunk: Buffer): void
  end(): void
  /** True for an error status: its kind is known before its body is. */
  readonly refusal?: boolean
}

export function createReplyHandler(parts: ReplyHandlerParts): ReplyHandler {
  const { where, progress, clock, fail } = parts
  const { promise: response, resolve, reject } = deferred<Response>()
  // The exchange's ending is what callers wait for; this rejection only wakes the package.
  response.catch(() => {})
  const measure = createByteMeter(parts.limits, parts.streams)
  let connection: Dispatcher.DispatchController | undefined
  let stream: ReplyStream | undefined
  let reading: Reading | undefined
  let over: Error | undefined
  let complete = false

  const open = (controller: Dispatcher.DispatchController, status: number): Reading => {
    const kind = status >= 300 ? { kind: 'json' as const } : replyKind(progress.headers, parts.streams)
    if (kind.kind === 'wrong') {
      fail(faultOf(where, 'malformed-reply', { status }, kind.problem))
      return { push() {}, end() {} }
    }
    if (kind.kind === 'json') return collectRefusal(parts, status)
    if (!parts.streams) return collectWhole(parts, status, resolve)
    stream = createReplyStream(controller)
    resolve(responseOf(stream.readable, status, progress))
    return stream
  }

  const concludeEarly = () => {
    if (reading?.refusal) reading.end()
    return reading?.refusal === true
  }

  return {
    response,
    concludeEarly,
    cut(reason) {
      if (complete || over) return
      over = reason
      reject(reason)
      stream?.fail(reason)
      connection?.abort(reason)
    },
    onRequestStart(controller) {
      connection = controller
      if (over) return controller.abort(over)
      progress.sent = true
      clock.sent()
    },
    onResponseStart(controller, status, headers) {
      if (status < 200) return
      progress.status = status
      progress.headers = flat(headers)
      reading = open(controller, status)
    },
    onResponseData(_controller, chunk) {
      if (over) return
      clock.bytesSeen()
      const problem = measure(chunk)
      if (problem) fail(faultOf(where, 'malformed-reply', { code: 'too-large' }, problem))
      else reading?.push(chunk)
    },
    onResponseEnd() {
      complete = true
      if (!over) reading?.end()
    },
    onResponseError(_controller, error) {
      complete = true
      if (over || concludeEarly()) return
      fail(transportFault(where, error, { sent: progress.sent, answered: progress.status !== undefined }))
      reject(error)
      stream?.fail(error)
    },
  }
}

/** An error status, a redirect, or one JSON body where a stream was asked for: never shown to the package. */
function collectRefusal({ where, progress, fail, failReply }: ReplyHandlerParts, status: number): Reading {
  const chunks: Buffer[] = []
  let bytes = 0
  const conclude = () => {
    const reply = errorReplyOf(status, progress.headers, Buffer.concat(chunks).toString())
    if (status >= 400) return failReply(reply, 'no')
    if (status >= 300) return fail(faultOf(where, 'invalid-request', { status }, 'it redirects elsewhere'), 'no')
    if (errorIn(reply.body)) return failReply({ headers: reply.headers, body: reply.body }, 'maybe')
    fail(faultOf(where, 'malformed-reply', { status }, 'one JSON body came where a stream was asked for'), 'maybe')
  }
  return {
    push(chunk) {
      if (bytes >= MAX_ERROR_BYTES) return
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes >= MAX_ERROR_BYTES) conclude()
    },
    end: conclude,
    refusal: status >= 400,
  }
}

function collectWhole({ progress }: ReplyHandlerParts, status: number, resolve: (response: Response) => void): Reading {
  const chunks: Buffer[] = []
  return {
    push: chunk => void chunks.push(chunk),
    end() {
      progress.whole = Buffer.concat(chunks).toString()
      resolve(responseOf(progress.whole, status, progress))
    },
  }
}

/** Packages read the type alone; the other headers are ours to read. */
function responseOf(body: ReadableStream<Uint8Array> | string, status: number, progress: ExchangeProgress): Response {
  return new Response(body, { status, headers: { 'content-type': progress.headers['content-type'] ?? '' } })
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const single: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) single[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value
  return single
}
