/**
 * What a call does when the budget does not admit its worst case: less output first, then another endpoint.
 *
 * @module
 */
import { limitWords } from '../../../src/core/budgets/limit-words.ts'
import { whoseWords } from '../../../src/core/budgets/shared-budget.ts'
import { definedOnly } from '../../../src/core/defined-only.ts'
import type { Price } from '../../../src/core/endpoints.ts'
import { formatUsd, picoPerMillion } from '../../../src/core/money/pico.ts'
import type { NotReserved, ShortScope, WorstCase } from '../../../src/core/ports.ts'
import { grouped } from '../../../src/core/words/count-of.ts'
import { shellWord } from '../../../src/core/words/shell-word.ts'

/** How much output a call asked for, and how much less it may do with. */
export interface Output {
  readonly asked: WorstCase
  readonly maxOutputTokens: number
  /** The least that the class accepts. */
  readonly minOutputTokens: number
  readonly price: Price | undefined
  /** How dear the worst case is counted, in percent of that price. */
  readonly percent: number
  /** Calls that wait for the same headroom, this one included. */
  readonly sharers: number
}

/**
 * A lower output limit for a call that the budget is short for: one whose worst case fits this call's even share of the headroom,
 * or at least the class's minimum if that fits the whole. `undefined` if not even the minimum fits, or less output would not
 * help.
 *
 * Counted at the base price of output, which is the lowest, so with a price tier the limit may be lower than it had to be.
 */
export function fittingOutput(short: NotReserved, output: Output): number | undefined {
  const { maxOutputTokens, minOutputTokens, sharers } = output
  const fitting = maxOutputTokens - cutTo(short, output, 1)
  if (fitting === maxOutputTokens || fitting < minOutputTokens) return undefined
  return Math.max(minOutputTokens, maxOutputTokens - cutTo(short, output, sharers))
}

/** The least that would do: with the shortest answer that the class accepts. */
export interface Least extends WorstCase {
  readonly outputTokens: number
}

/** The least that {@link fittingOutput} would find room for; `undefined` if the call asks for no more. */
export function leastOf({ asked, maxOutputTokens, minOutputTokens, price, percent }: Output): Least | undefined {
  const fewer = maxOutputTokens - minOutputTokens
  if (fewer <= 0) return undefined
  const saved = (picoPerMillion(price?.output ?? 0) * BigInt(percent) * BigInt(fewer)) / 100_000_000n
  const pico = asked.pico && `${BigInt(asked.pico) - saved}`
  return definedOnly({ tokens: asked.tokens - fewer, pico, outputTokens: minOutputTokens })
}

/** By how many tokens the output must shrink to fit a share of the headroom. */
function cutTo(short: NotReserved, output: Output, sharers: number): number {
  return Math.max(moneyCut(short, output, sharers), tokenCut(short, output.asked, sharers))
}

function tokenCut({ headroomTokens }: NotReserved, { tokens }: WorstCase, sharers: number): number {
  return headroomTokens === undefined ? 0 : Math.max(0, tokens - Math.floor(headroomTokens / sharers))
}

function moneyCut({ headroomPico }: NotReserved, { asked, price, percent }: Output, sharers: number): number {
  const { pico } = asked
  if (headroomPico === undefined || pico === undefined) return 0
  const excess = BigInt(pico) - BigInt(headroomPico) / BigInt(sharers)
  if (excess <= 0n) return 0
  const perHundredMillion = picoPerMillion(price?.output ?? 0) * BigInt(percent)
  if (perHundredMillion === 0n) return Number.MAX_SAFE_INTEGER
  return Number((excess * 100_000_000n + perHundredMillion - 1n) / perHundredMillion)
}

/**
 * Why the call ends: the budget that is short, with the numbers, and the others that would end it after a raise of the first.
 *
 * @param isAsked - People are asked for the first budget, but not for the others.
 */
export function shortMessage({ of, asked, least, endpoint, also = [] }: ShortAt, isAsked: boolean): string {
  const wayOutOf = (short: ShortScope) => `${lackWords(short, asked, least)}; ${wayOut(short, asked)}`
  const first = `${nameOf(of)} does not admit a call at ${endpoint}: ${wayOutOf(of)}`
  const others = also.map(short => `. Nor does ${nameOf(short)}: ${wayOutOf(short)}`).join('')
  const warning = isAsked && others !== '' ? `. ${SEE_TO_IT}` : ''
  return first + others + warning
}

const SEE_TO_IT =
  'Nobody is asked for what is named last: see to that before you raise the first, or the call ends for it'

/** The budgets that do not admit a call at an endpoint. */
interface ShortAt {
  readonly of: ShortScope
  readonly asked: WorstCase
  readonly least?: Least
  readonly endpoint: string
  readonly also?: readonly ShortScope[]
}

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
