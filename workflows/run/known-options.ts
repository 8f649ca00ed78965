/**
 * Options of a verb that do not exist: workflows are bundled without a look at types, and a misspelt `budget` would be none.
 *
 * @module
 */
import { patched, workflowInfo } from '@temporalio/workflow'
import { kindOf } from '../../src/core/words/kind-of.ts'
import type { Book } from './book.ts'

/** Without the prefix `signalbox.` of the others: histories have it so. */
const PATCH = 'refuse-unknown-options'

/** Where people look for what is another verb's. */
const SOUGHT_HERE: Readonly<Record<string, string>> = {
  tools: 'only agents have tools: use `run.agent`.',
  toolChoice: 'only agents have tools: use `run.agent`.',
  model: 'a task class stands for models.',
  maxTokens: 'did you mean `maxOutputTokens`?',
  instructions: 'did you mean `system`?',
}

/** The problem, where the run refuses such a thing. From the first time on it always does: the marker stands for all that follow. */
export function toRefuse(book: Book, problem: string | undefined): string | undefined {
  if (problem === undefined || !mayRefuse(book)) return undefined
  book.isStrict = true
  return problem
}

/** Of functions in a call's or a child's settings, and of labels that are too long. It stands for no more. */
const LATER_PATCH = 'signalbox.refuse-lost-in-json'

/** {@link toRefuse} for what is looked at since this patch: a history with the other marker has taken it. */
export function toRefuseSince(book: Book, problem: string | undefined, patch = LATER_PATCH): string | undefined {
  if (problem === undefined || !mayRefuse(book) || !patched(patch)) return undefined
  return toRefuse(book, problem)
}

/**
 * Whether options that do not exist may be refused. A run that was at work before that rule goes on without it, or it would lose midway
 * what it has paid for; and so does a history whose steps an older worker has made.
 */
function mayRefuse(book: Book): boolean {
  const isNew = book.isStrict || (!book.isOpen && book.parts === 0)
  // A history of before runs had it on record that they are strict may have refused it all the same.
  return (isNew || workflowInfo().unsafe.isReplaying) && patched(PATCH)
}

/** Why a verb cannot be asked so, in words; `undefined` where it can. */
export function optionsProblem(
  book: Book,
  verb: string,
  given: unknown,
  known: Readonly<Record<string, true>>,
): string | undefined {
  const all = Object.keys(known).join(', ')
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    const problem = `\`${verb}\` was given ${kindOf(given)} where its options belong: an object, of ${all}`
    // Reading an option of nothing throws, so no run ever came further with it.
    return given === undefined || given === null ? problem : toRefuse(book, problem)
  }
  const unknown = Object.entries(given).find(([key, value]) => value !== undefined && !Object.hasOwn(known, key))
  if (unknown === undefined) return undefined
  const [key] = unknown
  const advice = Object.hasOwn(SOUGHT_HERE, key) ? `; ${SOUGHT_HERE[key]}` : '.'
  return toRefuse(book, `\`${verb}\` has no option \`${key}\`${advice} There are: ${all}`)
}
