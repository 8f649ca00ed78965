import type { Price } from '../../core/endpoints.ts'
import type { FaultKind } from '../../core/faults/fault.ts'
import { pricedUsage } from '../../core/money/price-of.ts'
import type { Usage } from '../../core/usage.ts'
import { costOf } from '../ledger/attempt-rows.ts'
import type { Work } from '../work.ts'
import { type AttemptPart, eachAttempt } from './attempt-pages.ts'

export interface EndpointQuery {
  /** Attempts that left from then on … */
  readonly fromMs: number
  /** … and before then. */
  readonly untilMs: number
  readonly provider?: string
  /** `author/name`. */
  readonly model?: string
  readonly taskClass?: string
  /** What endpoints cost by the lists, by their ids, so that what vendors report can be held against it. */
  readonly prices?: ReadonlyMap<string, Price>
}

/** What the ledger has of one endpoint in a time. Attempts that are open, cancelled or lost with a worker are left out. */
export interface EndpointReport {
  readonly endpoint: string
  readonly provider: string
  readonly model: string
  readonly attempts: number
  readonly answered: number
  /** How many attempts ended with each fault. */
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>
  readonly rateLimited: number
  /** The fault of the attempt that left last; absent if it was answered. */
  readonly lastFault?: FaultKind
  /** Over the answers that were timed, in milliseconds. */
  readonly firstTokenMs?: { readonly p50: number; readonly p95: number }
  /** Output after the first token, over all answers together. */
  readonly tokensPerSecond?: number
  readonly inputTokens: number
  readonly outputTokens: number
  /** The part of the input that was read from the vendor's cache; absent where it says nothing of it. */
  readonly cachedShare?: number
  /** Of all attempts, those that failed too, at their upper bounds: over its answers. Absent where prices are unknown. */
  readonly picoPerAnswer?: number
  readonly picoPerThousandOutput?: number
  /** Over the answers for which the vendor has reported a cost and the list has a price; absent where there are none. */
  readonly billed?: Billed
}

/** What a vendor has reported, and what the same answers cost by the list, in pico-dollars. */
interface Billed {
  readonly answers: number
  readonly pico: string
  readonly listedPico: string
}

/** One report for each endpoint that was asked, by its id. */
export function* endpointReports(query: EndpointQuery): Work<EndpointReport[]> {
  const sums = new Map<string, Sums>()
  yield* eachAttempt(query.fromMs, query.untilMs, part => {
    if (isAsked(part, query)) add(sums, part, query.prices?.get(part.endpoint))
  })
  return [...sums.values()].map(reportOf).sort((a, b) => (a.endpoint < b.endpoint ? -1 : 1))
}

function isAsked(part: AttemptPart, { provider, model, taskClass }: EndpointQuery): boolean {
  return (
    (part.outcome === 'answered' || part.outcome === 'fault') &&
    (provider === undefined || part.provider === provider) &&
    (model === undefined || part.model === model) &&
    (taskClass === undefined || part.task_class === taskClass)
  )
}

type Sums = ReturnType<typeof newSums>

function add(sums: Map<string, Sums>, part: AttemptPart, price: Price | undefined): void {
  const its = sums.get(part.endpoint) ?? newSums(part)
  sums.set(part.endpoint, its)
  const cost = costOf(part)
  its.pico += BigInt(cost?.highPico ?? 0)
  if (!cost || cost.unpriced) its.isPriced = false
  if (part.outcome === 'answered') addAnswer(its, part, price)
  else addFault(its, part.fault_kind as FaultKind)
}

/** Batches cost less than the list says. */
function addBilled(its: Sums, part: AttemptPart, usage: Usage, price: Price | undefined): void {
  if (part.reported_cost_pico === null || part.batch !== null) return
  const listed = pricedUsage(usage, price)
  if (listed.kind !== 'priced') return
  its.billed += 1
  its.billedPico += BigInt(part.reported_cost_pico)
  its.listedPico += listed.pico
}

function addFault(its: Sums, kind: FaultKind): void {
  its.faults[kind] = (its.faults[kind] ?? 0) + 1
  its.lastFault = kind
}

function addAnswer(its: Sums, part: AttemptPart, price: Price | undefined): void {
  const usage = JSON.parse(part.usage) as Usage
  addBilled(its, part, usage, price)
  const { first_token_ms: firstTokenMs, total_ms: totalMs } = part
  const { inputTokens = 0, outputTokens = 0, cacheReadTokens } = usage
  its.answered += 1
  its.lastFault = undefined
  its.inputTokens += inputTokens
  its.outputTokens += outputTokens
  if (cacheReadTokens !== undefined) {
    its.tellingTokens += inputTokens
    its.cachedTokens += cacheReadTokens
  }
  if (firstTokenMs === null) return
  its.firstTokens.push(firstTokenMs)
  if (totalMs === null || outputTokens === 0) return
  its.spokenTokens += outputTokens
  its.spokenMs += Math.max(1, totalMs - firstTokenMs)
}

function newSums(first: AttemptPart) {
  return {
    first,
    answered: 0,
    faults: {} as Partial<Record<FaultKind, number>>,
    lastFault: undefined as FaultKind | undefined,
    firstTokens: [] as number[],
    spokenTokens: 0,
    spokenMs: 0,
    inputTokens: 0,
    outputTokens: 0,
    /** Input of those answers whose vendor says what it read from its cache, and that. */
    tellingTokens: 0,
    cachedTokens: 0,
    pico: 0n,
    isPriced: true,
    /** The answers whose cost is reported and listed, and those two. */
    billed: 0,
    billedPico: 0n,
    listedPico: 0n,
  }
}

function reportOf(its: Sums): EndpointReport {
  const { first, answered, faults, lastFault, firstTokens, inputTokens, outputTokens } = its
  const failed = Object.values(faults).reduce((sum, count) => sum + count, 0)
  const times = firstTokens.toSorted((a, b) => a - b)
  return {
    endpoint: first.endpoint,
    provider: first.provider,
    model: first.model,
    attempts: answered + failed,
    answered,
    faults,
    rateLimited: faults['rate-limited'] ?? 0,
    ...(lastFault && { lastFault }),
    ...(times.length > 0 && { firstTokenMs: { p50: percentile(times, 0.5), p95: percentile(times, 0.95) } }),
    ...(its.spokenMs > 0 && { tokensPerSecond: (1_000 * its.spokenTokens) / its.spokenMs }),
    inputTokens,
    outputTokens,
    ...(its.tellingTokens > 0 && { cachedShare: its.cachedTokens / its.tellingTokens }),
    ...(its.isPriced && answered > 0 && { picoPerAnswer: Number(its.pico) / answered }),
    ...(its.isPriced && outputTokens > 0 && { picoPerThousandOutput: (1_000 * Number(its.pico)) / outputTokens }),
    ...(its.billed > 0 && {
      billed: { answers: its.billed, pico: `${its.billedPico}`, listedPico: `${its.listedPico}` },
    }),
  }
}

/** The least value that so many are at or below. */
function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]!
}
