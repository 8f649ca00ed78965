/**
 * What `show` lists of a run beside its calls.
 *
 * @module
 */
import type { PendingApproval } from '../../core/protocol.ts'
import type { Inspection } from '../../runtime/inspect-run.ts'
import { formatCost } from './money.ts'
import { renderTable } from './table.ts'
import { formatBudget, formatCount, formatDuration, formatTime, shorten } from './words.ts'

/** All that it lists, each under its own head; what there is none of is left out. */
export function runTables(inspection: Inspection): readonly string[] {
  const { children, decisions, raises, waits, said, parts } = inspection
  const asks = asksOf(inspection)
  return [
    ...(children.length > 0 ? [childrenTable(children)] : []),
    ...(asks.length > 0 ? [pendingTable(asks)] : []),
    ...(waits.length > 0 ? [waitsTable(waits)] : []),
    ...(parts.length > 1 ? [partsTable(parts)] : []),
    ...(decisions.length > 0 ? [decisionsTable(decisions)] : []),
    ...(raises.length > 0 ? [raisesTable(raises)] : []),
    ...(said.length > 0 ? [saidTable(said)] : []),
  ]
}

/** An approval that is asked for, by the run itself or by one below it. */
interface Ask {
  readonly approval: PendingApproval
  /** Absent: by itself. */
  readonly run?: string
}

function asksOf({ state, children }: Inspection): readonly Ask[] {
  const below = children.flatMap(({ report, pending }) => pending.map(approval => ({ approval, run: report.id })))
  return [...(state?.pending ?? []).map(approval => ({ approval })), ...below]
}

function pendingTable(asks: readonly Ask[]): string {
  return renderTable<Ask>(
    [
      { title: 'waits for approval', cell: ({ approval }) => approval.toolCallId },
      { title: 'of run', cell: ({ run }) => run ?? '' },
      { title: 'tool', cell: ({ approval }) => approval.toolName },
      { title: 'step', cell: ({ approval }) => String(approval.step), align: 'right' },
      { title: 'unless decided by (UTC)', cell: ({ approval }) => untilWords(approval) },
      { title: 'input', cell: ({ approval }) => approval.inputPreview },
    ],
    asks,
  )
}

function childrenTable(children: Inspection['children']): string {
  return renderTable(
    [
      { title: 'open below', cell: child => child.report.id },
      { title: 'workflow', cell: child => child.report.workflow },
      { title: 'began (UTC)', cell: child => formatTime(child.report.startedAtMs) },
      { title: 'calls', cell: child => formatCount(child.report.calls), align: 'right' },
      { title: 'own cost', cell: child => formatCost(child.report.cost), align: 'right' },
      { title: 'is', cell: child => child.waitingFor ?? child.status ?? 'open' },
    ],
    children,
  )
}

function raisesTable(raises: Inspection['raises']): string {
  return renderTable(
    [
      { title: 'budget raised by', cell: raise => formatBudget(raise) },
      { title: 'by', cell: raise => raise.by ?? 'a person' },
      { title: 'when (UTC)', cell: raise => formatTime(raise.atMs) },
      { title: 'note', cell: raise => raise.note ?? '' },
    ],
    raises,
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

/** Of a message: `--json` and `watch` have more. */
const WORDS_SHOWN = 100

function saidTable(said: Inspection['said']): string {
  return renderTable(
    [
      { title: 'was told (UTC)', cell: ({ atMs }) => formatTime(atMs) },
      { title: 'message', cell: ({ text }) => shorten(text, WORDS_SHOWN) },
    ],
    said,
  )
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
