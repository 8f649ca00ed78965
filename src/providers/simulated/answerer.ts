/**
 * From a request that was read to a reply, its delivery, and what it will cost however it ends.
 *
 * @module
 */
import { refusalOf } from './admit.ts'
import { type Ask, promptTokensOf } from './ask.ts'
import { type Biller, batchPrice, createBiller, usdOf } from './bill.ts'
import { compose } from './compose.ts'
import { type Pace, planDelivery } from './delivery.ts'
import type { Delivery } from './delivery-steps.ts'
import type { Dialect } from './dialect.ts'
import { callWord, digestWord, fingerprintsOf } from './digest.ts'
import type { FaultRule } from './fault-rule.ts'
import type { MeterEnd } from './meter.ts'
import type { Played } from './player.ts'
import { type CacheUse, createPromptCache } from './prompt-cache.ts'
import type { Refusal } from './refusal.ts'
import type { Reply, VendorUsage } from './reply.ts'
import { type ModelPrice, type ModelSettings, modelIn, type VendorSettings } from './script.ts'
import { ready, scriptedFor } from './scripted-turn.ts'
import { createSigner } from './signatures.ts'

export interface VendorParts {
  readonly settings: VendorSettings
  readonly dialect: Dialect
  readonly now: () => number
}

/** An answer with everything that follows from it. */
interface Answered {
  readonly reply: Reply
  /** The `match` of the behaviour that it comes from. */
  readonly behaviour: string | undefined
  readonly delivery: Delivery
  /** The row's end, once it is known how the delivery ended. */
  endOf(played: Played): MeterEnd
}

interface Question {
  readonly ask: Ask
  readonly requestId: string
  readonly fault: FaultRule | undefined
  readonly inBatch: true | undefined
}

export type Answerer = (question: Question) => Answered | { readonly refusal: Refusal }

export function createAnswerer({ settings, dialect, now }: VendorParts): Answerer {
  const signer = createSigner(settings.name)
  const cache = createPromptCache(cacheSettingsOf(settings, dialect))
  const behaviours = settings.behaviours.map(ready)
  const usual = billersOf(settings, price => price)
  const inBatches = billersOf(settings, price => batchPrice(price, dialect.batches?.readsAsUsual ?? false))
  return ({ ask, requestId, fault, inBatch }) => {
    const model = modelIn(settings, ask.model)
    if (!model) return { refusal: { kind: 'unknown-model', model: ask.model } }
    const bill = (inBatch ? inBatches : usual).get(ask.model)!
    const inputTokens = promptTokensOf(ask)
    const refusal = refusalOf({ ask, model, inputTokens, dialect, signer })
    if (refusal) return { refusal }
    const fingerprints = fingerprintsOf(ask.model, ask.segments)
    const pace = paceOf(settings, model)
    const nowMs = now()
    const use = billedUse(cache.use(ask.segments, fingerprints, nowMs, nowMs + pace.firstTokenMs), model, dialect)
    const fingerprint = fingerprints.at(-1) ?? 0
    const digest = digestWord(fingerprint)
    const roomTokens = Math.max(1, model.contextWindow - inputTokens)
    const words = { digest, callWord: callWord(fingerprint) }
    const { turn, behaviour } = scriptedFor(ask, behaviours) ?? {}
    const composed = compose({ ask, model, turn, signer, ...words, roomTokens, fault })
    const usage = usageOf(use, composed.parts)
    const reply: Reply = {
      id: requestId,
      model: ask.model,
      createdAtMs: now(),
      ...composed,
      usage,
      digest,
      ...(settings.reportsCost && { costUsd: usdOf(bill(usage)) }),
      omit: omissionsOf(fault),
    }
    dialect.remember?.(reply, ask)
    const delivery = planDelivery({ dialect, ask, reply, pace, fault })
    return { reply, behaviour, delivery, endOf: played => endOf({ played, delivery, usage, bill, settings }) }
  }
}

function billersOf({ models }: VendorSettings, priceOf: (price: ModelPrice) => ModelPrice): Map<string, Biller> {
  return new Map(Object.entries(models).map(([id, { price }]) => [id, createBiller(priceOf(price))]))
}

function paceOf(settings: VendorSettings, model: ModelSettings): Pace {
  const { firstTokenMs = settings.firstTokenMs, tokensPerSecond = settings.tokensPerSecond } = model
  return { firstTokenMs, tokensPerSecond }
}

function cacheSettingsOf({ cache }: VendorSettings, dialect: Dialect) {
  return cache && { ...cache, mode: dialect.cacheMode }
}

/** Writes that nobody asked for are free with most vendors: then they count as plain input. */
function billedUse(use: CacheUse, model: ModelSettings, dialect: Dialect): CacheUse {
  const isFree = !dialect.countsWrites || (dialect.cacheMode === 'all' && model.price.cacheWrite === undefined)
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
    finish: kind === 'no-finish' || kind === 'finish-missing',
    done: kind === 'no-finish' || kind === 'finish-without-done',
  }
}

interface Ended {
  readonly played: Played
  readonly delivery: Delivery
  readonly usage: VendorUsage
  readonly bill: Biller
  readonly settings: VendorSettings
}

function endOf({ played, delivery, usage, bill, settings }: Ended): MeterEnd {
  const status = played.hasBegun ? { status: 200 } : {}
  if (delivery.void) return { ...status, outcome: 'rejected' }
  const isDone = played.kind === 'done'
  if (isDone && delivery.complete) return { ...status, ...billed(usage, bill), outcome: 'answered' }
  const outcome = played.kind === 'aborted' ? 'aborted' : 'cut'
  switch (settings.billsAborted) {
    case 'nothing':
      return { ...status, outcome }
    case 'until-disconnect':
      return { ...status, ...billed(usageUntil(usage, played.writtenTokens), bill), outcome }
    case 'whole':
      return { ...status, ...billed(usage, bill), outcome }
  }
}

function billed(usage: VendorUsage, bill: Biller) {
  return { ...usage, billedPico: bill(usage).toString() }
}

function usageUntil(usage: VendorUsage, outputTokens: number): VendorUsage {
  return { ...usage, outputTokens, reasoningTokens: Math.min(usage.reasoningTokens, outputTokens) }
}
