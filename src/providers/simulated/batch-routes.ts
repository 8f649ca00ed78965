/**
 * Serving a vendor's batch interface over HTTP.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Arrival } from './arrival.ts'
import type { Batches } from './batch-visit.ts'
import type { Dialect } from './dialect.ts'
import { readBody } from './request-body.ts'

export interface BatchRoute {
  readonly dialect: Dialect
  readonly batches: Batches
  /** Set: whoever brings another key is turned away. */
  readonly apiKey: string | undefined
}

/** Answers a request of the batch interface. Any other is left to `otherwise`. */
export function serveBatches(
  { dialect, batches, apiKey }: BatchRoute,
  request: IncomingMessage,
  response: ServerResponse,
  arrival: Arrival,
): void {
  readBody(request, text => {
    const { path } = arrival
    if (apiKey !== undefined && dialect.keyOf(arrival) !== apiKey) {
      const { status, body } = dialect.refuse({ kind: 'unauthenticated' }, 'req_batch')
      return send(response, status, JSON.stringify(body))
    }
    const told = dialect.batches!.serve({ method: request.method, path, text, arrival, batches })
    if (!told) return send(response, 404, '{"error":{"message":"There is no such batch."}}')
    if ('lines' in told) return send(response, 200, told.lines.map(line => `${JSON.stringify(line)}\n`).join(''))
    send(response, told.status ?? 200, JSON.stringify(told.json))
  })
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(text)
}
