/**
 * Puts on record what became of a question that a workflow has asked: the word on it, or that nobody waits for one any more.
 *
 * @module
 */
import { CancellationScope, patched } from '@temporalio/workflow'
import type { CarriedQuestion } from '../../src/core/agent/carried.ts'
import { definedOnly } from '../../src/core/defined-only.ts'
import type { Decision, PendingApproval } from '../../src/core/protocol.ts'
import { shortActivities } from './activities.ts'
import type { RunAtWork } from './at-work.ts'
import type { Book } from './book.ts'

/** That it was decided. */
export function keepWord(
  book: Book,
  { ask, decision: given, decidedAtMs: atMs = Date.now() }: DecidedQuestion,
): Promise<unknown> {
  const { toolName, step } = ask
  const { toolCallId, decision, by, note, deadline } = given
  const kept = definedOnly({ run: book.ref, step, toolCallId, toolName, decision, by, note, deadline, atMs })
  return shortActivities().keepDecision.executeWithOptions({ summary: `keep the decision · ${toolName}` }, [kept])
}

type DecidedQuestion = CarriedQuestion & { readonly decision: Decision }

/** Histories from before leave a question open whose askers are cancelled. */
export function withdraws(): boolean {
  return patched('signalbox.withdrawn')
}

/** The end of the whole run ends its questions. A word that was given meanwhile is told to nobody, and stays on record. */
export async function withdraw({ book, inbox }: RunAtWork, open: CarriedQuestion | undefined): Promise<void> {
  if (!open || isRunCancelled() || !withdraws()) return
  inbox.questions.end(open.ask.toolName)
  const { ask, decision } = open
  await CancellationScope.nonCancellable(() =>
    decision ? keepWord(book, { ...open, decision }) : writeWithdrawn(book, ask),
  )
}

function writeWithdrawn({ ref: run }: Book, { toolCallId, toolName, step }: PendingApproval): Promise<unknown> {
  const input = { run, toolCallId, toolName, step, atMs: Date.now() }
  return shortActivities().withdrawQuestion.executeWithOptions({ summary: `withdraw the question · ${toolName}` }, [
    input,
  ])
}

function isRunCancelled(): boolean {
  let scope = CancellationScope.current()
  while (scope.parent) scope = scope.parent
  return scope.consideredCancelled
}
