import type { Command } from 'commander'
import type { PendingApproval } from '../../core/protocol.ts'
import type { Inspection } from '../../runtime/inspect-run.ts'
import { callJson, callsTable } from '../print/calls-table.ts'
import { printJson } from '../print/json.ts'
import { costJson, formatCost } from '../print/money.ts'
import { outcomeWords } from '../print/outcome.ts'
import { renderPairs, renderTable } from '../print/table.ts'
import {
  countOf,
  formatBudget,
  formatCount,
  formatDuration,
  formatLabels,
  formatTime,
  headroomUsd,
} from '../print/words.ts'
import { withSignalbox } from '../session.ts'
import type { Terminal } from '../terminal.ts'
import { runJson } from './runs.ts'

export function addShow(program: Command, terminal: Terminal): void {
  program
    .command('show')
    .description('show a run: its outcome or state, budget, cost, calls and pending approvals')
    .argument('<run>')
    .option('--json', 'print one JSON object')
    .action((run: string, flags: { readonly json?: boolean }) => show(run, flags, terminal))
}

async function show(id: string, { json }: { readonly json?: boolean }, terminal: Terminal): Promise<void> {
  await withSignalbox(terminal, async signalbox => {
    const [{ inspectRun }, { endedOutcome }] = await Promise.all([
      import('../../runtime/inspect-run.ts'),
      import('../../runtime/beginning.ts'),
    ])
    const inspection = await inspectRun(signalbox, id)
    const ended = inspection.report?.endedAtMs === undefined ? undefined : inspection.report
    const url = ended ? undefined : await signalbox.run(id).url()
    const { text, output } = (ended && (await endedOutcome(signalbox, ended.id, ended.key))) ?? {}
    if (json) return printJson(terminal, { url, ...inspectionJson(inspection), text, output })
    terminal.print([describe(id, url, inspection, terminal.columns), ...outcomeWords({ text, output })].join('\n\n'))
  })
}

function inspectionJson({ report, state, note, calls, decisions, waits, parts }: Inspection) {
  const { cost, costUsd: _, ...rest } = state ?? { cost: undefined }
  return {
    ...(report && { run: { ...runJson(report), headroomUsd: headroomUsd(report.budget, report.cost.highPico) } }),
    ...(cost && { state: { ...rest, ...costJson(cost) } }),
    ...(note !== undefined && { note }),
    calls: calls.map(callJson),
    decisions,
    waits,
    parts,
  }
}

function describe(id: string, url: string | undefined, inspection: Inspection, width: number | undefined): string {
  const { state, calls, decisions, waits, note } = inspection
  const parts = [renderPairs([['run', id], ['url', url], ...recorded(inspection), ['state', stateWords(state)]])]
  if (state && state.pending.length > 0) parts.push(pendingTable(state.pending))
  if (waits.length > 0) parts.push(waitsTable(waits))
  if (inspection.parts.length > 1) parts.push(partsTable(inspection.parts))
  if (decisions.length > 0) parts.push(decisionsTable(decisions))
  if (calls.length > 0) parts.push(callsTable(calls, { withRun: false, width }))
  if (note !== undefined) parts.push(`note: ${note}`)
  return parts.join('\n\n')
}

type Pair = readonly [name: string, value: string | undefined]

function recorded({ report, state }: Inspection): readonly Pair[] {
  if (!report)
    return [
      ['cost', state && formatCost(state.cost)],
      ['recorded', 'not in the store: no worker has opened it'],
    ]
  const { budget, cost, endedAtMs } = report
  const limits = formatBudget(budget)
  return [
    ['workflow', report.workflow],
    ['forked from', report.forkedFrom && `${report.forkedFrom.run}, step ${report.forkedFrom.step}`],
    ['workspace', report.workspace],
    ['labels', formatLabels(report.labels)],
    ['started', `${formatTime(report.startedAtMs)} UTC`],
    ['ended', endedAtMs === undefined ? undefined : `${formatTime(endedAtMs)} UTC`],
    ['outcome', report.outcome],
    ['message', report.message],
    ['budget', limits === '' ? 'no limit' : limits],
    ['cost', formatCost(cost)],
    ['calls', `${report.calls}, ${countOf(report.attempts, 'attempt')}`],
  ]
}

function stateWords(state: Inspection['state']): string | undefined {
  if (!state) return undefined
  const waiting = state.waitingFor === undefined ? '' : `: ${state.waitingFor}`
  return `${state.status}, step ${state.step}${waiting}`
}

function pendingTable(pending: NonNullable<Inspection['state']>['pending']): string {
  return renderTable(
    [
      { title: 'waits for approval', cell: approval => approval.toolCallId },
      { title: 'tool', cell: approval => approval.toolName },
      { title: 'step', cell: approval => String(approval.step), align: 'right' },
      { title: 'unless decided by (UTC)', cell: approval => untilWords(approval) },
      { title: 'input', cell: approval => approval.inputPreview },
    ],
    pending,
  )
}

/** The last ones: a run may wait often. */
const WAITS_SHOWN = 10

function waitsTable(waits: Inspection['waits']): string {
  const table = renderTable(
    [
      { title: 'waited', cell: wait => formatDuration(wait.ms), align: 'right' },
      { title: 'step', cell: wait => String(wait.step), align: 'right' },
      { title: 'since (UTC)', cell: wait => formatTime(wait.atMs) },
      { title: 'for', cell: wait => wait.reason },
    ],
    waits.slice(-WAITS_SHOWN),
  )
  return waits.length > WAITS_SHOWN ? `${table}\nand ${waits.length - WAITS_SHOWN} before` : table
}

function partsTable(parts: Inspection['parts']): string {
  return renderTable(
    [
      { title: 'part', cell: part => part.runId },
      { title: 'began (UTC)', cell: part => formatTime(part.startedAtMs) },
      {
        title: 'took',
        cell: part => formatDuration(part.endedAtMs && part.endedAtMs - part.startedAtMs),
        align: 'right',
      },
      { title: 'events', cell: part => formatCount(part.events), align: 'right' },
      { title: 'is', cell: part => part.status },
    ],
    parts,
  )
}

function untilWords({ until }: PendingApproval): string {
  return until ? `${formatTime(until.atMs)}: ${until.otherwise}` : ''
}

function decisionsTable(decisions: Inspection['decisions']): string {
  return renderTable(
    [
      { title: 'decided on', cell: decided => decided.toolName },
      { title: 'step', cell: decided => String(decided.step), align: 'right' },
      { title: 'word', cell: decided => (decided.decision === 'approve' ? 'approved' : 'denied') },
      { title: 'by', cell: decided => (decided.deadline ? 'deadline' : (decided.by ?? 'a person')) },
      { title: 'when (UTC)', cell: decided => formatTime(decided.atMs) },
      { title: 'note', cell: decided => decided.note ?? '' },
    ],
    decisions,
  )
}
