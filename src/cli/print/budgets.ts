/**
 * Shared budgets as people and as programs read them.
 *
 * @module
 */
import { describeScope } from '../../core/budgets/shared-budget.ts'
import { formatUsd } from '../../core/money/pico.ts'
import type { BudgetHolder, BudgetStanding, BudgetWaiter } from '../../core/ports.ts'
import type { BudgetReport } from '../../runtime/shared-budgets.ts'
import { formatMoney } from './money.ts'
import { renderPairs, renderTable } from './table.ts'
import { formatCount, formatDuration, formatTime } from './words.ts'

export function budgetsTable(reports: readonly BudgetReport[]): string {
  return renderTable<BudgetReport>(
    [
      { title: 'budget', cell: ({ budget }) => budget.name },
      { title: 'of', cell: ({ budget }) => describeScope(budget.scope) },
      { title: 'per', cell: ({ budget }) => budget.per },
      { title: 'limit', cell: ({ standing }) => limitWords(standing), align: 'right' },
      { title: 'spent', cell: ({ standing }) => amountWords(standing, 'spent'), align: 'right' },
      { title: 'reserved', cell: ({ standing }) => amountWords(standing, 'reserved'), align: 'right' },
      { title: 'ends (UTC)', cell: ({ standing }) => endWords(standing) ?? '' },
      { title: 'set', cell: ({ standing }) => setWords(standing) ?? '' },
    ],
    reports,
  )
}

export function describeBudget({ budget, standing }: BudgetReport, nowMs: number): string {
  const pairs = renderPairs([
    ['budget', budget.name],
    ['of', describeScope(budget.scope)],
    ['per', budget.per],
    ['limit', limitWords(standing)],
    ['set', setWords(standing)],
    ['spent', amountWords(standing, 'spent')],
    ['reserved', amountWords(standing, 'reserved')],
    ['ends (UTC)', endWords(standing)],
    ['warns at', budget.warnAt.map(share => `${share * 100} %`).join(', ')],
  ])
  const tables = [
    ...(standing.holders.length > 0 ? [holdersTable(standing.holders, nowMs)] : []),
    ...(standing.waiters.length > 0 ? [waitersTable(standing.waiters, nowMs)] : []),
  ]
  return [pairs, ...tables].join('\n\n')
}

function waitersTable(waiters: readonly BudgetWaiter[], nowMs: number): string {
  return renderTable<BudgetWaiter>(
    [
      { title: 'waiting', cell: waiter => waiter.runId },
      { title: 'step', cell: waiter => String(waiter.step), align: 'right' },
      { title: 'class', cell: waiter => waiter.taskClass },
      {
        title: 'usd',
        cell: ({ needed: { pico } }) => (pico === undefined ? '' : formatMoney(BigInt(pico))),
        align: 'right',
      },
      { title: 'tokens', cell: ({ needed }) => formatCount(needed.tokens), align: 'right' },
      { title: 'for', cell: waiter => formatDuration(nowMs - waiter.sinceMs), align: 'right' },
      { title: 'why', cell: waiter => waiter.reason },
    ],
    waiters,
  )
}

function holdersTable(holders: readonly BudgetHolder[], nowMs: number): string {
  return renderTable<BudgetHolder>(
    [
      { title: 'held by', cell: holder => holder.runId },
      { title: 'endpoint', cell: holder => holder.endpoint },
      { title: 'usd', cell: ({ pico }) => (pico === undefined ? '' : formatMoney(BigInt(pico))), align: 'right' },
      { title: 'tokens', cell: holder => formatCount(holder.tokens), align: 'right' },
      { title: 'for', cell: holder => formatDuration(nowMs - holder.sinceMs), align: 'right' },
    ],
    holders,
  )
}

function limitWords({ limitPico, limitTokens }: Pick<BudgetStanding, 'limitPico' | 'limitTokens'>): string {
  const money = limitPico === undefined ? [] : [formatMoney(BigInt(limitPico))]
  return [...money, ...(limitTokens === undefined ? [] : [`${formatCount(limitTokens)} tokens`])].join(', ')
}

/** Tokens only where they are limited: then they matter. */
function amountWords(standing: BudgetStanding, what: 'spent' | 'reserved'): string {
  const { limitPico, limitTokens } = standing
  const money = formatMoney(BigInt(standing[`${what}Pico`]))
  const tokens = `${formatCount(standing[`${what}Tokens`])} tokens`
  if (limitTokens === undefined) return money
  return limitPico === undefined ? tokens : `${money}, ${tokens}`
}

function endWords({ endsAtMs }: BudgetStanding): string | undefined {
  return endsAtMs === undefined ? undefined : formatTime(endsAtMs)
}

function setWords({ set }: BudgetStanding): string | undefined {
  return set && `${limitWords(set)} since ${formatTime(set.setAtMs)}`
}

/** Amounts as exact decimal strings. The webhook's address may hold a secret: only whether there is one is told. */
export function budgetJson({ budget, standing }: BudgetReport) {
  const { webhook, name, scope, per, warnAt } = budget
  const { set, endsAtMs, spentTokens, reservedTokens, spentPico, reservedPico, holders, waiters } = standing
  return {
    name,
    scope,
    per,
    warnAt,
    webhook: webhook !== undefined,
    ...limitsJson(standing),
    ...(set && { set: { ...limitsJson(set), at: new Date(set.setAtMs).toISOString() } }),
    spentUsd: formatUsd(BigInt(spentPico)),
    reservedUsd: formatUsd(BigInt(reservedPico)),
    spentTokens,
    reservedTokens,
    ...(endsAtMs !== undefined && { endsAt: new Date(endsAtMs).toISOString() }),
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

function limitsJson({ limitPico, limitTokens }: Pick<BudgetStanding, 'limitPico' | 'limitTokens'>) {
  return {
    ...(limitPico !== undefined && { limitUsd: formatUsd(BigInt(limitPico)) }),
    ...(limitTokens !== undefined && { limitTokens }),
  }
}
