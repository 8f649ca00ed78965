/**
 * Opens a run in the store before its first verb, and looks up agents by name.
 *
 * @module
 */
import { CancellationScope, isCancellation, patched } from '@temporalio/workflow'
import { definedOnly } from '../../../src/core/defined-only.ts'
import type { AgentPlan, OpenRunInput, OpenRunResult } from '../../../src/core/protocol.ts'
import { shortActivities } from '../activities.ts'
import type { Book, Opening, SharedOpening, WaitingVerb } from '../book/book.ts'
import type { Patch } from '../patches.ts'
import { nameWorkspace, publish } from '../shown/publish.ts'
import { endedAs, openedAs } from './ended.ts'

/**
 * Opens the run, once for all verbs that need it, even if two start in parallel. Ends the run as `refused` if a name in its terms
 * is not known.
 */
export function opening(book: Book, agent?: string, workflows?: readonly string[]): Promise<Opening> {
  const key = agent ?? ''
  const known = book.openings.get(key)
  if (known) return share(known, () => opening(book, agent, workflows))
  // Two openings may be under way at once, one of them for an agent. Both say that the run begins: either may reach the store
  // first, and the second changes nothing there.
  const begins = !book.isBegun
  const begun = begin(book, { agent, workflows, begins: begins || undefined })
  book.openings.set(key, begun)
  begun.opened.catch(error => forgetCancelled(book, key, error))
  return begun.opened
}

/** Forgets an opening that failed because its verb was interrupted, so that a later verb opens again. */
function forgetCancelled({ openings }: Book, key: string, error: unknown): void {
  if (isCancellation(error) && patched('open-after-interruption' satisfies Patch)) openings.delete(key)
}

/** Waits for the opening of the verb that came first. If that verb alone was interrupted, opens anew. */
function share({ opened, waiting }: SharedOpening, anew: () => Promise<Opening>): Promise<Opening> {
  if (waiting.length === 0) return opened
  return new Promise((resolve, reject) => {
    waiting.push({ resolve, reject })
    opened.catch(error => {
      if (!isCancellation(error)) return
      if (CancellationScope.current().consideredCancelled || !patched('open-for-others' satisfies Patch)) reject(error)
      else anew().then(resolve, reject)
    })
  })
}

/** The agent of that name, looked up with the run's opening. */
export async function planOf(book: Book, name: string, workflows?: readonly string[]): Promise<AgentPlan> {
  const { agent } = await opening(book, name, workflows)
  if (!agent) throw endedAs(book, 'refused', { message: `no agent is called '${name}'` })
  return agent
}

type OpeningAsk = { readonly [Name in 'agent' | 'workflows' | 'begins']: OpenRunInput[Name] | undefined }

function begin(book: Book, asked: OpeningAsk): SharedOpening {
  const waiting: WaitingVerb[] = []
  const opened = new Promise<Opening>((resolve, reject) => {
    waiting.push({ resolve, reject })
  })
  void open(book, asked, waiting)
  return { opened, waiting }
}

/**
 * Opens the run, and tells all verbs that wait, in their order, as histories have it. An interruption is told only to the first
 * verb, whose own it is.
 */
async function open(book: Book, asked: OpeningAsk, waiting: WaitingVerb[]): Promise<void> {
  try {
    const opening = accept(book, await openedIn(book, asked))
    for (const { resolve } of waiting.splice(0)) resolve(opening)
  } catch (error) {
    for (const { reject } of waiting.splice(0, isCancellation(error) ? 1 : waiting.length)) reject(error)
  }
}

function openedIn(book: Book, { agent, workflows, begins }: OpeningAsk): Promise<OpenRunResult> {
  const { openRun } = shortActivities()
  const summary = agent === undefined ? 'open the run' : `open the run · ${agent}`
  const { workflow, terms } = book
  const input = definedOnly({ run: openedAs(book), workflow, terms, agent, workflows, begins })
  return openRun.executeWithOptions({ summary }, [input])
}

function accept(book: Book, result: OpenRunResult): Opening {
  if (result.kind === 'refused') throw endedAs(book, 'refused', { message: result.message })
  if (result.namesWorkspace && !book.isOpen) nameWorkspace(book)
  if (result.isStrict) book.isStrict = true
  book.isOpen = true
  book.isBegun = true
  book.searchAttributes = result.searchAttributes
  book.priorities = result.priorities ?? {}
  publish(book)
  return result
}
