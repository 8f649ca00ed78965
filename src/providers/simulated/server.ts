/**
 * The HTTP side of one vendor: listening, routing, and going down and coming back on the same port.
 *
 * @module
 */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { serveBatches } from './batch-routes.ts'
import type { Batches } from './batch-visit.ts'
import { serveControl, type VendorControl } from './control.ts'
import type { Dialect } from './dialect.ts'
import type { FaultRule } from './fault-rule.ts'
import { createOutages } from './outages.ts'
import { parsed, readBody } from './request-body.ts'
import type { Vendor } from './vendor.ts'

/** Longer than any client keeps an idle connection, so that none is closed under a request that is about to leave. */
const KEEP_ALIVE_MS = 75_000
/** After this a port that somebody else has taken is tried again. */
const TAKEN_PORT_MS = 100

export interface ServerParts {
  readonly vendor: Vendor
  readonly dialect: Dialect
  readonly faults: readonly FaultRule[]
  /** The models that there are, by their ids on the wire. */
  readonly served: readonly string[]
  /** Absent: it has no batch interface. */
  readonly batches?: Batches | undefined
  readonly apiKey: string | undefined
  readonly host: string
  readonly port: number
}

export interface VendorServer {
  readonly baseUrl: string
  /** Replaces all rules; resolves when the server listens, or does not, as they say. */
  setFaults(rules: readonly FaultRule[]): Promise<void>
  close(): Promise<void>
}

export async function startServer(parts: ServerParts): Promise<VendorServer> {
  const { vendor, dialect, faults, served, batches, apiKey, host, port } = parts
  const control: VendorControl = {
    modelPath: dialect.modelPath,
    served,
    meter: () => vendor.meter.rows(),
    setFaults: rules => setFaults(rules),
  }
  const server = createServer((request, response) => {
    const { pathname: path, searchParams: query } = addressOf(request)
    if (batches && dialect.batches?.isPath(path)) {
      serveBatches({ dialect, batches, apiKey }, request, response, { path, query, headers: request.headers })
      return
    }
    const isModel = request.method === 'POST' && dialect.isModelPath(path)
    if (isModel)
      readBody(request, text => vendor.serve(parsed(text), { path, query, headers: request.headers }, response))
    else serveControl({ request, response, path, control })
  })
  server.keepAliveTimeout = KEEP_ALIVE_MS
  server.requestTimeout = 0
  await listen(server, host, port)
  const taken = (server.address() as AddressInfo).port
  let isOver = false
  const outages = createOutages({
    goDown() {
      vendor.setDown(true)
      return stop(server)
    },
    async comeBack() {
      await listenAgain(
        () => listen(server, host, taken),
        () => isOver,
      )
      vendor.setDown(false)
    },
  })
  const setFaults = async (rules: readonly FaultRule[]) => {
    vendor.setFaults(rules)
    await outages.set(rules)
  }
  await outages.set(faults)
  return {
    baseUrl: `http://${host.includes(':') ? `[${host}]` : host}:${taken}${dialect.basePath}`,
    setFaults,
    async close() {
      isOver = true
      outages.end()
      await stop(server)
    },
  }
}

/** The path goes behind an origin as it came: what begins with two slashes, or is no URL, would be read as another host's. */
function addressOf({ url = '/' }: IncomingMessage): URL {
  return new URL(url.startsWith('/') ? `http://vendor${url}` : 'http://vendor/')
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/** Another process may have taken the port while the vendor was down: then it comes back once that one is gone. */
async function listenAgain(listenOnce: () => Promise<void>, isOver: () => boolean): Promise<void> {
  while (!isOver())
    try {
      return await listenOnce()
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
      await setTimeout(TAKEN_PORT_MS, undefined, { ref: false })
    }
}

function stop(server: Server): Promise<void> {
  if (!server.listening) return Promise.resolve()
  return new Promise(resolve => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
