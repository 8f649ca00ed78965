/**
 * What `show` lists of a run beside its calls.
 *
 * @module
 */
import { callWords, decidedWords, decisionCommands } from '../../core/decision-words.ts'
import { formatMoney } from '../../core/money/format-money.ts'
import { picoOfUsd } from '../../core/money/pico.ts'
import type { PendingApproval } from '../../core/protocol.ts'
import { ownLabels } from '../../core/runs/own-labels.ts'
import { shorten } from '../../core/words/shorten.ts'
import type { ToolCallReport } from '../../runtime/events/tool-calls.ts'
import type { Inspection } from '../../runtime/inspect/inspect-run.ts'
import type { RunReport } from '../../runtime/store/records.ts'
import type { Screen } from '../terminal.ts'
import { formatCost } from './money.ts'
import { eachInItsLine, inOneLine } from './next-commands.ts'
import { folding, renderTableWithin } from './table.ts'
import {
  failedWord,
  formatBudget,
  formatCount,
  formatDuration,
  formatLabels,
  formatTime,
  formatUntil,
} from './words.ts'

/** All that it lists, each under its own head; what there is none of is left out. */
export function runTables(id: string, inspection: Inspection, screen: Screen): readonly string[] {
  const { columns: width } = screen
  const { report, children, ended, decisions, raises, waits, said, toolCalls, parts = [] } = inspection
  const labelsOf = (below: RunReport) => formatLabels(ownLabels(below.labels, report?.labels ?? {}))
  const asks = asksOf(id, inspection)
  return [
    ...(children.length > 0 ? [childrenTable(children, labelsOf, width)] : []),
    ...(ended.length > 0 ? [endedTable(ended, labelsOf, width)] : []),
    ...(asks.length > 0 ? [pendingTable(id, asks, screen)] : []),
    ...(waits.length > 0 ? [waitsTable(waits, width)] : []),
    ...(parts.length > 1 ? [partsTable(parts, width)] : []),
    ...(decisions.length > 0 ? [decisionsTable(decisions, width)] : []),
    ...(raises.length > 0 ? [raisesTable(raises, width)] : []),
    ...(said.length > 0 ? [saidTable(said, width)] : []),
    ...(toolCalls.length > 0 ? [toolCallsTable(toolCalls, width)] : []),
  ]
}

/** An approval that is asked for, by the run itself or by one below it. */
interface Ask {
  readonly approval: PendingApproval
  readonly run: string
}

function asksOf(id: string, { state, children }: Inspection): readonly Ask[] {
  const below = children.flatMap(({ report, pending }) => pending.map(approval => ({ approval, run: report.id })))
  return [...(state?.pending ?? []).map(approval => ({ approval, run: id })), ...below]
}

/** A question has its id alone. */
function toolOf({ answers, toolName }: PendingApproval): string {
  return answers ? '' : toolName
}

function pendingTable(id: string, asks: readonly Ask[], { columns, command }: Screen): string {
  const commandsOf = ({ approval, run }: Ask) => decisionCommands({ run, command }, approval)
  return renderTableWithin<Ask>(
    columns,
    [
      { title: 'waits for', cell: ({ approval }) => approval.toolCallId },
      { title: 'of run', cell: ({ run }) => (run === id ? '' : run) },
      { title: 'tool', cell: ({ approval }) => toolOf(approval) },
      { title: 'step', cell: ({ approval }) => String(approval.step), align: 'right' },
      folding('unless decided by (UTC)', ({ approval }) => formatUntil(approval.until)),
      { title: 'input', cell: ({ approval }) => callWords(approval.inputPreview, approval), folded: 'cell' },
      {
        title: 'answer',
        cell: ask => inOneLine(commandsOf(ask)),
        folded: ask => eachInItsLine(commandsOf(ask)),
      },
    ],
    asks,
  )
}

type LabelsOf = (below: RunReport) => string

function childrenTable(children: Inspection['children'], labelsOf: LabelsOf, width: number | undefined): string {
  return renderTableWithin<Inspection['children'][number]>(
    width,
    [
      { title: 'open below', cell: child => child.report.id },
      { title: 'workflow', cell: child => child.report.workflow },
      folding('began (UTC)', child => formatTime(child.report.startedAtMs)),
      folding('calls', child => formatCount(child.report.calls), 'right'),
      { title: 'own cost', cell: child => formatCost(child.report.cost), align: 'right' },
      { title: 'is', cell: isWords, folded: 'cell' },
      { title: 'labels', cell: child => labelsOf(child.report), folded: 'cell' },
    ],
    children,
  )
}

/** The last ones: `--json` has more. */
const ENDED_SHOWN = 20

function endedTable(ended: Inspection['ended'], labelsOf: LabelsOf, width: number | undefined): string {
  const table = renderTableWithin<Inspection['ended'][number]>(
    width,
    [
      { title: 'ended below', cell: run => run.id },
      { title: 'workflow', cell: run => run.workflow },
      folding('took', run => formatDuration(run.endedAtMs && run.endedAtMs - run.startedAtMs), 'right'),
      folding('calls', run => formatCount(run.calls), 'right'),
      { title: 'own cost', cell: run => formatCost(run.cost), align: 'right' },
      { title: 'outcome', cell: run => run.outcome ?? '' },
      { title: 'labels', cell: labelsOf, folded: 'cell' },
    ],
    ended.slice(-ENDED_SHOWN),
  )
  return ended.length > ENDED_SHOWN ? `${table}\nand others before` : table
}

/** Characters of what fails: `show` of the run below has the whole. */
const FAILING_SHOWN = 160

function isWords({ waitingFor, status, failing, tools = [] }: Inspection['children'][number]): string {
  if (waitingFor !== undefined) return waitingFor
  if (failing !== undefined) return `${status}: ${shorten(failing, FAILING_SHOWN)}`
  const names = tools.map(({ toolName }) => toolName)
  return names.length === 0 ? (status ?? 'open') : `${status}: ${names.join(', ')}`
}

function raisesTable(raises: Inspection['raises'], width: number | undefined): string {
  return renderTableWithin(
    width,
    [
      { title: 'budget raised by', cell: raise => formatBudget(raise) },
      { title: 'by', cell: raise => raise.by ?? 'a person' },
      { title: 'when (UTC)', cell: raise => formatTime(raise.atMs) },
      { title: 'note', cell: raise => raise.note ?? '', folded: 'cell' },
    ],
    raises,
  )
}

/** The last ones: a run may wait often. */
const WAITS_SHOWN = 10

function waitsTable(waits: Inspection['waits'], width: number | undefined): string {
  const table = renderTableWithin(
    width,
    [
      { title: 'waited up to', cell: wait => formatDuration(wait.ms), align: 'right' },
      { title: 'step', cell: wait => String(wait.step), align: 'right' },
      { title: 'since (UTC)', cell: wait => formatTime(wait.atMs) },
      { title: 'for', cell: wait => wait.reason, folded: 'cell' },
    ],
    waits.slice(-WAITS_SHOWN),
  )
  return waits.length > WAITS_SHOWN ? `${table}\nand ${waits.length - WAITS_SHOWN} before` : table
}

/** Of a message: `--json` and `watch` have more. */
const WORDS_SHOWN = 100

function saidTable(said: Inspection['said'], width: number | undefined): string {
  return renderTableWithin(
    width,
    [
      { title: 'was told (UTC)', cell: ({ atMs }) => formatTime(atMs) },
      { title: 'by', cell: ({ by }) => by ?? 'a person' },
      { title: 'message', cell: ({ text }) => shorten(text, WORDS_SHOWN), folded: 'cell' },
    ],
    said,
  )
}

/** The last ones, and the beginnings of what they read and gave: `--json` has all of them, `watch` tells more of each. */
const TOOL_CALLS_SHOWN = 20
const INPUT_SHOWN = 60

function toolCallsTable(toolCalls: Inspection['toolCalls'], width: number | undefined): string {
  const cost = ({ toolName, costUsd }: ToolCallReport) =>
    costUsd === undefined ? '' : formatMoney(picoOfUsd(costUsd, `The price of the tool ${toolName}`))
  const hasCost = toolCalls.some(({ costUsd }) => costUsd !== undefined)
  const table = renderTableWithin<ToolCallReport>(
    width,
    [
      { title: 'tool', cell: call => call.toolName },
      { title: 'step', cell: call => String(call.step), align: 'right' },
      folding('took', call => formatDuration(call.endedAtMs && call.endedAtMs - call.startedAtMs), 'right'),
      ...(hasCost ? [folding('cost', cost, 'right')] : []),
      { title: 'is', cell: toolCallWords },
      { title: 'input', cell: call => shorten(call.inputPreview ?? '', INPUT_SHOWN), folded: 'cell' },
      { title: 'gave', cell: call => call.preview ?? '', folded: 'cell' },
    ],
    toolCalls.slice(-TOOL_CALLS_SHOWN),
  )
  const before = toolCalls.length - TOOL_CALLS_SHOWN
  return before > 0 ? `${table}\nand ${formatCount(before)} before` : table
}

function toolCallWords({ endedAtMs, isError, failure, cancelled }: ToolCallReport): string {
  if (endedAtMs === undefined) return 'without an end'
  if (cancelled) return 'cancelled'
  return isError ? failedWord(failure) : 'done'
}

function partsTable(parts: NonNullable<Inspection['parts']>, width: number | undefined): string {
  return renderTableWithin<(typeof parts)[number]>(
    width,
    [
      { title: 'part', cell: part => part.runId },
      { title: 'began (UTC)', cell: part => formatTime(part.startedAtMs) },
      folding('took', part => formatDuration(part.endedAtMs && part.endedAtMs - part.startedAtMs), 'right'),
      folding('events', part => formatCount(part.events), 'right'),
      { title: 'is', cell: part => part.status },
    ],
    parts,
  )
}

/** A model may want one tool several times in a step. A question has its id alone. */
function callOf({ toolCallId, toolName }: Inspection['decisions'][number]): string {
  return toolCallId === toolName ? '' : toolCallId
}

function decisionsTable(decisions: Inspection['decisions'], width: number | undefined): string {
  return renderTableWithin(
    width,
    [
      { title: 'decided on', cell: decided => decided.toolName },
      folding('call', callOf),
      { title: 'step', cell: decided => String(decided.step), align: 'right' },
      {
        title: 'word',
        cell: decided => (decided.decision === undefined ? 'answered' : decidedWords(decided.decision)),
      },
      { title: 'by', cell: decided => (decided.deadline ? 'deadline' : (decided.by ?? 'a person')) },
      { title: 'when (UTC)', cell: decided => formatTime(decided.atMs) },
      { title: 'note', cell: decided => decided.note ?? '', folded: 'cell' },
    ],
    decisions,
  )
}
