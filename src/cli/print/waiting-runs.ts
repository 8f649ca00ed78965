/**
 * The runs that wait for people.
 *
 * @module
 */
import { callWords, decisionCommands } from '../../core/decision-words.ts'
import type { ListedWait, WaitingList } from '../../runtime/waiting/list-waiting.ts'
import type { Screen } from '../terminal.ts'
import { eachInItsLine, inOneLine, raiseCommands } from './next-commands.ts'
import { folding, renderTableWithin } from './table.ts'
import { formatTime, formatUntil } from './words.ts'

/** A row for each thing that a run waits for, with the command that answers it. */
export function waitingTable(waits: readonly ListedWait[], { columns, command }: Screen): string {
  return renderTableWithin<ListedWait>(
    columns,
    [
      { title: 'run', cell: ({ run }) => run },
      folding('workflow', ({ workflow }) => workflow),
      { title: 'waits for', cell: waitWords },
      { title: 'since (UTC)', cell: ({ sinceMs }) => (sinceMs === undefined ? '' : formatTime(sinceMs)) },
      folding('unless decided by (UTC)', wait => (wait.for === 'approval' ? formatUntil(wait.until) : '')),
      { title: 'asked', cell: askedWords, folded: 'cell' },
      {
        title: 'answer',
        cell: wait => answerOf(wait, command),
        folded: wait => eachInItsLine(commandsOf(wait, command)),
      },
    ],
    waits,
  )
}

export function waitingJson({ waiting, ...rest }: WaitingList, command: string) {
  return { waiting: waiting.map(wait => ({ ...wait, answer: answerOf(wait, command) })), ...rest }
}

function waitWords(wait: ListedWait): string {
  if (wait.for === 'raise') return 'a larger budget'
  return `${wait.answers ? 'a decision on' : 'approval of'} ${wait.toolName}, step ${wait.step}`
}

function answerOf(wait: ListedWait, command: string): string {
  return inOneLine(commandsOf(wait, command))
}

function commandsOf(wait: ListedWait, command: string): readonly string[] {
  const answered = { run: wait.run, command }
  return wait.for === 'raise' ? raiseCommands(answered, wait.budget) : decisionCommands(answered, wait)
}

function askedWords(wait: ListedWait): string {
  return wait.for === 'raise' ? wait.message : callWords(wait.inputPreview, wait)
}
