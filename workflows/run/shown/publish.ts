/**
 * Shows a run in the Temporal UI: current details on every change, search attributes now and then.
 *
 * @module
 */
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common'
import { getCurrentDetails, setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow'
import { costUsd } from '../../../src/core/money/cost.ts'
import type { Outcome, OutcomeKind } from '../../../src/core/protocol.ts'
import { plainMarkdown } from '../../../src/core/words/markdown.ts'
import type { Book } from '../book/book.ts'
import { renderDetails } from '../book/rows.ts'
import { headLines, withoutPresent } from './head-lines.ts'

/**
 * An upsert is an event of its own, and work for the server. So a long run writes one where it begins and one at its end. Between them, ten
 * calls and five seconds must have passed since the last.
 */
const CALLS_PER_UPSERT = 10
const MS_PER_UPSERT = 5_000

const COST = defineSearchAttributeKey('SignalboxCostUsd', SearchAttributeType.DOUBLE)
const WORKSPACE = defineSearchAttributeKey('SignalboxWorkspace', SearchAttributeType.KEYWORD)
const CLASSES = defineSearchAttributeKey('SignalboxClasses', SearchAttributeType.KEYWORD_LIST)
const MODELS = defineSearchAttributeKey('SignalboxModels', SearchAttributeType.KEYWORD_LIST)
const OUTCOME = defineSearchAttributeKey('SignalboxOutcome', SearchAttributeType.KEYWORD)

/** Brings the details up to date, and the search attributes where enough has changed. */
export function publish(book: Book): void {
  showDetails(book)
  if (!book.searchAttributes || (!book.isEnding && !isUpsertDue(book))) return
  book.published = { calls: book.totals.calls, atMs: Date.now() }
  writeSearchAttributes(book)
}

/** Lets a run be found by who pays for it before it has called anybody. */
export function nameWorkspace({ ref }: Book): void {
  upsertSearchAttributes([{ key: WORKSPACE, value: ref.workspace }])
}

/** The details alone are no command, so they may be shown at any point of a workflow: histories know nothing of it. */
export function showDetails(book: Book): void {
  setCurrentDetails(renderDetails(headLines(book), book.rows))
}

function isUpsertDue({ totals, published }: Book): boolean {
  return totals.calls - published.calls >= CALLS_PER_UPSERT && Date.now() - published.atMs >= MS_PER_UPSERT
}

/** Shows how a run ended that its own workflow did not close. */
export function showEnd(
  end: { readonly outcome: OutcomeKind; readonly message?: string },
  outcome: Outcome | undefined,
  searchAttributes: boolean,
): void {
  const words = [`**${end.outcome}**`, plainMarkdown(end.message ?? '')].filter(word => word !== '').join(' · ')
  setCurrentDetails(`${words}\n\n${withoutPresent(getCurrentDetails() ?? '')}`)
  if (!searchAttributes) return
  const cost = outcome ? [{ key: COST, value: Number(outcome.costUsd) }] : []
  upsertSearchAttributes([...cost, { key: OUTCOME, value: end.outcome }])
}

function writeSearchAttributes(book: Book): void {
  const { cost, classes, models } = book.totals
  upsertSearchAttributes([
    { key: COST, value: Number(costUsd(cost)) },
    { key: WORKSPACE, value: book.ref.workspace },
    { key: CLASSES, value: [...classes] },
    { key: MODELS, value: [...models] },
    ...(book.isEnding && book.outcome ? [{ key: OUTCOME, value: book.outcome }] : []),
  ])
}
