/**
 * Tells the other workers of a store what this one has seen of its endpoints, and hears what they have. In batches: a call
 * never waits for it, except for a probe, which the store hands out.
 *
 * @module
 */
import { DAY_MS } from '../../core/durations.ts'
import type { SharedHealth, SharedHealthPort } from '../../core/ports.ts'
import type { Seen } from '../../core/routing/health/health-state.ts'
import { recordAll } from '../../core/routing/health/record-outcome.ts'
import { StoreProblem } from '../../store/index.ts'
import { createTurns } from '../turns.ts'
import type { KnownEndpoints } from './known-endpoints.ts'
import { createNews, type News } from './news.ts'
import { createSoonestTimer } from './soonest-timer.ts'

/** How old the news of other workers may be when a call is planned, and how long this worker's news wait before they are sent. */
const EVERY_MS = 1_000

/** How long news wait if they close or open an endpoint. */
const SOON_MS = 50

/** How far each exchange looks back before the last one, since clocks differ and transactions take time. */
const OVERLAP_MS = 10_000

/** How far back a starting worker asks: what was measured before that weighs a quarter at most. */
const BEGINS_WITH_MS = DAY_MS

export interface Exchange {
  /** @param isUrgent - It changes whom others may ask. */
  add(endpointId: string, seen: Seen, isUrgent: boolean): void
  /** Asks what others have seen if that is older than a second. */
  look(): void
  begin(): Promise<void>
  /** Whether this worker is the one that probes, as the store says. @param claimHere - Says it while the store is out of reach. */
  claimProbe(endpointId: string, claimHere: () => boolean): Promise<boolean>
  close(): Promise<void>
}

interface Parts {
  readonly shared: SharedHealthPort
  readonly known: KnownEndpoints
  readonly now: () => number
  readonly news: News
  /** For each endpoint that was heard of, when it had changed. */
  readonly heard: Map<string, number>
}

export function createExchange(shared: SharedHealthPort, known: KnownEndpoints, now: () => number): Exchange {
  const parts: Parts = { shared, known, now, news: createNews(), heard: new Map() }
  const { news } = parts
  const takeTurn = createTurns()
  let heardAtMs = 0
  const exchange = (changedSinceMs: number) =>
    takeTurn(async () => {
      const startedAtMs = now()
      if (await exchangeNews(parts, changedSinceMs, startedAtMs)) heardAtMs = startedAtMs
    })
  const next = createSoonestTimer(() => exchange(heardAtMs - OVERLAP_MS))
  let isClosed = false
  return {
    add(endpointId, seen, isUrgent) {
      news.add(endpointId, seen)
      next.within(isUrgent ? SOON_MS : EVERY_MS)
    },
    look() {
      if (now() - heardAtMs > EVERY_MS) next.within(heardAtMs === 0 ? 0 : EVERY_MS / 2)
    },
    begin: () => exchange(now() - BEGINS_WITH_MS),
    claimProbe: (endpointId, claimHere) => takeTurn(() => claimShared(parts, endpointId, claimHere)),
    async close() {
      if (isClosed) return
      isClosed = true
      next.stop()
      await takeTurn(async () => {
        if (!news.isEmpty) await exchangeNews(parts, heardAtMs, now())
      })
    },
  }
}

/** Exchanges news with the store. Returns whether it was reached; what did not arrive is sent the next time. */
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

/** Takes in what others know, and adds what only this worker has seen. */
function hear({ known, news, heard, now }: Parts, { endpoint, state, changedAtMs }: SharedHealth, isOwn: boolean) {
  if (!isOwn && heard.get(endpoint) === changedAtMs) return
  heard.set(endpoint, changedAtMs)
  known.keep(endpoint, recordAll(state, news.of(endpoint)), now())
}
