/**
 * How a verb of a run tells the workflow that there is nothing more to do.
 *
 * @module
 */
import { ApplicationFailure } from '@temporalio/workflow'
import { ENDED, type Outcome, type OutcomeKind, type RunRef } from '../../../src/core/protocol.ts'
import { type Book, outcomeFrom } from '../book/book.ts'

/**
 * A failure with the outcome in its details. An `ApplicationFailure`, because a plain Error would make the
 * workflow retry its workflow task for ever.
 */
export function ended(outcome: Outcome<unknown>): ApplicationFailure {
  const message = outcome.message ?? `the run ended: ${outcome.kind}`
  return ApplicationFailure.create({ message, type: ENDED, nonRetryable: true, details: [outcome] })
}

/** Under it a failure or an outcome has its note. It is no part of what Temporal is told. */
const NOTE = Symbol('note')

interface Note {
  /** By which it was made: {@link outcomeByNow} and {@link bookOf} look for it. */
  readonly book: Book
  /** Set if a call of a model has ended so: the run's events tell why. */
  readonly isTold?: true
}

/** The failure that ends this run, with what its book has counted. */
export function endedAs(book: Book, kind: OutcomeKind, rest: Parameters<typeof outcomeFrom>[2]): ApplicationFailure {
  return noted(ended(outcomeFrom(book, kind, rest)), { book })
}

/** {@link endedAs} for a call of a model that has failed. */
export function endedByCall(...end: Parameters<typeof endedAs>): ApplicationFailure {
  return noted(endedAs(...end), { book: end[0], isTold: true })
}

function noted<End extends object>(end: End, note: Note | undefined): End {
  return Object.defineProperty(end, NOTE, { value: note, configurable: true })
}

/** The outcome that `run.close` gives, with the book that it is from; see {@link bookOf}. */
export function closedAs<Output>(book: Book, outcome: Outcome<Output>): Outcome<Output> {
  return noted(outcome, { book })
}

/** The run as the store is told of it, with the book that it is from; see {@link bookOf}. */
export function openedAs(book: Book): RunRef {
  return noted(book.ref, { book })
}

/** The book of a run that was opened, or of what `run.close` has given; `undefined` for anything else, such as another run's outcome. */
export function bookOf(known: unknown): Book | undefined {
  return noteOf(known)?.book
}

/** Gives a failure the note of the one that it replaces. */
export function notedLike<Failure extends ApplicationFailure>(failure: Failure, before: unknown): Failure {
  return noted(failure, noteOf(before))
}

function noteOf(end: unknown): Note | undefined {
  return (Object(end) as { readonly [NOTE]?: Note })[NOTE]
}

/** Whether the run's events already tell why a verb has failed so. */
export function isInEvents(failure: unknown): boolean {
  return noteOf(failure)?.isTold ?? false
}

/**
 * Tells how an error that a verb of a run has thrown would end the run: out of budget, stopped, or with the fault after which nobody
 * answered. Returns `undefined` for every other error, including the cancellation of a scope: throw those again.
 */
export function outcomeOf(error: unknown): Outcome | undefined {
  if (!(error instanceof ApplicationFailure) || error.type !== ENDED) return undefined
  return error.details?.[0] as Outcome
}

/** {@link outcomeOf} with what the run has counted by now: a workflow may wait for other verbs before it throws what one has thrown. */
export function outcomeByNow(error: unknown): Outcome | undefined {
  const outcome = outcomeOf(error)
  const book = noteOf(error)?.book
  return outcome && book ? countedBy(book, outcome) : outcome
}

/** The outcome with what its run has counted by now. */
export function countedBy(book: Book, outcome: Outcome): Outcome {
  return { ...outcome, ...outcomeFrom(book, outcome.kind) }
}

/** The failure with what an agent had said until then in its outcome. Every other error is returned as it is. */
export function withText(error: unknown, text: string): unknown {
  const outcome = outcomeOf(error)
  if (!outcome || text === '') return error
  return notedLike(ended(Object.assign({}, outcome, { text })), error)
}
