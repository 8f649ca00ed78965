/**
 * A package's request on its way out: what the gate sees of it, and what goes on the wire.
 *
 * @module
 */
import type { Dispatcher } from 'undici'
import { definedOnly } from '../../core/defined-only.ts'
import type { Outgoing } from '../../core/ports.ts'
import { askedService, priceRangeOf, type Service } from '../service-tier.ts'
import type { ExchangeParts } from './exchange-parts.ts'

export interface Departure {
  readonly outgoing: Outgoing
  readonly service: Service
  readonly origin: string
  readonly options: Dispatcher.DispatchOptions
}

/** The headers in which packages send a key. */
const KEY_HEADERS = ['authorization', 'x-api-key', 'x-goog-api-key', 'api-key']

/**
 * Reads the request of a package. Every one is a POST with a JSON text.
 *
 * The body is parsed here once, which costs 2 to 4 ms for a megabyte: the limits that a package added stand nowhere
 * else, and a search in the text could be misled by what a prompt says.
 */
export function departureOf(
  href: string,
  init: RequestInit | undefined,
  parts: Pick<ExchangeParts, 'ask' | 'connection' | 'dialect'>,
  inBatch = false,
): Departure {
  const url = new URL(href)
  const text = String(init?.body ?? '')
  const body: unknown = JSON.parse(text)
  const headers = headersOf(init?.headers, parts)
  const service = { ...askedService(url, body, headers), ...(inBatch && inBatchOf(parts)) }
  const outgoing = {
    url: url.origin + url.pathname,
    body,
    ...(inBatch && { inBatch: true as const }),
    ...definedOnly({ maxOutputTokens: parts.dialect.outputLimit(body), priceRange: priceRangeOf(service) }),
  }
  return {
    outgoing,
    service,
    origin: url.origin,
    options: { path: url.pathname + url.search, method: 'POST', headers, body: Buffer.from(text) },
  }
}

function inBatchOf({ dialect }: Pick<ExchangeParts, 'dialect'>): Service {
  return definedOnly({ inBatch: true, readsAsUsual: dialect.batch?.readsAsUsual })
}

function headersOf(
  given: RequestInit['headers'],
  { ask, connection, dialect }: Pick<ExchangeParts, 'ask' | 'connection' | 'dialect'>,
): Record<string, string> {
  const entries = given instanceof Headers || Array.isArray(given) ? [...given] : Object.entries(given ?? {})
  const headers: Record<string, string> = {}
  for (const [name, value] of entries) if (value !== undefined) headers[String(name).toLowerCase()] = String(value)
  if (connection.settings.apiKey === undefined && !dialect.signs) removeEmptyKeys(headers, connection.settings.headers)
  headers['x-client-request-id'] = ask.wireRequestId
  return headers
}

/** Without a key packages send an empty one, or look into the environment; neither is to leave. */
function removeEmptyKeys(headers: Record<string, string>, configured: Readonly<Record<string, string>>): void {
  const own = new Set(Object.keys(configured).map(name => name.toLowerCase()))
  for (const name of KEY_HEADERS) if (!own.has(name)) delete headers[name]
}
