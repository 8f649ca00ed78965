/**
 * Follows one reply from the socket: checks it, measures it, and hands a `Response` to the package, or ends the
 * exchange with a fault.
 *
 * @module
 */
import type { Dispatcher } from 'undici'
import { type Deferred, deferred } from '../deferred.ts'
import { faultOf } from '../faults/fault-words.ts'
import { createByteMeter } from './byte-meter.ts'
import { createDecoder, type Decoded, type Decoder } from './decoding.ts'
import { endsStream } from './end-mark.ts'
import { type Reading, readIntoResponse, readRefusal, readWhole } from './reading.ts'
import type { ReplyHandlerParts } from './reply-handler-parts.ts'
import { replyKind } from './reply-kind.ts'
import { singleHeaders } from './single-headers.ts'
import { transportFault } from './transport-fault.ts'

export interface ReplyHandler extends Dispatcher.DispatchHandler {
  readonly response: Promise<Response>
  /** Breaks the reply off, at once and at most once; without effect when it was read to its end. */
  cut(reason: Error): void
  /** Classifies an error reply or a redirect whose body has not come whole. False: it is neither. */
  concludeEarly(): boolean
  /**
   * Breaks a stream off and tells its reader that it is whole: if the answer had come to its end, only the connection had not.
   * False: there is no stream, or it has ended.
   */
  endEarly(reason: Error): boolean
}

/** One reply, as far as it has come. */
interface Incoming {
  readonly parts: ReplyHandlerParts
  readonly response: Deferred<Response>
  readonly measure: ReturnType<typeof createByteMeter>
  /** Of a reply that comes packed: its bytes wait to be unpacked, and may hold nothing. */
  readonly measurePacked: ReturnType<typeof createByteMeter>
  connection?: Dispatcher.DispatchController
  reading?: Reading
  /** Of a reply that comes packed. */
  decoder?: Decoder
  /** The wire has given all of it. */
  received: boolean
  /** Why nothing more is taken. */
  over?: Error
}

export function createReplyHandler(parts: ReplyHandlerParts): ReplyHandler {
  const response = deferred<Response>()
  // The exchange's ending is what callers wait for; this rejection only wakes the package.
  response.promise.catch(() => {})
  const incoming: Incoming = {
    parts,
    response,
    measure: createByteMeter(parts.limits, parts.streams),
    measurePacked: createByteMeter(parts.limits, false),
    received: false,
  }
  const unpacked = unpackedOf(incoming)
  return {
    response: response.promise,
    concludeEarly: () => concludeEarly(incoming),
    endEarly: reason => endEarly(incoming, reason),
    cut: reason => cut(incoming, reason),
    onRequestStart: controller => begin(incoming, controller),
    onResponseStart(controller, status, headers) {
      if (status >= 200) answer(incoming, { controller, status, headers: singleHeaders(headers), unpacked })
    },
    onResponseData(_controller, chunk) {
      if (incoming.over) return
      parts.clock.bytesSeen()
      const { decoder } = incoming
      if (!decoder) unpacked.push(chunk)
      else if (isWithin(incoming, incoming.measurePacked(chunk))) decoder.push(chunk)
    },
    onResponseEnd() {
      incoming.received = true
      const { decoder = unpacked } = incoming
      decoder.end()
    },
    onResponseError(_controller, error) {
      if (incoming.over || concludeEarly(incoming)) return
      const { sent, status } = parts.progress
      parts.breakOff(transportFault(parts.where, error, { sent, answered: status !== undefined, proxy: parts.proxy() }))
    },
  }
}

/** Takes the reply as the vendor wrote it, once it is unpacked. */
function unpackedOf(incoming: Incoming): Decoded {
  const { where, clock, fail } = incoming.parts
  return {
    push(chunk) {
      if (incoming.over) return
      const { reading } = incoming
      if (isWithin(incoming, incoming.measure(chunk))) reading?.push(chunk)
      if (reading?.streams && endsStream(chunk)) clock.endSeen()
    },
    end() {
      if (incoming.over) return
      incoming.over = READ_TO_END
      incoming.reading?.end()
    },
    fail(problem) {
      if (incoming.over) return
      if (problem === 'cut') fail(faultOf(where, 'cut-off'))
      else fail(faultOf(where, 'malformed-reply', {}, 'its reply cannot be unpacked'))
    },
  }
}

/** Whether a meter has found no problem. With one the reply is over. */
function isWithin({ parts }: Incoming, problem: string | undefined): boolean {
  if (problem !== undefined) parts.fail(faultOf(parts.where, 'malformed-reply', { code: 'too-large' }, problem))
  return problem === undefined
}

function begin(incoming: Incoming, controller: Dispatcher.DispatchController): void {
  const { progress, clock } = incoming.parts
  incoming.connection = controller
  if (incoming.over) {
    controller.abort(incoming.over)
    return
  }
  progress.sent = true
  clock.sent()
}

/** The beginning of a reply. */
interface Head {
  readonly controller: Dispatcher.DispatchController
  readonly status: number
  readonly headers: Record<string, string>
  readonly unpacked: Decoded
}

function answer(incoming: Incoming, { controller, status, headers, unpacked }: Head): void {
  const { parts, response } = incoming
  parts.progress.status = status
  parts.progress.headers = headers
  incoming.decoder = createDecoder(headers['content-encoding'], unpacked)
  incoming.reading = readingOf(parts, controller, status, response)
}

function concludeEarly({ reading }: Incoming): boolean {
  if (reading?.refusal) reading.end()
  return reading?.refusal === true
}

function endEarly(incoming: Incoming, reason: Error): boolean {
  const { over, decoder, reading, received, connection } = incoming
  // A packed reply is whole only with the checksum at its end.
  if (over || decoder || !reading?.streams) return false
  incoming.over = reason
  reading.end()
  if (!received) connection?.abort(reason)
  return true
}

function cut(incoming: Incoming, reason: Error): void {
  const { over, decoder, reading, response, received, connection } = incoming
  if (over) return
  incoming.over = reason
  decoder?.close()
  response.reject(reason)
  reading?.fail(reason)
  if (!received) connection?.abort(reason)
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
