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
import type { ExchangeParts } from '../transport/exchange-parts.ts'
import type { Departure } from '../transport/request.ts'
import { transportFault } from '../transport/transport-fault.ts'
import type { Wire, WireRequest } from './batch-dialect.ts'

/** No model works meanwhile. A file of many pictures takes the longest. */
const REPLY_MS = 120_000

/** A request that did not succeed. */
export class WireFailed extends Error {
  readonly fault: Fault
  /** Absent: there was no reply, and nobody knows what the vendor has taken. */
  readonly status: number | undefined
  constructor(fault: Fault, status?: number) {
    super(fault.message)
    this.fault = fault
    this.status = status
  }
}

/** @throws WireFailed from the wire that it makes, for every end but success. */
export function createWire(parts: ExchangeParts, { origin, options }: Departure): Wire {
  const { endpoint, signal } = parts.ask
  const pool = parts.poolFor(origin, parts.connection.settings.deadlines.connectMs)
  return async request => {
    const ending = AbortSignal.any([signal, AbortSignal.timeout(REPLY_MS)])
    try {
      const asked = { ...optionsOf(request, options), origin, signal: ending }
      const { statusCode: status, headers, body } = await pool.request(asked)
      const text = await body.text()
      if (status >= 200 && status < 300) return text
      const reply = { status, headers: flat(headers), body: parsedOf(text) }
      throw new WireFailed(replyFault(endpoint.id, parts.dialect, reply), status)
    } catch (error) {
      if (error instanceof WireFailed) throw error
      throw new WireFailed(lostFault(parts, origin, error as Error))
    }
  }
}

function lostFault({ ask, proxyOf }: ExchangeParts, origin: string, error: Error): Fault {
  if (ask.signal.aborted) return faultOf(ask.endpoint.id, 'cancelled')
  if (error.name === 'TimeoutError') return faultOf(ask.endpoint.id, 'timed-out', { deadline: 'total' })
  const proxy = proxyOf?.(origin)
  return transportFault(ask.endpoint.id, error, { sent: true, answered: false, ...(proxy && { proxy }) })
}

function optionsOf(request: WireRequest, { headers }: Dispatcher.DispatchOptions): Dispatcher.DispatchOptions {
  const { method, path, body, contentType = 'application/json' } = request
  const { 'content-type': _type, 'content-length': _length, ...own } = headers as Record<string, string>
  return { method, path, headers: { ...own, ...(body && { 'content-type': contentType }) }, body: body || null }
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value ?? '')]))
}
