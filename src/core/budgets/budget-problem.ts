/**
 * What is wrong with a budget that somebody wrote.
 *
 * @module
 */
import { LONGEST_WAIT_MS } from '../durations.ts'
import { parseUsd } from '../money/pico.ts'

const COUNTS = ['tokens', 'steps', 'timeMs'] as const

const MOST = {
  tokens: Number.MAX_SAFE_INTEGER,
  steps: Number.MAX_SAFE_INTEGER,
  timeMs: LONGEST_WAIT_MS,
} as const satisfies Record<(typeof COUNTS)[number], number>

const UNITS: readonly string[] = ['usd', ...COUNTS]

/** The first problem in words, to follow `the budget's …`; `undefined` if there is none. Accepts any JSON. */
export function budgetProblem(budget: unknown): string | undefined {
  if (typeof budget !== 'object' || budget === null || Array.isArray(budget))
    return `the budget is ${JSON.stringify(budget)}; write { usd: '0.50' }, or any of ${UNITS.join(', ')}`
  const limits = budget as Readonly<Record<string, unknown>>
  const { onShort } = limits
  if (onShort !== undefined && onShort !== 'ask' && onShort !== 'refuse')
    return `the budget's onShort is ${JSON.stringify(onShort)}; it may be 'ask' or 'refuse'`
  const unknown = Object.keys(limits).find(unit => unit !== 'onShort' && !UNITS.includes(unit))
  if (unknown !== undefined)
    return `the budget's ${unknown} is not a unit that is counted; the units are ${UNITS.join(', ')}`
  return moneyProblem(limits.usd) ?? COUNTS.map(unit => countProblem(unit, limits[unit])).find(Boolean)
}

/** Only a text is allowed: a number may have been rounded before it came here. */
function moneyProblem(usd: unknown): string | undefined {
  if (usd === undefined) return undefined
  if (typeof usd !== 'string') return `the budget's usd is ${JSON.stringify(usd)}; write it as text, like '0.50'`
  const parsed = parseUsd(usd)
  return parsed.ok ? undefined : `the budget's usd: ${parsed.problem}`
}

function countProblem(unit: (typeof COUNTS)[number], count: unknown): string | undefined {
  const most = MOST[unit]
  if (count === undefined || (Number.isSafeInteger(count) && (count as number) > 0 && (count as number) <= most))
    return undefined
  const bound = Number(count) > most ? `may be at most ${most}` : 'must be a whole number above 0'
  return `the budget's ${unit} is ${JSON.stringify(count)}; it ${bound}`
}
