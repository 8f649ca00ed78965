/**
 * The circuit breaker of one endpoint, as a pure state machine: closed, open until a time, then half open with one probe.
 * Clock and chance are parameters; the state is plain JSON.
 *
 * @module
 */
import type { Fault } from '../../faults/fault.ts'

export const BREAKER_LIMITS = {
  /** The weight of failures within the window that opens the breaker. */
  threshold: 5,
  /**
   * How much of a failure an answer takes back. With this value an endpoint that fails one attempt in five is just about to open, however
   * many workers ask it. Without it, five failures among thousands of answers would open the breaker.
   */
  forgiven: 0.25,
  windowMs: 30_000,
  /** How long it stays open at first. Doubles after each failed probe. */
  openMs: 10_000,
  /** The longest that it stays open after failed probes. */
  longestOpenMs: 120_000,
  /** A probe without a result for this long is given up. */
  probeMs: 60_000,
} as const

/** Half open is an open breaker whose time has come. */
export type BreakerState =
  | { readonly phase: 'closed'; readonly failures: readonly Failure[] }
  | {
      readonly phase: 'open'
      readonly untilMs: number
      /** How often it has opened in a row, including this time. */
      readonly openings: number
      /** The fault that opened it at once, such as a rejected key. Everybody who asks before `untilMs` would get it. */
      readonly fault?: Fault
      /** Set while a probe is out: when it would be given up. */
      readonly probeUntilMs?: number
    }

interface Failure {
  readonly atMs: number
  readonly weight: number
}

/** What happens to a breaker. */
export type BreakerEvent =
  /** `weight`: 1, or 0.5 for a failure that may be the call's own fault. */
  | { readonly kind: 'failure'; readonly weight: number }
  | { readonly kind: 'success' }
  /** Opens at once: the endpoint cannot answer anybody before then. */
  | { readonly kind: 'open'; readonly untilMs: number; readonly fault?: Fault }
  /** An attempt was admitted while half open. No other is until it ends. */
  | { readonly kind: 'probe' }
  /** The probe ended and says nothing about the endpoint, for example because it was cancelled. */
  | { readonly kind: 'probe-end' }
  /** What opened it may be over. It is half open from now on, so the next attempt is a probe. */
  | { readonly kind: 'due' }

export const CLOSED: BreakerState = { phase: 'closed', failures: [] }

/**
 * The state after an event.
 *
 * Contract: it is never closed while the failures within the window weigh the threshold or more, less what later answers have
 * taken back. While it is open, reports of attempts that left before it opened change nothing.
 *
 * @param chance - In [0, 1). Stretches the open time by up to a fifth, so that workers do not all probe at once.
 */
export function advanceBreaker(state: BreakerState, event: BreakerEvent, nowMs: number, chance: number): BreakerState {
  if (event.kind === 'open') return openAtLeastUntil(state, event)
  if (state.phase === 'closed') {
    if (event.kind === 'success') return forgive(state.failures, nowMs)
    return event.kind === 'failure' ? failClosed(state.failures, event.weight, nowMs, chance) : state
  }
  if (event.kind === 'due') return { ...state, untilMs: Math.min(state.untilMs, nowMs) }
  if (nowMs < state.untilMs) return state
  const { probeUntilMs: _, ...halfOpen } = state
  switch (event.kind) {
    case 'success':
      return CLOSED
    case 'failure':
      return opened(state.openings + 1, nowMs, chance)
    case 'probe':
      return { ...halfOpen, probeUntilMs: nowMs + BREAKER_LIMITS.probeMs }
    case 'probe-end':
      return halfOpen
  }
}

/** Until when the endpoint may not be asked; `undefined` if it may be asked now. */
export function closedTo(state: BreakerState, nowMs: number): number | undefined {
  if (state.phase === 'closed') return undefined
  if (nowMs < state.untilMs) return state.untilMs
  return state.probeUntilMs !== undefined && nowMs < state.probeUntilMs ? state.probeUntilMs : undefined
}

/** About how long a probe takes if it is answered. */
export const PROBE_LOOK_MS = 1_000

/**
 * When to look again whether the endpoint may be asked; `undefined` if it may be now. A probe usually ends long before it would be given
 * up, so a call that waits for one looks again after 1, 2, 4, … seconds: each time after as long as the probe has been out.
 */
export function looksAgainAt(state: BreakerState, nowMs: number): number | undefined {
  const closedUntilMs = closedTo(state, nowMs)
  if (closedUntilMs === undefined || state.phase === 'closed' || nowMs < state.untilMs) return closedUntilMs
  const outForMs = nowMs - (closedUntilMs - BREAKER_LIMITS.probeMs)
  return Math.min(closedUntilMs, nowMs + Math.max(PROBE_LOOK_MS, outForMs))
}

/**
 * Whether no failure counts against the endpoint. One that is due for a probe counts as clean. Otherwise it would rank behind its peers,
 * and would not be probed until they fail.
 */
export function isClean(state: BreakerState, nowMs: number): boolean {
  return state.phase === 'open' ? closedTo(state, nowMs) === undefined : cleanFromMs(state) <= nowMs
}

/** When the last failure of a closed breaker stops to count. */
export function cleanFromMs({ failures }: Extract<BreakerState, { phase: 'closed' }>): number {
  const last = failures[failures.length - 1]
  return last === undefined ? 0 : last.atMs + BREAKER_LIMITS.windowMs
}

function failClosed(before: readonly Failure[], weight: number, nowMs: number, chance: number): BreakerState {
  const recent = within(before, nowMs)
  const failures = [...recent, { atMs: nowMs, weight }]
  const sum = failures.reduce((total, failure) => total + failure.weight, 0)
  return sum >= BREAKER_LIMITS.threshold ? opened(1, nowMs, chance) : { phase: 'closed', failures }
}

/** Takes back a part of the failures, the oldest first. */
function forgive(failures: readonly Failure[], nowMs: number): BreakerState {
  const [oldest, ...newer] = within(failures, nowMs)
  if (!oldest) return CLOSED
  const left = oldest.weight - BREAKER_LIMITS.forgiven
  return { phase: 'closed', failures: left > 0 ? [{ ...oldest, weight: left }, ...newer] : newer }
}

function within(failures: readonly Failure[], nowMs: number): readonly Failure[] {
  return failures.filter(({ atMs }) => atMs > nowMs - BREAKER_LIMITS.windowMs)
}

function opened(openings: number, nowMs: number, chance: number): BreakerState {
  const openMs = Math.min(BREAKER_LIMITS.longestOpenMs, BREAKER_LIMITS.openMs * 2 ** (openings - 1))
  return { phase: 'open', untilMs: nowMs + Math.ceil(openMs * (1 + chance / 5)), openings }
}

function openAtLeastUntil(
  state: BreakerState,
  { untilMs, fault }: Extract<BreakerEvent, { kind: 'open' }>,
): BreakerState {
  const why = fault && { fault }
  if (state.phase === 'closed') return { phase: 'open', untilMs, openings: 1, ...why }
  return { phase: 'open', untilMs: Math.max(state.untilMs, untilMs), openings: state.openings + 1, ...why }
}
