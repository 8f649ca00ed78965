import type { Command } from 'commander'
import { WEEK_MS } from '../../core/durations.ts'
import { formatMoney } from '../../core/money/format-money.ts'
import { formatUsd, picoOfDecimal } from '../../core/money/pico.ts'
import type { BacktestReport, ClassBacktest } from '../../runtime/routes/backtest.ts'
import { withRecords } from '../connections.ts'
import { periodOf } from '../parse/time-span.ts'
import { count, name, path, time } from '../parse/values.ts'
import { printJson } from '../print/json.ts'
import { noteUnknown } from '../print/list-notes.ts'
import { folding, renderTableWithin } from '../print/table.ts'
import { formatCount, formatDuration } from '../print/words.ts'
import type { Terminal } from '../terminal.ts'

interface BacktestFlags {
  readonly config: string
  readonly since?: number
  readonly until?: number
  readonly class?: string
  readonly limit?: number
  readonly json?: boolean
}

export function addBacktest(program: Command, terminal: Terminal): void {
  program
    .command('backtest')
    .description('plan recorded calls again under another configuration, and say what it would have changed')
    .requiredOption('--config <path>', 'the other configuration (required)', path)
    .option('--since <time>', 'only calls since: a date, or 20m, 2h, 7d before now (default: 7d before the end)', time)
    .option('--until <time>', 'only calls before this time (default: now)', time)
    .option('--class <name>', 'only calls asked in this class', name)
    .option('--limit <count>', 'at most this many, of the newest (default: 100000)', count)
    .option('--json', 'print one JSON object')
    .action((flags: BacktestFlags) => backtest(flags, terminal))
}

async function backtest({ since, until, class: taskClass, json, ...flags }: BacktestFlags, terminal: Terminal) {
  const { fromMs: sinceMs, untilMs } = periodOf({ since, until }, { lengthMs: WEEK_MS, nowMs: Date.now() })
  const { backtestRecords, CANNOT_KNOW } = await import('../../runtime/routes/backtest.ts')
  await withRecords(terminal, async records => {
    const wish = { ...flags, sinceMs, untilMs, ...(taskClass !== undefined && { taskClass }) }
    const report = await backtestRecords(records, wish, terminal.env)
    const period = { since: new Date(sinceMs).toISOString(), until: new Date(untilMs).toISOString() }
    if (report.calls === 0) await noteUnknown(terminal, records, { class: taskClass })
    if (json)
      return printJson(terminal, { store: records.place, ...period, ...reportJson(report), cannotKnow: CANNOT_KNOW })
    terminal.print(
      report.calls > 0 ? describe(report, CANNOT_KNOW, terminal.columns) : `no such calls in ${records.place}`,
    )
  })
}

/** Money as every command's JSON has it. */
function reportJson({ classes, ...report }: BacktestReport) {
  const asText = ({ recordedUsd, predictedUsd, lowUsd, highUsd, ...its }: ClassBacktest) => ({
    ...its,
    recordedUsd: formatUsd(picoOf(recordedUsd)),
    predictedUsd: formatUsd(picoOf(predictedUsd)),
    lowUsd: formatUsd(picoOf(lowUsd)),
    highUsd: formatUsd(picoOf(highUsd)),
  })
  return { ...report, classes: classes.map(asText) }
}

function describe(
  { version, calls, classes, withoutPlan }: BacktestReport,
  cannotKnow: readonly string[],
  width: number | undefined,
): string {
  return [
    `${formatCount(calls)} recorded calls, planned again by ${version}:`,
    ...(classes.length > 0 ? ['', table(classes, width)] : []),
    ...classes.flatMap(details),
    ...(withoutPlan > 0
      ? ['', `${formatCount(withoutPlan)} calls are from before plans were kept, and are not included.`]
      : []),
    '',
    `Costs are predicted with what each call used and a model of its cache${classes.some(isUncertain) ? '; in brackets the 5th and 95th percentile, where they differ' : ''}. Not known:`,
    ...cannotKnow.map(line => `  - ${line}`),
  ].join('\n')
}

function table(classes: readonly ClassBacktest[], width: number | undefined): string {
  return renderTableWithin<ClassBacktest>(
    width,
    [
      { title: 'class', cell: its => its.class },
      { title: 'calls', cell: its => formatCount(its.calls), align: 'right' },
      folding('as before', its => formatCount(its.same), 'right'),
      folding('other cache', its => formatCount(its.recached), 'right'),
      folding('moved', its => formatCount(its.moved), 'right'),
      folding('no route', its => formatCount(its.noRoute), 'right'),
      folding('not known', its => formatCount(its.unknown), 'right'),
      { title: 'cost', cell: its => (isCosted(its) ? usd(its.recordedUsd) : ''), align: 'right' },
      { title: 'would cost', cell: predictedWords, align: 'right' },
      folding('took', its => formatDuration(its.recordedMs && Math.round(its.recordedMs)), 'right'),
      folding('would take', its => formatDuration(its.predictedMs && Math.round(its.predictedMs)), 'right'),
    ],
    classes,
  )
}

/** Whether any of its calls has a cost: a sum of nothing would pass for free. */
function isCosted({ same, recached, moved }: ClassBacktest): boolean {
  return same + recached + moved > 0
}

function predictedWords(its: ClassBacktest): string {
  if (!isCosted(its)) return ''
  return isUncertain(its)
    ? `${usd(its.predictedUsd)} (${usd(its.lowUsd)} to ${usd(its.highUsd)})`
    : usd(its.predictedUsd)
}

/** Whether the bounds of its cost differ by as much as is shown. */
function isUncertain({ lowUsd, highUsd }: ClassBacktest): boolean {
  return usd(lowUsd) !== usd(highUsd)
}

const MOST_LINES = 10

function details({ class: name, moves, reasons, unknownReasons, unmeasured }: ClassBacktest): readonly string[] {
  const lines = [
    ...moves.slice(0, MOST_LINES).map(({ from, to, calls }) => `  ${formatCount(calls)} from ${from} to ${to}`),
    ...reasons.slice(0, MOST_LINES).map(({ reason, calls }) => `  ${formatCount(calls)} without a route: ${reason}`),
    ...unknownReasons.slice(0, MOST_LINES).map(({ reason, calls }) => `  ${formatCount(calls)} not known: ${reason}`),
    ...(unmeasured.length > 0 ? [`  never measured: ${unmeasured.join(', ')}`] : []),
  ]
  return lines.length > 0 ? ['', `${name}:`, ...lines] : []
}

function usd(amount: number): string {
  return formatMoney(picoOf(amount))
}

function picoOf(usd: number): bigint {
  return picoOfDecimal(String(usd))!
}
