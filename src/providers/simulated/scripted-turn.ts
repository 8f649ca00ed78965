/**
 * Which behaviour of a script answers a request, and with which of its turns.
 *
 * @module
 */
import { type Ask, matchTextOf } from './ask.ts'
import { patternOf } from './fault-rule.ts'
import type { Behaviour, ScriptedTurn } from './script.ts'

/** A behaviour with its patterns ready. */
export interface ReadyBehaviour {
  readonly match: string
  readonly pattern: RegExp
  readonly turns: Behaviour['turns']
  readonly rounds?: RegExp
}

export interface Scripted {
  /** The `match` of the behaviour. */
  readonly behaviour: string
  /** Absent: all its turns are done, and each calls tools. */
  readonly turn?: ScriptedTurn
}

export function ready({ match, rounds, turns }: Behaviour): ReadyBehaviour {
  return { match, pattern: patternOf(match), turns, ...(rounds !== undefined && { rounds: patternOf(rounds) }) }
}

/** `undefined`: no behaviour matches. */
export function scriptedFor(ask: Ask, behaviours: readonly ReadyBehaviour[]): Scripted | undefined {
  if (behaviours.length === 0) return undefined
  const text = matchTextOf(ask)
  const found = behaviours.find(({ pattern }) => pattern.test(text))
  if (!found) return undefined
  const { match: behaviour, turns, rounds } = found
  const turn =
    turns[rounds ? roundsIn(ask, rounds) : answersIn(ask)] ?? turns.findLast(({ tools }) => tools === undefined)
  return { behaviour, ...(turn && { turn }) }
}

/** An answer is one if something follows it: the last message may be its beginning, which is to be continued. */
function answersIn({ turns }: Ask): number {
  return turns.filter(({ role }, place) => role === 'assistant' && (turns[place + 1]?.role ?? role) !== role).length
}

function roundsIn({ segments }: Ask, rounds: RegExp): number {
  const every = new RegExp(rounds, 'gi')
  const numbers = segments.flatMap(({ text }) => [...text.matchAll(every)].map(([, number]) => Number(number ?? 0)))
  return Math.max(0, ...numbers)
}
