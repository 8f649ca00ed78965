/**
 * What a call does when the budget does not admit its worst case: less output first, then another endpoint.
 *
 * @module
 */
import type { Price } from '../../src/core/endpoints.ts'
import { formatUsd, picoPerMillion } from '../../src/core/money/pico.ts'
import type { Reserved, ShortBudget, WorstCase } from '../../src/core/ports.ts'

export type ShortOf = Extract<Reserved, { kind: 'short' }>

/**
 * The output limit at which the worst case fits the headroom, or `undefined` when that is below the least that the class
 * accepts. Computed at the base output price, the lowest: tiers only make the cut deeper than it had to be.
 */
export function fittingOutput(
  short: ShortOf,
  asked: WorstCase,
  maxOutputTokens: number,
  minOutputTokens: number,
  price: Price | undefined,
): number | undefined {
  const cut = Math.max(moneyCut(short, asked, price), tokenCut(short, asked))
  const fitting = maxOutputTokens - cut
  return cut > 0 && fitting >= minOutputTokens ? fitting : undefined
}

function tokenCut({ headroomTokens }: ShortOf, { tokens }: WorstCase): number {
  return headroomTokens === undefined ? 0 : Math.max(0, tokens - headroomTokens)
}

function moneyCut({ headroomPico }: ShortOf, { pico }: WorstCase, price: Price | undefined): number {
  if (headroomPico === undefined || pico === undefined) return 0
  const excess = BigInt(pico) - BigInt(headroomPico)
  if (excess <= 0n) return 0
  const perMillion = picoPerMillion(price?.output ?? 0)
  if (perMillion === 0n) return Number.MAX_SAFE_INTEGER
  return Number((excess * 1_000_000n + perMillion - 1n) / perMillion)
}

/** Why the call ends for its budget, with the numbers. */
export function shortMessage(short: ShortOf, asked: WorstCase, endpoint: string): string {
  const money =
    short.headroomPico === undefined || asked.pico === undefined
      ? ''
      : ` $${formatUsd(BigInt(short.headroomPico))} are left and up to $${formatUsd(BigInt(asked.pico))} would be needed;`
  const tokens =
    short.headroomTokens === undefined
      ? ''
      : ` ${short.headroomTokens} tokens are left and up to ${asked.tokens} would be needed;`
  return `${nameOf(short)} does not admit another call at ${endpoint}:${money}${tokens} ${wayOut(short.budget)}`
}

/** Why a call waits for money or tokens that other calls, perhaps of other runs, hold. */
export function inFlightReason({ budget }: ShortOf): string {
  return `calls in flight hold the rest of the budget${budget ? ` '${budget.name}'` : ''}`
}

function nameOf({ budget, slice }: ShortOf): string {
  if (!budget) return slice ? "the run's slice of the budget" : "the run's budget"
  const limits = [
    ...(budget.limitPico === undefined ? [] : [`$${formatUsd(BigInt(budget.limitPico))}`]),
    ...(budget.limitTokens === undefined ? [] : [`${budget.limitTokens} tokens`]),
  ]
  return `the shared budget '${budget.name}' of ${limits.join(' and ')}`
}

function wayOut(budget: ShortBudget | undefined): string {
  if (!budget) return 'raise the budget or lower maxOutputTokens'
  const raise = `raise it (signalbox budget set ${budget.name}) or lower maxOutputTokens`
  if (budget.endsAtMs === undefined) return raise
  return `its period ends ${new Date(budget.endsAtMs).toISOString().slice(0, 16)}Z; wait until then, ${raise}`
}
