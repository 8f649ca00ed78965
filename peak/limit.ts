/**
 * An endpoint that answers 429 above a rate that nobody told us: we settle below it, the rest goes elsewhere, and when it takes
 * more it gets more.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { requestsAt } from './requests.ts'
import { allServed, judged, type ScenarioResult } from './result.ts'
import { FIRST, onPeakStage } from './stage.ts'
import { startTraffic } from './traffic.ts'

export interface LimitSettings {
  readonly perSecond: number
  /** What the vendor lets through at first, and later. */
  readonly limit: number
  readonly raised: number
  /** How long it has to find the limit, and to grow into the raised one. */
  readonly settlesMs: number
  readonly growsMs: number
}

/** Over so long rates are measured. */
const OVER_MS = 8_000

/** In the end so much of what the vendor lets through is used, or of what is asked. */
const USED = 0.6
const USED_RAISED = 0.9

export function runLimit(settings: LimitSettings): Promise<ScenarioResult> {
  const { perSecond, limit, raised, settlesMs, growsMs } = settings
  return onPeakStage({ requests: limit, perMs: 1_000 }, async stage => {
    const lately = () => {
      const requests = requestsAt(stage, Date.now() - OVER_MS)
      const answered = requests.filter(request => request.answered).length
      return {
        perSecond: (1_000 * requests.length) / OVER_MS,
        answeredPerSecond: (1_000 * answered) / OVER_MS,
        limitedShare: 1 - answered / Math.max(1, requests.length),
      }
    }
    // Answers count, and not requests: more requests that meet a 429 are no use of what was raised.
    const isGrown = () => lately().answeredPerSecond >= USED_RAISED * Math.min(raised, perSecond)
    const traffic = startTraffic(stage, { taskClass: 'served', perSecond })
    await sleep(settlesMs + OVER_MS)
    const settled = lately()
    stage.vendors.setRateLimit(FIRST, { requests: raised, perMs: 1_000 })
    const raisedAtMs = Date.now()
    while (!isGrown() && Date.now() - raisedAtMs < growsMs) await sleep(250)
    const grown = lately()
    const msUntilGrown = Date.now() - raisedAtMs
    await traffic.end()
    return judged(`answers 429 above ${limit} per second, then above ${raised}, under ${perSecond} calls per second`, [
      ...allServed(traffic, ((settlesMs + OVER_MS) / 1_000) * perSecond),
      ['settledPerSecond', settled.perSecond, '<=', limit],
      ['settledOverLimit', settled.answeredPerSecond / limit, '>=', USED],
      ['rateLimitedShare', settled.limitedShare, '<=', 0.05],
      ['grownPerSecond', grown.answeredPerSecond, '>=', USED_RAISED * Math.min(raised, perSecond)],
      ['msUntilGrown', msUntilGrown, '<=', growsMs],
    ])
  })
}
