/**
 * An exchange with a vendor's batch interface. The package makes its request and reads the answer as ever; what it would have sent goes
 * into a batch, and what it is given was fetched from there.
 *
 * @module
 */
import type { Fault } from '../../core/faults/fault.ts'
import type { Pending, Submitted, Unsure } from '../../core/ports.ts'
import { BATCH_EXPIRED } from '../../core/vendor-batch.ts'
import { deferred } from '../deferred.ts'
import { faultOf } from '../faults/fault-words.ts'
import { replyFault } from '../faults/reply-fault.ts'
import type { Ending, Exchange } from '../transport/exchange.ts'
import type { ExchangeParts, ExchangeProgress } from '../transport/exchange-parts.ts'
import { mendedBody } from '../transport/mending.ts'
import { type Departure, departureOf } from '../transport/request.ts'
import type { BatchDialect, Looked, Sought, Wire } from './batch-dialect.ts'
import { createWire, WireFailed } from './wire.ts'

/** What is done with the batch interface. */
export type BatchAct =
  | { readonly do: 'submit' }
  | { readonly do: 'look'; readonly batch: string }
  | { readonly do: 'withdraw'; readonly batch: string }
  | { readonly do: 'find'; readonly sought: Sought }

export interface BatchExchange extends Exchange {
  /** What came of it, where that is neither an answer nor a fault. */
  parked(): Submitted | Unsure | Pending | undefined
  /** Whether the batch interface was asked. */
  hasLooked(): boolean
}

interface Parked {
  readonly parked: Submitted | Unsure | Pending
}

type Came = Parked | Extract<Ending, { kind: 'fault' | 'held' }> | { readonly answer: unknown }

/** Nothing is kept open: each request on the wire has ended before the package is told of it. */
export function createBatchExchange(parts: ExchangeParts, act: BatchAct): BatchExchange {
  const progress: ExchangeProgress = { departedAtMs: performance.now(), sent: false, headers: {}, service: {} }
  const ended = deferred<Ending>()
  let ending: Ending | undefined
  let parked: Parked['parked'] | undefined
  let hasLooked = false
  const end = (how: Ending) => {
    ending ??= how
    ended.resolve(ending)
    throw new Error('The exchange has ended.')
  }
  return {
    progress,
    ended: ended.promise,
    ending: () => ending,
    parked: () => parked,
    hasLooked: () => hasLooked,
    brokenOff: () => undefined,
    refusedSecond: () => false,
    contentSeen() {},
    endSeen() {},
    close() {},
    async fetch(url, init) {
      hasLooked = true
      const departure = departureOf(String(url), init, parts, true)
      progress.service = departure.service
      progress.maxOutputTokens = departure.outgoing.maxOutputTokens
      const came = await carryOut(parts, departure, act)
      if ('answer' in came) return answered(came.answer, parts, progress)
      if (!('parked' in came)) return end(came)
      parked = came.parked
      return end(faultEnding(faultOf(parts.ask.endpoint.id, 'cancelled'), 'no'))
    },
  }
}

function answered(body: unknown, { dialect }: ExchangeParts, progress: ExchangeProgress): Response {
  const text = JSON.stringify(body)
  progress.sent = true
  progress.status = 200
  progress.whole = dialect.mending ? mendedBody(text, dialect.mending) : text
  return new Response(progress.whole, { status: 200, headers: { 'content-type': 'application/json' } })
}

function carryOut(parts: ExchangeParts, departure: Departure, act: BatchAct): Promise<Came> {
  const { batch: dialect } = parts.dialect
  if (!dialect)
    throw new Error(`${parts.ask.endpoint.id} has no batch interface, and was asked through it. This is a bug`)
  const wire = createWire(parts, departure)
  const { pathname: path } = new URL(departure.outgoing.url)
  switch (act.do) {
    case 'submit':
      return submit(parts, departure, wire, dialect)
    case 'look':
      return look(parts, () => dialect.look(wire, path, act.batch))
    case 'withdraw':
      return withdraw(() => dialect.withdraw(wire, path, act.batch))
    case 'find':
      return find(parts, departure, act.sought)
  }
}

async function submit(parts: ExchangeParts, departure: Departure, wire: Wire, dialect: BatchDialect): Promise<Came> {
  const { outgoing } = departure
  const { ask } = parts
  const { id } = ask.endpoint
  if (ask.zdr) return faultEnding(faultOf(id, 'invalid-request', { code: 'zdr' }, HELD_BACK), 'no')
  try {
    await ask.gate(outgoing)
  } catch (thrown) {
    return { kind: 'held', thrown }
  }
  const { pathname: path } = new URL(outgoing.url)
  const sinceMs = Date.now()
  try {
    const batch = await dialect.submit(wire, { path, body: outgoing.body, id: ask.wireRequestId })
    if (batch !== undefined && BATCH_ID.test(batch)) return { parked: { kind: 'submitted', batch } }
    return faultEnding(faultOf(id, 'malformed-reply', {}, 'it names no batch'), 'maybe')
  } catch (error) {
    const { fault, mayBill } = failedIn(error)
    if (!mayBill) return faultEnding(fault, 'no')
    const made = await find(parts, departure, { id: ask.wireRequestId, sinceMs })
    return made === PENDING ? faultEnding(fault, 'maybe') : made
  }
}

const HELD_BACK = 'held back under ZDR: a batch is kept by the vendor'

/** What is written down and shown; anything else is no id of a vendor. */
const BATCH_ID = /^[\w.:-]{1,128}$/

/** What says nothing of the batch itself, such as an outage or a key that was changed, ends nothing: it is looked at again. */
async function look(parts: ExchangeParts, looking: () => Promise<Looked>): Promise<Came> {
  try {
    return cameOf(parts, await looking())
  } catch (error) {
    const { status } = failedIn(error)
    return status === 404 ? cameOf(parts, { kind: 'gone' }) : PENDING
  }
}

const PENDING: Parked = { parked: { kind: 'pending' } }

function cameOf({ ask, dialect }: ExchangeParts, looked: Looked): Came {
  const { id } = ask.endpoint
  switch (looked.kind) {
    case 'pending':
      return PENDING
    case 'answered':
      return { answer: looked.body }
    case 'refused': {
      const { body, status } = looked
      return faultEnding(replyFault(id, dialect, { headers: {}, body, ...(status && { status }) }), 'no')
    }
    case 'expired':
      return faultEnding(faultOf(id, 'timed-out', { code: BATCH_EXPIRED }, 'the batch expired'), 'no')
    case 'withdrawn':
      return faultEnding(faultOf(id, 'cut-off', { code: 'batch-cancelled' }, 'the batch was cancelled'), 'no')
    case 'gone':
      return faultEnding(faultOf(id, 'cut-off', { code: 'batch-gone' }, 'the batch has no result'), 'maybe')
  }
}

async function withdraw(withdrawing: () => Promise<void>): Promise<Came> {
  try {
    await withdrawing()
  } catch (error) {
    failedIn(error)
  }
  return PENDING
}

/** All pages together. A vendor that takes longer is not worth the wait: the call is asked again. */
const FINDING_MS = 30_000

/** A list that is refused, takes too long or is too large will be so the next time too: then nothing is found. */
async function find(parts: ExchangeParts, departure: Departure, sought: Sought): Promise<Parked> {
  const { ask, dialect } = parts
  const signal = AbortSignal.any([ask.signal, AbortSignal.timeout(FINDING_MS)])
  const wire = createWire({ ...parts, ask: { ...ask, signal } }, departure)
  try {
    const batch = await dialect.batch?.find?.(wire, new URL(departure.outgoing.url).pathname, sought)
    return batch !== undefined && BATCH_ID.test(batch) ? { parked: { kind: 'submitted', batch } } : PENDING
  } catch (error) {
    const { status, fault } = failedIn(error)
    const isOut = status === undefined ? fault.kind !== 'malformed-reply' : status >= 500 || status === 429
    return isOut && !signal.aborted ? { parked: { kind: 'unsure' } } : PENDING
  }
}

/** @throws what is a bug. */
function failedIn(error: unknown): WireFailed {
  if (error instanceof WireFailed) return error
  throw error
}

function faultEnding(fault: Fault, billable: 'no' | 'maybe'): Extract<Ending, { kind: 'fault' }> {
  return { kind: 'fault', fault, billable }
}
