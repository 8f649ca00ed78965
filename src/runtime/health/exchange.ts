/**
 * Tells the other workers of a store what this one has seen of its endpoints, and hears what they have. In batches: a call
 * never waits for it, except for a probe, which the store hands out.
 *
 * @module
 */
import type { SharedHealth, SharedHealthPort } from '../../core/ports.ts'
import { recordAll, type Seen } from '../../core/routing/health.ts'
import { StoreProblem } from '../../store/index.ts'
import { createTurns, type Turns } from '../turns.ts'
import type { KnownEndpoints } from './known-endpoints.ts'
import { createNews, type News } from './news.ts'

/** How old what others have seen may be while calls are planned, and how long what this one has seen may lie. */
const EVERY_MS = 1_000

/** The same where an endpoint has just been closed or opened. */
const SOON_MS = 50

/** Looked back further than the last time, for clocks that go apart and transactions that take their time. */
const OVERLAP_MS = 10_000

/** What a worker that starts asks about. A day: what was measured before weighs a quarter at most. */
const BEGINS_WITH_MS = 86_400_000

export interface Exchange {
  /** @param isUrgent - It changes whom others may ask. */
  add(endpointId: string, seen: Seen, isUrgent: boolean): void
  /** Sees to it that what others have seen is not older than a second or two. */
  look(): void
  begin(): Promise<void>
  /** Whether this worker is the one that probes, by the store's word. @param claimHere - Says so where the store is out of reach. */
  claimProbe(endpointId: string, claimHere: () => boolean): Promise<boolean>
  close(): Promise<void>
}

interface Parts {
  readonly shared: SharedHealthPort
  readonly known: KnownEndpoints
  readonly now: () => number
  readonly news: News
  readonly turns: Turns
  /** For each endpoint that was heard of, when it had changed. */
  readonly heard: Map<string, number>
}

export function createExchange(shared: SharedHealthPort, known: KnownEndpoints, now: () => number): Exchange {
  const parts: Parts = { shared, known, now, news: createNews(), turns: createTurns(), heard: new Map() }
  const { news, turns } = parts
  let heardAtMs = 0
  const exchange = (changedSinceMs: number) =>
    turns.take(async () => {
      const startedAtMs = now()
      if (await exchangeNews(parts, changedSinceMs, startedAtMs)) heardAtMs = startedAtMs
    })
  const exchangeNext = () => exchange(heardAtMs - OVERLAP_MS)
  return {
    add(endpointId, seen, isUrgent) {
      news.add(endpointId, seen)
      turns.takeIn(isUrgent ? SOON_MS : EVERY_MS, exchangeNext)
    },
    look() {
      if (now() - heardAtMs > EVERY_MS) turns.takeIn(heardAtMs === 0 ? 0 : EVERY_MS / 2, exchangeNext)
    },
    begin: () => exchange(now() - BEGINS_WITH_MS),
    claimProbe: (endpointId, claimHere) => turns.take(() => claimShared(parts, endpointId, claimHere)),
    async close() {
      await turns.end(async () => {
        if (!news.isEmpty) await exchangeNews(parts, heardAtMs, now())
      })
    },
  }
}

/** Whether the store was reached. What did not arrive is told the next time. */
async function exchangeNews(parts: Parts, changedSinceMs: number, nowMs: number): Promise<boolean> {
  const { shared, news } = parts
  const told = news.takeAll()
  const own = new Set(told.map(({ endpoint }) => endpoint))
  try {
    const changed = await shared.exchange(told, changedSinceMs, nowMs)
    for (const health of changed) hear(parts, health, own.has(health.endpoint))
    return true
  } catch (error) {
    news.putBack(told)
    if (!(error instanceof StoreProblem)) throw error
    return false
  }
}

async function claimShared(parts: Parts, endpointId: string, claimHere: () => boolean): Promise<boolean> {
  const { shared, news, now } = parts
  const told = news.take(endpointId)
  try {
    const { granted, health } = await shared.claimProbe(told, now())
    hear(parts, health, true)
    return granted
  } catch (error) {
    news.putBack([told])
    if (!(error instanceof StoreProblem)) throw error
    return claimHere()
  }
}

/** What others know, and on top of it what only this worker does. */
function hear({ known, news, heard, now }: Parts, { endpoint, state, changedAtMs }: SharedHealth, isOwn: boolean) {
  if (!isOwn && heard.get(endpoint) === changedAtMs) return
  heard.set(endpoint, changedAtMs)
  known.keep(endpoint, recordAll(state, news.of(endpoint)), now())
}
