import { HOUR_MS } from '../../core/durations.ts'
import type { Admission, AdmissionAsk, AdmissionPort, LimitPlace } from '../../core/ports.ts'
import {
  afterStart,
  credible,
  goBefore,
  lookBefore,
  looksAtMs,
  type Starts,
  startAtMs,
  type Ticket,
  tagFor,
  withoutStart,
} from '../../core/routing/limits/admission.ts'
import type { ScopeLimit } from '../../core/routing/limits/scope-limits.ts'
import type { Connection } from '../connection.ts'
import { inPages } from '../in-pages.ts'
import { isCallOver } from '../ledger/call-rows.ts'
import { isRunOpen } from '../ledger/run-row.ts'
import { together, type Work } from '../work.ts'
import { idsOfRun } from './of-run.ts'
import { callOf, giveBack, keepPermit, permitIds, permitsIn } from './permits.ts'
import { dropStarts, keepStarts, lockStarts, scopesWithStarts } from './starts.ts'
import { dropTicketsOf, keepTicket, takeTicketsOf, ticketIds, ticketsIn } from './tickets.ts'

/** Start times of requests at endpoints that have limits, by the store's clock: those of its workers may be minutes apart. */
export function createAdmissions({ read, write, clockAheadMs }: Connection): AdmissionPort {
  return {
    async admit(ask) {
      const aheadMs = await clockAheadMs()
      const byStore = { ...ask, nowMs: ask.nowMs + aheadMs, permitUntilMs: ask.permitUntilMs + aheadMs }
      const said = await write(() => admit(byStore))
      return said.kind === 'later' ? { ...said, atMs: said.atMs - aheadMs } : said
    },
    release: permitId => write(() => giveBack(permitId)),
    withdraw: (ask, gaveUp, nowMs) => write(() => withdraw(ask, gaveUp, nowMs - ask.nowMs)),
    leave: callId => write(() => dropTicketsOf(callId)),
    // One at a time, as everywhere: who locks several rows at once may wait for somebody who waits for them.
    async leaveRun(runKey) {
      if (await read(() => isRunOpen(runKey))) return
      for (const callId of await read(() => idsOfRun(runKey, 'limit_tickets', 'call_id')))
        await write(() => dropTicketsOf(callId))
      for (const permitId of await read(() => idsOfRun(runKey, 'limit_permits', 'permit_id')))
        await write(() => giveBack(permitId))
    },
    async sweep(nowMs) {
      const atMs = nowMs + (await clockAheadMs())
      for (const callId of await read(() => callsOver(ticketIds()))) await write(() => dropTicketsOf(callId))
      for (const permitId of await read(() => callsOver(permitIds()))) await write(() => giveBack(permitId))
      for (const scopeId of await read(() => scopesWithStarts())) await write(() => sweep(scopeId, atMs))
    },
  }
}

/** Those of the ids of calls, or of their requests, whose calls are over: the worker was killed that would have given back what they hold. */
function* callsOver(ids: Work<string[]>): Work<string[]> {
  const held = yield* ids
  const areOver = yield* inPages(held, page => together(...page.map(id => isCallOver(callOf(id)))))
  return held.filter((_, index) => areOver[index])
}

/** A scope that let nobody in for so long is forgotten: its limit, endpoint or provider may be configured no more. */
const UNUSED_MS = HOUR_MS

/**
 * Forgets scopes that nobody uses. A pace with nothing outstanding is the same as one that never began; only those who wait need its
 * count, for their order.
 */
function* sweep(scopeId: string, nowMs: number): Work<void> {
  const { requestsAtMs, tokensAtMs } = yield* lockStarts(scopeId)
  const waiting = yield* ticketsIn(scopeId, nowMs)
  const inFlight = yield* permitsIn(scopeId, nowMs)
  const isUsed = Math.max(requestsAtMs, tokensAtMs) > nowMs - UNUSED_MS
  if (!isUsed && inFlight === 0 && waiting.length === 0) yield* dropStarts(scopeId)
}

/** What a scope says of a request. */
interface Said {
  readonly limit: ScopeLimit
  readonly starts: Starts
  readonly ticket: Ticket
  readonly atMs: number
  readonly isFull: boolean
}

/** All scopes admit it or none does. They are locked in the order of their ids. */
function* admit(ask: AdmissionAsk): Work<Admission> {
  const said: Said[] = []
  for (const limit of ask.limits) said.push(yield* sayOf(limit, ask))
  const atMs = Math.max(...said.map(scope => scope.atMs))
  if (atMs <= ask.nowMs) return yield* start(said, ask)
  const latest = said.find(scope => scope.atMs === atMs)!
  if (ask.waits) {
    const dueAtMs = Math.ceil(atMs)
    yield* keepPlaces(
      ask.callId,
      said.map(({ limit: { scopeId }, ticket }) => ({ ...ticket, scopeId, dueAtMs })),
    )
  }
  return { kind: 'later', atMs: Math.ceil(atMs), scopeId: latest.limit.scopeId, isFull: latest.isFull }
}

/** A call that is over gets no place: a worker that was believed lost asks for it, and nobody would come. */
function* keepPlaces(callId: string, places: readonly LimitPlace[]): Work<void> {
  if (places.length === 0 || (yield* isCallOver(callId))) return
  for (const { scopeId, ...ticket } of places) yield* keepTicket(scopeId, ticket)
}

function* sayOf(limit: ScopeLimit, { callId, workspace, priority, tokens, nowMs }: AdmissionAsk): Work<Said> {
  const { scopeId } = limit
  const starts = yield* credibleStarts(limit, nowMs)
  const [waiting, inFlight] = yield* together(ticketsIn(scopeId, nowMs), permitsIn(scopeId, nowMs))
  const place = waiting.find(ticket => ticket.callId === callId)
  const coming = { workspace, priority, tokens }
  const { tag, sinceMs } = place ?? { tag: tagFor(coming, limit, waiting, starts), sinceMs: nowMs }
  const ticket = { ...coming, callId, tag, sinceMs, dueAtMs: nowMs }
  const before = goBefore(ticket, waiting, nowMs)
  const startMs = startAtMs(starts, limit, before, nowMs)
  const ahead = lookBefore(limit, before, nowMs)
  const isFull = limit.concurrency !== undefined && inFlight + ahead >= limit.concurrency
  const atMs = isFull ? Math.max(startMs, looksAtMs(limit, ahead, nowMs)) : startMs
  return { limit, starts, ticket, atMs, isFull }
}

/** Puts right a row that is too far ahead, as soon as it is seen: whoever came back when it says would find it just as far ahead. */
function* credibleStarts(limit: ScopeLimit, nowMs: number): Work<Starts> {
  const found = yield* lockStarts(limit.scopeId)
  const starts = credible(found, limit, nowMs)
  if (starts !== found) yield* keepStarts(limit.scopeId, starts)
  return starts
}

function* start(said: readonly Said[], { callId, permitId, permitUntilMs, nowMs }: AdmissionAsk): Work<Admission> {
  for (const { limit, starts, ticket } of said) {
    yield* keepStarts(limit.scopeId, afterStart(starts, limit, ticket, nowMs))
    if (limit.concurrency !== undefined) yield* keepPermit(limit.scopeId, permitId, permitUntilMs)
  }
  // Also those where it waited before it was let in here.
  return { kind: 'start', gaveUp: yield* takeTicketsOf(callId) }
}

/** In the order of the scopes' ids, as they were taken. */
function* withdraw(
  { callId, limits, tokens, permitId }: AdmissionAsk,
  gaveUp: readonly LimitPlace[],
  sinceMs: number,
): Work<void> {
  for (const limit of limits)
    yield* keepStarts(limit.scopeId, withoutStart(yield* lockStarts(limit.scopeId), limit, tokens, sinceMs))
  yield* giveBack(permitId)
  yield* keepPlaces(callId, gaveUp)
}
