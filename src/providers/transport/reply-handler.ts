/**
 * Follows one reply from the socket: checks it, measures it, and hands a `Response` to the package, or ends the
 * exchange with a fault.
 *
 * @module
 */
import type { Dispatcher } from 'undici'
import type { Fault } from '../../core/faults/fault.ts'
import { type Deferred, deferred } from '../deferred.ts'
import type { ErrorReply } from '../dialect.ts'
import { faultOf } from '../faults/fault-words.ts'
import { createByteMeter, type ReplyLimits } from './byte-meter.ts'
import type { AttemptClock } from './deadlines.ts'
import { createDecoder, type Decoded, type Decoder } from './decoding.ts'
import { endsStream } from './end-mark.ts'
import type { ExchangeProgress } from './exchange.ts'
import type { Mending } from './mending.ts'
import { type Reading, readIntoResponse, readRefusal, readWhole } from './reading.ts'
import { replyKind } from './reply-kind.ts'
import { transportFault } from './transport-fault.ts'

export interface ReplyHandlerParts {
  readonly where: string
  /** The variable that names the proxy on the way; asked for a request that failed. */
  readonly proxy: () => string | undefined
  readonly mending: Mending | undefined
  readonly progress: ExchangeProgress
  readonly clock: AttemptClock
  readonly streams: boolean
  readonly limits: ReplyLimits
  readonly fail: (fault: Fault, billable?: 'no' | 'maybe') => void
  /** The same, unless what has come is a whole answer all the same. */
  readonly breakOff: (fault: Fault) => void
  readonly failReply: (reply: ErrorReply, billable: 'no' | 'maybe') => void
}

export interface ReplyHandler extends Dispatcher.DispatchHandler {
  readonly response: Promise<Response>
  /** Breaks the reply off, at once and at most once; without effect when it was read to its end. */
  cut(reason: Error): void
  /** Classifies an error reply whose body has not come whole. False: it is no error reply. */
  concludeEarly(): boolean
  /**
   * Breaks a stream off and tells its reader that it is whole: if the answer had come to its end, only the connection had not.
   * False: there is no stream, or it has ended.
   */
  endEarly(reason: Error): boolean
}

export function createReplyHandler(parts: ReplyHandlerParts): ReplyHandler {
  const { where, progress, clock, fail } = parts
  const response = deferred<Response>()
  // The exchange's ending is what callers wait for; this rejection only wakes the package.
  response.promise.catch(() => {})
  const measure = createByteMeter(parts.limits, parts.streams)
  let connection: Dispatcher.DispatchController | undefined
  let reading: Reading | undefined
  let decoder: Decoder | undefined
  let received = false
  let over: Error | undefined

  const stop = (reason: Error) => {
    over = reason
    decoder?.close()
    response.reject(reason)
    reading?.fail(reason)
  }
  const decoded: Decoded = {
    push(chunk) {
      if (over) return
      const problem = measure(chunk)
      if (problem) fail(faultOf(where, 'malformed-reply', { code: 'too-large' }, problem))
      else reading?.push(chunk)
      if (reading?.streams && endsStream(chunk)) clock.endSeen()
    },
    end() {
      if (over) return
      over = READ_TO_END
      reading?.end()
    },
    fail(problem) {
      if (over) return
      if (problem === 'cut') fail(faultOf(where, 'cut-off'))
      else fail(faultOf(where, 'malformed-reply', {}, 'its reply cannot be unpacked'))
    },
  }
  const concludeEarly = () => {
    if (reading?.refusal) reading.end()
    return reading?.refusal === true
  }

  return {
    response: response.promise,
    concludeEarly,
    endEarly(reason) {
      // What comes compressed is whole with its checksum only.
      if (over || decoder || !reading?.streams) return false
      over = reason
      reading.end()
      if (!received) connection?.abort(reason)
      return true
    },
    cut(reason) {
      if (over) return
      stop(reason)
      if (!received) connection?.abort(reason)
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
      decoder = createDecoder(progress.headers['content-encoding'], decoded)
      reading = readingOf(parts, controller, status, response)
    },
    onResponseData(_controller, chunk) {
      if (over) return
      clock.bytesSeen()
      if (decoder) decoder.push(chunk)
      else decoded.push(chunk)
    },
    onResponseEnd() {
      received = true
      if (decoder) decoder.end()
      else decoded.end()
    },
    onResponseError(_controller, error) {
      if (over || concludeEarly()) return
      const { sent, status } = progress
      parts.breakOff(transportFault(where, error, { sent, answered: status !== undefined, proxy: parts.proxy() }))
    },
  }
}

/** Marks a reply that came whole, after which nothing is to be cut. */
const READ_TO_END = new Error('The reply was read to its end.')

/** Error statuses and redirects are kept from the package, and so is what its content type says it cannot read. */
function readingOf(
  parts: ReplyHandlerParts,
  connection: Dispatcher.DispatchController,
  status: number,
  response: Deferred<Response>,
): Reading | undefined {
  const kind = status >= 300 ? { kind: 'json' as const } : replyKind(status, parts.progress.headers, parts.streams)
  if (kind.kind === 'json') return readRefusal(parts, status)
  if (kind.kind === 'wrong') {
    parts.fail(faultOf(parts.where, 'malformed-reply', { status }, kind.problem))
    return undefined
  }
  return parts.streams ? readIntoResponse(status, parts, response, connection) : readWhole(status, parts, response)
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const single: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) single[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value
  return single
}
