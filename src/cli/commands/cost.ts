import type { Command } from 'commander'
import { formatMoney } from '../../core/money/format-money.ts'
import { formatUsd } from '../../core/money/pico.ts'
import { countOf } from '../../core/words/count-of.ts'
import type { CostReport, CostSum } from '../../runtime/store/records.ts'
import { withRecords } from '../connections.ts'
import { name } from '../parse/values.ts'
import { type JsonFlag, printJson } from '../print/json.ts'
import { costJson, formatCost } from '../print/money.ts'
import { renderTable } from '../print/table.ts'
import { noSuchRun } from '../problem.ts'
import { keyToRead } from '../run-meant.ts'
import type { Terminal } from '../terminal.ts'

export function addCost(program: Command, terminal: Terminal): void {
  program
    .command('cost')
    .description('say what a run has cost, by class, model and label, and what of that was wasted')
    .argument('<run>', "the run's id or key", name)
    .option('--json', 'print one JSON object')
    .action((run: string, flags: JsonFlag) => cost(run, flags, terminal))
}

async function cost(run: string, { json }: JsonFlag, terminal: Terminal): Promise<void> {
  await withRecords(terminal, async records => {
    const { reports, place } = records
    const report = await reports.cost(await keyToRead(terminal, records, run))
    if (!report) throw await noSuchRun(run, place)
    if (json) printJson(terminal, reportJson(run, report))
    else terminal.print(describe(run, report))
  })
}

/** What a report is told by, and where it has that. */
const PARTS = { class: 'byClass', model: 'byModel', label: 'byLabel', waste: 'waste' } as const

function reportJson(run: string, report: CostReport) {
  const parts = Object.values(PARTS).map(part => {
    const sums = Object.entries(report[part]).map(([name, sum]) => [name, sumJson(sum)])
    return [part, Object.fromEntries(sums)]
  })
  return { run, ...sumJson(report), ...Object.fromEntries(parts) }
}

function sumJson(sum: CostSum) {
  return { ...costJson(sum), exactUsd: formatUsd(BigInt(sum.exactPico)), attempts: sum.attempts }
}

function describe(run: string, report: CostReport): string {
  const bounds = report.lowPico === report.highPico ? '' : `; ${formatMoney(BigInt(report.exactPico))} of it exact`
  const tables = Object.entries(PARTS)
    .map(([title, part]) => ({ title, sums: Object.entries(report[part]) }))
    .filter(({ sums }) => sums.length > 0)
    .map(({ title, sums }) => sumsTable(title, sums))
  return [`run ${run}: ${formatCost(report)} in ${countOf(report.attempts, 'attempt')}${bounds}`, ...tables].join(
    '\n\n',
  )
}

function sumsTable(title: string, sums: readonly (readonly [string, CostSum])[]): string {
  const dearestFirst = sums.toSorted(([, a], [, b]) => {
    const difference = BigInt(b.highPico) - BigInt(a.highPico)
    return difference === 0n ? 0 : difference > 0n ? 1 : -1
  })
  return renderTable(
    [
      { title, cell: ([name]) => name },
      { title: 'attempts', cell: ([, sum]) => String(sum.attempts), align: 'right' },
      { title: 'cost', cell: ([, sum]) => formatCost(sum), align: 'right' },
    ],
    dearestFirst,
  )
}
