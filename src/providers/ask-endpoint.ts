/**
 * One ask of one endpoint, from the specification's options to an answer or a fault.
 *
 * @module
 */
import type { LanguageModelV4, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { definedOnly } from '../core/defined-only.ts'
import type { ProviderSettings } from '../core/endpoints.ts'
import type { PriceRange } from '../core/money/cost.ts'
import type { Ask, ReplyAnswer, ReplyFault, Timings } from '../core/ports.ts'
import { samplingOf } from '../core/settings/sampling.ts'
import { type Collected, type Collector, createCollector } from './collect/collector.ts'
import { type Conclusion, conclude } from './collect/conclude.ts'
import type { Dialect } from './dialect.ts'
import { requestIdOf } from './faults/reply-fault.ts'
import { toldLimits } from './faults/told-limits.ts'
import { libraryFault } from './library-error.ts'
import { callOptions, type Ways } from './prepare/call-options.ts'
import { priceRangeOf } from './service-tier.ts'
import type { Exchange } from './transport/exchange.ts'

/** An ask with everything that it takes to carry it out. */
export interface AskParts extends Ways {
  readonly ask: Ask
  readonly settings: ProviderSettings
  readonly dialect: Dialect
  readonly model: LanguageModelV4
  readonly exchange: Exchange
}

/** What a package did, or that it failed. Its errors are told apart from ours, which are bugs and pass. */
type Step<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown }

type Failed = { readonly error: unknown }

/** For an exchange that we have ended ourselves. The exchange knows why. */
const ENDED: Failed = { error: undefined }

type Read = { readonly done: boolean; readonly value?: LanguageModelV4StreamPart }

/** Must run where the package's `fetch` finds the exchange. */
export async function askEndpoint(parts: AskParts): Promise<ReplyAnswer | ReplyFault> {
  const { ask, exchange, dialect } = parts
  let firstTokenMs: number | undefined
  const collector = createCollector(dialect, ask.prompt, {
    onDelta: ask.onDelta,
    onContent() {
      firstTokenMs = sinceDeparture(exchange)
      exchange.contentSeen()
      ask.onContent?.()
    },
  })
  const read = parts.settings.quirks.stream === false ? readWhole : readStream
  const failed = await whileItLasts(exchange, read(parts, collector))
  const timings = definedOnly({ firstTokenMs, totalMs: sinceDeparture(exchange) })
  return failed ? faultReply(parts, collector, failed.error, timings) : answerReply(parts, collector, timings)
}

function sinceDeparture({ progress }: Exchange): number {
  return Math.round(performance.now() - progress.departedAtMs)
}

/**
 * Chunks that a package may find unreadable. The first makes the reply malformed, and what comes after it may still count the tokens; of
 * millions, each costs the worker some microseconds and tells nothing.
 */
const MOST_ERRORS = 100

/** Reads the package's stream. Resolves with what failed, or with nothing if the stream came to its end. */
async function readStream(parts: AskParts, collector: Collector): Promise<Failed | undefined> {
  const { ask, dialect, model, exchange } = parts
  const started = await tried(() => model.doStream(callOptions(ask, dialect, parts)))
  if (!started.ok) return started
  const reader = started.value.stream.getReader()
  for (let errors = 0; errors < MOST_ERRORS; ) {
    const next: Step<Read> = await tried(() => reader.read())
    if (exchange.ending()) return ENDED
    if (!next.ok) return next
    const part = next.value.value
    if (!part) return undefined
    // This error is about a continuation that we have refused. The answer then ends at its output limit, as its last chunk says.
    if (part.type === 'error' && exchange.refusedSecond()) continue
    collector.take(part)
    if (part.type === 'error') errors += 1
    if (part.type === 'raw' && dialect.isLast?.(part.rawValue)) exchange.endSeen()
    // The vendor has said that it failed. Some leave the stream open after that, so it is not read on.
    if (part.type === 'error' && collector.collected().error?.body !== undefined) return undefined
  }
  return undefined
}

async function readWhole(parts: AskParts, collector: Collector): Promise<Failed | undefined> {
  const { ask, dialect, model, exchange } = parts
  const done = await tried(() => model.doGenerate(callOptions(ask, dialect, parts)))
  if (exchange.ending()) return ENDED
  if (!done.ok) return done
  collector.takeWhole(done.value)
  return undefined
}

async function tried<T>(run: () => PromiseLike<T>): Promise<Step<T>> {
  try {
    return { ok: true, value: await run() }
  } catch (error) {
    return { ok: false, error }
  }
}

/** Waits for the package, but never longer than the exchange lasts: a package may hang on a reply that was cut. */
function whileItLasts(exchange: Exchange, work: Promise<Failed | undefined>): Promise<Failed | undefined> {
  return Promise.race([work, exchange.ended.then(() => ENDED)])
}

function faultReply(parts: AskParts, collector: Collector, error: unknown, timings: Timings): ReplyFault {
  const { exchange, dialect, ask } = parts
  const { progress } = exchange
  const ending = exchange.ending()
  if (ending?.kind === 'held') throw ending.thrown
  if (ending) return replyOf(parts, collector, { fault: ending.fault, billable: ending.billable, timings })
  const fault = exchange.brokenOff() ?? libraryFault(ask.endpoint.id, dialect, error, progress)
  return replyOf(parts, collector, { fault, billable: progress.sent ? 'maybe' : 'no', timings })
}

function answerReply(parts: AskParts, collector: Collector, timings: Timings): ReplyAnswer | ReplyFault {
  const { headers } = parts.exchange.progress
  const collected = collector.collected()
  const conclusion = conclude(parts.ask, parts.dialect, collected, headers)
  const priceRange = priceRangeIn(parts, collected, conclusion)
  if (conclusion.kind === 'fault') {
    const brokenOff = parts.exchange.brokenOff()
    // A refusal is a whole reply, however its connection ended.
    const isTold = conclusion.fault.kind === 'refused'
    const fault = isTold ? conclusion.fault : (brokenOff ?? conclusion.fault)
    const reply = replyOf(parts, collector, { fault, billable: 'maybe', timings })
    if (brokenOff || !conclusion.whole) return reply
    return { ...reply, whole: true, ...definedOnly({ reportedCostPico: collected.reported.costPico, priceRange }) }
  }
  return definedOnly({
    kind: 'answer' as const,
    ...conclusion.answer,
    usage: collected.reported.usage ?? {},
    reportedCostPico: collected.reported.costPico,
    priceRange,
    requestId: requestIdOf(headers),
    limits: toldLimits(headers),
    leftOut: settingsIn(parts.ask, collected.leftOut),
    timings,
  })
}

function priceRangeIn(
  { exchange, dialect }: AskParts,
  { drafts, service }: Collected,
  conclusion: Conclusion,
): PriceRange | undefined {
  const range = priceRangeOf({ ...exchange.progress.service, ...service })
  const isRefused = conclusion.kind === 'fault' && conclusion.fault.kind === 'refused'
  if (!isRefused || !dialect.refusesForNothing) return range
  const hasWords = drafts.some(draft => draft.type === 'tool-call' || draft.text !== '')
  return hasWords ? range : { leastPercent: 0, mostPercent: range?.mostPercent ?? 100 }
}

/** The settings of this ask that were left out; packages warn of others too. */
function settingsIn({ settings }: Ask, leftOut: readonly string[]): readonly string[] | undefined {
  const names = Object.keys(samplingOf(settings)).filter(name => leftOut.includes(name))
  return names.length > 0 ? names : undefined
}

function replyOf(
  { exchange }: AskParts,
  collector: Collector,
  { fault, billable, timings }: Pick<ReplyFault, 'fault' | 'billable' | 'timings'>,
): ReplyFault {
  const { usage } = collector.collected().reported
  const requestId = requestIdOf(exchange.progress.headers)
  const evidence = definedOnly({ ...fault.evidence, requestId: fault.evidence.requestId ?? requestId })
  const limits = toldLimits(exchange.progress.headers)
  return {
    kind: 'fault',
    fault: { ...fault, evidence },
    billable,
    timings,
    ...definedOnly({ usage, requestId, limits }),
  }
}
