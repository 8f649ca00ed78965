/**
 * Numbers, times and labels for people.
 *
 * @module
 */
import type { Price } from '../../core/endpoints.ts'
import { formatMoney } from '../../core/money/format-money.ts'
import { formatUsd, parseUsd } from '../../core/money/pico.ts'
import type { Policy } from '../../core/policy/policy.ts'
import type { Budget, DecidedUntil, Labels, ToolFailure } from '../../core/protocol.ts'
import type { Usage } from '../../core/usage.ts'
import { grouped } from '../../core/words/count-of.ts'
import { formatDuration } from '../../core/words/format-duration.ts'
import { shorten } from '../../core/words/shorten.ts'
import { formatTime } from '../../core/words/time-words.ts'

export { formatDuration, formatTime }

/** `12,345`; nothing for what is unknown. */
export function formatCount(count: number | undefined): string {
  return count === undefined ? '' : grouped(count)
}

export function formatLabels(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ')
}

/** `1,203 (1,024 cached)`. */
export function formatInput({ inputTokens, cacheReadTokens }: Usage): string {
  return withPart(inputTokens, cacheReadTokens, 'cached')
}

/** `322 (120 reasoning)`. */
export function formatOutput({ outputTokens, reasoningTokens }: Usage): string {
  return withPart(outputTokens, reasoningTokens, 'reasoning')
}

function withPart(whole: number | undefined, part: number | undefined, name: string): string {
  if (whole === undefined) return ''
  return part ? `${formatCount(whole)} (${formatCount(part)} ${name})` : formatCount(whole)
}

/** `$0.5000, 200 steps`; nothing for a run without limits. */
export function formatBudget({ usd, tokens, steps, timeMs }: Budget): string {
  const money = usd === undefined ? undefined : parseUsd(usd)
  return [
    money?.ok ? formatMoney(money.pico) : '',
    tokens === undefined ? '' : `${formatCount(tokens)} tokens`,
    steps === undefined ? '' : `${formatCount(steps)} steps`,
    formatDuration(timeMs),
  ]
    .filter(part => part !== '')
    .join(', ')
}

/** `zdr, regions ["eu"]`; nothing for a run without a policy of its own. */
export function formatPolicy(policy: Policy = {}): string {
  return Object.entries(policy)
    .map(([rule, value]) =>
      value === true ? rule : `${rule} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
    )
    .join(', ')
}

/** What is left of a money limit, in USD; `undefined` without one. Never below zero. */
export function headroomUsd({ usd }: Budget, spentPico: string): string | undefined {
  const limit = usd === undefined ? undefined : parseUsd(usd)
  if (!limit?.ok) return undefined
  const left = limit.pico - BigInt(spentPico)
  return formatUsd(left > 0n ? left : 0n)
}

/** Of an answer that holds when nobody gives one: `--json` has all of it. */
const ANSWER_SHOWN = 100

/** `2026-11-23 09:14:02: deny`; nothing where it waits as long as it takes. */
export function formatUntil(until: DecidedUntil | undefined): string {
  return until ? `${formatTime(until.atMs)}: ${shorten(until.otherwise, ANSWER_SHOWN)}` : ''
}

/** `3/15`, `free`, or `unknown`; a plus where larger prompts cost more. */
export function priceWords(price: Price | undefined): string {
  if (price?.free) return 'free'
  if (price?.input === undefined && price?.output === undefined) return 'unknown'
  return `${price.input ?? '?'}/${price.output ?? '?'}${price.tiers ? '+' : ''}`
}

/** How a tool call without a result has ended. */
export function failedWord(failure: ToolFailure | undefined): string {
  if (failure === 'over-budget') return 'not called'
  return failure === 'unknown' ? 'perhaps done' : 'failed'
}
