/**
 * Opens a run in the store before its first verb, and looks up agents by name.
 *
 * @module
 */
import { isCancellation, patched } from '@temporalio/workflow'
import type { AgentPlan, OpenRunInput, OpenRunResult } from '../../src/core/protocol.ts'
import { shortActivities } from './activities.ts'
import { type Book, type Opening, outcomeFrom } from './book.ts'
import { ended } from './ended.ts'
import { nameWorkspace, publish } from './publish.ts'

const PATCH = 'open-after-interruption'

/**
 * The run's opening, shared by every verb that needs it: two parallel first verbs open once. Ends the run as
 * `refused` when a name in its terms is not known.
 */
export function opening(book: Book, agent?: string, workflows?: readonly string[]): Promise<Opening> {
  const key = agent ?? ''
  const known = book.openings.get(key)
  if (known) return known
  // Of two that are under way at once either may come to the store first, and there the second changes nothing.
  const begins = book.parts === 0 && !book.isOpen
  const begun = open(book, {
    ...(agent !== undefined && { agent }),
    ...(workflows && { workflows }),
    ...(begins && { begins }),
  })
  book.openings.set(key, begun)
  begun.catch(error => forgetCancelled(book, key, error))
  return begun
}

/** It failed with the verb that came first and was interrupted: a later one opens anew. Histories from before have no such opening. */
function forgetCancelled({ openings }: Book, key: string, error: unknown): void {
  if (isCancellation(error) && patched(PATCH)) openings.delete(key)
}

/** The agent of that name, looked up with the run's opening. */
export async function planOf(book: Book, name: string, workflows?: readonly string[]): Promise<AgentPlan> {
  const { agent } = await opening(book, name, workflows)
  if (!agent) throw ended(outcomeFrom(book, 'refused', { message: `no agent is called '${name}'` }))
  return agent
}

type Asked = Pick<OpenRunInput, 'agent' | 'workflows' | 'begins'>

async function open(book: Book, asked: Asked): Promise<Opening> {
  const { openRun } = shortActivities()
  const { agent } = asked
  const summary = agent === undefined ? 'open the run' : `open the run · ${agent}`
  const result = await openRun.executeWithOptions({ summary }, [
    { run: book.ref, workflow: book.workflow, terms: book.terms, ...asked },
  ])
  return accept(book, result)
}

function accept(book: Book, result: OpenRunResult): Opening {
  if (result.kind === 'refused') throw ended(outcomeFrom(book, 'refused', { message: result.message }))
  if (result.namesWorkspace && !book.isOpen) nameWorkspace(book)
  book.isOpen = true
  book.searchAttributes = result.searchAttributes
  book.priorities = result.priorities ?? {}
  publish(book)
  return result
}
