/**
 * When a request may start where a vendor limits how many: the generic cell rate algorithm (ITU-T I.371) over requests and
 * tokens, and who goes first of those that wait. Pure; the store keeps the state for all workers.
 *
 * @module
 */
import type { Endpoint, RateLimits } from '../endpoints.ts'
import type { EndpointHealth } from './route.ts'

/** A limit with whose it is: a provider's, by its name, or one endpoint's, by its id. */
export interface ScopeLimit extends RateLimits {
  readonly scopeId: string
  /** How far ahead of an even pace requests may start, in milliseconds of it. */
  readonly burstMs: number
}

/** A second's worth at once: vendors that count in minutes allow as much. */
const BURST_MS = 1_000

/** Where the limit was learned nobody knows in what it counts, so that an even pace is the safe one. */
const LEARNED_BURST_MS = 100

/** What limits an endpoint, sorted by scope; empty for most. @param learned - Of this endpoint; see {@link EndpointHealth}. */
export function limitsOf(
  { id, provider, limits }: Endpoint,
  {
    requestsPerMinute: learnedPerMinute,
    tokensPerMinute,
  }: Pick<EndpointHealth, 'requestsPerMinute' | 'tokensPerMinute'>,
): readonly ScopeLimit[] {
  const its: ScopeLimit[] = []
  if (limits?.provider) its.push({ scopeId: provider, burstMs: BURST_MS, ...limits.provider })
  if (limits?.own || learnedPerMinute !== undefined) {
    const configured = limits?.own?.requestsPerMinute ?? Number.POSITIVE_INFINITY
    const learned = learnedPerMinute !== undefined && learnedPerMinute < configured
    its.push({
      scopeId: id,
      burstMs: learned ? LEARNED_BURST_MS : BURST_MS,
      ...(tokensPerMinute !== undefined && { tokensPerMinute }),
      ...limits?.own,
      ...(learned && { requestsPerMinute: learnedPerMinute }),
    })
  }
  return its
}

/** What one scope has handed out. Times are theoretical arrival times: when the next request is due at an even pace. */
export interface Starts {
  /** Without a limit on requests the time of the last start. */
  readonly requestsAtMs: number
  readonly tokensAtMs: number
  /** The {@link Ticket.tag} of the last one that started. */
  readonly served: number
}

export const NO_STARTS: Starts = { requestsAtMs: 0, tokensAtMs: 0, served: 0 }

/** In which vendors count. */
const WINDOW_MS = 60_000

/**
 * What was handed out, as far as it can be true. A pace runs ahead by its burst and one request at most: one that does by a window more
 * was kept by a clock that is ahead of this one, or that was put back since. It goes on from now, and what is owed of tokens stays owed.
 */
export function credible(starts: Starts, limit: ScopeLimit, nowMs: number): Starts {
  const aheadMs = starts.requestsAtMs - nowMs
  if (aheadMs <= limit.burstMs + Math.max(WINDOW_MS, requestMs(limit))) return starts
  return { ...starts, requestsAtMs: nowMs, tokensAtMs: starts.tokensAtMs - aheadMs }
}

/** A call that waits for its start in a scope. */
export interface Ticket {
  readonly callId: string
  readonly workspace: string
  /** 1 goes first. */
  readonly priority: number
  /** Its place among those of its priority: each workspace's calls follow one another in steps of 1 from what is served now. */
  readonly tag: number
  /** Since when it waits. */
  readonly sinceMs: number
  /** When it was told to come. */
  readonly dueAtMs: number
}

/** Who does not come within this when it is due has lost its turn until it does: its worker may be gone. */
const GRACE_MS = 250

/**
 * The place of a call that comes now (start-time fair queueing with equal weights): a workspace that has a hundred calls
 * waiting is as far on with its next one as one that has none.
 */
export function tagFor(workspace: string, waiting: readonly Ticket[], { served }: Starts): number {
  const own = waiting.filter(ticket => ticket.workspace === workspace).map(({ tag }) => tag)
  return Math.max(served, ...own) + 1
}

/**
 * After so long a wait a call goes before calls of the next higher priority, after twice as long before those of the one above,
 * and so on: a class that others keep busy all the time would never have its turn. 30 s: longer than a peak that priorities are
 * there for, and short beside the patience of a run that nobody watches.
 */
export const AGEING_MS = 30_000

/**
 * How many of those that wait go before this one. Calls of one priority go in the order of their tags, so that ageing takes no
 * workspace's turn; of those that come first in their priorities, the one goes whose priority, raised by its wait, is the highest.
 */
export function aheadOf(its: Waiting, waiting: readonly Ticket[], nowMs: number): number {
  const there = waiting.filter(({ callId, dueAtMs }) => callId !== its.callId && dueAtMs > nowMs - GRACE_MS)
  const lines = linesOf([...there, its])
  for (let ahead = 0; ; ahead += 1) {
    const line = nextLine(lines, nowMs)
    if (line.pop()!.callId === its.callId) return ahead
  }
}

type Waiting = Omit<Ticket, 'dueAtMs'>

/** By priority, the highest first; each with its first one at the end. */
function linesOf(waiting: readonly Waiting[]): readonly Waiting[][] {
  const lines = new Map<number, Waiting[]>()
  for (const ticket of waiting) {
    const line = lines.get(ticket.priority)
    if (line) line.push(ticket)
    else lines.set(ticket.priority, [ticket])
  }
  for (const line of lines.values()) line.sort((a, b) => b.tag - a.tag || (a.callId < b.callId ? 1 : -1))
  return [...lines].sort(([a], [b]) => a - b).map(([, line]) => line)
}

/** Of equals the one that has the higher priority of its own. */
function nextLine(lines: readonly Waiting[][], nowMs: number): Waiting[] {
  const level = ({ priority, sinceMs }: Waiting) => priority - Math.floor(Math.max(0, nowMs - sinceMs) / AGEING_MS)
  const left = lines.filter(line => line.length > 0)
  return left.reduce((best, line) => (level(line.at(-1)!) < level(best.at(-1)!) ? line : best))
}

/** From when on a request may start that so many go before. */
export function startAtMs(starts: Starts, limit: ScopeLimit, tokens: number, ahead: number, nowMs: number): number {
  const at = (dueMs: number, eachMs: number) =>
    eachMs === 0 ? 0 : (ahead === 0 ? dueMs : Math.max(dueMs, nowMs) + ahead * eachMs) - limit.burstMs
  const requests = at(starts.requestsAtMs, requestMs(limit))
  return Math.max(nowMs, requests, at(starts.tokensAtMs, tokensMs(limit, tokens)))
}

/** The state when a request has started. */
export function afterStart(starts: Starts, limit: ScopeLimit, tokens: number, tag: number, nowMs: number): Starts {
  return {
    requestsAtMs: Math.max(starts.requestsAtMs, nowMs) + requestMs(limit),
    tokensAtMs: Math.max(starts.tokensAtMs, nowMs) + tokensMs(limit, tokens),
    served: Math.max(starts.served, tag),
  }
}

/**
 * The state without a request that was let start that long ago and has not left after all. What it took of the pace comes back as far
 * as it is not over: whoever started since then takes as much of the time that is.
 */
export function withoutStart(starts: Starts, limit: ScopeLimit, tokens: number, sinceMs: number): Starts {
  const left = (eachMs: number) => Math.max(0, eachMs - Math.max(0, sinceMs))
  return {
    ...starts,
    requestsAtMs: starts.requestsAtMs - left(requestMs(limit)),
    tokensAtMs: starts.tokensAtMs - left(tokensMs(limit, tokens)),
  }
}

/** How long one request takes up of the pace; 0 where there is no such limit. */
function requestMs({ requestsPerMinute }: RateLimits): number {
  return requestsPerMinute === undefined ? 0 : 60_000 / requestsPerMinute
}

function tokensMs({ tokensPerMinute }: RateLimits, tokens: number): number {
  return tokensPerMinute === undefined ? 0 : (60_000 * tokens) / tokensPerMinute
}
