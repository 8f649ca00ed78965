/**
 * A run as `show` prints it.
 *
 * @module
 */
import { isRaiseWait } from '../../core/budgets/raise-words.ts'
import { definedOnly } from '../../core/defined-only.ts'
import { countOf } from '../../core/words/count-of.ts'
import { shellWord } from '../../core/words/shell-word.ts'
import type { Inspection } from '../../runtime/inspect/inspect-run.ts'
import { withoutPatterns } from '../../runtime/lists/list-runs.ts'
import type { RunReport } from '../../runtime/store/records.ts'
import { asCalledHere } from '../command-words.ts'
import type { Screen } from '../terminal.ts'
import { callJson, callsTable } from './calls-table.ts'
import { attemptsWords, costJson, formatCost, formatTreeCost } from './money.ts'
import { noticeWords } from './notice-words.ts'
import { runJson } from './run-json.ts'
import { runTables } from './run-tables.ts'
import { renderPairs } from './table.ts'
import { formatBudget, formatCount, formatLabels, formatPolicy, formatTime, headroomUsd } from './words.ts'

export function inspectionJson(inspection: Inspection) {
  const { report, tree, state, note, unread, calls, children, ended, decisions, raises, notices, waits, said } =
    inspection
  const { tools, toolCalls, parts, inputPreview, gave } = inspection
  const { cost, costUsd: _, ...rest } = state ?? { cost: undefined }
  return {
    ...(report && { run: { ...runJson(report), headroomUsd: headroomUsd(report.budget, spentPico(inspection)) } }),
    ...(!report && gave && definedOnly({ outcome: gave.kind, message: gave.message })),
    ...(inputPreview !== undefined && { inputPreview }),
    ...(tree && { tree: { ...costJson(tree), attempts: tree.attempts } }),
    ...(cost && { state: { ...rest, ...costJson(cost) } }),
    ...(note !== undefined && { note }),
    ...(unread && { unread }),
    calls: calls.map(callJson),
    callsBefore: callsBefore(inspection),
    children: children.map(childJson),
    endedBelow: ended.map(endedJson),
    decisions,
    raises,
    notices,
    waits,
    said,
    tools,
    toolCalls,
    parts,
  }
}

/** What counts towards the run's limits: the money of all runs below it, too. */
function spentPico({ report, tree }: Inspection): string {
  return (tree ?? report?.cost)?.highPico ?? '0'
}

function childJson({ report, ...standing }: Inspection['children'][number]) {
  const { id, workflow, labels, startedAtMs, calls, attempts, cost } = report
  return { id, workflow, labels, startedAtMs, calls, attempts, ...costJson(cost), ...standing }
}

function endedJson({ id, workflow, labels, startedAtMs, endedAtMs, outcome, calls, attempts, cost }: RunReport) {
  return { id, workflow, labels, startedAtMs, endedAtMs, outcome, calls, attempts, ...costJson(cost) }
}

export function inspectionWords(id: string, url: string | undefined, inspection: Inspection, screen: Screen): string {
  const { columns: width, command } = screen
  const { report, calls, note, unread, inputPreview } = inspection
  const run = report?.id ?? id
  return [
    renderPairs([
      ['run', run],
      ['url', url],
      ['input', inputPreview],
      ...recorded(inspection),
      ...noticePairs(inspection),
      ['state', stateWords(inspection)],
      ...toolsAtWork(inspection),
    ]),
    ...runTables(run, inspection, screen),
    ...(calls.length > 0
      ? [callsTable(calls, { withRun: false, width }) + asCalledHere(beforeWords(inspection), command)]
      : []),
    ...[note, unread?.message]
      .filter(words => words !== undefined)
      .map(words => `note: ${asCalledHere(words, command)}`),
  ].join('\n\n')
}

/** How many calls came before those that were read: of a long run only the last ones are. */
function callsBefore({ report, calls }: Inspection): number {
  return report ? Math.max(0, report.calls - calls.length) : 0
}

function beforeWords(inspection: Inspection): string {
  const { report } = inspection
  const before = callsBefore(inspection)
  if (!report || before === 0) return ''
  const listing = `signalbox calls --run ${shellWord(report.id)} --limit ${report.calls}`
  return `\nand ${formatCount(before)} before: \`${listing}\` lists them`
}

type Pair = readonly [name: string, value: string | undefined]

function recorded({ report, tree, state, gave }: Inspection): readonly Pair[] {
  if (!report)
    return [
      ['outcome', gave?.kind],
      ['message', gave?.message],
      ['cost', state && formatCost(state.cost)],
      [
        'recorded',
        state
          ? 'not in the store: no worker has opened it yet, or its workers have another store, or this one was restored from an older backup'
          : 'not in the store',
      ],
    ]
  const { budget, endedAtMs } = report
  const limits = formatBudget(budget)
  return [
    ['workflow', report.workflow],
    ['forked from', report.forkedFrom && `${report.forkedFrom.run}, step ${report.forkedFrom.step}`],
    ['bound to', report.model],
    ['workspace', report.workspace],
    ['labels', formatLabels(report.labels)],
    ['started', `${formatTime(report.startedAtMs)} UTC`],
    ['ended', endedAtMs === undefined ? undefined : `${formatTime(endedAtMs)} UTC`],
    ['outcome', report.outcome],
    ['message', report.message],
    ['budget', limits === '' ? 'no limit' : limits],
    ['policy', formatPolicy(withoutPatterns(report).policy)],
    ['sealed', report.sealed && 'yes'],
    ['cost', formatTreeCost(report, tree)],
    ['calls', `${report.calls}, ${attemptsWords(report, tree)}`],
  ]
}

function noticePairs({ notices }: Inspection): readonly Pair[] {
  return notices.map((notice, at) => [at === 0 ? 'notices' : '', noticeWords(notice)])
}

function toolsAtWork({ tools }: Inspection): readonly Pair[] {
  return tools.map(({ toolName, step, sinceMs, progress, run }, at) => [
    at === 0 ? 'at work' : '',
    `${run ?? toolName}, step ${step}, since ${formatTime(sinceMs)} UTC${progress === undefined ? '' : `: ${progress}`}`,
  ])
}

/** A run does not hear what the runs below it ask, and is at work to itself. */
function stateWords({ state, children }: Inspection): string | undefined {
  if (!state) return undefined
  const asking = children.filter(({ pending, waitingFor = '' }) => pending.length > 0 || isRaiseWait(waitingFor)).length
  const below =
    asking === 0 ? undefined : `${countOf(asking, 'run')} below ${asking === 1 ? 'waits' : 'wait'} for people`
  const waiting = state.waitingFor ?? below
  return `${state.status}, step ${state.step}${waiting === undefined ? '' : `: ${waiting}`}`
}
