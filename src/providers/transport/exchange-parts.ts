/**
 * What an exchange is made of, and what is known of it while it runs.
 *
 * @module
 */
import type { Dispatcher } from 'undici'
import type { Ask } from '../../core/ports.ts'
import type { Connection, Dialect } from '../dialect.ts'
import type { Service } from '../service-tier.ts'
import type { ReplyLimits } from './byte-meter.ts'

/** What is known of the exchange; it fills while it runs. */
export interface ExchangeProgress {
  departedAtMs: number
  sent: boolean
  status?: number
  headers: Readonly<Record<string, string>>
  /** What the request has asked for. */
  service: Service
  /** The request's output limit as the vendor reads it. */
  maxOutputTokens?: number
  /** A reply that came in one piece, for reading an error in it that the package cannot read. */
  whole?: string
}

export interface ExchangeParts {
  readonly ask: Ask
  readonly connection: Omit<Connection, 'fetch'>
  readonly dialect: Dialect
  readonly poolFor: (origin: string, connectMs: number) => Dispatcher
  /** The variable that names the proxy on the way to an origin. */
  readonly proxyOf?: (origin: string) => string | undefined
  readonly limits: ReplyLimits
  readonly streams: boolean
}
