/**
 * What is wrong with a budget that somebody wrote.
 *
 * @module
 */
import { parseUsd } from '../money/pico.ts'

const COUNTS = ['tokens', 'steps', 'timeMs'] as const

const UNITS: readonly string[] = ['usd', ...COUNTS]

/** The first problem in words, after `the budget's …`; `undefined` when it can be held to. Takes whatever came over the wire. */
export function budgetProblem(budget: unknown): string | undefined {
  if (typeof budget !== 'object' || budget === null || Array.isArray(budget))
    return `the budget is ${JSON.stringify(budget)}; write { usd: '0.50' }, or any of ${UNITS.join(', ')}`
  const limits = budget as Readonly<Record<string, unknown>>
  const { onShort } = limits
  if (onShort !== undefined && onShort !== 'ask' && onShort !== 'refuse')
    return `the budget's onShort is ${JSON.stringify(onShort)}; it may be 'ask' or 'refuse'`
  const unknown = Object.keys(limits).find(unit => unit !== 'onShort' && !UNITS.includes(unit))
  if (unknown !== undefined) return `the budget's ${unknown} is no unit that is counted; there are ${UNITS.join(', ')}`
  return moneyProblem(limits.usd) ?? COUNTS.map(unit => countProblem(unit, limits[unit])).find(Boolean)
}

/** Only text: a number would have been rounded before it came here. */
function moneyProblem(usd: unknown): string | undefined {
  if (usd === undefined) return undefined
  if (typeof usd !== 'string') return `the budget's usd is ${JSON.stringify(usd)}; write it as text, like '0.50'`
  const parsed = parseUsd(usd)
  return parsed.ok ? undefined : `the budget's usd: ${parsed.problem}`
}

function countProblem(unit: string, count: unknown): string | undefined {
  if (count === undefined || (Number.isSafeInteger(count) && (count as number) > 0)) return undefined
  const bound =
    Number(count) > Number.MAX_SAFE_INTEGER
      ? `may be at most ${Number.MAX_SAFE_INTEGER}`
      : 'must be a whole number above 0'
  return `the budget's ${unit} is ${JSON.stringify(count)}; it ${bound}`
}
