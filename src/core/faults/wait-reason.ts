/**
 * What a call waits for, for people who look at it.
 *
 * @module
 */
import { type CallCandidate, type CallState, triesOf } from './call-state.ts'
import { closedByOf, isLeft, remainingMs } from './readiness.ts'
import { waitWords } from './wait-words.ts'

/** What keeps the call from the endpoint that it waits for, and who refuses the key or the account meanwhile. */
export function waitReason(state: CallState, candidate: CallCandidate): string {
  return [...new Set([ownReason(state, candidate), ...repairsBeside(state, candidate)])].join('; ')
}

/** `acme answered 429`. */
export function ownReason(state: CallState, { endpoint, provider, waitsFor }: CallCandidate): string {
  return triesOf(state, endpoint).waitsFor ?? waitsFor ?? `${provider} is not ready`
}

/** Keys and accounts that close endpoints of other vendors: only people open those, and they read what the call waits for. */
function repairsBeside(state: CallState, waiting: CallCandidate): readonly string[] {
  const others = state.candidates.filter(({ provider }) => provider !== waiting.provider)
  return others.flatMap(other => {
    const fault = closedByOf(state, other)
    return fault ? [waitWords(other.endpoint, fault)] : []
  })
}

/** Of the vendors that keep a call waiting so many are named. More would not fit the summary of a timer. */
const MOST_NAMED = 4

/**
 * Names the other vendors too that keep the call waiting: who reads of one alone looks for a fault in the others, or asks why they are not
 * asked.
 */
export function withOthers(state: CallState, waiting: CallCandidate, reason: string, nowMs: number): string {
  const others = state.candidates.filter(
    other => other.provider !== waiting.provider && isLeft(state, other) && remainingMs(state, other, nowMs) > 0,
  )
  const kept = others.flatMap(other => triesOf(state, other.endpoint).waitsFor ?? other.waitsFor ?? [])
  const all = [...new Set([reason, ...repairsBeside(state, waiting), ...kept])]
  const more = all.length - MOST_NAMED
  return [...all.slice(0, MOST_NAMED), ...(more > 0 ? [`${more} more`] : [])].join('; ')
}
