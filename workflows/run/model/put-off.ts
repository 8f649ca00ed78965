/**
 * A call that was put off: what it waits for, and what the wait passes on to its next activity.
 *
 * @module
 */
import { CancellationScope, condition, sleep } from '@temporalio/workflow'
import { definedOnly } from '../../../src/core/defined-only.ts'
import type { CallModelInput, CallModelResult } from '../../../src/core/protocol.ts'
import { plainMarkdown } from '../../../src/core/words/markdown.ts'
import { waitingUntil } from '../../../src/core/words/time-words.ts'
import type { Book } from '../book/book.ts'
import type { RunAtWork } from '../inbox/at-work.ts'
import type { Inbox } from '../inbox/inbox.ts'
import { withinTime } from '../lifetime/limits.ts'
import { askerOf, awaitRaiseAbove } from '../money/ask-above.ts'
import { asksFor, awaitRaise } from '../money/raise-budget.ts'
import { sitOut } from '../shown/sit-out.ts'

/** The result of a call that is not asked again now, but may be later. */
export type PutOff = Extract<CallModelResult, { kind: 'wait' | 'over-budget' }>

/** The raises of budgets that were known when the call was scheduled. */
export type Raises = Pick<Book, 'raises' | 'raisesAbove'>

/** Whether the call is to be asked again: after a time, or with a budget that people have raised. */
export function isPutOff(book: Book, result: CallModelResult): result is PutOff {
  return (
    result.kind === 'wait' ||
    (result.kind === 'over-budget' && (asksFor(book, result) || askerOf(book, result) !== undefined))
  )
}

/**
 * The input with what the wait passes on to the next activity. After a raise of the budget, a call that had left its class and has asked
 * nobody since begins in the class where it asked last.
 */
export function afterWait(before: CallModelInput, result: PutOff): CallModelInput {
  const { waitsIn: _in, waitsEscalated: _escalated, ...input } = before
  if (result.kind !== 'wait') return input
  const { toldWait, waitsIn, waitsEscalated } = result
  return { ...input, ...definedOnly({ toldWait, waitsIn, waitsEscalated }) }
}

/**
 * Whether the call is to be asked again; `false` if the run was stopped, cancelled or out of time during the wait. `undefined`:
 * the result stands, because nobody is left who could raise the budget.
 */
export async function untilReady(run: RunAtWork, result: PutOff, before: Raises): Promise<boolean | undefined> {
  const { book } = run
  if (result.kind === 'wait') return waitOut(run, result.ms, result.reason)
  if (asksFor(book, result)) return awaitRaise(run, result, before.raises)
  const asker = askerOf(book, result)
  const end = asker ? await awaitRaiseAbove(run, asker, result, before.raisesAbove) : 'unheard'
  return end === 'unheard' ? undefined : end === 'raised'
}

/** Waits for a time. Resolves with `false` if the run was stopped, cancelled or out of time before that. */
async function waitOut({ book, inbox }: RunAtWork, ms: number, reason: string): Promise<boolean> {
  const summary = plainMarkdown(`waiting ${Math.ceil(ms / 1000)} s: ${reason}`)
  const waiting = { words: waitingUntil(Date.now() + ms, reason) }
  const slept = await sitOut(book, waiting, () => withinTime(book, () => sleepUnlessStopped(inbox, ms, summary)))
  return slept ?? false
}

/** Sleeps, and wakes at once if the run is told to stop: nothing that is paid for runs during a wait. */
async function sleepUnlessStopped(inbox: Inbox, ms: number, summary: string): Promise<boolean> {
  const scope = new CancellationScope()
  const slept = () => sleep(ms, { summary }).then(() => !inbox.stopping)
  const stopped = () => condition(() => inbox.stopping).then(() => false)
  try {
    return await scope.run(() => Promise.race([slept(), stopped()]))
  } finally {
    scope.cancel()
  }
}
