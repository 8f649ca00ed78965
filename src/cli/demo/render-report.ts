/**
 * The demo's report as tables.
 *
 * @module
 */
import { formatMoney } from '../../core/money/format-money.ts'
import { parseUsd } from '../../core/money/pico.ts'
import type {
  DemoCache,
  DemoCall,
  DemoEscalation,
  DemoHedge,
  DemoReport,
  DemoRun,
  DemoSum,
} from '../../runtime/demo/report-types.ts'
import { type Column, folding, foldingLast, renderPairs, renderTable, renderTableWithin } from '../print/table.ts'
import { formatCount, formatDuration, formatInput, formatOutput } from '../print/words.ts'
import type { Screen } from '../terminal.ts'

export interface RenderOptions {
  readonly screen: Screen
  /** The server stays up, so that its pages can be looked at. @defaultValue false */
  readonly kept?: boolean
}

/** Everything that the demo has to show. On a screen too narrow for all columns of the calls, some stand below their rows. */
export function renderReport(report: DemoReport, { screen, kept = false }: RenderOptions): string {
  const { runs, calls, classes, labels } = report
  const { columns: width, command } = screen
  const ended = `The server has ended with the demo; \`${command} demo --keep\` keeps it running, so that you can look at the runs there.`
  return [
    ...runs.flatMap(run => section(`Calls of ${run.workflow}`, callsOf(run, calls, width))),
    ...section('What the caches saved', cachesTable(report, width)),
    ...section('Hedged: the first endpoint was slow to begin', hedgesTable(report, width)),
    ...section('Escalated: an answer of the wrong shape', escalationsTable(report, width)),
    ...section('By class', sumsTable('class', classes)),
    ...section('By label', sumsTable('label', labels)),
    ...section('Runs', runsTable(runs)),
    ...section('The ledger against the vendors’ meters', meterPairs(report)),
    ...section('On strong alone', strongWords(report)),
    ...section('In the Temporal UI', kept ? renderPairs(runs.map(({ workflow, url }) => [workflow, url])) : ended),
  ].join('\n')
}

function section(title: string, body: string): readonly string[] {
  return ['', title, '─'.repeat(title.length), body]
}

const CALL_COLUMNS: readonly Column<DemoCall>[] = [
  { title: 'step', cell: call => String(call.step), align: 'right' },
  { title: 'class', cell: call => call.class },
  {
    title: 'planned',
    cell: call => (call.answeredBy === call.planned ? '=' : (call.planned ?? '')),
    folded: call => (call.answeredBy === call.planned ? '' : `planned ${call.planned ?? 'none'}`),
  },
  { title: 'answered by', cell: call => call.answeredBy ?? 'nobody' },
  {
    title: 'attempts',
    cell: call => attemptsCell(call),
    folded: call => (call.attempts.length === 1 ? '' : `attempts ${attemptsCell(call)}`),
  },
  folding('input', call => formatInput(call.usage), 'right'),
  folding('output', call => formatOutput(call.usage), 'right'),
  { title: 'cost', cell: call => range(call.costLowUsd, call.costHighUsd), align: 'right' },
  foldingLast('first token', call => formatDuration(call.firstTokenMs), 'right'),
  foldingLast('total', call => formatDuration(call.totalMs), 'right'),
]

function callsOf({ id }: DemoRun, calls: readonly DemoCall[], width: number | undefined): string {
  return renderTableWithin(
    width,
    CALL_COLUMNS,
    calls.filter(call => call.run === id).toSorted((a, b) => a.step - b.step),
  )
}

/** `1`, or how many and why there was a next one: `2 (rerouted: rate-limited)`. */
function attemptsCell({ attempts }: DemoCall): string {
  const [, ...further] = attempts
  return further.length === 0 ? String(attempts.length) : `${attempts.length} (${further.join(', ')})`
}

/** A run stays where its prefix is warm: most of what it reads is paid at the cached price. */
function cachesTable({ caches, runs }: DemoReport, width: number | undefined): string {
  const nameOf = (id: string) => runs.find(run => run.id === id)?.workflow ?? id
  return renderTableWithin<DemoCache>(
    width,
    [
      { title: 'run', cell: cache => nameOf(cache.run) },
      { title: 'endpoint', cell: cache => cache.endpoint },
      folding('answers', cache => String(cache.answers), 'right'),
      folding('input', cache => formatCount(cache.inputTokens), 'right'),
      folding('of it cached', cache => formatCount(cache.cachedTokens), 'right'),
      { title: 'uncached', cell: cache => money(cache.uncachedUsd), align: 'right' },
      { title: 'paid', cell: cache => money(cache.paidUsd), align: 'right' },
      { title: 'saved', cell: cache => money(cache.savedUsd), align: 'right' },
    ],
    caches,
  )
}

function hedgesTable({ hedges }: DemoReport, width: number | undefined): string {
  return renderTableWithin<DemoHedge>(
    width,
    [
      { title: 'step', cell: hedge => String(hedge.step), align: 'right' },
      { title: 'class', cell: hedge => hedge.class },
      { title: 'asked first', cell: hedge => hedge.first },
      { title: 'asked beside it', cell: hedge => hedge.second },
      folding('answered', hedge => hedge.answeredBy ?? 'nobody'),
      { title: 'why', cell: hedge => hedge.reason, folded: 'cell' },
    ],
    hedges,
  )
}

function escalationsTable({ escalations }: DemoReport, width: number | undefined): string {
  return renderTableWithin<DemoEscalation>(
    width,
    [
      { title: 'step', cell: escalation => String(escalation.step), align: 'right' },
      { title: 'from', cell: escalation => escalation.from },
      { title: 'to', cell: escalation => escalation.to },
      { title: 'given up on', cell: escalation => escalation.gaveUpOn },
      { title: 'answered', cell: escalation => escalation.answeredBy ?? 'nobody' },
      { title: 'why', cell: escalation => escalation.reason, folded: 'cell' },
    ],
    escalations,
  )
}

function sumsTable(title: string, sums: Readonly<Record<string, DemoSum>>): string {
  return renderTable<[string, DemoSum]>(
    [
      { title, cell: ([key]) => key },
      { title: 'calls', cell: ([, sum]) => String(sum.calls), align: 'right' },
      { title: 'cost, low to high', cell: ([, sum]) => range(sum.costLowUsd, sum.costUsd), align: 'right' },
    ],
    Object.entries(sums),
  )
}

function runsTable(runs: readonly DemoRun[]): string {
  return renderTable(
    [
      { title: 'run', cell: run => run.id },
      { title: 'outcome', cell: run => run.outcome },
      { title: 'calls', cell: run => String(run.calls), align: 'right' },
      { title: 'tool calls', cell: run => String(run.toolCalls), align: 'right' },
      { title: 'cost, low to high', cell: run => range(run.costLowUsd, run.costUsd), align: 'right' },
    ],
    runs,
  )
}

function meterPairs({ totals, attempts, meteredRequests, problems }: DemoReport): string {
  const exact = attempts.filter(({ costLowUsd, costHighUsd }) => costLowUsd !== null && costLowUsd === costHighUsd)
  const agree = problems.length === 0
  return renderPairs([
    ['attempts', `${attempts.length} in the ledger, ${meteredRequests} metered by the vendors, joined by request id`],
    [
      'exact',
      `${exact.length} attempts: ledger $${totals.ledgerExactUsd}, meter $${totals.meterExactUsd}${agree ? ', equal' : ''}`,
    ],
    [
      'all',
      `${range(totals.ledgerLowUsd, totals.ledgerHighUsd)} in the ledger, ${money(totals.meterUsd)} on the meters`,
    ],
    ['verdict', agree ? 'they agree' : problems.join('; ')],
  ])
}

function strongWords({ totals, strongEndpoint, calls }: DemoReport): string {
  const unpriced = calls.filter(call => call.allStrongUsd === null).length
  return [
    `All of it by ${strongEndpoint} would have cost ${money(totals.allStrongUsd)}; the vendors billed ${money(totals.meterUsd)}.`,
    'Counted: the usage that each answer reported, cached tokens as such, at that endpoint’s prices; failed attempts are left out.',
    ...(unpriced > 0 ? [`${unpriced} calls without an answer or a usage are not included.`] : []),
  ].join('\n')
}

function range(lowUsd: string, highUsd: string): string {
  return lowUsd === highUsd ? money(highUsd) : `${money(lowUsd)} to ${money(highUsd)}`
}

function money(usd: string): string {
  const parsed = parseUsd(usd)
  return parsed.ok ? formatMoney(parsed.pico) : usd
}
