/**
 * What a budget's warning says in numbers, alike in logs and webhooks.
 *
 * @module
 */
import { formatUsd } from '../money/pico.ts'
import type { BudgetWarning } from '../ports.ts'

export interface WarningFigures {
  readonly budget: string
  readonly share: number
  /** Decimal strings of USD. */
  readonly spentUsd: string
  readonly limitUsd?: string
  readonly spentTokens: number
  readonly limitTokens?: number
}

/** The figures of a warning; a limit that is not set is left out. */
export function warningFigures(warning: BudgetWarning): WarningFigures {
  const { budget, share, limitPico, limitTokens, spentPico, spentTokens } = warning
  return {
    budget,
    share,
    spentUsd: formatUsd(BigInt(spentPico)),
    ...(limitPico !== undefined && { limitUsd: formatUsd(BigInt(limitPico)) }),
    spentTokens,
    ...(limitTokens !== undefined && { limitTokens }),
  }
}
