/**
 * Decides for one call which endpoint to ask next, how long to wait before that, or how to end. Pure: clock and chance come with the event,
 * so that a worker that takes over decides the same.
 *
 * @module
 */
import { timeWords } from '../words/time-words.ts'
import { reasonFor } from './attempt-reason.ts'
import {
  type AttemptLoss,
  type CallCandidate,
  type CallState,
  closeUntil,
  MAX_ATTEMPTS,
  triesOf,
} from './call-state.ts'
import type { Fault } from './fault.ts'
import { faultThatStays, isLeft, isReady, LONGEST_ASLEEP_MS, longestSleepMs, remainingMs, waitMs } from './readiness.ts'
import { recordLoss } from './record-loss.ts'
import { RETRY_DELAY_MS } from './remedies.ts'
import { ownReason, waitReason, withOthers } from './wait-reason.ts'

/**
 * What happened.
 *
 * `begin`: an activity begins, for a new or a resumed call. `closed`: nothing was sent, because the endpoint was closed since the plan, or
 * its limits let nobody start before some time. `chance` is in [0, 1).
 */
export type RemedyEvent = (
  | { readonly kind: 'begin' }
  | {
      readonly kind: 'closed'
      readonly endpoint: string
      readonly untilMs: number
      /** Why not before then, for people. */
      readonly waitsFor?: string
      /** Set if the time is meant for this call alone, so that no jitter is needed. */
      readonly exact?: true
      /** Set if the call has a place in line for that time. */
      readonly placed?: true
      /** The fault that every call would get there before that time. */
      readonly closedBy?: Fault
      /** Since when it has answered 429 to everybody and named no end. */
      readonly refusesSinceMs?: number
    }
  | AttemptLoss
) & { readonly nowMs: number; readonly chance: number }

/** What the call does next. */
export type RemedyDecision =
  | {
      readonly do: 'ask'
      readonly endpoint: string
      /** How long to wait first, within the activity. */
      readonly afterMs: number
      /** Why it waits, as the `reason` of `sleep`. Absent if it does not. */
      readonly waitsFor?: string
      /** For the ledger: `planned`, `rerouted: rate-limited`, `retried: overloaded`, … */
      readonly reason: string
      /** Take a place in line if it may not start there yet: it waits nowhere else. */
      readonly takesPlace?: true
      /** Raise the output limit over the last attempt's. */
      readonly moreOutput?: true
      /** Give the last answer back, and say what was wrong with it. */
      readonly repair?: true
    }
  /** Continue in the class that this one names in `escalateTo`; see `escalateCall`. */
  | { readonly do: 'escalate' }
  /** Everything left must wait longer than the class's patience: a durable timer's work. `reason`: `acme answered 429`. */
  | {
      readonly do: 'sleep'
      readonly ms: number
      readonly reason: string
      /** Set if it waits for its turn at an endpoint's limit, which is no trouble of a vendor. */
      readonly exact?: true
    }
  /** Accept the last truncated answer, even if an attempt for more output has failed since. */
  | { readonly do: 'accept' }
  /** End with this fault. `no-route` means that there was nobody to ask; `noRouteFault` makes the message with every rejection. */
  | { readonly do: 'abandon'; readonly fault: Fault }

export type AskDecision = Extract<RemedyDecision, { do: 'ask' }>
export type SleepDecision = Extract<RemedyDecision, { do: 'sleep' }>

/** The longest pause named by a server that is waited for at once. For a longer one another candidate is asked first. */
const SHORT_PAUSE_MS = 1_000

/**
 * The next state, and what to do now.
 *
 * Contract: every chain of faults ends, after at most {@link MAX_ATTEMPTS} attempts and those that are made while an outage is outlasted.
 * An endpoint is never asked before its Retry-After, nor after a fault whose rule excludes it. After `accept` or `abandon` the call is
 * over.
 */
export function decideRemedy(state: CallState, event: RemedyEvent): readonly [CallState, RemedyDecision] {
  const next = afterEvent(state, event)
  if (next.over === 'accept') return [next, { do: 'accept' }]
  if (next.over === 'abandon' || next.attempts >= MAX_ATTEMPTS) return abandon(next)
  if (next.again === 'escalate') return [next, { do: 'escalate' }]
  return askAgain(next, event) ?? askOther(next, event)
}

function afterEvent(state: CallState, event: RemedyEvent): CallState {
  if (event.kind === 'begin') return state
  if (event.kind === 'closed') return closeUntil(state, event.endpoint, Math.max(event.untilMs, event.nowMs + 1), event)
  return recordLoss(state, event, event.nowMs)
}

/** Asks the same endpoint again, if the last attempt's end calls for that. */
function askAgain(state: CallState, { nowMs, chance }: RemedyEvent): readonly [CallState, RemedyDecision] | undefined {
  const { again, lastLoss } = state
  const candidate = again && lastLoss && state.candidates.find(({ endpoint }) => endpoint === lastLoss.endpoint)
  if (!candidate || !isLeft(state, candidate)) return undefined
  const pauseMs = remainingMs(state, candidate, nowMs)
  if (again === 'retry')
    return pauseMs > SHORT_PAUSE_MS ? undefined : ask(state, candidate, Math.ceil(pauseMs + chance * RETRY_DELAY_MS))
  const afterMs = withJitter(pauseMs, chance)
  return state.waitedMs + afterMs > state.patienceMs ? undefined : ask(state, candidate, afterMs)
}

/** Asks the first candidate that is ready, spare ones last. If none is, waits for the one that is ready soonest. If none will be, ends. */
function askOther(state: CallState, event: RemedyEvent): readonly [CallState, RemedyDecision] {
  const { nowMs, chance } = event
  const left = state.candidates.filter(candidate => isLeft(state, candidate))
  const ready = left.filter(candidate => isReady(state, candidate, nowMs))
  const first = ready.find(({ endpoint }) => triesOf(state, endpoint).standing === 'in') ?? ready[0]
  if (first) return ask(state, first, 0)
  const waitable = left.filter(candidate => faultThatStays(state, candidate, nowMs) === undefined)
  const soonest = soonestOf(state, waitable, nowMs)
  if (!soonest || waitMs(state, soonest, nowMs) > longestSleepMs(state, nowMs))
    return abandon(havingHeard(state, left, nowMs))
  const remaining = waitMs(state, soonest, nowMs)
  const { exact, placed } = triesOf(state, soonest.endpoint)
  if (exact && !placed) return takePlace(state, soonest)
  const ms = exact ? Math.ceil(remaining) : withJitter(remaining, chance)
  if (state.waitedMs + ms <= state.patienceMs) return ask(state, soonest, ms)
  if (state.held) return [state, { do: 'accept' }]
  if (remaining > LONGEST_ASLEEP_MS) return [state, sleepOn(state, soonest, event)]
  const reason = withOthers(state, soonest, ownReason(state, soonest), nowMs)
  return [state, { do: 'sleep', ms, reason, ...(exact && { exact }) }]
}

/** So much is left for the last sleep, that its jitter is the whole one: those that wait together must not return together. */
const LAST_SLEEP_MS = 330_000

/** A sleep after which the endpoint may not be asked yet, and another one may be that the class has got meanwhile. */
function sleepOn(state: CallState, candidate: CallCandidate, { nowMs, chance }: RemedyEvent): SleepDecision {
  const remaining = remainingMs(state, candidate, nowMs)
  const again = timeWords(nowMs + remaining)
  const waits = `${ownReason(state, candidate)}, and may be asked again at ${again}; another model in the class would be asked within ten minutes`
  const reason = withOthers(state, candidate, waits, nowMs)
  return { do: 'sleep', ms: withJitter(Math.min(LONGEST_ASLEEP_MS, remaining - LAST_SLEEP_MS), chance), reason }
}

/** Of those that the call would ask again after the same time, the one where it may start first. */
function soonestOf(state: CallState, candidates: readonly CallCandidate[], nowMs: number): CallCandidate | undefined {
  const later = (time: typeof waitMs, a: CallCandidate, b: CallCandidate) =>
    time(state, a, nowMs) - time(state, b, nowMs)
  return candidates.toSorted((a, b) => later(waitMs, a, b) || later(remainingMs, a, b))[0]
}

/**
 * Asks once more where it will be the call's turn first, for its place in line. Until all candidates have named a time nobody knows where
 * that is, and who had a place in each line would leave those of the others empty.
 */
function takePlace(state: CallState, candidate: CallCandidate): readonly [CallState, RemedyDecision] {
  const [next, decision] = ask(state, candidate, 0)
  return [next, { ...decision, takesPlace: true } as RemedyDecision]
}

/** Gives a call that has asked nobody the fault that it would have got. */
function havingHeard(state: CallState, left: readonly CallCandidate[], nowMs: number): CallState {
  if (state.lastLoss) return state
  const heard = left.flatMap(candidate => {
    const fault = faultThatStays(state, candidate, nowMs)
    return fault ? [{ kind: 'fault' as const, endpoint: candidate.endpoint, fault }] : []
  })[0]
  return heard ? { ...state, lastLoss: heard } : state
}

/**
 * A wait plus jitter of up to a tenth (50 ms to 30 s), so that calls which wait together do not return together: after an outage of minutes
 * there may be a thousand of them.
 */
function withJitter(ms: number, chance: number): number {
  return ms === 0 ? 0 : Math.ceil(ms + chance * Math.min(30_000, Math.max(50, ms / 10)))
}

function ask(state: CallState, candidate: CallCandidate, afterMs: number): readonly [CallState, RemedyDecision] {
  const { endpoint } = candidate
  const { again: _, ...next } = state
  const same = state.lastLoss?.endpoint === endpoint
  const moreOutput = same && state.again === 'more-output'
  const repair = same && state.again === 'repair'
  return [
    { ...next, waitedMs: state.waitedMs + afterMs },
    {
      do: 'ask',
      endpoint,
      afterMs,
      ...(afterMs > 0 && { waitsFor: waitReason(state, candidate) }),
      reason: reasonFor(state, endpoint),
      ...(moreOutput && { moreOutput }),
      ...(repair && { repair }),
    },
  ]
}

/** Ends with the last fault; or accepts a truncated answer, if there is one, because finished work is not thrown away. */
function abandon(state: CallState): readonly [CallState, RemedyDecision] {
  const cancelled = state.lastLoss?.kind === 'fault' && state.lastLoss.fault.kind === 'cancelled'
  if (state.held && !cancelled) return [{ ...state, over: 'accept' }, { do: 'accept' }]
  return [
    { ...state, over: 'abandon' },
    { do: 'abandon', fault: lastFault(state) },
  ]
}

function lastFault({ lastLoss }: CallState): Fault {
  if (lastLoss?.kind === 'fault') return lastLoss.fault
  if (!lastLoss) return { kind: 'no-route', message: 'No endpoint is left to ask.', evidence: {} }
  return { kind: 'unreachable', message: unheardWords(lastLoss), evidence: {} }
}

function unheardWords({ kind, endpoint }: AttemptLoss): string {
  return kind === 'handed-over'
    ? `The workers that asked ${endpoint} were shut down before it had answered, and it may not be asked again. Give workers a longer grace time than answers take.`
    : `The workers that asked ${endpoint} were lost, and no other endpoint is left to ask.`
}
