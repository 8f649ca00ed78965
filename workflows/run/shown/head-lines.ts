/**
 * What stands above the table in the Temporal UI: how a run is, and what it waits for.
 *
 * @module
 */
import { decidedWords, decisionCommands } from '../../../src/core/decision-words.ts'
import type { PendingApproval, RunRef } from '../../../src/core/protocol.ts'
import { countOf } from '../../../src/core/words/count-of.ts'
import { formatDuration } from '../../../src/core/words/format-duration.ts'
import { codeMarkdown, plainMarkdown } from '../../../src/core/words/markdown.ts'
import { shellWord } from '../../../src/core/words/shell-word.ts'
import { shorten } from '../../../src/core/words/shorten.ts'
import { timeWords } from '../../../src/core/words/time-words.ts'
import type { Book } from '../book/book.ts'
import { money } from '../book/rows.ts'
import { waitingWords } from './run-state.ts'

/** As Markdown; an empty line says nothing. */
export function headLines(book: Book): readonly string[] {
  const { cost, calls, toolCalls } = book.totals
  const status = (book.isEnding ? book.outcome : waitingWords(book)) ?? 'running'
  return [
    `**${plainMarkdown(book.workflow)}** · workspace ${plainMarkdown(book.ref.workspace)}${budgetWords(book)}`,
    `**${plainMarkdown(status)}** · step ${book.step} · ${countOf(calls, 'call')} · ${countOf(toolCalls, 'tool call')} · **${money(cost)}**`,
    ...[...book.waits]
      .flatMap(({ asks = [] }) => asks)
      .slice(0, MOST_NAMES)
      .map(ask => waitWords(book.ref, ask)),
    book.promptWords ?? '',
    namesWords(AT_WORK, [...book.toolsAtWork.values()].map(plainMarkdown)),
    // Without the beginning of their ids, which is this run's id.
    namesWords(
      OPEN_BELOW,
      [...book.children.keys()].map(id => plainMarkdown(id.slice(book.ref.id.length + 1))),
    ),
  ]
}

const AT_WORK = 'at work'
const OPEN_BELOW = 'open below'

/** The details without what no longer holds when the run has ended: its status, and what is under way. */
export function withoutPresent(details: string): string {
  return details
    .split('\n\n')
    .filter(line => ![AT_WORK, OPEN_BELOW].some(title => line.startsWith(`${title}: `)))
    .map(line => line.replace(/^\*\*.*\*\* · (?=step \d+ · [\d,]+ calls? · )/, ''))
    .join('\n\n')
}

/** The most names in a list. Details have room for 20,000 characters, but nobody reads so many. */
const MOST_NAMES = 30

function namesWords(title: string, names: readonly string[]): string {
  if (names.length === 0) return ''
  const rest = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : ''
  return `${title}: ${names.slice(0, MOST_NAMES).join(', ')}${rest}`
}

/** How to decide. A sealed run shows no content, and so neither a question nor its answers. */
function waitWords({ id, sealed }: RunRef, ask: PendingApproval): string {
  if (!sealed || !ask.answers) return questionWords(ask) + askWords(id, ask)
  const until = ask.until ? `, until ${timeWords(ask.until.atMs)}` : ''
  return `${plainMarkdown(ask.toolName)} is asked${until}: ${codeMarkdown(`signalbox show ${shellWord(id)}`)} says what`
}

/** What a model wants of a tool stands in its call; what a workflow asks stands nowhere else. */
function questionWords({ toolName, inputPreview, answers }: PendingApproval): string {
  return answers ? plainMarkdown(`${toolName}: ${shorten(inputPreview, QUESTION_SHOWN)} · `) : ''
}

const QUESTION_SHOWN = 300

/** With the command to type: somebody who is called in the night may know the UI alone. */
function askWords(run: string, ask: PendingApproval): string {
  const { toolName, until, priceUsd } = ask
  const facts = [
    ...(priceUsd === undefined ? [] : [`costs $${priceUsd}`]),
    ...(until ? [`is ${decidedWords(until.otherwise)} unless somebody decides by ${timeWords(until.atMs)}`] : []),
  ]
  const told = facts.length === 0 ? '' : plainMarkdown(`${toolName} ${facts.join(', and ')}: `)
  return told + decisionCommands({ run }, ask).map(codeMarkdown).join(' or ')
}

function budgetWords(book: Book): string {
  const { usd, tokens, steps, timeMs } = book.terms.budget ?? {}
  const words = [
    usd === undefined ? '' : `$${usd}`,
    tokens === undefined ? '' : countOf(tokens, 'token'),
    steps === undefined ? '' : countOf(steps, 'step'),
    formatDuration(timeMs),
  ].filter(word => word !== '')
  return words.length === 0 ? '' : ` · budget ${words.join(', ')}`
}
