/**
 * Ejection of outliers: an endpoint that fails far more often than its model's other endpoints is asked only when none of them is left,
 * even if its breaker stays closed.
 *
 * @module
 */
import type { Window } from './measured.ts'

/** Until when an endpoint is asked last, and how often it was ejected. */
export interface Ejection {
  readonly untilMs: number
  /** How often in a row, including this time. */
  readonly times: number
}

/** With fewer attempts nobody is ejected. Even with twenty, a chance of one in ten may show as none to five failures. */
const LEAST_ATTEMPTS = 20

/** With fewer failures than one in ten nobody is ejected: rerouting costs less than doing without an endpoint. */
const LEAST_SHARE = 0.1

/** How many times as often as its peers an endpoint must fail. Within an hour, half as often again happens to any endpoint. */
const WORSE = 3

/** How long it lasts at first: 30 s, and 30 s more each further time, up to 5 min. Envoy's defaults for outlier detection. */
const EJECTED_MS = 30_000
const LONGEST_EJECTED_MS = 300_000

/** After this time without an ejection, the count starts again. */
const FORGOTTEN_MS = 600_000

/** The share of its measurements that an ejected endpoint keeps, so that it is judged by what it does afterwards. */
const KEPT = 0.25

/**
 * The ejection after a failure, and what is left of the window; `undefined` if nothing changes.
 *
 * @param peerFailureChance - How often the model's other endpoints fail, in [0, 1], including malformed answers. Absent if there are none,
 * and then nothing is ejected.
 */
export function ejectOutlier(
  before: Ejection | undefined,
  window: Window,
  peerFailureChance: number | undefined,
  nowMs: number,
): { readonly ejected: Ejection; readonly window: Window } | undefined {
  if (peerFailureChance === undefined || (before && nowMs < before.untilMs)) return undefined
  const { attempts } = window
  const failures = window.failures + window.malformed
  if (attempts < LEAST_ATTEMPTS || failures < attempts * Math.max(LEAST_SHARE, WORSE * peerFailureChance))
    return undefined
  const times = before && nowMs < before.untilMs + FORGOTTEN_MS ? before.times + 1 : 1
  const untilMs = nowMs + Math.min(LONGEST_EJECTED_MS, EJECTED_MS * times)
  const kept = { attempts: attempts * KEPT, failures: window.failures * KEPT, malformed: window.malformed * KEPT }
  return { ejected: { untilMs, times }, window: { ...window, ...kept } }
}
