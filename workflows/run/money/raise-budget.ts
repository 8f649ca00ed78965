/**
 * A budget that people can raise: a run that asks for more waits, for days if it must, and goes on where it stood.
 *
 * @module
 */
import { HandlerUnfinishedPolicy } from '@temporalio/common'
import {
  ApplicationFailure,
  CancellationScope,
  condition,
  currentUpdateInfo,
  defineUpdate,
  isCancellation,
  patched,
  setHandler,
} from '@temporalio/workflow'
import { budgetProblem } from '../../../src/core/budgets/budget-problem.ts'
import { raiseWords } from '../../../src/core/budgets/raise-words.ts'
import { definedOnly } from '../../../src/core/defined-only.ts'
import { parseUsd } from '../../../src/core/money/pico.ts'
import { type Budget, type BudgetRaise, type RaisedBudget, UPDATES } from '../../../src/core/protocol.ts'
import { shortActivities } from '../activities.ts'
import { type Book, limitTo } from '../book/book.ts'
import { type Ending, endingOf } from '../book/ending.ts'
import { isRunCancelled } from '../book/run-cancelled.ts'
import { noteProblem } from '../book/sizes.ts'
import type { RunAtWork } from '../inbox/at-work.ts'
import { withinTime } from '../lifetime/limits.ts'
import { opening } from '../lifetime/opening.ts'
import type { Patch } from '../patches.ts'
import { publish } from '../shown/publish.ts'
import { sitOut } from '../shown/sit-out.ts'
import { countRaise, endShortages, type OverBudget } from './ask-above.ts'

/** Lets people raise the limits that the run was started with. The update has its result when the new ones hold. */
export function hearRaises({ book, inbox }: RunAtWork): void {
  setHandler(defineUpdate<RaisedBudget, [BudgetRaise]>(UPDATES.raise), raise => raiseWhereAsked(book, raise), {
    validator: raise => {
      const ending = awaitsRaise(book) ? undefined : endingOf(inbox)
      const problem = raiseProblem(raise, book.terms.budget) ?? (ending && noUse(book, ending))
      if (problem !== undefined) throw ApplicationFailure.nonRetryable(problem)
    },
    unfinishedPolicy: HandlerUnfinishedPolicy.ABANDON,
  })
}

function noUse({ ref }: Book, ending: Ending): string {
  return `run ${ref.id} ${ending} and calls no model any more`
}

/** Whether something waits for a raise: in a run that was cancelled, that is only what its workflow does all the same. */
function awaitsRaise({ waits, short }: Book): boolean {
  return short.size > 0 || [...waits].some(({ forRaise }) => forRaise)
}

/** In a run that was cancelled, what the raise begins would be cancelled too. */
function raiseWhereAsked(book: Book, raise: BudgetRaise): Promise<RaisedBudget> {
  const now = () => raiseNow(book, raise)
  const isLate = isRunCancelled() && patched('signalbox.raised-after-all' satisfies Patch)
  return isLate ? CancellationScope.nonCancellable(now) : now()
}

async function raiseNow(book: Book, { usd, tokens, by, note }: BudgetRaise): Promise<RaisedBudget> {
  // A run that is reset is given its updates again, under their ids: what was raised is not raised twice.
  const { id } = currentUpdateInfo()!
  if (!book.isOpen) await opening(book)
  const raiseId = `${book.ref.key}/${id}`
  const raise = definedOnly({ run: book.ref, raiseId, atMs: Date.now(), usd, tokens, by, note })
  let raised: RaisedBudget
  try {
    raised = await shortActivities().raiseBudget.executeWithOptions({ summary: 'raise the budget' }, [raise])
  } catch (error) {
    // It came in the same moment as the cancellation.
    throw isCancellation(error) ? ApplicationFailure.nonRetryable(noUse(book, 'was cancelled')) : error
  }
  limitTo(book, definedOnly({ usd: raised.limitUsd, tokens: raised.limitTokens }))
  countRaise(book)
  endShortages(book)
  publish(book)
  return raised
}

function raiseProblem(raise: BudgetRaise, budget: Budget = {}): string | undefined {
  const asked = Object(raise) as BudgetRaise
  const { usd, tokens } = asked
  if (usd === undefined && tokens === undefined) return 'say by how much: usd, tokens, or both'
  const problem = budgetProblem(definedOnly({ usd, tokens }))
  if (problem !== undefined) return problem.replace("the budget's", 'the raise in')
  if (usd !== undefined && isNothing(usd)) return 'a raise must be above 0'
  const tooLong = noteProblem(asked)
  if (tooLong !== undefined) return tooLong
  const unlimited = (['usd', 'tokens'] as const).find(unit => asked[unit] !== undefined && budget[unit] === undefined)
  return unlimited && `the run was started without a limit in ${unlimited}, so there is none to raise`
}

function isNothing(usd: string): boolean {
  const parsed = parseUsd(usd)
  return parsed.ok && parsed.pico === 0n
}

/** Whether people are asked when this limit is short: those of the run itself, where its terms say so. */
export function asksFor({ ref, terms }: Book, { scopeId }: OverBudget): boolean {
  return terms.budget?.onShort === 'ask' && scopeId === ref.key
}

/**
 * Waits until somebody has raised the budget: false when the run was stopped or cancelled or its time ended before.
 *
 * @param before - Raises when the call was scheduled: it may have been raised since the call looked.
 */
export async function awaitRaise(
  { book, inbox }: RunAtWork,
  { message }: OverBudget,
  before: number,
): Promise<boolean> {
  const isRaised = () => book.raises > before
  const waiting = { words: raiseWords(message), forRaise: true } as const
  const raised = await sitOut(book, waiting, async () => {
    await withinTime(book, () => condition(() => isRaised() || inbox.stopping))
    return isRaised()
  })
  return raised ?? false
}
