/**
 * An HTTP server on loopback that answers as it is told, request by request, and remembers what it was asked.
 *
 * @module
 */
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { onFreePort } from './on-free-port.ts'

export interface SeenRequest {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** Resolves when the connection of this request is closed. */
  readonly closed: Promise<unknown>
}

/** Writes one reply, in whatever way. */
export type Reply = (response: ServerResponse, socket: Socket) => void

export interface ScriptedVendor {
  readonly url: string
  readonly seen: readonly SeenRequest[]
  /** The reply to every request until the next call. */
  answer(reply: Reply): void
  /** Resolves with the next request, as soon as it has come whole. */
  nextRequest(): Promise<SeenRequest>
  stop(): Promise<void>
}

export async function startScriptedVendor(): Promise<ScriptedVendor> {
  const seen: SeenRequest[] = []
  let reply: Reply = response => response.writeHead(500).end('no reply was scripted')
  let waiting: ((request: SeenRequest) => void)[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => {
      const { socket, url = '', headers } = request
      // Not `once` of node:events: it rejects on the socket's error, and a reset is one way to close.
      const closed = new Promise(resolve => socket.once('close', resolve))
      const one = { path: url, headers, body: Buffer.concat(chunks).toString(), closed }
      seen.push(one)
      for (const resolve of waiting.splice(0)) resolve(one)
      reply(response, socket)
    })
  })
  const address = await onFreePort(server)
  return {
    url: `http://${address}`,
    seen,
    answer(next) {
      reply = next
    },
    nextRequest: () => new Promise(resolve => waiting.push(resolve)),
    async stop() {
      waiting = []
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export const SSE = { 'content-type': 'text/event-stream; charset=utf-8' }
export const JSON_TYPE = { 'content-type': 'application/json' }

/** A whole reply at once. */
export function replying(body: string | Uint8Array, headers: Record<string, string> = SSE, status = 200): Reply {
  return response => void response.writeHead(status, headers).end(body)
}

/** The body, and then nothing: the connection stays open. */
export function holding(body: string | Uint8Array, headers: Record<string, string> = SSE): Reply {
  return response => {
    response.writeHead(200, headers)
    response.flushHeaders()
    response.write(body)
  }
}

/** The body, and then a reset. */
export function breaking(body: string | Uint8Array, headers: Record<string, string> = SSE): Reply {
  return (response, socket) => {
    response.writeHead(200, headers)
    response.write(body, () => socket.resetAndDestroy())
  }
}
