/**
 * Many calls at once for the only endpoint there is, which takes fewer: all are served, and after its pauses they do not come
 * back as one.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { requestsAt } from './requests.ts'
import { allServed, judged, type ScenarioResult } from './result.ts'
import { onPeakStage, type Stage } from './stage.ts'
import { startTraffic } from './traffic.ts'

export interface HerdSettings {
  readonly calls: number
  /** What the vendor lets through per second. */
  readonly limit: number
}

/** After the first burst, whose limit nobody could know, so many of the requests may still meet a 429. */
const LIMITED_SHARE = 0.25

/** So long after the first request the first burst is over. */
const BURST_MS = 1_000

/**
 * The first calls of workers that have just started take long where other processes have the cores: a burst that came so late counted as
 * one that came back, 0.05 to 0.15 of the requests under load and once 0.31. These few calls tell workers nothing of the limit.
 */
const WARMING = { perSecond: 8, forMs: 500 } as const

/** The calls come within half a second. */
const WITHIN_MS = 500

export function runHerd({ calls, limit }: HerdSettings): Promise<ScenarioResult> {
  return onPeakStage({ requests: limit, perMs: 1_000 }, async stage => {
    const callsBefore = await warm(stage)
    const startedAtMs = Date.now()
    const traffic = startTraffic(stage, { taskClass: 'alone', perSecond: (1_000 * calls) / WITHIN_MS, callsBefore })
    await sleep(WITHIN_MS)
    await traffic.end()
    const tookMs = Date.now() - startedAtMs
    const after = requestsAt(stage, requestsAt(stage, startedAtMs)[0]!.atMs + BURST_MS)
    const limited = after.filter(({ answered }) => !answered).length
    return judged(`${calls} calls at once where ${limit} per second are let through`, [
      ...allServed(traffic, calls),
      ['rateLimitedShareAfter', limited / Math.max(1, after.length), '<=', LIMITED_SHARE],
      ['msUntilServed', tookMs, '<=', (10_000 * calls) / limit],
    ])
  })
}

/** Has each worker answer a few calls, and lets the vendor forget them. Gives how many. */
async function warm(stage: Stage): Promise<number> {
  const traffic = startTraffic(stage, { taskClass: 'alone', perSecond: WARMING.perSecond })
  await sleep(WARMING.forMs)
  await traffic.end()
  await sleep(1_000)
  return traffic.begun
}
