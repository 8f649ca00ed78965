/**
 * The runs that wait for people.
 *
 * @module
 */
import type { WaitingFor, WaitingRun, WaitingRuns } from '../../runtime/inspect/waiting-runs.ts'
import { decideCommands, raiseCommands } from './next-commands.ts'
import { folding, renderTableWithin } from './table.ts'
import { formatTime } from './words.ts'

/** One thing that a run waits for. */
interface Row {
  readonly run: WaitingRun['report']
  readonly wait: WaitingFor
}

/** A row for each thing that a run waits for, with the command that answers it. */
export function waitingTable(runs: readonly WaitingRun[], width: number | undefined): string {
  return renderTableWithin<Row>(
    width,
    [
      { title: 'run', cell: ({ run }) => run.id },
      folding('workflow', ({ run }) => run.workflow),
      { title: 'waits for', cell: ({ wait }) => waitWords(wait) },
      { title: 'since (UTC)', cell: ({ wait }) => (wait.sinceMs === undefined ? '' : formatTime(wait.sinceMs)) },
      folding('unless decided by (UTC)', ({ wait }) => untilWords(wait)),
      { title: 'asked', cell: askedWords, folded: 'cell' },
      { title: 'answer', cell: answerOf, folded: 'cell' },
    ],
    rowsOf(runs),
  )
}

export function waitingJson({ waiting, unasked, more }: WaitingRuns) {
  const rows = rowsOf(waiting).map(({ run, wait }) => {
    const { id, workflow, workspace, labels, startedAtMs } = run
    return { run: id, workflow, workspace, labels, startedAtMs, ...wait, answer: answerOf({ run, wait }) }
  })
  return { waiting: rows, unasked, more }
}

function rowsOf(runs: readonly WaitingRun[]): readonly Row[] {
  return runs.flatMap(({ report, waits }) => waits.map(wait => ({ run: report, wait })))
}

function waitWords(wait: WaitingFor): string {
  if (wait.for === 'raise') return 'a larger budget'
  return `${wait.answers ? 'a decision on' : 'approval of'} ${wait.toolName}, step ${wait.step}`
}

function untilWords(wait: WaitingFor): string {
  return wait.for === 'approval' && wait.until ? `${formatTime(wait.until.atMs)}: ${wait.until.otherwise}` : ''
}

function answerOf({ run, wait }: Row): string {
  return (wait.for === 'raise' ? raiseCommands(run.id, run.budget) : decideCommands(run.id, wait)).trim()
}

function askedWords({ wait }: Row): string {
  return wait.for === 'raise' ? wait.message : wait.inputPreview
}
