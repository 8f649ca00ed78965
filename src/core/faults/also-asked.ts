/**
 * Adds to a call's final fault what the other endpoints said.
 *
 * @module
 */
import type { AttemptSummary } from '../protocol.ts'
import { endWords } from './attempt-end.ts'
import type { Fault } from './fault.ts'

/** With more, messages would be too long for history and tables. `signalbox show` has them all. */
const MOST_NAMED = 3

/**
 * The fault, with a message that also names the other endpoints and what each said last. One bad endpoint is a different problem from a
 * class in which nobody answers.
 *
 * @param endpoint - Whose fault it is.
 */
export function withAlsoAsked(fault: Fault, endpoint: string, attempts: readonly AttemptSummary[]): Fault {
  const others = new Map<string, string>()
  for (const attempt of attempts) {
    const hasFailed = attempt.fault !== undefined || attempt.outcome === 'abandoned'
    if (hasFailed && attempt.endpoint !== endpoint) others.set(attempt.endpoint, endWords(attempt))
  }
  if (others.size === 0) return fault
  const named = [...others].slice(0, MOST_NAMED).map(([id, why]) => `${id} (${why})`)
  const more = others.size > MOST_NAMED ? ` and ${others.size - MOST_NAMED} more` : ''
  const end = fault.message.endsWith('.') ? '' : '.'
  return { ...fault, message: `${fault.message}${end} Also asked: ${named.join(', ')}${more}.` }
}
