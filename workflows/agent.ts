/**
 * The ready agent. Registered as the default workflow, so that a run carries its agent's name as its type: what people
 * start is what they see in the Temporal UI.
 *
 * Changing what this schedules breaks runs that are open; guard such a change with `patched()`.
 *
 * @module
 */
import { isCancellation, workflowInfo } from '@temporalio/workflow'
import type { CarriedAgent } from '../src/core/agent/carried.ts'
import { NEW_AGENT } from '../src/core/agent/state.ts'
import { toWords, userMessage } from '../src/core/agent/words.ts'
import type { Brief, Outcome } from '../src/core/protocol.ts'
import { runAgent } from './run/agents/run-agent.ts'
import { type Book, outcomeFrom } from './run/book/book.ts'
import { RUN_CANCELLED } from './run/book/run-cancelled.ts'
import { childrenEnded } from './run/children/ask-child.ts'
import { leaveToOthers, mayBeAnothers } from './run/leave-to-others.ts'
import { closeRun } from './run/lifetime/close.ts'
import { cutShort } from './run/lifetime/limits.ts'
import { planOf } from './run/lifetime/opening.ts'
import { prepareRun } from './run/open-run.ts'
import { carriedHere } from './run/parts/carried-here.ts'

/**
 * Runs the agent that is named like the workflow's type, until it answers or its terms end it.
 *
 * @param workflows - What could have been meant where there is no such agent.
 */
export async function agent(brief: Brief, workflows: readonly string[] = []): Promise<Outcome> {
  // Started by Temporal's own means, it may be given anything, or nothing.
  const { input: given, terms } = Object(brief) as Partial<Brief>
  const run = prepareRun(terms ?? {})
  const { book } = run
  if (mayBeAnothers(brief)) await leaveToOthers(book.ref, workflows)
  const name = workflowInfo().workflowType
  const input = terms?.longInput ?? toWords(given)
  const carried = carriedHere(terms ?? {})?.agent ?? forkedStart(book)
  const plan = () => planOf(book, name, workflows)
  try {
    const { end } = await runAgent(run, { name, input, continues: true, plan, ...(carried && { carried }) })
    return await closeRun(book, outcomeFrom(book, end.kind, end))
  } catch (caught) {
    const error = cutShort(caught)
    const isCancelled = isCancellation(error)
    if (isCancelled || book.timeIsUp) await childrenEnded(book)
    if (isCancelled && book.depth > 0 && book.isOpen) return closeRun(book, cancelled(book))
    throw error
  }
}

/** A fork goes on where another run stood, as a part goes on where the one before it did. */
function forkedStart({ terms, ref }: Book): CarriedAgent | undefined {
  const { forkedFrom } = terms
  if (!forkedFrom) return undefined
  const { say, transcript, prompt, memory } = forkedFrom
  const additions = say === undefined ? [] : [userMessage(say)]
  const lineage = `${ref.key}/1`
  const state = { ...NEW_AGENT, step: 1 }
  const known = memory?.known
  const shared = { lineage, length: transcript.length }
  return { state, additions, transcript: shared, ...(known && { known }), ...(prompt && { prompt }) }
}

/** A child completes when it is cancelled: a cancelled workflow could not tell its parent what it has cost. */
function cancelled(book: Book): Outcome {
  return outcomeFrom(book, 'cancelled', { message: RUN_CANCELLED })
}
