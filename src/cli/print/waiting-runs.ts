/**
 * The runs that wait for people.
 *
 * @module
 */

import { actedAgainWords, decisionCommands } from '../../core/decision-words.ts'
import type { ListedWait, WaitingList } from '../../runtime/waiting/list-waiting.ts'
import { eachInItsLine, inOneLine, raiseCommands } from './next-commands.ts'
import { folding, renderTableWithin } from './table.ts'
import { formatTime, formatUntil } from './words.ts'

/** A row for each thing that a run waits for, with the command that answers it. */
export function waitingTable(waits: readonly ListedWait[], width: number | undefined): string {
  return renderTableWithin<ListedWait>(
    width,
    [
      { title: 'run', cell: ({ run }) => run },
      folding('workflow', ({ workflow }) => workflow),
      { title: 'waits for', cell: waitWords },
      { title: 'since (UTC)', cell: ({ sinceMs }) => (sinceMs === undefined ? '' : formatTime(sinceMs)) },
      folding('unless decided by (UTC)', wait => (wait.for === 'approval' ? formatUntil(wait.until) : '')),
      { title: 'asked', cell: askedWords, folded: 'cell' },
      { title: 'answer', cell: answerOf, folded: wait => eachInItsLine(commandsOf(wait)) },
    ],
    waits,
  )
}

export function waitingJson({ waiting, ...rest }: WaitingList) {
  return { waiting: waiting.map(wait => ({ ...wait, answer: answerOf(wait) })), ...rest }
}

function waitWords(wait: ListedWait): string {
  if (wait.for === 'raise') return 'a larger budget'
  return `${wait.answers ? 'a decision on' : 'approval of'} ${wait.toolName}, step ${wait.step}`
}

function answerOf(wait: ListedWait): string {
  return inOneLine(commandsOf(wait))
}

function commandsOf(wait: ListedWait): readonly string[] {
  return wait.for === 'raise' ? raiseCommands(wait.run, wait.budget) : decisionCommands(wait.run, wait)
}

function askedWords(wait: ListedWait): string {
  if (wait.for === 'raise') return wait.message
  return wait.actedIn === undefined ? wait.inputPreview : `${wait.inputPreview} (${actedAgainWords(wait.actedIn)})`
}
