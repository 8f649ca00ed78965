import { type Command, InvalidArgumentError } from 'commander'
import { periodAt } from '../../core/budgets/period.ts'
import { WEEK_MS } from '../../core/durations.ts'
import { MOST_LISTED } from '../../runtime/lists/list-bounds.ts'
import { isSpendKey, NAMED_KEYS, WITHOUT_KEYS } from '../../runtime/lists/spendings.ts'
import type { SpendKey, SpendReport, SpendRow } from '../../runtime/store/records.ts'
import { withRecords } from '../connections.ts'
import { EXIT } from '../exit-codes.ts'
import { type Period, periodOf } from '../parse/time-span.ts'
import { label, time } from '../parse/values.ts'
import { printJson } from '../print/json.ts'
import { formatCost, spentIn } from '../print/money.ts'
import { spendCsv, spendJson, statementCsv } from '../print/spend.ts'
import { type Column, folding, renderTableWithin } from '../print/table.ts'
import { formatCount, formatTime } from '../print/words.ts'
import { CliProblem } from '../problem.ts'
import type { Terminal } from '../terminal.ts'

interface SpendFlags {
  readonly by?: readonly SpendKey[]
  readonly since?: number
  readonly until?: number
  readonly label?: { readonly key: string; readonly value: string }
  readonly statement?: Period
  readonly csv?: boolean
  readonly json?: boolean
}

/** The lines of a bill: who pays, for what, to whom. */
const STATEMENT_KEYS = ['workspace', 'class', 'provider', 'model', 'tool'] as const

export function addSpend(program: Command, terminal: Terminal): void {
  program
    .command('spend')
    .description('say what all runs together have spent')
    .option('--by <key>', `${NAMED_KEYS.join(', ')} or label:<key>; may be repeated (default: class)`, spendKeys)
    .option('--since <time>', 'from this time on: a date, or 20m, 2h, 7d before now (default: 7d before the end)', time)
    .option('--until <time>', 'before this time (default: now)', time)
    .option('--label <key=value>', 'only calls with this label', label)
    .option(
      '--statement <month>',
      'the statement of one month in UTC, e.g. 2026-11, by workspace, class, provider, model and tool',
      month,
    )
    .option('--csv', 'print CSV, for a spreadsheet')
    .option('--json', 'print one JSON object')
    .action((flags: SpendFlags) => spend(flags, terminal))
}

function spendKeys(text: string, before: readonly SpendKey[] = []): readonly SpendKey[] {
  if (!isSpendKey(text)) throw new InvalidArgumentError(`Write ${NAMED_KEYS.join(', ')} or label:<key>.`)
  return before.includes(text) ? before : [...before, text]
}

function month(text: string): Period {
  const fromMs = /^\d{4}-(0[1-9]|1[0-2])$/.test(text) ? Date.parse(`${text}-01T00:00:00Z`) : Number.NaN
  const { endMs } = Number.isNaN(fromMs) ? {} : periodAt('month', fromMs)
  if (endMs === undefined) throw new InvalidArgumentError('Write a month like 2026-11.')
  return { fromMs, untilMs: endMs }
}

async function spend(flags: SpendFlags, terminal: Terminal): Promise<void> {
  const { statement, csv, json } = flags
  if (statement && [flags.by, flags.since, flags.until, flags.label].some(flag => flag !== undefined))
    throw new CliProblem(
      EXIT.badInput,
      'a statement covers all of one month and has its own grouping: leave out --by, --since, --until and --label',
    )
  if (csv && json) throw new CliProblem(EXIT.badInput, '--csv and --json are two forms of one report: give one')
  const by: readonly SpendKey[] = statement ? STATEMENT_KEYS : (flags.by ?? WITHOUT_KEYS)
  const nowMs = Date.now()
  const period = statement ?? periodOf(flags, { lengthMs: WEEK_MS, nowMs })
  if (statement && statement.untilMs > nowMs)
    terminal.note('note: that month is not over, so this is no final statement')
  await withRecords(terminal, async ({ reports, place }) => {
    const report = await reports.spend({ by, ...period, label: flags.label })
    if (json) printJson(terminal, { store: place, ...spendJson(by, period, report) })
    else if (csv) terminal.write((statement ? statementCsv : spendCsv)(by, period, report))
    else
      terminal.print(
        report.rows.length > 0
          ? describe(by, period, report, terminal.columns)
          : `${timeOf(period)}: nothing was spent; the store is ${place}`,
      )
  })
}

function describe(
  by: readonly SpendKey[],
  period: Period,
  { rows, total }: SpendReport,
  width: number | undefined,
): string {
  const hasTools = total.pricedToolCalls > 0
  const keys = by.map(keyColumn).filter(({ title }) => title !== 'tool' || hasTools || by.length === 1)
  const shown = by.includes('run') ? rows.slice(0, MOST_LISTED) : rows
  const table = renderTableWithin<SpendRow>(
    width,
    [
      ...keys,
      folding('attempts', row => formatCount(row.attempts), 'right'),
      folding('failed', row => formatCount(row.failed), 'right'),
      folding('input', row => formatCount(row.inputTokens), 'right'),
      folding('output', row => formatCount(row.outputTokens), 'right'),
      ...(hasTools ? [folding<SpendRow>('tool calls', row => formatCount(row.pricedToolCalls), 'right')] : []),
      { title: 'cost', cell: row => formatCost(row), align: 'right' },
    ],
    shown,
  )
  const left = rows.length - shown.length
  const more = left > 0 ? `\nand ${formatCount(left)} that cost less; --csv and --json have all` : ''
  return `${timeOf(period)}: ${formatCost(total)} in ${spentIn(total)}\n\n${table}${more}`
}

/** Of many keys the tool leaves a narrow screen first: most rows have none. */
function keyColumn(key: SpendKey, at: number, { length }: readonly SpendKey[]): Column<SpendRow> {
  const cell = (row: SpendRow) => row.keys[at] ?? absentWord(key)
  return key === 'tool' && length > 1 ? folding(key, cell) : { title: key, cell }
}

/** What a row is of that has no such key: tools have no class, model or provider, and attempts no tool. */
function absentWord(key: SpendKey): string {
  if (key.startsWith('label:') || key === 'run') return '(none)'
  return key === 'tool' ? '(models)' : '(tools)'
}

function timeOf({ fromMs, untilMs }: Period): string {
  return `${formatTime(fromMs)} to ${formatTime(untilMs)} UTC`
}
