/**
 * One request and its reply: what passes between a package's `fetch` and the wire during one attempt.
 *
 * @module
 */
import type { Pool } from 'undici'
import type { Evidence, Fault } from '../../core/faults/fault.ts'
import type { Ask } from '../../core/ports.ts'
import { deferred } from '../deferred.ts'
import type { Connection, Dialect, ErrorReply } from '../dialect.ts'
import { faultOf } from '../faults/fault-words.ts'
import { replyFault, requestIdOf } from '../faults/reply-fault.ts'
import { known, parsedOf } from '../json.ts'
import type { ReplyLimits } from './byte-meter.ts'
import { createAttemptClock } from './deadlines.ts'
import { createReplyHandler, type ReplyHandler } from './reply-handler.ts'
import { type Departure, departureOf } from './request.ts'

/** Why an exchange ended before its end: a fault, or what the gate threw, to be passed on unchanged. */
export type Ending =
  | { readonly kind: 'fault'; readonly fault: Fault; readonly billable: 'no' | 'maybe' }
  | { readonly kind: 'held'; readonly thrown: unknown }

export interface Exchange {
  /** The package's `fetch`. Serves one request; a second one (a continuation) is refused. */
  fetch(url: unknown, init?: RequestInit): Promise<Response>
  /** Settles when the exchange is ended from our side; never otherwise. */
  readonly ended: Promise<Ending>
  readonly ending: Ending | undefined
  /** Tells the clock that the answer's first content came. */
  contentSeen(): void
  /** A request came after the first, and was refused. */
  readonly refusedSecond: boolean
  readonly progress: ExchangeProgress
  /** Releases timers, the abort listener, and the connection unless its reply was read to the end. */
  close(): void
}

/** What is known of the exchange; it fills while it runs. */
export interface ExchangeProgress {
  departedAtMs: number
  sent: boolean
  status?: number
  headers: Readonly<Record<string, string>>
  /** A reply that came in one piece, for reading an error in it that the package cannot read. */
  whole?: string
}

export interface ExchangeParts {
  readonly ask: Ask
  readonly connection: Omit<Connection, 'fetch'>
  readonly dialect: Dialect
  readonly poolFor: (origin: string, connectMs: number) => Pool
  readonly limits: ReplyLimits
  readonly streams: boolean
}

/** Prepares an exchange; nothing leaves before `fetch` is called and the gate has agreed. */
export function createExchange(parts: ExchangeParts): Exchange {
  const { ask, dialect, streams } = parts
  const where = ask.endpoint.id
  const progress: ExchangeProgress = { departedAtMs: performance.now(), sent: false, headers: {} }
  const { promise: ended, resolve } = deferred<Ending>()
  let ending: Ending | undefined
  let refusedSecond = false
  let begun = false
  let handler: ReplyHandler | undefined

  const end = (next: Ending) => {
    if (ending) return
    ending = next
    clock.stop()
    resolve(next)
    handler?.cut(new ExchangeEnded())
  }
  const fail = (fault: Fault, billable: 'no' | 'maybe' = progress.sent ? 'maybe' : 'no') =>
    end({ kind: 'fault', fault: withRequestId(fault, progress.headers), billable })
  const clock = createAttemptClock(parts.connection.settings.deadlines, streams, deadline => {
    if (!handler?.concludeEarly()) fail(faultOf(where, 'timed-out', { deadline }))
  })
  const onAbort = () => fail(faultOf(where, 'cancelled'))
  ask.signal.addEventListener('abort', onAbort, { once: true })
  if (ask.signal.aborted) onAbort()

  const hold = async (departure: Departure) => {
    const stored = ask.zdr ? dialect.storedBy(departure.outgoing.body) : undefined
    if (stored) fail(faultOf(where, 'invalid-request', { code: 'zdr' }, `held back under ZDR: ${stored}`), 'no')
    if (ending) return
    await ask.gate(departure.outgoing).catch((thrown: unknown) => end({ kind: 'held', thrown }))
  }

  return {
    ended,
    progress,
    get ending() {
      return ending
    },
    get refusedSecond() {
      return refusedSecond
    },
    contentSeen: () => clock.contentSeen(),
    async fetch(url, init) {
      if (begun) {
        refusedSecond = true
        throw new ExchangeEnded()
      }
      begun = true
      const departure = departureOf(String(url), init, parts)
      await hold(departure)
      if (ending) throw new ExchangeEnded()
      progress.departedAtMs = performance.now()
      clock.departed()
      handler = createReplyHandler({
        where,
        progress,
        clock,
        streams,
        limits: parts.limits,
        fail,
        failReply: (reply, billable) => fail(replyFault(where, dialect, reply), billable),
      })
      parts
        .poolFor(departure.origin, parts.connection.settings.deadlines.connectMs)
        .dispatch(departure.options, handler)
      return handler.response
    },
    close() {
      clock.stop()
      ask.signal.removeEventListener('abort', onAbort)
      handler?.cut(new ExchangeEnded())
    },
  }
}

/** Tells a package that there is no more to read. Never leaves this folder: the exchange's ending says why. */
export class ExchangeEnded extends Error {
  override readonly name = 'ExchangeEnded'
  constructor() {
    super('The exchange has ended.')
  }
}

function withRequestId(fault: Fault, headers: Readonly<Record<string, string>>): Fault {
  const requestId = requestIdOf(headers)
  const evidence: Evidence = known({ ...fault.evidence, requestId: fault.evidence.requestId ?? requestId })
  return { ...fault, evidence }
}

/** Reads a body that is not the answer. */
export function errorReplyOf(
  status: number | undefined,
  headers: Readonly<Record<string, string>>,
  text: string,
): ErrorReply {
  return known({ status, headers, body: parsedOf(text) }) as ErrorReply
}
