/**
 * The figures of a budget's warning, the same in logs and webhooks.
 *
 * @module
 */
import { formatMoney } from '../money/format-money.ts'
import { formatUsd } from '../money/pico.ts'
import type { BudgetWarning } from '../ports.ts'
import type { Labels } from '../protocol.ts'
import { countOf, grouped } from '../words/count-of.ts'

export interface WarningFigures {
  readonly budget: string
  /** The label and its value, if the budget has a limit for each value. */
  readonly label?: Labels
  readonly share: number
  /** In USD, as decimal strings. */
  readonly spentUsd: string
  readonly limitUsd?: string
  readonly spentTokens: number
  readonly limitTokens?: number
}

/** The figures of a warning, without limits that are not set. */
export function warningFigures(warning: BudgetWarning): WarningFigures {
  const { budget, label, share, limitPico, limitTokens, spentPico, spentTokens } = warning
  return {
    budget,
    ...(label && { label }),
    share,
    spentUsd: formatUsd(BigInt(spentPico)),
    ...(limitPico !== undefined && { limitUsd: formatUsd(BigInt(limitPico)) }),
    spentTokens,
    ...(limitTokens !== undefined && { limitTokens }),
  }
}

/** Whether nothing is left of one of its limits, so that it admits no more calls. */
export function isUsedUp({ limitPico, limitTokens, spentPico, spentTokens }: BudgetWarning): boolean {
  const noMoney = limitPico !== undefined && BigInt(spentPico) >= BigInt(limitPico)
  return noMoney || (limitTokens !== undefined && spentTokens >= limitTokens)
}

/** What is left, for people: `$0.8000 of $5.0000`, `900 of 1,000 tokens`, or both. 0 if a limit was lowered below what is spent. */
export function leftWords({ limitPico, limitTokens, spentPico, spentTokens }: BudgetWarning): string {
  const words: string[] = []
  if (limitPico !== undefined) {
    const limit = BigInt(limitPico)
    const left = limit - BigInt(spentPico)
    words.push(`${formatMoney(left < 0n ? 0n : left)} of ${formatMoney(limit)}`)
  }
  if (limitTokens !== undefined) {
    const left = Math.max(0, limitTokens - spentTokens)
    words.push(`${grouped(left)} of ${countOf(limitTokens, 'token')}`)
  }
  return words.join(' and ')
}
