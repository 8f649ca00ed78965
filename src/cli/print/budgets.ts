/**
 * Shared budgets as people read them.
 *
 * @module
 */
import { describeScope } from '../../core/budgets/shared-budget.ts'
import { formatMoney } from '../../core/money/format-money.ts'
import type { BudgetHolder, BudgetStanding, BudgetWaiter } from '../../core/ports.ts'
import type { BudgetReport } from '../../runtime/store/shared-budgets.ts'
import { folding, renderPairs, renderTableWithin } from './table.ts'
import { formatCount, formatDuration, formatTime } from './words.ts'

/** A row of the table: a budget, or one of the values that a label has. */
interface Row extends BudgetReport {
  readonly of: string
}

export function budgetsTable(reports: readonly BudgetReport[], width: number | undefined): string {
  return renderTableWithin<Row>(
    width,
    [
      { title: 'budget', cell: ({ budget }) => budget.name },
      { title: 'of', cell: ({ of }) => of, folded: 'cell' },
      folding('per', ({ budget }) => budget.per),
      { title: 'limit', cell: ({ standing }) => limitWords(standing), align: 'right' },
      folding('spent', row => spentIn(row, standing => amountWords(standing, 'spent')), 'right'),
      folding('reserved', row => spentIn(row, standing => amountWords(standing, 'reserved')), 'right'),
      { title: 'left', cell: row => spentIn(row, leftWords), align: 'right' },
      folding('ends (UTC)', ({ standing }) => periodEndWords(standing) ?? ''),
      folding('set', ({ standing }) => setWords(standing) ?? ''),
    ],
    reports.flatMap(rowsOf),
  )
}

function rowsOf(report: BudgetReport): readonly Row[] {
  const { budget, values = [] } = report
  const ofValues = values.map(standing => ({ budget, standing, of: describeScope({ label: standing.label! }) }))
  return [{ ...report, of: ofWords(report) }, ...ofValues]
}

function ofWords({ budget: { scope }, standing: { label } }: BudgetReport): string {
  if (!label) return describeScope(scope)
  const { each: _, ...rest } = scope
  return describeScope({ ...rest, label: { ...rest.label, ...label } })
}

/** Empty for the limit of all values, from which nobody spends: each has its own. */
function spentIn(report: BudgetReport, words: (standing: BudgetStanding) => string): string {
  return isOfEach(report) ? '' : words(report.standing)
}

/** Whether the report is of a budget whose label's values have a limit each, and of none of these. */
export function isOfEach({ budget, standing }: BudgetReport): boolean {
  return budget.scope.each !== undefined && !standing.label
}

export interface BudgetWordsOptions {
  readonly nowMs: number
  /** Of the screen; see {@link renderTableWithin}. */
  readonly width: number | undefined
}

export function describeBudget(report: BudgetReport, { nowMs, width }: BudgetWordsOptions): string {
  const { budget, standing, values = [] } = report
  const pairs = renderPairs([
    ['budget', budget.name],
    ['of', ofWords(report)],
    ['per', budget.per],
    ['limit', limitWords(standing)],
    ['set', setWords(standing)],
    ['spent', spentIn(report, its => amountWords(its, 'spent'))],
    ['reserved', spentIn(report, its => amountWords(its, 'reserved'))],
    ['left', spentIn(report, leftWords)],
    ['ends (UTC)', periodEndWords(standing)],
    ['warns at', budget.warnAt.map(share => `${share * 100} %`).join(', ')],
  ])
  const tables = [
    ...(values.length > 0 ? [valuesTable(budget.scope.each!, values, width)] : []),
    ...(standing.holders.length > 0 ? [holdersTable(standing.holders, nowMs, width)] : []),
    ...(standing.waiters.length > 0 ? [waitersTable(standing.waiters, nowMs, width)] : []),
  ]
  return [pairs, ...tables].join('\n\n')
}

function valuesTable(each: string, values: readonly BudgetStanding[], width: number | undefined): string {
  return renderTableWithin<BudgetStanding>(
    width,
    [
      { title: each, cell: ({ label }) => label![each]! },
      { title: 'limit', cell: limitWords, align: 'right' },
      folding('spent', standing => amountWords(standing, 'spent'), 'right'),
      folding('reserved', standing => amountWords(standing, 'reserved'), 'right'),
      { title: 'left', cell: leftWords, align: 'right' },
      folding('waiting', ({ waiters }) => (waiters.length > 0 ? formatCount(waiters.length) : ''), 'right'),
      folding('set', standing => setWords(standing) ?? ''),
    ],
    values,
  )
}

function waitersTable(waiters: readonly BudgetWaiter[], nowMs: number, width: number | undefined): string {
  return renderTableWithin<BudgetWaiter>(
    width,
    [
      { title: 'waiting', cell: waiter => waiter.runId },
      { title: 'step', cell: waiter => String(waiter.step), align: 'right' },
      { title: 'class', cell: waiter => waiter.taskClass },
      { title: 'usd', cell: ({ needed }) => usdWords(needed.pico), align: 'right' },
      { title: 'tokens', cell: ({ needed }) => formatCount(needed.tokens), align: 'right' },
      { title: 'for', cell: waiter => formatDuration(nowMs - waiter.sinceMs), align: 'right' },
      { title: 'why', cell: waiter => waiter.reason, folded: 'cell' },
    ],
    waiters,
  )
}

function holdersTable(holders: readonly BudgetHolder[], nowMs: number, width: number | undefined): string {
  return renderTableWithin<BudgetHolder>(
    width,
    [
      { title: 'held by', cell: holder => holder.runId },
      { title: 'endpoint', cell: holder => holder.endpoint, folded: 'cell' },
      { title: 'usd', cell: ({ pico }) => usdWords(pico), align: 'right' },
      { title: 'tokens', cell: holder => formatCount(holder.tokens), align: 'right' },
      { title: 'for', cell: holder => formatDuration(nowMs - holder.sinceMs), align: 'right' },
    ],
    holders,
  )
}

function usdWords(pico: string | undefined): string {
  return pico === undefined ? '' : formatMoney(BigInt(pico))
}

function limitWords({ limitPico, limitTokens }: Pick<BudgetStanding, 'limitPico' | 'limitTokens'>): string {
  const tokens = limitTokens === undefined ? '' : `${formatCount(limitTokens)} tokens`
  return [usdWords(limitPico), tokens].filter(words => words !== '').join(', ')
}

/** What a new reservation may have. A limit that was set below what is spent leaves nothing, not less. */
export function leftIn(standing: BudgetStanding): { readonly pico: bigint; readonly tokens: number } {
  const { limitPico = 0, limitTokens = 0, spentPico, spentTokens, reservedPico, reservedTokens } = standing
  const pico = BigInt(limitPico) - BigInt(spentPico) - BigInt(reservedPico)
  return { pico: pico > 0n ? pico : 0n, tokens: Math.max(0, limitTokens - spentTokens - reservedTokens) }
}

function leftWords(standing: BudgetStanding): string {
  const { pico, tokens } = leftIn(standing)
  return bothWords(standing, pico, tokens)
}

function amountWords(standing: BudgetStanding, what: 'spent' | 'reserved'): string {
  return bothWords(standing, BigInt(standing[`${what}Pico`]), standing[`${what}Tokens`])
}

/** Tokens only where they are limited: then they matter. */
function bothWords({ limitPico, limitTokens }: BudgetStanding, pico: bigint, count: number): string {
  const money = formatMoney(pico)
  const tokens = `${formatCount(count)} tokens`
  if (limitTokens === undefined) return money
  return limitPico === undefined ? tokens : `${money}, ${tokens}`
}

function periodEndWords({ endsAtMs }: BudgetStanding): string | undefined {
  return endsAtMs === undefined ? undefined : formatTime(endsAtMs)
}

function setWords({ set }: BudgetStanding): string | undefined {
  return set && `${limitWords(set)} since ${formatTime(set.setAtMs)}`
}
