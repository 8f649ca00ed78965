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
  readonly requestsAtMs: number
  readonly tokensAtMs: number
  /** The {@link Ticket.tag} of the last one that started. */
  readonly served: number
}

export const NO_STARTS: Starts = { requestsAtMs: 0, tokensAtMs: 0, served: 0 }

/** A call that waits for its start in a scope. */
export interface Ticket {
  readonly callId: string
  readonly workspace: string
  /** 1 goes first. */
  readonly priority: number
  /** Its place among those of its priority: each workspace's calls follow one another in steps of 1 from what is served now. */
  readonly tag: number
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

/** How many of those that wait go before this one. */
export function aheadOf(its: Omit<Ticket, 'dueAtMs'>, waiting: readonly Ticket[], nowMs: number): number {
  return waiting.filter(
    other => other.callId !== its.callId && other.dueAtMs > nowMs - GRACE_MS && goesBefore(other, its),
  ).length
}

function goesBefore(a: Omit<Ticket, 'dueAtMs'>, b: Omit<Ticket, 'dueAtMs'>): boolean {
  if (a.priority !== b.priority) return a.priority < b.priority
  return a.tag === b.tag ? a.callId < b.callId : a.tag < b.tag
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

/** How long one request takes up of the pace; 0 where there is no such limit. */
function requestMs({ requestsPerMinute }: RateLimits): number {
  return requestsPerMinute === undefined ? 0 : 60_000 / requestsPerMinute
}

function tokensMs({ tokensPerMinute }: RateLimits, tokens: number): number {
  return tokensPerMinute === undefined ? 0 : (60_000 * tokens) / tokensPerMinute
}
