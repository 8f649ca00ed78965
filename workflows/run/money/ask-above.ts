/**
 * A budget of a run above that people can raise: the run below tells its owner that it is short, and waits; the owner asks people
 * once for all that wait, and tells them of each raise.
 *
 * @module
 */
import {
  CancellationScope,
  condition,
  defineSignal,
  getExternalWorkflowHandle,
  patched,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import { raiseWords } from '../../../src/core/budgets/raise-words.ts'
import {
  type Asker,
  type CallModelResult,
  type RaisedAbove,
  type Shortage,
  SIGNALS,
} from '../../../src/core/protocol.ts'
import { shortActivities } from '../activities.ts'
import type { Book } from '../book/book.ts'
import type { RunAtWork } from '../inbox/at-work.ts'
import { withinTime } from '../lifetime/limits.ts'
import type { Patch } from '../patches.ts'
import { publish } from '../shown/publish.ts'
import { sitOut } from '../shown/sit-out.ts'
import { isTold } from './tell-run.ts'

/** A call that ended so. */
export type OverBudget = Extract<CallModelResult, { kind: 'over-budget' }>

const SHORT = defineSignal<[Shortage]>(SIGNALS.short)
const RAISED = defineSignal<[RaisedAbove]>(SIGNALS.raised)

/** The run above whose people are asked when this limit is short; absent where it is no such run's. */
export function askerOf({ askers }: Book, { scopeId }: OverBudget): Asker | undefined {
  return askers.find(({ key }) => key === scopeId)
}

/** What people can raise for the runs below this one: what can be raised above it, and its own. */
export function askersBelow({ askers, ref, terms }: Book): readonly Asker[] {
  const { usd, tokens, onShort } = terms.budget ?? {}
  const asks = onShort === 'ask' && (usd !== undefined || tokens !== undefined)
  return asks ? [...askers, { id: ref.id, key: ref.key }] : askers
}

/**
 * Sets the handlers of both sides. A run above that was reset has forgotten raises of which the runs below it know: what it tells of is
 * a raise all the same.
 *
 * Neither handler leaves a marker: Temporal's core delivers what a reset leaves to a run in another order when it replays, and the
 * marker would stand in history where replay does not look for it. So a run that may hear of raises leaves it before.
 */
export function hearShortages(book: Book): void {
  const hearsAnew = book.askers.length > 0 && patched('signalbox.raises-heard-anew' satisfies Patch)
  setHandler(SHORT, shortage => takeShortage(book, shortage))
  setHandler(RAISED, ({ key, raises }) => {
    const known = raisesOf(book.raisesAbove, key)
    const isAnew = raises <= known && (hearsAnew || heardAnewBefore())
    book.raisesAbove = { ...book.raisesAbove, [key]: isAnew ? known + 1 : Math.max(raises, known) }
  })
}

/** Whether a history has the marker that this handler left before. */
function heardAnewBefore(): boolean {
  return workflowInfo().unsafe.isReplaying && countsAnew()
}

function countsAnew(): boolean {
  return patched('signalbox.raises-counted-anew' satisfies Patch)
}

/** Counts a raise, from the highest count that a run below knows: this run may have been reset, and have forgotten some. */
export function countRaise(book: Book): void {
  const { raises, raisesBelow } = book
  book.raises = 1 + (raisesBelow > raises && countsAnew() ? raisesBelow : raises)
}

/**
 * Takes in a shortage of a run below. If the budget was raised since that run last heard, it is told so, and tries again.
 * Otherwise people are asked, once for all runs that wait.
 */
function takeShortage(book: Book, shortage: Shortage): void {
  if (book.raises > shortage.raises) {
    void tellRaised(book, shortage.run)
    return
  }
  book.raisesBelow = Math.max(book.raisesBelow, shortage.raises)
  const isFirst = book.short.size === 0
  book.short.set(shortage.run, shortage.message)
  publish(book)
  if (isFirst) void ask(book, shortage)
}

/** Records the question to people. Not cancellable: in a run that is being cancelled it says why nothing went on. */
function ask({ ref, step }: Book, { run, message }: Shortage): Promise<unknown> {
  const { askBudget } = shortActivities()
  const input = { run: ref, step, message: `${run} is short of it: ${message}` }
  return CancellationScope.nonCancellable(() =>
    askBudget.executeWithOptions({ summary: 'ask for a larger budget' }, [input]),
  )
}

/** Tells all runs below that wait that the budget was raised. */
export function endShortages(book: Book): void {
  for (const run of book.short.keys()) void tellRaised(book, run)
  book.short.clear()
}

/** Forgets what a child that has ended waited for, and the runs below it. */
export function forgetShortages({ short }: Book, child: string): void {
  for (const run of short.keys()) if (run === child || run.startsWith(`${child}/`)) short.delete(run)
}

function tellRaised({ ref, raises }: Book, run: string): Promise<boolean> {
  return isTold(() => getExternalWorkflowHandle(run).signal(RAISED, { key: ref.key, raises }))
}

/**
 * Waits until somebody has raised the budget of that run. `unheard`: that run has ended, so nobody will. `cut`: this run was
 * stopped, cancelled or out of time before.
 *
 * @param before - The raises that were known when the call was scheduled.
 */
export async function awaitRaiseAbove(
  { book, inbox }: RunAtWork,
  { id, key }: Asker,
  { message }: OverBudget,
  before: Book['raisesAbove'],
): Promise<'raised' | 'unheard' | 'cut'> {
  const raises = raisesOf(before, key)
  const isRaised = () => raisesOf(book.raisesAbove, key) > raises
  const tell = () => getExternalWorkflowHandle(id).signal(SHORT, { run: book.ref.id, raises, message })
  const waiting = { words: raiseWords(message, id), forRaise: true } as const
  const raised = await sitOut(book, waiting, async () => {
    if (!isRaised() && !(await isTold(tell))) return inbox.stopping || book.timeIsUp ? 'cut' : 'unheard'
    await withinTime(book, () => condition(() => isRaised() || inbox.stopping))
    return isRaised() ? 'raised' : 'cut'
  })
  return raised ?? 'cut'
}

function raisesOf(raises: Book['raisesAbove'], key: string): number {
  return raises[key] ?? 0
}
