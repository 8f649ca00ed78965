/**
 * Outliers: an endpoint that fails far more often than its model's other endpoints is asked only when none of them is left,
 * though its breaker has no reason to open.
 *
 * @module
 */
import type { Window } from './measured.ts'

/** Until when an endpoint is asked last, and how often that has happened. */
export interface Ejection {
  readonly untilMs: number
  /** In a row, this one included. */
  readonly times: number
}

/** Less evidence says nothing: with twenty attempts a chance of one in ten shows as none to five failures. */
const LEAST_ATTEMPTS = 20

/** Below a failure in ten nobody is ejected: a reroute costs less than losing an endpoint. */
const LEAST_SHARE = 0.1

/** How much worse than its peers. Three times: half as bad again happens to any endpoint within an hour. */
const WORSE = 3

/** 30 s at first, as long again each time up to 5 min: Envoy's defaults for outlier detection. */
const EJECTED_MS = 30_000
const LONGEST_EJECTED_MS = 300_000

/** An endpoint that behaves for so long after an ejection begins anew. */
const FORGOTTEN_MS = 600_000

/** The part of what was measured that stays when an ejected endpoint comes back: it is judged by what it does then. */
const KEPT = 0.25

/**
 * The ejection after a failure, with what is left of the window; `undefined`: nothing changes.
 *
 * @param peerFailureChance - Of its model's other endpoints, in [0, 1], malformed answers included. Without any there is nothing to be an outlier of.
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
