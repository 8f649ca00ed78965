/**
 * A budget that people can raise: a run that asks for more waits, for days if it must, and goes on where it stood.
 *
 * @module
 */
import { HandlerUnfinishedPolicy } from '@temporalio/common'
import {
  ApplicationFailure,
  condition,
  currentUpdateInfo,
  defineUpdate,
  isCancellation,
  setHandler,
} from '@temporalio/workflow'
import { budgetProblem } from '../../src/core/budgets/budget-problem.ts'
import { parseUsd } from '../../src/core/money/pico.ts'
import {
  type Budget,
  type BudgetRaise,
  type CallModelResult,
  type RaisedBudget,
  UPDATES,
} from '../../src/core/protocol.ts'
import { shortActivities } from './activities.ts'
import { endShortages } from './ask-above.ts'
import type { Book } from './book.ts'
import type { Inbox } from './inbox.ts'
import { withinTime } from './limits.ts'
import { isOpen, opening } from './opening.ts'
import { publish } from './publish.ts'
import { noteProblem } from './sizes.ts'

/** Lets people raise the limits that the run was started with. The update has its result when the new ones hold. */
export function hearRaises(book: Book): void {
  setHandler(defineUpdate<RaisedBudget, [BudgetRaise]>(UPDATES.raise), raise => raiseNow(book, raise), {
    validator: raise => {
      const problem = raiseProblem(raise, book.terms.budget)
      if (problem !== undefined) throw ApplicationFailure.nonRetryable(problem)
    },
    unfinishedPolicy: HandlerUnfinishedPolicy.ABANDON,
  })
}

async function raiseNow(book: Book, { usd, tokens, by, note }: BudgetRaise): Promise<RaisedBudget> {
  // A run that is reset is given its updates again, under their ids: what was raised is not raised twice.
  const { id } = currentUpdateInfo()!
  if (!isOpen(book)) await opening(book)
  const raise = {
    run: book.ref,
    raiseId: `${book.ref.key}/${id}`,
    atMs: Date.now(),
    ...(usd !== undefined && { usd }),
    ...(tokens !== undefined && { tokens }),
    ...(by !== undefined && { by }),
    ...(note !== undefined && { note }),
  }
  const { raiseBudget } = shortActivities()
  const raised = await raiseBudget.executeWithOptions({ summary: 'raise the budget' }, [raise])
  const { limitUsd, limitTokens } = raised
  const limits = {
    ...(limitUsd !== undefined && { usd: limitUsd }),
    ...(limitTokens !== undefined && { tokens: limitTokens }),
  }
  book.terms = { ...book.terms, budget: { ...book.terms.budget, ...limits } }
  book.raises += 1
  endShortages(book)
  publish(book)
  return raised
}

function raiseProblem(raise: BudgetRaise, budget: Budget = {}): string | undefined {
  const asked = Object(raise) as BudgetRaise
  const { usd, tokens } = asked
  if (usd === undefined && tokens === undefined) return 'say by how much: usd, tokens, or both'
  const problem = budgetProblem({ ...(usd !== undefined && { usd }), ...(tokens !== undefined && { tokens }) })
  if (problem !== undefined) return problem.replace("the budget's", 'the raise in')
  if (usd !== undefined && isNothing(usd)) return 'a raise must be above 0'
  const tooLong = noteProblem(asked)
  if (tooLong !== undefined) return tooLong
  const unlimited = (['usd', 'tokens'] as const).find(
    unit => ({ usd, tokens })[unit] !== undefined && budget[unit] === undefined,
  )
  return unlimited && `the run was started without a limit in ${unlimited}, so there is none to raise`
}

function isNothing(usd: string): boolean {
  const parsed = parseUsd(usd)
  return parsed.ok && parsed.pico === 0n
}

type OverBudget = Extract<CallModelResult, { kind: 'over-budget' }>

/** Whether people are asked when this limit is short: those of the run itself, where its terms say so. */
export function asksFor({ ref, terms }: Book, { scopeId }: OverBudget): boolean {
  return terms.budget?.onShort === 'ask' && scopeId === ref.key
}

/**
 * Waits until somebody has raised the budget: false when the run was stopped or cancelled or its time ended before.
 *
 * @param before - Raises when the call was scheduled: it may have been raised since the call looked.
 */
export async function awaitRaise(book: Book, inbox: Inbox, { message }: OverBudget, before: number): Promise<boolean> {
  book.waitingFor = `waiting for a larger budget: ${message}`
  publish(book)
  try {
    await withinTime(book, () => condition(() => book.raises > before || inbox.stopping))
    return book.raises > before
  } catch (error) {
    if (isCancellation(error) || book.timeIsUp) return false
    throw error
  } finally {
    book.waitingFor = undefined
  }
}
