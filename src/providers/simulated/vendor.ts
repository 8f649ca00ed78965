/**
 * One vendor: from a request's body to an answer on the wire and a closed row of the meter.
 *
 * @module
 */
import type { ServerResponse } from 'node:http'
import { createAnswerer, type VendorParts } from './answerer.ts'
import { matchTextOf } from './ask.ts'
import type { Arrival, Dialect, Reading } from './dialect.ts'
import { dataEvent } from './events.ts'
import { createFaultPicker, type FaultRule, type StrikeAt } from './fault-rules.ts'
import { createGate } from './gate.ts'
import { createMeter, type Meter } from './meter.ts'
import { play } from './player.ts'
import type { RateLimit } from './rate-limit.ts'
import { type Refusal, retryHeaders } from './refusal.ts'
import { type ModelSettings, modelIn } from './script.ts'

export interface Vendor {
  readonly meter: Meter
  /** Replaces all rules; their times and counts begin anew. */
  setFaults(rules: readonly FaultRule[]): void
  /** Replaces the limit of the script; none: every request is let through. */
  setRateLimit(limit: RateLimit | undefined): void
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
  let requests = 0
  let faults = { picker: createFaultPicker(settings.faults), setAtMs: startedAtMs }
  return {
    meter,
    setFaults(rules) {
      faults = { picker: createFaultPicker(rules), setAtMs: now() }
    },
    setRateLimit(limit) {
      rateLimit = limit
    },
    serve(body, arrival, response) {
      requests += 1
      const model = dialect.modelOf(body, arrival)
      const reading = readingOf(body, arrival, { dialect, model: modelIn(settings, model) })
      const elapsedMs = now() - faults.setAtMs
      const fault = faults.picker.pick({ request: requests, elapsedMs, model, ...askedFor(reading) })
      const requestId = `${startedAtMs.toString(36)}${requests.toString(36).padStart(4, '0')}`
      const row = openRow({ meter, model, arrival, reading, requestId, atMs: now() })
      const streams = 'ask' in reading && reading.ask.stream
      const visit = { row, requestId, response, meter, dialect, streams, nowMs: now(), ...(fault && { fault }) }
      const refusal = gate(arrival, fault, now())
      if (refusal) return refuse(visit, refusal)
      if ('refusal' in reading) return refuse(visit, reading.refusal)
      const answered = answer({ ask: reading.ask, requestId, ...(fault && { fault }) })
      if ('refusal' in answered) return refuse(visit, answered.refusal)
      const { reply, delivery, endOf } = answered
      meter.note(row, { fault: fault?.kind, answerDigest: reply.digest, keptNothing: reading.ask.keepsNothing })
      const onEnd = (played: Parameters<typeof endOf>[0]) => meter.close(row, { ...endOf(played), endedAtMs: now() })
      play({ response, delivery, headers: idHeader(dialect, requestId), onEnd })
    },
  }
}

/** A request on its way through. */
interface Visit {
  readonly row: number
  readonly requestId: string
  readonly response: ServerResponse
  readonly meter: Meter
  readonly dialect: Dialect
  readonly streams: boolean
  readonly nowMs: number
  readonly fault?: FaultRule
}

function refuse(visit: Visit, refusal: Refusal): void {
  const { dialect, nowMs, response } = visit
  const { status, body } = dialect.refuse(refusal, wireId(visit.requestId))
  const demand = 'retryAfter' in refusal ? retryHeaders(refusal.retryAfter, nowMs) : {}
  visit.meter.close(visit.row, { outcome: 'rejected', status, fault: visit.fault?.kind, endedAtMs: nowMs })
  // A refusal with success (Gemini's blocked prompts) comes as an answer would.
  const streams = status === 200 && visit.streams
  response.writeHead(status, {
    ...demand,
    ...idHeader(dialect, visit.requestId),
    'content-type': streams ? 'text/event-stream; charset=utf-8' : 'application/json',
  })
  response.end(streams ? dataEvent(body) : JSON.stringify(body))
}

function readingOf(
  body: unknown,
  arrival: Arrival,
  { dialect, model }: { dialect: Dialect; model: ModelSettings | undefined },
): Reading {
  if (body === undefined) return { refusal: { kind: 'bad-value', parameter: 'body', expected: 'JSON' } }
  return dialect.read(body, arrival, model && { canThink: model.reasoningTokens > 0 })
}

function askedFor(reading: Reading): Pick<StrikeAt, 'matchText' | 'offersTools' | 'asksFor' | 'endsWithAnswer'> {
  if ('refusal' in reading) return { matchText: '', offersTools: false, asksFor: 'text', endsWithAnswer: false }
  const { ask } = reading
  return {
    matchText: matchTextOf(ask),
    offersTools: ask.tools.length > 0,
    asksFor: ask.schema === undefined ? 'text' : ask.schema === true ? 'json' : 'schema',
    endsWithAnswer: ask.turns.at(-1)?.role === 'assistant',
  }
}

interface NewRow {
  readonly meter: Meter
  readonly model: string
  readonly arrival: Arrival
  readonly reading: Reading
  readonly requestId: string
  readonly atMs: number
}

function openRow({ meter, model, arrival, reading, requestId, atMs }: NewRow): number {
  const clientId = arrival.headers['x-client-request-id']
  return meter.open({
    requestId: wireId(requestId),
    ...(typeof clientId === 'string' && { clientRequestId: clientId }),
    model,
    stream: 'ask' in reading && reading.ask.stream,
    atMs,
  })
}

function wireId(requestId: string): string {
  return `req_${requestId}`
}

function idHeader(dialect: Dialect, requestId: string): Record<string, string> {
  return { [dialect.requestIdHeader]: wireId(requestId) }
}
