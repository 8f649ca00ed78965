/**
 * How a run stands, for whoever asks it.
 *
 * @module
 */
import { raiseWords } from '../../../src/core/budgets/raise-words.ts'
import { costUsd } from '../../../src/core/money/cost.ts'
import type { RunState } from '../../../src/core/protocol.ts'
import type { Book, Waiting } from '../book/book.ts'
import { isRunCancelled } from '../book/run-cancelled.ts'

export function stateOf(book: Book, stopping: boolean, approvals: number): Omit<RunState, 'pending'> {
  const { cost, usage, calls, toolCalls } = book.totals
  const status = statusOf(book, stopping, approvals)
  const waitingFor = waitingWords(book)
  return {
    status,
    step: book.step,
    cost,
    costUsd: costUsd(cost),
    usage,
    calls,
    toolCalls,
    ...(waitingFor !== undefined && { waitingFor }),
    ...(onlyHears(book) && { hears: true as const }),
  }
}

/** It may hear while it works, or while it asks people, and then another message is not what it waits for. */
function onlyHears({ waits, atWork, toolsAtWork }: Book): boolean {
  const isAtRest = atWork === 0 && toolsAtWork.size === 0 && waits.size > 0
  return isAtRest && [...waits].every(({ forMessage }) => forMessage)
}

/** What the run waits for: first of all what only people can give it, or runs below it. Time passes by itself. */
export function waitingWords(book: Book): string | undefined {
  const waits = [...book.waits]
  const raise = waits.find(({ forRaise }) => forRaise)
  const approval = waits.find(({ asks }) => asks)
  return (raise ?? approval ?? shortBelow(book) ?? waits.at(-1))?.words
}

function shortBelow({ short }: Book): Waiting | undefined {
  const first = [...short.values()][0]
  if (first === undefined) return undefined
  const runs = short.size === 1 ? '1 run below is' : `${short.size} runs below are`
  return { words: raiseWords(`${runs} short of it: ${first}`) }
}

function statusOf(book: Book, stopping: boolean, approvals: number): RunState['status'] {
  if (book.outcome !== undefined) return 'closed'
  if (isRunCancelled()) return 'cancelled'
  if (stopping) return 'stopping'
  if (approvals > 0) return 'waiting-for-approval'
  return waitingWords(book) === undefined ? 'running' : 'waiting'
}
