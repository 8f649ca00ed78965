/**
 * Budgets that are short, in words: which one, what is lacking, and what can be done.
 *
 * @module
 */
import { limitWords } from '../../../src/core/budgets/limit-words.ts'
import { whoseWords } from '../../../src/core/budgets/shared-budget.ts'
import { formatUsd } from '../../../src/core/money/pico.ts'
import type { ShortScope, WorstCase } from '../../../src/core/ports.ts'
import { grouped } from '../../../src/core/words/count-of.ts'
import { shellWord } from '../../../src/core/words/shell-word.ts'
import type { Least } from './fitting-output.ts'

/** The budgets that do not admit a call at an endpoint. */
export interface ShortAt {
  readonly of: ShortScope
  readonly asked: WorstCase
  /** Absent if no shorter answer would do. */
  readonly least?: Least
  readonly endpoint: string
  /** Further budgets that are short there, that waiting does not help and for which nobody is asked. */
  readonly also?: readonly ShortScope[]
  /** About as many as the prompt has. */
  readonly promptTokens?: number
}

/**
 * Why the call ends: the budget that is short, with the numbers, and the others that would end it after a raise of the first.
 *
 * @param isAsked - People are asked for the first budget, but not for the others.
 */
export function shortMessage(
  { of, asked, least, endpoint, also = [], promptTokens }: ShortAt,
  isAsked: boolean,
): string {
  const wayOutOf = (short: ShortScope) => `${lackWords(short, asked, least)}; ${wayOut(short, asked)}`
  const first = `${nameOf(of)} does not admit a call at ${endpoint}: ${wayOutOf(of)}`
  const others = also.map(short => `. Nor does ${nameOf(short)}: ${wayOutOf(short)}`).join('')
  const warning = isAsked && others !== '' ? `. ${SEE_TO_IT}` : ''
  return first + others + warning + promptWords(promptTokens)
}

/** Of shorter prompts the answer decides what is held. */
const LONG_PROMPT_TOKENS = 1_000

/** A raise may look four times too large to whoever knows what prompts cost. */
function promptWords(tokens = 0): string {
  if (tokens < LONG_PROMPT_TOKENS) return ''
  return `. Its prompt has about ${grouped(tokens)} tokens. Until a vendor has counted it, each of its bytes is held as one, and what was not needed is given back`
}

const SEE_TO_IT =
  'Nobody is asked for what is named last: see to that before you raise the first, or the call ends for it'

/** The same for one endpoint of several, for the record of the plan. */
export function turnedAwayWords(short: ShortScope, asked: WorstCase): string {
  return `${shortWords(short)}: ${lackWords(short, asked)}`
}

/** What is short, money or tokens. The other may be limited by a budget that has enough. */
function lackWords(short: ShortScope, asked: WorstCase, least?: Least): string {
  const { headroomPico = '0', headroomTokens = 0 } = short
  const { pico = '0', tokens } = asked
  const lines = []
  if (lacksMoney(short, asked))
    lines.push(
      `${dollars(headroomPico)} is left and up to ${dollars(pico)} would be needed${leastWords(least, least?.pico && dollars(least.pico))}`,
    )
  if (lacksTokens(short, asked))
    lines.push(
      `${grouped(headroomTokens)} tokens are left and up to ${grouped(tokens)} would be needed${leastWords(least, least && grouped(least.tokens))}`,
    )
  return lines.length > 0 ? lines.join('; ') : 'its price is unknown'
}

const lacksMoney = ({ headroomPico }: ShortScope, { pico }: WorstCase) =>
  headroomPico !== undefined && pico !== undefined && BigInt(pico) > BigInt(headroomPico)

const lacksTokens = ({ headroomTokens }: ShortScope, { tokens }: WorstCase) =>
  headroomTokens !== undefined && tokens > headroomTokens

const dollars = (pico: string) => `$${formatUsd(BigInt(pico))}`

/** A raise may be smaller than by what is asked for: the call then asks for a shorter answer. */
function leastWords(least: Least | undefined, amount: string | undefined): string {
  if (!least || amount === undefined) return ''
  return `, or ${amount} for an answer of ${grouped(least.outputTokens)} tokens, the fewest that its class accepts`
}

/** Which budget is short, for people who read why a call went another way. */
export function shortWords(short: ShortScope): string {
  return `${nameOf(short)} does not admit it`
}

/** Why a call waits for money or tokens that other calls, perhaps of other runs, hold. */
export function inFlightReason({ budget }: ShortScope): string {
  return `calls in flight hold the rest of the budget${budget ? ` '${budget.name}'${whoseWords(budget)}` : ''}`
}

/** The budget in words: the run's own, or a shared one with its limit. */
export function nameOf({ budget, slice }: ShortScope): string {
  if (!budget) return slice ? "the run's slice of the budget" : "the run's budget"
  const { name, limitPico, limitTokens } = budget
  const usd = limitPico && formatUsd(BigInt(limitPico))
  return `the shared budget '${name}' of ${limitWords({ usd, tokens: limitTokens })}${whoseWords(budget)}`
}

const LESS = 'shorten the prompt or lower minOutputTokens'

/** A call that is short has tried with less output, down to the least that its class accepts. */
function wayOut(short: ShortScope, asked: WorstCase): string {
  const { budget } = short
  if (!budget) return `raise the budget, ${LESS}`
  const labels = Object.entries(budget.label ?? {}).map(([key, value]) => ` --label ${shellWord(`${key}=${value}`)}`)
  const limits = [lacksMoney(short, asked) && ' --usd <amount>', lacksTokens(short, asked) && ' --tokens <count>']
  const options = [...labels, ...limits.filter(Boolean)].join('')
  const raise = `raise it (signalbox budget set ${budget.name}${options}), ${LESS}`
  if (budget.endsAtMs === undefined) return raise
  return `its period ends ${new Date(budget.endsAtMs).toISOString().slice(0, 16)}Z; wait until then, ${raise}`
}
