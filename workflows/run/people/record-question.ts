/**
 * Records what became of a question that a workflow has asked: the decision, or that nobody waits for one any more.
 *
 * @module
 */
import { CancellationScope, patched } from '@temporalio/workflow'
import type { CarriedQuestion } from '../../../src/core/agent/carried.ts'
import { definedOnly } from '../../../src/core/defined-only.ts'
import type { Decision, PendingApproval } from '../../../src/core/protocol.ts'
import { shortActivities } from '../activities.ts'
import type { Book } from '../book/book.ts'
import { isRunCancelled } from '../book/run-cancelled.ts'
import type { RunAtWork } from '../inbox/at-work.ts'
import type { Patch } from '../patches.ts'

/** Records how a question was decided. */
export function keepDecided(
  book: Book,
  { ask, decision: given, decidedAtMs: atMs = Date.now() }: DecidedQuestion,
): Promise<unknown> {
  const { toolName, step } = ask
  const { toolCallId, decision, by, note, deadline } = given
  const kept = definedOnly({ run: book.ref, step, toolCallId, toolName, decision, by, note, deadline, atMs })
  return shortActivities().keepDecision.executeWithOptions({ summary: `keep the decision · ${toolName}` }, [kept])
}

type DecidedQuestion = CarriedQuestion & { readonly decision: Decision }

/** Whether questions are withdrawn when all that asked them are cancelled. In histories without the marker they stay open. */
export function withdraws(): boolean {
  return patched('signalbox.withdrawn' satisfies Patch)
}

/**
 * Closes a question that nobody waits for any more. If a decision came meanwhile, it is recorded, though nobody acts on it.
 *
 * @returns `undefined` if there is nothing to write: the end of the whole run ends its questions, and histories without the
 * marker have no such step.
 */
export function withdraw({ book, inbox }: RunAtWork, open: CarriedQuestion | undefined): Promise<unknown> | undefined {
  if (!open || isRunCancelled() || !withdraws()) return undefined
  inbox.questions.end(open.ask.toolName)
  const { ask, decision } = open
  return CancellationScope.nonCancellable(() =>
    decision ? keepDecided(book, { ...open, decision }) : writeWithdrawn(book, ask),
  )
}

/** Closes all questions of an agent that is cancelled. Returns like {@link withdraw}. */
export function withdrawAll(book: Book, asks: readonly PendingApproval[]): Promise<unknown> | undefined {
  return asks.length === 0 || isRunCancelled() || !withdraws() ? undefined : writeAllWithdrawn(book, asks)
}

/**
 * Closes all questions of an agent that was told to stop and only finishes what is under way. In histories without the marker
 * they stay open until its end.
 */
export function withdrawStopped(book: Book, asks: readonly PendingApproval[]): Promise<unknown> | undefined {
  return asks.length === 0 || !patched('signalbox.withdrawn-by-stop' satisfies Patch)
    ? undefined
    : writeAllWithdrawn(book, asks)
}

/** Closes a question of the workflow itself when the run is told to stop: other verbs may still be at work for long. */
export function withdrawByStop({ book, inbox }: RunAtWork, ask: PendingApproval): Promise<unknown> | undefined {
  if (!inbox.stopping || book.timeIsUp || CancellationScope.current().consideredCancelled) return undefined
  if (!patched('signalbox.question-withdrawn-by-stop' satisfies Patch)) return undefined
  inbox.questions.end(ask.toolName)
  return writeAllWithdrawn(book, [ask])
}

function writeAllWithdrawn(book: Book, asks: readonly PendingApproval[]): Promise<unknown> {
  return CancellationScope.nonCancellable(() => Promise.all(asks.map(ask => writeWithdrawn(book, ask))))
}

function writeWithdrawn({ ref: run }: Book, { toolCallId, toolName, step }: PendingApproval): Promise<unknown> {
  const input = { run, toolCallId, toolName, step, atMs: Date.now() }
  return shortActivities().withdrawQuestion.executeWithOptions({ summary: `withdraw the question · ${toolName}` }, [
    input,
  ])
}
