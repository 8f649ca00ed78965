import type { Command } from 'commander'
import { formatMoney } from '../../core/money/format-money.ts'
import { formatUsd } from '../../core/money/pico.ts'
import type { CostReport, CostSum } from '../../runtime/store/records.ts'
import { withRecords } from '../connections.ts'
import { name } from '../parse/values.ts'
import { type JsonFlag, printJson } from '../print/json.ts'
import { costJson, formatCost, spentIn } from '../print/money.ts'
import { type Column, renderTable } from '../print/table.ts'
import { noSuchRun } from '../problem.ts'
import { keyToRead } from '../run-meant.ts'
import type { Terminal } from '../terminal.ts'

export function addCost(program: Command, terminal: Terminal): void {
  program
    .command('cost')
    .description('say what a run has cost, by class, model, tool and label, and what of that was wasted')
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
const PARTS = { class: 'byClass', model: 'byModel', tool: 'byTool', label: 'byLabel', waste: 'waste' } as const

function reportJson(run: string, report: CostReport) {
  const parts = Object.values(PARTS).map(part => {
    const sums = Object.entries(report[part]).map(([name, sum]) => [name, sumJson(sum)])
    return [part, Object.fromEntries(sums)]
  })
  return { run, ...sumJson(report), ...Object.fromEntries(parts) }
}

function sumJson(sum: CostSum) {
  const { exactPico, attempts, pricedToolCalls } = sum
  return { ...costJson(sum), exactUsd: formatUsd(BigInt(exactPico)), attempts, pricedToolCalls }
}

function describe(run: string, report: CostReport): string {
  const bounds = report.lowPico === report.highPico ? '' : `; ${formatMoney(BigInt(report.exactPico))} of it exact`
  const tables = Object.entries(PARTS)
    .map(([title, part]) => ({ title, sums: Object.entries(report[part]) }))
    .filter(({ sums }) => sums.length > 0)
    .map(({ title, sums }) => sumsTable(title, sums))
  return [`run ${run}: ${formatCost(report)} in ${spentIn(report)}${bounds}`, ...tables].join('\n\n')
}

type Named = readonly [name: string, sum: CostSum]

/** Calls of tools are counted where there are some. */
const TOOL_CALLS: Column<Named> = {
  title: 'tool calls',
  cell: ([, sum]) => String(sum.pricedToolCalls),
  align: 'right',
}

function sumsTable(title: string, sums: readonly Named[]): string {
  const dearestFirst = sums.toSorted(([, a], [, b]) => {
    const difference = BigInt(b.highPico) - BigInt(a.highPico)
    return difference === 0n ? 0 : difference > 0n ? 1 : -1
  })
  const hasTools = sums.some(([, { pricedToolCalls }]) => pricedToolCalls > 0)
  return renderTable<Named>(
    [
      { title, cell: ([name]) => name },
      { title: 'attempts', cell: ([, sum]) => String(sum.attempts), align: 'right' },
      ...(hasTools ? [TOOL_CALLS] : []),
      { title: 'cost', cell: ([, sum]) => formatCost(sum), align: 'right' },
    ],
    dearestFirst,
  )
}
