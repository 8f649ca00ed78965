/**
 * Shared budgets as programs read them.
 *
 * @module
 */
import { formatUsd } from '../../core/money/pico.ts'
import type { BudgetStanding } from '../../core/ports.ts'
import type { BudgetReport } from '../../runtime/store/shared-budgets.ts'
import { isOfEach, leftIn } from './budgets.ts'

/** Amounts as exact decimal strings. Where each value of a label has a limit, each has its figures in `values`. */
export function budgetJson(report: BudgetReport) {
  const { budget, standing, values, more } = report
  const { webhook = false, name, scope, per, warnAt } = budget
  const { endsAtMs } = standing
  return {
    name,
    scope,
    per,
    warnAt,
    webhook,
    ...(isOfEach(report) ? limitsNowJson(standing) : standingJson(standing)),
    ...(endsAtMs !== undefined && { endsAt: new Date(endsAtMs).toISOString() }),
    ...(values && { values: values.map(standingJson), more }),
  }
}

function standingJson(standing: BudgetStanding) {
  const { label, spentTokens, reservedTokens, spentPico, reservedPico, holders, waiters } = standing
  return {
    ...(label && { label }),
    ...limitsNowJson(standing),
    spentUsd: formatUsd(BigInt(spentPico)),
    reservedUsd: formatUsd(BigInt(reservedPico)),
    spentTokens,
    reservedTokens,
    ...leftJson(standing),
    holders: holders.map(({ pico, sinceMs, ...holder }) => ({
      ...holder,
      ...(pico !== undefined && { usd: formatUsd(BigInt(pico)) }),
      since: new Date(sinceMs).toISOString(),
    })),
    waiters: waiters.map(({ needed: { pico, tokens }, sinceMs, ...waiter }) => ({
      ...waiter,
      ...(pico !== undefined && { usd: formatUsd(BigInt(pico)) }),
      tokens,
      since: new Date(sinceMs).toISOString(),
    })),
  }
}

function limitsNowJson({ set, ...standing }: BudgetStanding) {
  return {
    ...limitsJson(standing),
    ...(set && { set: { ...limitsJson(set), at: new Date(set.setAtMs).toISOString() } }),
  }
}

/** Of what is limited. */
function leftJson(standing: BudgetStanding) {
  const { pico, tokens } = leftIn(standing)
  return {
    ...(standing.limitPico !== undefined && { leftUsd: formatUsd(pico) }),
    ...(standing.limitTokens !== undefined && { leftTokens: tokens }),
  }
}

function limitsJson({ limitPico, limitTokens }: Pick<BudgetStanding, 'limitPico' | 'limitTokens'>) {
  return {
    ...(limitPico !== undefined && { limitUsd: formatUsd(BigInt(limitPico)) }),
    ...(limitTokens !== undefined && { limitTokens }),
  }
}
