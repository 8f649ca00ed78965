/**
 * How a child run is started, and what it is told of the runs above it.
 *
 * @module
 */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import {
  ChildWorkflowCancellationType,
  getExternalWorkflowHandle,
  isCancellation,
  ParentClosePolicy,
  sleep,
  startChild,
  TemporalFailure,
} from '@temporalio/workflow'
import type { Jsonable } from '../../../src/core/messages.ts'
import type { Brief, Labels, Outcome, Terms } from '../../../src/core/protocol.ts'
import { SEALED } from '../../../src/core/sealing.ts'
import { plainMarkdown } from '../../../src/core/words/markdown.ts'
import type { Book } from '../book/book.ts'
import { askersBelow } from '../money/ask-above.ts'
import type { AskedChild } from './child-options.ts'

/** A child that is to be started. */
export interface NewChild {
  readonly id: string
  /** Of its agent or workflow. */
  readonly name: string
  readonly options: AskedChild
}

/** Doubles from try to try; about a minute in all. */
const PREDECESSOR_WAITS_MS = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000]

/** A run that was reset asks its children anew, while those that it had asked before still run: Temporal leaves them alone. */
export async function startFresh(book: Book, child: NewChild) {
  for (const waitMs of PREDECESSOR_WAITS_MS) {
    try {
      return await start(book, child)
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
    }
    await cancelPredecessor(child.id)
    await sleep(waitMs, { summary: `waiting for the end of an earlier ${child.id.slice(book.ref.id.length + 1)}` })
  }
  return start(book, child)
}

/** Does nothing if it has ended meanwhile. */
async function cancelPredecessor(id: string): Promise<void> {
  try {
    await getExternalWorkflowHandle(id).cancel()
  } catch (error) {
    if (!(error instanceof TemporalFailure) || isCancellation(error)) throw error
  }
}

function start(book: Book, { id, name, options: { input, ...options } }: NewChild) {
  return startChild<(brief: Brief<Jsonable>) => Promise<Outcome>>(name, {
    workflowId: id,
    args: [{ input, terms: termsOf(book, options) }],
    // The default, but set explicitly: without it nobody would know what a cancelled child has cost.
    cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    staticSummary: summaryOf(book, id, options.labels),
    ...(book.ref.sealed && { memo: { [SEALED]: SEALED } }),
  })
}

/** The longest summary. The server takes 400 bytes, a character may be three of them in JSON, and labels may be longer. */
const SUMMARY_CHARACTERS = 130

/** What the Temporal UI shows of the child, also in the timeline of the run above. Its labels tell twenty children of one agent apart. */
function summaryOf({ ref }: Book, id: string, labels: Labels = {}): string {
  const own = Object.entries(labels).map(([key, value]) => plainMarkdown(`${key}=${value}`))
  return [id.slice(ref.id.length + 1), ...own, `asked by ${ref.id}`].join(' · ').slice(0, SUMMARY_CHARACTERS)
}

function termsOf(book: Book, { budget, taskClass, labels, asked }: Omit<AskedChild, 'input'>): Terms {
  const { id, key, root = id, scope = key, workspace, policy, moneyLimited = false, slices } = book.ref
  const askers = askersBelow(book)
  return {
    workspace,
    labels: { ...book.ref.labels, ...labels },
    ...(policy && { policy }),
    ...(budget && { budget }),
    ...(taskClass !== undefined && { taskClass }),
    within: {
      root: { id: root, key: scope },
      depth: book.depth + 1,
      moneyLimited,
      ...(slices && { slices }),
      ...(askers.length > 0 && { askers }),
      ...(asked && { asked }),
    },
  }
}
