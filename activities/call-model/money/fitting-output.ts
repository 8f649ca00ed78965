/**
 * How much output a call may ask for where a budget is short for its worst case.
 *
 * @module
 */
import { definedOnly } from '../../../src/core/defined-only.ts'
import type { Price } from '../../../src/core/endpoints.ts'
import { picoPerMillion } from '../../../src/core/money/pico.ts'
import type { NotReserved, WorstCase } from '../../../src/core/ports.ts'

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
