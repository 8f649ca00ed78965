/**
 * An endpoint that fails for a while under load: nobody notices, it is left in peace, and it gets its traffic back.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { BREAKER_LIMITS } from '../src/core/routing/health/breaker.ts'
import { type Request, requestsAt } from './requests.ts'
import { allServed, judged, type ScenarioResult } from './result.ts'
import { FIRST, onPeakStage } from './stage.ts'
import { startTraffic } from './traffic.ts'

export interface OutageSettings {
  readonly perSecond: number
  readonly failsMs: number
}

const WELL_BEFORE_MS = 3_000

/** Both workers have heard by then that it is closed: failures in flight, and a second until the other one looks. */
const CLOSED_AFTER_MS = 2_000

/** After its return the endpoint must have its traffic again within this. */
const BACK_WITHIN_MS = 30_000

/** What has to come through for traffic to be back: nine of ten calls, over a second. */
const BACK_SHARE = 0.9
const BACK_OVER_MS = 1_000

export function runOutage({ perSecond, failsMs }: OutageSettings): Promise<ScenarioResult> {
  return onPeakStage(undefined, async stage => {
    const traffic = startTraffic(stage, { taskClass: 'served', perSecond })
    await sleep(WELL_BEFORE_MS)
    const failsAtMs = Date.now()
    await stage.vendors.setFaults(FIRST, [{ kind: 'overloaded' }])
    await sleep(failsMs)
    await stage.vendors.setFaults(FIRST, [])
    const returnsAtMs = Date.now()
    const backAfterMs = await untilBack(() => requestsAt(stage, returnsAtMs), returnsAtMs, perSecond)
    await traffic.end()
    const closing = requestsAt(stage, failsAtMs, failsAtMs + CLOSED_AFTER_MS)
    const probes = requestsAt(stage, failsAtMs + CLOSED_AFTER_MS, returnsAtMs)
    return judged(`fails for ${failsMs / 1_000} s under ${perSecond} calls per second`, [
      ...allServed(traffic, ((WELL_BEFORE_MS + failsMs) / 1_000) * perSecond),
      ['requestsUntilClosed', closing.length, '<=', CLOSED_AFTER_MS * 0.001 * perSecond],
      ['probes', probes.length, '<=', mostProbes(failsMs)],
      ['leastMsBetweenProbes', leastGapMs(probes), '>=', BREAKER_LIMITS.openMs],
      ['msUntilBack', backAfterMs, '<=', BACK_WITHIN_MS],
    ])
  })
}

/** One for each time that the breaker stays open, which is twice as long each time. */
function mostProbes(failsMs: number): number {
  let probes = 0
  for (let atMs = BREAKER_LIMITS.openMs; atMs < failsMs; atMs += BREAKER_LIMITS.openMs * 2 ** probes) probes += 1
  return probes
}

function leastGapMs(requests: readonly Request[]): number {
  const gaps = requests.slice(1).map(({ atMs }, index) => atMs - requests[index]!.atMs)
  // A single probe has no gap that could be too short.
  return Math.min(BREAKER_LIMITS.longestOpenMs, ...gaps)
}

async function untilBack(requests: () => readonly Request[], fromMs: number, perSecond: number): Promise<number> {
  while (Date.now() - fromMs < 2 * BACK_WITHIN_MS) {
    await sleep(100)
    const lately = requests().filter(({ atMs, answered }) => answered && atMs > Date.now() - BACK_OVER_MS - 200)
    if (lately.length >= BACK_SHARE * perSecond * (BACK_OVER_MS / 1_000)) return Date.now() - fromMs
  }
  return Number.POSITIVE_INFINITY
}
