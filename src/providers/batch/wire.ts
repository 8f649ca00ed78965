/**
 * Requests to a vendor's batch interface, over the connections that its models are asked on.
 *
 * @module
 */
import type { Dispatcher } from 'undici'
import type { Fault } from '../../core/faults/fault.ts'
import { faultOf } from '../faults/fault-words.ts'
import { replyFault } from '../faults/reply-fault.ts'
import { parsedOf } from '../json.ts'
import { createByteMeter } from '../transport/byte-meter.ts'
import type { ExchangeParts } from '../transport/exchange-parts.ts'
import type { Departure } from '../transport/request.ts'
import { singleHeaders } from '../transport/single-headers.ts'
import { transportFault } from '../transport/transport-fault.ts'
import type { Wire, WireRequest } from './batch-dialect.ts'

/** No model works meanwhile. A file of many pictures takes the longest. */
const REPLY_MS = 120_000

/**
 * How long the reply to a request that makes a batch is waited for once nobody wants it any more. A batch is made with the request, whoever
 * hears of it, and only one whose id is known can be withdrawn.
 */
const MAKING_MS = 10_000

/** A request that did not succeed. */
export class WireFailed extends Error {
  readonly fault: Fault
  /** Absent: there was no reply. */
  readonly status: number | undefined
  /** The vendor may have a batch from it: nobody knows what it has taken. */
  readonly mayBill: boolean
  constructor(fault: Fault, { status, mayBill = false }: { readonly status?: number; readonly mayBill?: boolean }) {
    super(fault.message)
    this.fault = fault
    this.status = status
    this.mayBill = mayBill
  }
}

/** Tells when a request leaves, on a connection that stands. */
function telling(left: () => void): Dispatcher.DispatcherComposeInterceptor {
  return dispatch => (asked, handler) => {
    const start = handler.onRequestStart?.bind(handler)
    handler.onRequestStart = (controller, context) => {
      left()
      start?.(controller, context)
    }
    return dispatch(asked, handler)
  }
}

/** @throws WireFailed from the wire that it makes, for every end but success. */
export function createWire(parts: ExchangeParts, { origin, options }: Departure): Wire {
  const { endpoint, signal } = parts.ask
  const pool = parts.poolFor(origin, parts.connection.settings.deadlines.connectMs)
  return async request => {
    if (signal.aborted) throw new WireFailed(faultOf(endpoint.id, 'cancelled'), {})
    const { makesBatch = false } = request
    const ending = endingOf(signal, makesBatch)
    let sent = false
    const watched = pool.compose(
      telling(() => {
        sent = true
      }),
    )
    try {
      const asked = { ...optionsOf(request, options), origin, signal: ending.signal }
      const { statusCode: status, headers, body } = await watched.request(asked)
      const text = await read(body, parts, request)
      if (status >= 200 && status < 300) return text
      const fault = replyFault(endpoint.id, parts.dialect, {
        status,
        headers: singleHeaders(headers),
        body: parsedOf(text),
      })
      throw new WireFailed(fault, { status, mayBill: makesBatch && status >= 500 })
    } catch (error) {
      if (error instanceof WireFailed) throw error
      throw new WireFailed(lostFault(parts, origin, error as Error, sent), { mayBill: makesBatch && sent })
    } finally {
      ending.forget()
    }
  }
}

/** Fires when the reply has taken too long, or is not wanted: at once, but for the reply to a batch that is being made. */
function endingOf(unwanted: AbortSignal, makesBatch: boolean) {
  const over = AbortSignal.timeout(REPLY_MS)
  if (!makesBatch) return { signal: AbortSignal.any([unwanted, over]), forget() {} }
  const late = new AbortController()
  const hurry = () => setTimeout(() => late.abort(), MAKING_MS).unref()
  unwanted.addEventListener('abort', hurry, { once: true })
  const forget = () => unwanted.removeEventListener('abort', hurry)
  return { signal: AbortSignal.any([late.signal, over]), forget }
}

async function read(
  body: AsyncIterable<Buffer>,
  { ask, limits }: ExchangeParts,
  request: WireRequest,
): Promise<string> {
  const measure = createByteMeter(limits, false)
  const chunks: Buffer[] = []
  for await (const chunk of body) {
    const problem = measure(chunk)
    if (problem) {
      const fault = faultOf(ask.endpoint.id, 'malformed-reply', { code: 'too-large' }, problem)
      throw new WireFailed(fault, { mayBill: request.makesBatch ?? false })
    }
    chunks.push(chunk)
  }
  return new TextDecoder().decode(Buffer.concat(chunks))
}

function lostFault({ ask, proxyOf }: ExchangeParts, origin: string, error: Error, sent: boolean): Fault {
  if (ask.signal.aborted) return faultOf(ask.endpoint.id, 'cancelled')
  if (error.name === 'TimeoutError') return faultOf(ask.endpoint.id, 'timed-out', { deadline: 'total' })
  const proxy = proxyOf?.(origin)
  return transportFault(ask.endpoint.id, error, { sent, answered: false, ...(proxy && { proxy }) })
}

function optionsOf(request: WireRequest, { headers }: Dispatcher.DispatchOptions): Dispatcher.DispatchOptions {
  const { method, path, body, contentType = 'application/json' } = request
  const { 'content-type': _type, 'content-length': _length, ...own } = headers as Record<string, string>
  return { method, path, headers: { ...own, ...(body && { 'content-type': contentType }) }, body: body || null }
}
