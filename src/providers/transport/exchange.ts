import type { DeadlineKind, Fault } from '../../core/faults/fault.ts'
import { type Deferred, deferred } from '../deferred.ts'
import { faultOf } from '../faults/fault-words.ts'
import { replyFault } from '../faults/reply-fault.ts'
import { deadlinesFor } from '../prepare/silence.ts'
import { type AttemptClock, createAttemptClock } from './deadlines.ts'
import type { ExchangeParts, ExchangeProgress } from './exchange-parts.ts'
import { createReplyHandler, type ReplyHandler } from './reply-handler.ts'
import { type Departure, departureOf } from './request.ts'

/** Why an exchange ended before its end: a fault, or what the gate threw, to be passed on unchanged. */
export type Ending =
  | { readonly kind: 'fault'; readonly fault: Fault; readonly billable: 'no' | 'maybe' }
  | { readonly kind: 'held'; readonly thrown: unknown }

/** One request on the wire. A package sees only its `fetch`. */
export interface Exchange {
  /** The package's `fetch`. Serves one request; a second one (a continuation) is refused. */
  fetch(url: unknown, init?: RequestInit): Promise<Response>
  /** Settles when the exchange is ended from our side, and no gate is still deciding; never otherwise. */
  readonly ended: Promise<Ending>
  ending(): Ending | undefined
  /** Why a stream was broken off that may have been whole: the fault, unless it is an answer. */
  brokenOff(): Fault | undefined
  /** Tells the clock that the answer's first content came. */
  contentSeen(): void
  /** Tells the clock that the answer's last chunk came. */
  endSeen(): void
  /** A request came after the first, and was refused. */
  refusedSecond(): boolean
  readonly progress: ExchangeProgress
  /** Releases timers, the abort listener, and the connection unless its reply was read to the end. */
  close(): void
}

/** The moving parts of one exchange, shared by the functions below. */
interface Running extends ExchangeParts {
  readonly progress: ExchangeProgress
  readonly ended: Deferred<Ending>
  readonly clock: AttemptClock
  handler?: ReplyHandler
  ending?: Ending
  brokenOff?: Fault
  requests: number
  deciding: boolean
}

/** Prepares an exchange; nothing leaves before `fetch` is called and the gate has agreed. */
export function createExchange(parts: ExchangeParts): Exchange {
  const { signal, endpoint } = parts.ask
  const expired = (deadline: DeadlineKind) => {
    if (!running.handler?.concludeEarly()) breakOff(running, faultOf(endpoint.id, 'timed-out', { deadline }))
  }
  const running: Running = {
    ...parts,
    progress: { departedAtMs: performance.now(), sent: false, headers: {}, service: {} },
    ended: deferred<Ending>(),
    clock: createAttemptClock(
      deadlinesFor(parts.ask, parts.connection.settings, parts.dialect),
      parts.streams,
      expired,
    ),
    requests: 0,
    deciding: false,
  }
  const onAbort = () => fail(running, faultOf(endpoint.id, 'cancelled'))
  signal.addEventListener('abort', onAbort, { once: true })
  running.clock.preparing()
  if (signal.aborted) onAbort()
  return {
    ended: running.ended.promise,
    progress: running.progress,
    ending: () => running.ending,
    brokenOff: () => running.brokenOff,
    refusedSecond: () => running.requests > 1,
    contentSeen: () => running.clock.contentSeen(),
    endSeen: () => running.clock.endSeen(),
    fetch: (url, init) => send(running, String(url), init),
    close() {
      running.clock.stop()
      signal.removeEventListener('abort', onAbort)
      running.handler?.cut(EXCHANGE_ENDED)
    },
  }
}

async function send(running: Running, url: string, init: RequestInit | undefined): Promise<Response> {
  running.requests += 1
  if (running.requests > 1) throw EXCHANGE_ENDED
  running.clock.stop()
  const departure = departureOf(url, init, running)
  await hold(running, departure)
  if (running.ending) throw EXCHANGE_ENDED
  const { ask, progress, clock, dialect, connection } = running
  progress.departedAtMs = performance.now()
  progress.service = departure.service
  progress.maxOutputTokens = departure.outgoing.maxOutputTokens
  clock.departed()
  running.handler = createReplyHandler({
    where: ask.endpoint.id,
    proxy: () => running.proxyOf?.(departure.origin),
    mending: dialect.mending,
    progress,
    clock,
    streams: running.streams,
    limits: running.limits,
    fail: (fault, billable) => fail(running, fault, billable),
    breakOff: fault => breakOff(running, fault),
    failReply: (reply, billable) => fail(running, replyFault(ask.endpoint.id, dialect, reply), billable),
  })
  const pool = running.poolFor(departure.origin, connection.settings.deadlines.connectMs)
  pool.dispatch({ ...departure.options, origin: departure.origin }, running.handler)
  return running.handler.response
}

/**
 * Lets the policy on storing and the gate decide. An abort meanwhile waits for the gate: a row that it opens must not
 * appear after the ask was answered.
 */
async function hold(running: Running, { outgoing }: Departure): Promise<void> {
  const { ask, dialect } = running
  const stored = ask.zdr ? dialect.storedBy(outgoing.body) : undefined
  if (stored) {
    const detail = `held back under ZDR: ${stored}`
    fail(running, faultOf(ask.endpoint.id, 'invalid-request', { code: 'zdr' }, detail), 'no')
  }
  if (running.ending) return
  running.deciding = true
  await ask.gate(outgoing).catch((thrown: unknown) => end(running, { kind: 'held', thrown }))
  running.deciding = false
  if (running.ending) running.ended.resolve(running.ending)
}

function fail(running: Running, fault: Fault, billable: 'no' | 'maybe' = running.progress.sent ? 'maybe' : 'no'): void {
  end(running, { kind: 'fault', fault, billable })
}

/**
 * Some servers leave a stream open after its last event, or reset it there: what was paid is not thrown away for that. The package
 * is told that there is no more and says whether it was whole; a second deadline ends one that hangs over it.
 */
function breakOff(running: Running, fault: Fault): void {
  running.brokenOff ??= fault
  if (!running.handler?.endEarly(EXCHANGE_ENDED)) fail(running, running.brokenOff)
}

/** The first ending counts. */
function end(running: Running, ending: Ending): void {
  if (running.ending) return
  running.ending = ending
  running.clock.stop()
  if (!running.deciding) running.ended.resolve(ending)
  running.handler?.cut(EXCHANGE_ENDED)
}

/**
 * Tells a package that there is no more to read. Never leaves this folder: the exchange's ending says why. One for all, for every
 * exchange ends and a stack of its own would cost each some 50 µs.
 */
const EXCHANGE_ENDED = Object.assign(new Error('The exchange has ended.'), { name: 'ExchangeEnded' })
