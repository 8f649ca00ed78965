/**
 * Decides when a request may start at an endpoint with limits, and which of the waiting calls goes first. It uses the generic cell rate
 * algorithm (ITU-T I.371) over requests and tokens. The limits are those of `scope-limits.ts`. Pure; the store keeps the state for all workers.
 *
 * @module
 */
import type { RateLimits } from '../../endpoints.ts'
import { groupBy } from '../../group-by.ts'
import { LOOK_MS, type ScopeLimit } from './scope-limits.ts'

/** What one scope has admitted so far. Times are theoretical arrival times: when the next request is due at an even pace. */
export interface Starts {
  /** If there is no limit on requests, the time of the last start. */
  readonly requestsAtMs: number
  readonly tokensAtMs: number
  /** For each priority, the highest {@link Ticket.tag} of its calls that have started. */
  readonly served: Readonly<Record<number, number>>
}

export const NO_STARTS: Starts = { requestsAtMs: 0, tokensAtMs: 0, served: {} }

/** The period over which vendors count. */
const WINDOW_MS = 60_000

/**
 * The starts of a scope, corrected in case a clock was wrong. At an even pace, times are ahead of now by the burst and one request at most.
 * If one is a whole window further ahead, the clock that wrote it was wrong, and the pace continues from now. Tokens that are owed stay
 * owed.
 */
export function credible(starts: Starts, limit: ScopeLimit, nowMs: number): Starts {
  const aheadMs = starts.requestsAtMs - nowMs
  if (aheadMs <= limit.burstMs + Math.max(WINDOW_MS, requestMs(limit))) return starts
  return { ...starts, requestsAtMs: nowMs, tokensAtMs: starts.tokensAtMs - aheadMs }
}

/** A call that waits in a scope. */
export interface Ticket {
  readonly callId: string
  readonly workspace: string
  /** 1 goes first. */
  readonly priority: number
  /**
   * Its place among the calls of its priority. Calls of one workspace are as far apart as they take of the limit, counted from what is served
   * now.
   */
  readonly tag: number
  /** How many tokens it will probably take. */
  readonly tokens: number
  /** Since when it waits. */
  readonly sinceMs: number
  /** When it was told to ask again. */
  readonly dueAtMs: number
}

/** A call that is later than this, in milliseconds, loses its turn until it asks again, because its worker may be gone. */
const GRACE_MS = 250

/**
 * The place of a new call, by self-clocked fair queueing with equal weights: in each priority, each workspace's calls queue behind each other,
 * so that a workspace with a hundred waiting calls, or with large ones, does not delay others, nor its own urgent calls.
 */
export function tagFor(
  { workspace, priority, tokens }: Pick<Ticket, 'workspace' | 'priority' | 'tokens'>,
  limit: ScopeLimit,
  waiting: readonly Ticket[],
  { served }: Starts,
): number {
  const own = waiting.filter(ticket => ticket.workspace === workspace && ticket.priority === priority)
  return Math.max(served[priority] ?? 0, ...own.map(({ tag }) => tag)) + sizeOf(limit, tokens)
}

/** How much of the limit a call takes: the time until the next one may start, or 1 where only the requests in flight are limited. */
function sizeOf(limit: ScopeLimit, tokens: number): number {
  return Math.max(1, requestMs(limit), tokensMs(limit, tokens))
}

/**
 * After this wait a call goes before calls of the next higher priority, after twice this before those of the one above, and so on.
 * Otherwise low priorities would never get their turn while higher ones are busy. 30 s is longer than the peaks that priorities are for,
 * and short for a run that nobody watches.
 */
export const AGEING_MS = 30_000

/**
 * The waiting calls that go before this one, the first one first. Calls of one priority go in the order of their tags, so that ageing costs
 * no workspace its turn. Of the first calls of all priorities, the one with the highest priority after ageing goes first.
 */
export function goBefore(its: Ticket, waiting: readonly Ticket[], nowMs: number): readonly Ticket[] {
  const there = waiting.filter(({ callId, dueAtMs }) => callId !== its.callId && dueAtMs > nowMs - GRACE_MS)
  const lines = linesOf([...there, its])
  for (const before: Ticket[] = []; ; ) {
    const next = nextLine(lines, nowMs).pop()!
    if (next.callId === its.callId) return before
    before.push(next)
  }
}

/** The waiting calls by priority, the highest priority first. In each list the call that goes first is the last element. */
function linesOf(waiting: readonly Ticket[]): readonly Ticket[][] {
  const lines = [...groupBy(waiting, ({ priority }) => String(priority)).values()]
  for (const line of lines) line.sort((a, b) => b.tag - a.tag || (a.callId < b.callId ? 1 : -1))
  return lines.sort(([a], [b]) => a!.priority - b!.priority)
}

/** The list whose first call goes next. If two are equal after ageing, the one with the higher priority. */
function nextLine(lines: readonly Ticket[][], nowMs: number): Ticket[] {
  const level = ({ priority, sinceMs }: Ticket) => priority - Math.floor(Math.max(0, nowMs - sinceMs) / AGEING_MS)
  const left = lines.filter(line => line.length > 0)
  return left.reduce((best, line) => (level(line.at(-1)!) < level(best.at(-1)!) ? line : best))
}

/**
 * The earliest time at which a request may start.
 *
 * @param before - The calls that go before it. One that is due later than that time does not count: it waits for something else, and the
 * endpoint would be idle meanwhile.
 */
export function startAtMs(starts: Starts, limit: ScopeLimit, before: readonly Ticket[], nowMs: number): number {
  let then = starts
  for (const { dueAtMs, tokens, priority, tag } of byDue(before)) {
    if (dueAtMs > Math.ceil(dueMs(then, limit, nowMs))) break
    then = afterStart(then, limit, { tokens, priority, tag }, Math.max(nowMs, dueAtMs))
  }
  return dueMs(then, limit, nowMs)
}

/** When the next request may start, whoever makes it. */
function dueMs({ requestsAtMs, tokensAtMs }: Starts, limit: ScopeLimit, nowMs: number): number {
  const { burstMs, requestsPerMinute, tokensPerMinute } = limit
  return Math.max(
    nowMs,
    requestsPerMinute === undefined ? 0 : requestsAtMs - burstMs,
    tokensPerMinute === undefined ? 0 : tokensAtMs - burstMs,
  )
}

/** When a call looks again whether a request in flight has ended, if so many look before it. */
export const looksAtMs = ({ lookMs = LOOK_MS }: ScopeLimit, ahead: number, nowMs: number): number =>
  nowMs + lookMs * (1 + ahead)

/** How many of the calls that go before another ask before it looks again. Those that ask later leave a free place to it. */
export function lookBefore(limit: ScopeLimit, before: readonly Ticket[], nowMs: number): number {
  const due = byDue(before)
  const later = due.findIndex(({ dueAtMs }, ahead) => dueAtMs > looksAtMs(limit, ahead, nowMs))
  return later < 0 ? due.length : later
}

const byDue = (tickets: readonly Ticket[]) => tickets.toSorted((a, b) => a.dueAtMs - b.dueAtMs)

/** The state after a request has started. */
export function afterStart(
  { requestsAtMs, tokensAtMs, served }: Starts,
  limit: ScopeLimit,
  { tokens, priority, tag }: Pick<Ticket, 'tokens' | 'priority' | 'tag'>,
  nowMs: number,
): Starts {
  return {
    requestsAtMs: Math.max(requestsAtMs, nowMs) + requestMs(limit),
    tokensAtMs: Math.max(tokensAtMs, nowMs) + tokensMs(limit, tokens),
    served: { ...served, [priority]: Math.max(served[priority] ?? 0, tag) },
  }
}

/**
 * Takes back a start whose request was not sent. `sinceMs` is how long ago it was. Only the part of its time that is not over yet comes
 * back, because later starts have used the rest.
 */
export function withoutStart(starts: Starts, limit: ScopeLimit, tokens: number, sinceMs: number): Starts {
  const left = (eachMs: number) => Math.max(0, eachMs - Math.max(0, sinceMs))
  return {
    ...starts,
    requestsAtMs: starts.requestsAtMs - left(requestMs(limit)),
    tokensAtMs: starts.tokensAtMs - left(tokensMs(limit, tokens)),
  }
}

/** The time between two requests at an even pace; 0 without such a limit. */
function requestMs({ requestsPerMinute }: RateLimits): number {
  return requestsPerMinute === undefined ? 0 : 60_000 / requestsPerMinute
}

function tokensMs({ tokensPerMinute }: RateLimits, tokens: number): number {
  return tokensPerMinute === undefined ? 0 : (60_000 * tokens) / tokensPerMinute
}
