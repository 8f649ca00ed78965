/**
 * What attempts and their 429s teach about an endpoint's limits.
 *
 * @module
 */
import { remedyFor } from '../../faults/remedies.ts'
import type { HealthOutcome, HealthState } from '../health/health-state.ts'
import type { Cooldown } from './cooldown.ts'
import { isPauseOver, type Lesson, learnFromAttempt, learnFromPause, learnFromRefusal } from './learn-limit.ts'
import { correctConcurrency, learnFromTooMany } from './learned-concurrency.ts'
import type { Unit } from './learned-limit.ts'

/** The state after an attempt has left. */
export function afterAsked(state: HealthState, tokens: number, atMs: number): HealthState {
  const concurrency = correctConcurrency(state.concurrency, atMs, 1)
  return {
    ...state,
    ...learnFromAttempt(lessonOf(state), atMs, tokens),
    open: (state.open ?? 0) + 1,
    ...(concurrency && { concurrency }),
  }
}

/** How many attempts are open once another one has ended. */
export function openAfter({ open = 0 }: HealthState): number {
  return Math.max(0, open - 1)
}

/**
 * What a 429 teaches about the endpoint's limit. Only the first 429 of a pause teaches a new limit. Attempts that get a 429 during a pause
 * had left before it, and correct what was learned. Those that name a time prolong the cool-down: what comes after the time of the first is
 * of workers that had not heard of it yet, and is the first of a pause of its own.
 */
export function slowDown(
  state: HealthState,
  outcome: HealthOutcome,
  cooldown: Cooldown | undefined,
  nowMs: number,
): Lesson & Pick<HealthState, 'concurrency'> {
  const cools = outcome.kind === 'fault' && remedyFor(outcome.fault.kind).health === 'cools'
  if (!cools || !cooldown) return {}
  const { cooldown: before, concurrency } = state
  const pauseMs = cooldown.untilMs - nowMs
  const isFirst = !before || nowMs >= before.untilMs
  if (outcome.fault.evidence.limitedBy === 'concurrency') {
    const its = isFirst ? undefined : correctConcurrency(concurrency, nowMs, -1)
    return { concurrency: its ?? learnFromTooMany(concurrency, openAfter(state), pauseMs, nowMs) }
  }
  if (!isFirst && !isPauseOver(state.pace, nowMs)) return learnFromRefusal(lessonOf(state))
  const { limitedBy, retryAfterMs } = outcome.fault.evidence
  const unit = limitedBy === 'tokens' ? 'tokens' : 'requests'
  const toldPerMinute = toldOf(state, unit)
  return learnFromPause(lessonOf(state), {
    pauseMs,
    atMs: nowMs,
    unit,
    ...(retryAfterMs === undefined && { isOurs: true as const }),
    ...(toldPerMinute !== undefined && { toldPerMinute }),
  })
}

/**
 * What the vendor says that it lets through in a minute. Of tokens only where prompts are not read from its cache: most vendors do not count
 * what is, so that by our count they let many times more through than they say.
 */
function toldOf({ told, window }: HealthState, unit: Unit): number | undefined {
  if (unit === 'requests') return told?.requestsPerMinute
  return window && window.read > 0 ? undefined : told?.tokensPerMinute
}

/** Forgets what the vendor says of tokens as soon as a prompt is read from its cache, and the pause that is judged by it. */
export function heedCache(state: HealthState, outcome: HealthOutcome): HealthState {
  if (outcome.kind !== 'answered' || !outcome.readTokens || !state.tokenLimit?.isTold) return state
  const { tokenLimit: _, pace: _seen, ...kept } = state
  return kept
}

function lessonOf({ pace, limit, tokenLimit }: HealthState): Lesson {
  return { ...(pace && { pace }), ...(limit && { limit }), ...(tokenLimit && { tokenLimit }) }
}
