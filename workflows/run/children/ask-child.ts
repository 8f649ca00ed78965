/**
 * A child run: a workflow of its own on this run's money and under its policy, waited for to its end.
 *
 * @module
 */
import {
  CancellationScope,
  type ChildWorkflowHandle,
  condition,
  getExternalWorkflowHandle,
  isCancellation,
  patched,
  TemporalFailure,
  type Workflow,
} from '@temporalio/workflow'
import { addChild, isOutcome, NOTHING_SPENT, tellsCost } from '../../../src/core/agent/totals.ts'
import type { JsonValue } from '../../../src/core/messages.ts'
import { costUsd } from '../../../src/core/money/cost.ts'
import { type Outcome, type RunSpent, SIGNALS } from '../../../src/core/protocol.ts'
import { shortActivities } from '../activities.ts'
import { type Book, childKey } from '../book/book.ts'
import { childRow, withRow } from '../book/rows.ts'
import { isRunCancelled } from '../book/run-cancelled.ts'
import type { RunAtWork } from '../inbox/at-work.ts'
import { outcomeOf } from '../lifetime/ended.ts'
import { interruption, withinTime } from '../lifetime/limits.ts'
import { opening } from '../lifetime/opening.ts'
import { forgetShortages } from '../money/ask-above.ts'
import { isTold } from '../money/tell-run.ts'
import type { Patch } from '../patches.ts'
import { publish } from '../shown/publish.ts'
import { type AskedChild, givenOptions } from './child-options.ts'
import { type NewChild, startFresh } from './start-child.ts'

/** Agents that ask each other would open runs until the money ends; a deeper tree than this is a mistake. */
const MOST_DEPTH = 5

/** Of a workflow: Temporal refuses more, again and again. */
const LONGEST_ID = 1_000

/** Runs the child to its end and counts what it has cost. However it ends is a value; the end of this run itself is thrown. */
export async function askChild<Output = JsonValue>(
  run: RunAtWork,
  name: string,
  options: AskedChild,
): Promise<Outcome<Output>> {
  const { book, inbox } = run
  if (book.timeIsUp || inbox.stopping) throw interruption(run)
  if (book.depth >= MOST_DEPTH) return failed(`runs nest at most ${MOST_DEPTH} deep, so ${name} was not started`)
  const given = givenOptions(book, name, options)
  if (given.problem !== undefined) return failed(`${given.problem}. ${name} was not started`)
  book.childCount += 1
  const id = `${book.ref.id}/${name}-${book.step}-${book.childCount}`
  if (name === '' || id.length > LONGEST_ID)
    return failed(
      `the child '${name}' was not started: Temporal accepts no empty name and no id over ${LONGEST_ID} characters (here ${id.length})`,
    )
  if (!book.isOpen) await opening(book)
  const outcome = await withinTime(book, () => untilEnded(run, { id, name, options: given.value }))
  book.children.delete(id)
  forgetShortages(book, id)
  book.totals = addChild(book.totals, outcome)
  book.rows = withRow(book.rows, childRow(book.step, id.slice(book.ref.id.length + 1), outcome))
  publish(book)
  if (outcome.kind === 'cancelled') await endIfCancelled(run)
  return outcome as Outcome<Output>
}

/** Resolves when every child has ended, so that a cancelled run knows what they have cost. */
export function childrenEnded(book: Book): Promise<void> {
  return CancellationScope.nonCancellable(() => condition(() => book.children.size === 0))
}

/**
 * Throws if the child was cancelled together with this run or with the scope that asked for it. If the whole run was cancelled,
 * waits for its other children first; they go on if only a scope was. Returns if the child alone was cancelled: then this run
 * goes on.
 */
async function endIfCancelled(run: RunAtWork): Promise<void> {
  const { book } = run
  if (!book.timeIsUp && !CancellationScope.current().consideredCancelled) return
  if (book.timeIsUp || isRunCancelled()) await childrenEnded(book)
  throw interruption(run)
}

/** Tells every child that is under way to stop after what is paid for. */
export function stopChildren(book: Book): void {
  for (const stop of book.children.values()) void stop()
}

async function untilEnded({ book, inbox }: RunAtWork, asked: NewChild): Promise<Outcome> {
  let child: ChildWorkflowHandle<Workflow> | undefined
  const stop = async () => {
    // By its id: Temporal lets a run that was reset signal none of the children that it had before as its own.
    if (child) await isTold(() => getExternalWorkflowHandle(asked.id).signal(SIGNALS.stop))
  }
  book.children.set(asked.id, stop)
  publish(book)
  try {
    child = await startFresh(book, asked)
    if (inbox.stopping) await stop()
    const result = await cancelledById(asked.id, child.result())
    if (isOutcome(result)) return result
    const plain: LostEnd = { kind: 'answered', output: result as never }
    if (tellsCost(result)) return lost(plain, spentAs(result))
    return lost(plain, await spentBy(book, child, plain))
  } catch (error) {
    const end = endOf(error, asked.name)
    return 'cost' in end ? end : lost(end, child && (await spentBy(book, child, end)))
  }
}

/** By the child's own word: that the store is not asked for it is in histories. */
function spentAs({ cost, usage, calls, toolCalls }: RunSpent): RunSpent {
  return { cost, usage, calls, toolCalls }
}

/**
 * Cancels the child by its id when its scope is cancelled before it has ended. Temporal does so too, but not for a child that a run had
 * before it was reset: such a run would wait for its end as if nothing had happened.
 */
async function cancelledById<T>(id: string, ended: Promise<T>): Promise<T> {
  let isUnderway = true
  CancellationScope.current().cancelRequested.catch(async () => {
    if (!isUnderway || !patched('signalbox.cancelled-by-id' satisfies Patch)) return
    await CancellationScope.nonCancellable(() => isTold(() => getExternalWorkflowHandle(id).cancel()))
  })
  return ended.finally(() => {
    isUnderway = false
  })
}

/**
 * Closes the child in the ledger and returns what it and the runs below it have spent. Also while this run is being cancelled.
 */
function spentBy(
  { ref }: Book,
  { workflowId }: ChildWorkflowHandle<Workflow>,
  { kind: outcome, message }: LostEnd,
): Promise<RunSpent> {
  const { closeLost } = shortActivities()
  const summary = `close ${workflowId}, which could not`
  const key = childKey({ id: ref.root ?? ref.id, key: ref.scope ?? ref.key }, workflowId)
  const input = { run: { id: workflowId, key }, outcome, ...(message !== undefined && { message }) }
  return CancellationScope.nonCancellable(() => closeLost.executeWithOptions({ summary }, [input]))
}

/** How the child ended, from the failure by which Temporal tells it. Any other error is a bug, and is thrown again. */
function endOf(error: unknown, name: string): Outcome | LostEnd {
  if (!(error instanceof TemporalFailure)) throw error
  const cause = error.cause ?? error
  const outcome = outcomeOf(cause)
  if (outcome) return outcome
  if (isCancellation(error)) return { kind: 'cancelled', message: `${name} was cancelled` }
  return { kind: 'failed', message: cause.message }
}

/** The end of a child that did not tell what it has spent: it could not, or its workflow returned something else. */
type LostEnd = Pick<Outcome<never>, 'kind' | 'message' | 'output'>

/** The outcome of a child that did not start, and so has spent nothing. */
function failed(message: string): Outcome<never> {
  return lost({ kind: 'failed', message })
}

function lost(end: LostEnd, spent: RunSpent = NOTHING_SPENT): Outcome<never> {
  return { ...end, ...spent, costUsd: costUsd(spent.cost) }
}
