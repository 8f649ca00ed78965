/**
 * One vendor: from a request's body to an answer on the wire and a closed row of the meter.
 *
 * @module
 */
import type { ServerResponse } from 'node:http'
import { refusalOf } from './admit.ts'
import { type Ask, matchTextOf } from './ask.ts'
import { billOf, usdOf } from './bill.ts'
import { compose, type ReadyBehaviour } from './compose.ts'
import { type Delivery, planDelivery } from './delivery.ts'
import type { Arrival, Dialect, Reading } from './dialect.ts'
import { digestWord } from './digest.ts'
import { createFaultPicker, type FaultRule } from './fault-rules.ts'
import { createMeter, type Meter, type MeterNote, type MeterOutcome } from './meter.ts'
import { type Played, play } from './player.ts'
import { type CacheUse, cacheKeysOf, createPromptCache } from './prompt-cache.ts'
import { createRateLimit } from './rate-limit.ts'
import { type Refusal, retryHeaders } from './refusal.ts'
import type { Reply, VendorUsage } from './reply.ts'
import type { ModelSettings, VendorSettings } from './script.ts'
import { createSigner } from './signatures.ts'

export interface VendorParts {
  readonly settings: VendorSettings
  readonly dialect: Dialect
  readonly now: () => number
}

export interface Vendor {
  readonly meter: Meter
  /** Replaces all rules; their times and counts begin anew. */
  setFaults(rules: readonly FaultRule[]): void
  /** Answers one model request. `body` is `undefined` when it was no JSON. */
  serve(body: unknown, arrival: Arrival, response: ServerResponse): void
}

/** A request on its way through. */
interface Visit {
  readonly row: number
  readonly requestId: string
  readonly response: ServerResponse
  readonly fault?: FaultRule
}

export function createVendor({ settings, dialect, now }: VendorParts): Vendor {
  const startedAtMs = now()
  const meter = createMeter(settings.name)
  const answerer = createAnswerer({ settings, dialect, now })
  const admitsRate = createRateLimit(settings.rateLimit, dialect.retryAfterIn)
  let requests = 0
  let rules = { picker: createFaultPicker(settings.faults), setAtMs: startedAtMs }

  const pickFault = (reading: Reading, model: string) =>
    rules.picker.pick({
      request: requests,
      elapsedMs: now() - rules.setAtMs,
      model,
      matchText: 'ask' in reading ? matchTextOf(reading.ask) : '',
      offersTools: 'ask' in reading && reading.ask.tools.length > 0,
    })

  const gateRefusal = (arrival: Arrival, fault: FaultRule | undefined): Refusal | undefined => {
    const isKnown = settings.apiKey === undefined || dialect.keyOf(arrival) === settings.apiKey
    return (fault && refusalByFault(fault, dialect)) ?? (isKnown ? admitsRate(now()) : { kind: 'unauthenticated' })
  }

  const refuse = (visit: Visit, refusal: Refusal) => {
    const { status, body } = dialect.refuse(refusal, visit.requestId)
    const headers = 'retryAfter' in refusal ? retryHeaders(refusal.retryAfter, now()) : {}
    meter.close(visit.row, { outcome: 'rejected', status, fault: visit.fault?.kind, endedAtMs: now() })
    visit.response.writeHead(status, { ...headers, ...idHeader(dialect, visit), 'content-type': 'application/json' })
    visit.response.end(JSON.stringify(body))
  }

  return {
    meter,
    setFaults(next) {
      rules = { picker: createFaultPicker(next), setAtMs: now() }
    },
    serve(body, arrival, response) {
      requests += 1
      const model = dialect.modelOf(body, arrival)
      const reading = readingOf(body, arrival, { dialect, model: settings.models[model] })
      const fault = pickFault(reading, model)
      const requestId = `req_${startedAtMs.toString(36)}${requests.toString(36).padStart(4, '0')}`
      const row = meter.open({
        requestId,
        clientRequestId: clientIdOf(arrival),
        model,
        stream: 'ask' in reading && reading.ask.stream,
        atMs: now(),
      })
      const visit = { row, requestId, response, ...(fault && { fault }) }
      const refusal = gateRefusal(arrival, fault) ?? ('refusal' in reading ? reading.refusal : undefined)
      if (refusal || !('ask' in reading)) return refuse(visit, refusal ?? { kind: 'server-error' })
      const answered = answerer(reading.ask, visit)
      if ('refusal' in answered) return refuse(visit, answered.refusal)
      meter.note(row, {
        fault: fault?.kind,
        answerDigest: answered.reply.digest,
        keptNothing: reading.ask.keepsNothing,
      })
      play({
        response,
        delivery: answered.delivery,
        headers: idHeader(dialect, visit),
        onEnd: played => meter.close(row, { ...answered.endOf(played), endedAtMs: now() }),
      })
    },
  }
}

function readingOf(
  body: unknown,
  arrival: Arrival,
  { dialect, model }: { dialect: Dialect; model: ModelSettings | undefined },
): Reading {
  if (body === undefined) return { refusal: { kind: 'bad-value', parameter: 'body', expected: 'JSON' } }
  return dialect.read(body, arrival, model && { canThink: model.reasoningTokens > 0 })
}

function clientIdOf({ headers }: Arrival): string | undefined {
  const id = headers['x-client-request-id']
  return typeof id === 'string' ? id : undefined
}

function idHeader(dialect: Dialect, visit: Visit): Record<string, string> {
  return { [dialect.requestIdHeader]: visit.requestId }
}

/** The faults that are an error status. */
function refusalByFault(rule: FaultRule, dialect: Dialect): Refusal | undefined {
  const { retryAfterMs: ms, retryAfterIn = dialect.retryAfterIn } = rule
  const retryAfter = ms === undefined ? undefined : { ms, in: retryAfterIn }
  switch (rule.kind) {
    case 'rate-limit':
    case 'overloaded':
      return { kind: rule.kind, ...(retryAfter && { retryAfter }) }
    case 'server-error':
    case 'unauthenticated':
    case 'payment-required':
    case 'quota-exhausted':
      return { kind: rule.kind }
    case 'context-too-long':
      return { kind: 'context-too-long', tokens: 200_001, window: 200_000 }
    case 'content-filter':
      return rule.as === 'error' ? { kind: 'content-filter' } : undefined
    default:
      return undefined
  }
}

/** An answer with everything that follows from it. */
interface Answered {
  readonly reply: Reply
  readonly delivery: Delivery
  /** The row's end, once it is known how the delivery ended. */
  endOf(played: Played): MeterNote & { outcome: MeterOutcome }
}

function createAnswerer({ settings, dialect, now }: VendorParts) {
  const signer = createSigner(settings.name)
  const cache = createPromptCache(cacheSettingsOf(settings, dialect))
  const behaviours: ReadyBehaviour[] = settings.behaviours.map(({ match, turns }) => ({
    pattern: new RegExp(match, 'i'),
    turns,
  }))
  return (ask: Ask, { requestId, fault }: Visit): Answered | { readonly refusal: Refusal } => {
    const model = settings.models[ask.model]
    const inputTokens = ask.segments.reduce((sum, segment) => sum + segment.tokens, 0)
    const refusal = refusalOf({ ask, model, inputTokens, toolOrder: dialect.toolOrder, signer })
    if (refusal || !model) return { refusal: refusal ?? { kind: 'unknown-model', model: ask.model } }
    const keys = cacheKeysOf(ask.model, ask.segments)
    const use = billedUse(cache.use(ask.segments, keys, now()), model, dialect)
    const digest = digestWord(keys.at(-1) ?? 0)
    const roomTokens = Math.max(1, model.contextWindow - inputTokens)
    const composed = compose({ ask, model, behaviours, signer, digest, roomTokens, ...(fault && { fault }) })
    const usage = usageOf(use, composed.parts)
    const reply: Reply = {
      id: requestId.slice(4),
      model: ask.model,
      createdAtMs: now(),
      ...composed,
      usage,
      digest,
      ...(settings.reportsCost && { costUsd: usdOf(billOf(usage, model.price)) }),
      omit: omissionsOf(fault),
    }
    dialect.remember?.(reply, ask)
    const delivery = planDelivery({ dialect, ask, reply, settings, ...(fault && { fault }) })
    const endOf = (played: Played) => endNote({ played, delivery, usage, model, settings })
    return { reply, delivery, endOf }
  }
}

function cacheSettingsOf(settings: VendorSettings, dialect: Dialect) {
  if (settings.cache === false) return undefined
  const { ttlMs, minTokens } = settings.cache === true ? { ttlMs: 300_000, minTokens: 1024 } : settings.cache
  return { ttlMs, minTokens, mode: dialect.cacheMode }
}

/** Unasked writes are free with most vendors: then they count as plain input. */
function billedUse(use: CacheUse, model: ModelSettings, dialect: Dialect): CacheUse {
  const isFree = dialect.cacheMode === 'all' && model.price.cacheWrite === undefined
  return isFree ? { ...use, writtenTokens: 0, writtenHourTokens: 0 } : use
}

function usageOf(use: CacheUse, parts: Reply['parts']): VendorUsage {
  const sum = (counted: Reply['parts']) => counted.reduce((total, part) => total + part.tokens, 0)
  return { ...use, outputTokens: sum(parts), reasoningTokens: sum(parts.filter(part => part.kind === 'reasoning')) }
}

function omissionsOf(fault: FaultRule | undefined): Reply['omit'] {
  const kind = fault?.kind
  return {
    usage: kind === 'missing-usage',
    finish: kind === 'no-finish',
    done: kind === 'no-finish' || kind === 'finish-without-done',
  }
}

interface Ended {
  readonly played: Played
  readonly delivery: Delivery
  readonly usage: VendorUsage
  readonly model: ModelSettings
  readonly settings: VendorSettings
}

function endNote({ played, delivery, usage, model, settings }: Ended): MeterNote & { outcome: MeterOutcome } {
  const status = delivery.steps.length > 0 ? { status: 200 } : {}
  const isDone = played.kind === 'done'
  if (isDone && delivery.complete) return { ...status, ...usage, ...priced(usage, model), outcome: 'answered' }
  if (delivery.void) return { ...status, outcome: 'rejected' }
  const outcome = isDone ? 'cut' : 'aborted'
  if (settings.billsAborted === 'nothing') return { ...status, outcome }
  const billed = settings.billsAborted === 'whole' ? usage : usageUntil(usage, played.writtenTokens)
  return { ...status, ...billed, ...priced(billed, model), outcome }
}

function priced(usage: VendorUsage, model: ModelSettings): { billedPico: string } {
  return { billedPico: billOf(usage, model.price).toString() }
}

function usageUntil(usage: VendorUsage, outputTokens: number): VendorUsage {
  return { ...usage, outputTokens, reasoningTokens: Math.min(usage.reasoningTokens, outputTokens) }
}
