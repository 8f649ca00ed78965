/**
 * Calls as `calls` and `show` list them.
 *
 * @module
 */
import { endWords } from '../../core/faults/attempt-end.ts'
import { classWords } from '../../core/words/class-words.ts'
import { shorten } from '../../core/words/shorten.ts'
import type { CallReport } from '../../runtime/store/records.ts'
import { costJson, formatCost } from './money.ts'
import { type Column, folding, foldingLast, renderTableWithin } from './table.ts'
import { formatDuration, formatInput, formatOutput } from './words.ts'

const RUN: Column<CallReport> = { title: 'run', cell: call => call.runId }

/** As wide as most tables are without it. `explain` has all of it. */
const MOST_REASON = 120

const COLUMNS: readonly Column<CallReport>[] = [
  { title: 'step', cell: call => String(call.step), align: 'right' },
  { title: 'class', cell: classCell },
  {
    title: 'planned',
    cell: call => call.planned ?? '',
    folded: call => (call.answeredBy === call.planned ? '' : `planned ${call.planned ?? 'none'}`),
  },
  { title: 'answered by', cell: call => call.answeredBy ?? '-' },
  {
    title: 'attempts',
    cell: attemptsCell,
    folded: call => (call.attempts.length === 1 ? '' : `attempts ${attemptsCell(call)}`),
  },
  folding('input', call => formatInput(call.usage), 'right'),
  folding('output', call => formatOutput(call.usage), 'right'),
  { title: 'cost', cell: call => formatCost(call.cost), align: 'right' },
  foldingLast('first token', call => formatDuration(firstTokenMs(call)), 'right'),
  foldingLast('total', call => formatDuration(totalMs(call)), 'right'),
]

export interface CallsTableOptions {
  readonly withRun: boolean
  /** Of the screen; see {@link renderTableWithin}. */
  readonly width: number | undefined
}

export function callsTable(calls: readonly CallReport[], { withRun, width }: CallsTableOptions): string {
  return renderTableWithin(width, withRun ? [RUN, ...COLUMNS] : COLUMNS, calls)
}

function classCell({ taskClass, attempts }: CallReport): string {
  return classWords(taskClass, attempts.at(-1)?.taskClass)
}

/** `1`, or how many and what was wrong with the others: `3 (rate-limited, cut-off)`; or why there is none. */
function attemptsCell({ attempts, unasked }: CallReport): string {
  if (unasked !== undefined) return `0 (${shorten(unasked, MOST_REASON)})`
  const wrong = attempts.filter(({ outcome }) => outcome !== 'answered')
  const words = wrong.map(({ outcome, fault, batch }) =>
    outcome === 'open' && batch !== undefined ? 'in a batch' : endWords({ outcome, fault: fault?.kind }),
  )
  return words.length === 0 ? String(attempts.length) : `${attempts.length} (${words.join(', ')})`
}

/** Of the attempt that answered, or else of the last one. */
function firstTokenMs({ attempts }: CallReport): number | undefined {
  return (attempts.findLast(({ outcome }) => outcome === 'answered') ?? attempts.at(-1))?.firstTokenMs
}

function totalMs({ startedAtMs, answeredAtMs }: CallReport): number | undefined {
  return answeredAtMs === undefined ? undefined : answeredAtMs - startedAtMs
}

/** A report with its money as decimal strings; an attempt without a known price has none. */
export function callJson({ cost, attempts, ...report }: CallReport) {
  return {
    ...report,
    ...costJson(cost),
    attempts: attempts.map(({ cost: each, ...attempt }) => ({ ...attempt, ...(each && costJson(each)) })),
  }
}
