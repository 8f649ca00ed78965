/**
 * The limits that a workflow counts by itself, steps and time, and the scopes that they cut.
 *
 * @module
 */
import {
  ActivityFailure,
  CancellationScope,
  CancelledFailure,
  isCancellation,
  patched,
  sleep,
} from '@temporalio/workflow'
import type { OutcomeKind } from '../../../src/core/protocol.ts'
import { countOf } from '../../../src/core/words/count-of.ts'
import { formatDuration } from '../../../src/core/words/format-duration.ts'
import type { Book } from '../book/book.ts'
import { isRunCancelled, RUN_CANCELLED } from '../book/run-cancelled.ts'
import type { RunAtWork } from '../inbox/at-work.ts'
import type { Patch } from '../patches.ts'
import { endedAs } from './ended.ts'

/** Starts the clock of a time budget: at its end, what is under way is cancelled and the run ends out of budget. */
export function watchTime(book: Book): void {
  const timeMs = book.terms.budget?.timeMs
  // Ignored here if it is not a whole number: opening the run refuses it.
  if (!timeMs || !Number.isSafeInteger(timeMs)) return
  const leftMs = Math.max(1, book.startedAtMs + timeMs - Date.now())
  sleep(leftMs, { summary: `the run's time budget of ${formatDuration(timeMs)}` }).then(
    () => {
      book.timeIsUp = true
      for (const scope of book.scopes) scope.cancel()
    },
    error => {
      if (!isCancellation(error)) throw error
    },
  )
}

/** Runs a verb where the time budget can cancel it; cancellation of the whole run reaches it in any case. */
export function withinTime<T>(book: Book, verb: () => Promise<T>): Promise<T> {
  return book.terms.budget?.timeMs === undefined ? verb() : inScope(book, verb)
}

async function inScope<T>(book: Book, verb: () => Promise<T>): Promise<T> {
  if (book.timeIsUp) throw outOfTime(book)
  const scope = new CancellationScope()
  book.scopes.add(scope)
  try {
    return await scope.run(verb)
  } catch (error) {
    const cut = cutShort(error)
    throw isCancellation(cut) && book.timeIsUp ? outOfTime(book) : cut
  } finally {
    book.scopes.delete(scope)
  }
}

/**
 * The failure that ends the run if no model may be asked any more: the run was closed or stopped, or its steps or its time are used up.
 * `undefined` if one may be asked.
 */
export function refusalOf(run: RunAtWork): Error | undefined {
  const { book, inbox } = run
  if (book.outcome !== undefined)
    return endedAs(book, 'failed', { message: 'a model was asked after the run was closed; close it last' })
  if (book.timeIsUp || inbox.stopping) return interruption(run)
  const steps = book.terms.budget?.steps
  if (steps === undefined || book.step < steps) return undefined
  return noMore(book, 'out-of-budget', `the budget of ${countOf(steps, 'step')} is used up`)
}

function outOfTime(book: Book): Error {
  const time = formatDuration(book.terms.budget?.timeMs)
  return noMore(book, 'out-of-budget', `the time budget of ${time} is used up`)
}

/** The failure of a verb after which every other one fails likewise. The workflow may catch it and close as answered all the same. */
function noMore(book: Book, kind: OutcomeKind, message: string): Error {
  book.noMoreBecause = message
  return endedAs(book, kind, { message })
}

/**
 * The failure of a verb that was cut short by the run's time, a stop or a cancellation. Made once its cost is counted.
 *
 * @param said - What people could read of a model's answer: it is in the details of a cancellation.
 */
export function interruption({ book, inbox }: RunAtWork, said?: string): Error {
  if (book.timeIsUp) return outOfTime(book)
  if (inbox.stopping) return noMore(book, 'stopped', 'the run was stopped')
  return new CancelledFailure(cancelledWords(), said === undefined ? [] : [said])
}

/**
 * A cancelled activity whose worker or store is lost fails with another error, such as a missed heartbeat, and is not tried
 * again. To the run that cancelled it, it is cancelled all the same: gives the cancellation. Other errors stay as they are.
 */
export function cutShort(error: unknown): unknown {
  return isLost(error) ? new CancelledFailure(cancelledWords(), [], error) : error
}

function cancelledWords(): string {
  return isRunCancelled() ? RUN_CANCELLED : 'it was interrupted'
}

/** The same for a verb whose scope alone was cancelled, so that its workflow hears of it as an interruption and goes on. */
export function cutVerb(error: unknown): unknown {
  return isLost(error) && patched('signalbox.lost-is-interrupted' satisfies Patch) ? cutShort(error) : error
}

function isLost(error: unknown): error is ActivityFailure {
  return error instanceof ActivityFailure && error.retryState === 'CANCEL_REQUESTED' && !isCancellation(error)
}
