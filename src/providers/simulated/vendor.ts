/**
 * One vendor: from a request's body to an answer on the wire and a closed row of the meter.
 *
 * @module
 */
import type { ServerResponse } from 'node:http'
import { crc32 } from 'node:zlib'
import { type Answerer, createAnswerer, type VendorParts } from './answerer.ts'
import { type Ask, matchTextOf, promptTokensOf } from './ask.ts'
import type { Arrival, Dialect, Reading } from './dialect.ts'
import { dataEvent } from './events.ts'
import { createFaultPicker, type StrikeAt } from './fault-picker.ts'
import type { FaultRule } from './fault-rule.ts'
import { createGate, type Gate, refusalByFault } from './gate.ts'
import { createMeter, type Meter } from './meter.ts'
import { type Played, play } from './player.ts'
import type { RateLimit } from './rate-limit.ts'
import { type Refusal, retryHeaders } from './refusal.ts'
import { modelIn } from './script.ts'

export interface Vendor {
  readonly meter: Meter
  /** Replaces all rules; their times and counts begin anew. */
  setFaults(rules: readonly FaultRule[]): void
  /** Replaces the limit of the script; none: every request is let through. */
  setRateLimit(limit: RateLimit | undefined): void
  /** Down, or up again: what breaks while it is down was broken by the vendor. */
  setDown(down: boolean): void
  /** Answers one model request. `body` is `undefined` when it was no JSON. */
  serve(body: unknown, arrival: Arrival, response: ServerResponse): void
}

export function createVendor(parts: VendorParts): Vendor {
  const { settings, dialect, now } = parts
  const startedAtMs = now()
  const meter = createMeter(settings.name)
  const answer = createAnswerer(parts)
  let { rateLimit } = settings
  const gate = createGate(settings, dialect, () => rateLimit)
  // Vendors that are started in the same millisecond give no id twice either.
  const idPrefix = crc32(`${settings.name} ${startedAtMs}`).toString(36).padStart(7, '0')
  let requests = 0
  let isDown = false
  let faults = { picker: createFaultPicker(settings.faults), setAtMs: startedAtMs }
  return {
    meter,
    setFaults(rules) {
      faults = { picker: createFaultPicker(rules), setAtMs: now() }
    },
    setRateLimit(limit) {
      rateLimit = limit
    },
    setDown(down) {
      isDown = down
    },
    serve(body, arrival, response) {
      requests += 1
      const nowMs = now()
      const id = `${idPrefix}${requests.toString(36).padStart(4, '0')}`
      const wireId = `req_${id}`
      const { model, reading } = readBy(parts, body, arrival)
      const streams = 'ask' in reading && reading.ask.stream
      const { inBatch } = arrival
      const how = { model, stream: streams, ...(inBatch && { inBatch }) }
      const row = meter.open({ requestId: wireId, ...clientIdIn(arrival), ...how, atMs: nowMs })
      const promptTokens = 'ask' in reading ? promptTokensOf(reading.ask) : 0
      const { standing, refusal: turnedAway } = inBatch ? UNLIMITED : gate.pass({ arrival, nowMs, promptTokens })
      const headers = { [dialect.requestIdHeader]: wireId, ...(standing && dialect.limitHeaders?.(standing, nowMs)) }
      const visit = { row, id, inBatch, wireId, response, meter, dialect, streams, nowMs, headers, fault: undefined }
      if (turnedAway) return refuse(visit, turnedAway)
      if ('refusal' in reading) return refuse(visit, reading.refusal)
      const { ask } = reading
      // Only now: a rule has not struck what was turned away before.
      const elapsedMs = nowMs - faults.setAtMs
      const fault = faults.picker.pick({ request: requests, elapsedMs, model, ...askedFor(ask) })
      const told = fault && refusalByFault(fault, dialect)
      if (told) return refuse({ ...visit, fault }, told)
      deliver({ ...visit, fault }, ask, { answer, now, isDown: () => isDown, gate })
    },
  }
}

/** Batches have limits of their own, which nobody reaches here. */
const UNLIMITED: ReturnType<Gate['pass']> = {}

/** What is asked, and of which model. */
function readBy({ settings, dialect }: VendorParts, body: unknown, arrival: Arrival) {
  const model = dialect.modelOf(body, arrival)
  const canThink = (modelIn(settings, model)?.reasoningTokens ?? 0) > 0
  return { model, reading: body === undefined ? NO_JSON : dialect.read(body, arrival, canThink) }
}

const NO_JSON: Reading = { refusal: { kind: 'bad-value', parameter: 'body', expected: 'JSON' } }

/** A request on its way through. */
interface Visit {
  readonly row: number
  readonly id: string
  /** The id as the vendor tells it. */
  readonly wireId: string
  readonly response: ServerResponse
  readonly meter: Meter
  readonly dialect: Dialect
  readonly streams: boolean
  readonly inBatch: true | undefined
  readonly nowMs: number
  /** Of whatever it is answered. */
  readonly headers: Readonly<Record<string, string>>
  readonly fault: FaultRule | undefined
}

interface Delivering {
  readonly answer: Answerer
  readonly now: () => number
  readonly isDown: () => boolean
  readonly gate: Gate
}

function deliver(visit: Visit, ask: Ask, { answer, now, isDown, gate }: Delivering): void {
  const { row, id, response, meter, headers, fault, inBatch } = visit
  const answered = answer({ ask, requestId: id, fault, inBatch })
  if ('refusal' in answered) {
    // Turned away for what it is: the rule that struck is not the cause.
    refuse({ ...visit, fault: undefined }, answered.refusal)
    return
  }
  const { reply, behaviour, delivery, endOf } = answered
  gate.begin(reply.usage.outputTokens)
  meter.note(row, { fault: fault?.kind, answerDigest: reply.digest, behaviour, keptNothing: ask.keepsNothing })
  const onEnd = (played: Played) => {
    gate.end()
    const kind = played.kind === 'aborted' && isDown() ? 'broken' : played.kind
    meter.close(row, { ...endOf({ ...played, kind }), endedAtMs: now() })
  }
  play({ response, delivery, headers, onEnd })
}

function refuse(visit: Visit, refusal: Refusal): void {
  const { dialect, nowMs, response } = visit
  const { status, body } = dialect.refuse(refusal, visit.wireId)
  const demand = 'retryAfter' in refusal ? retryHeaders(refusal.retryAfter, nowMs) : {}
  visit.meter.close(visit.row, { outcome: 'rejected', status, fault: visit.fault?.kind, endedAtMs: nowMs })
  // A refusal with success (Gemini's blocked prompts) comes as an answer would.
  const streams = status === 200 && visit.streams
  response.writeHead(status, {
    ...demand,
    ...visit.headers,
    'content-type': streams ? 'text/event-stream; charset=utf-8' : 'application/json',
  })
  response.end(streams ? dataEvent(body) : JSON.stringify(body))
}

function askedFor(ask: Ask): Pick<StrikeAt, 'matchText' | 'offersTools' | 'asksFor' | 'endsWithAnswer'> {
  return {
    matchText: matchTextOf(ask),
    offersTools: ask.tools.length > 0,
    asksFor: ask.schema === undefined ? 'text' : ask.schema === true ? 'json' : 'schema',
    endsWithAnswer: ask.turns.at(-1)?.role === 'assistant',
  }
}

function clientIdIn({ headers }: Arrival): { clientRequestId?: string } {
  const id = headers['x-client-request-id']
  return typeof id === 'string' ? { clientRequestId: id } : {}
}
