/**
 * Options of a verb that do not exist: workflows are bundled without a look at types, and a misspelt `budget` would be none.
 *
 * @module
 */
import { patched, workflowInfo } from '@temporalio/workflow'
import { kindOf } from '../../../src/core/words/kind-of.ts'
import type { Book } from '../book/book.ts'
import type { Patch } from '../patches.ts'

/** Advice for options that people often try, by name. */
const SOUGHT_HERE: Readonly<Record<string, string>> = {
  tools: 'only agents have tools: use `run.agent`.',
  toolChoice: 'only agents have tools: use `run.agent`.',
  model: 'a task class stands for models.',
  maxTokens: 'did you mean `maxOutputTokens`?',
  instructions: 'did you mean `system`?',
}

/**
 * The problem, if this run refuses such mistakes; else `undefined`. Once a run has refused one, it refuses all that follow, since
 * the marker in its history stands for them too.
 */
export function toRefuse(book: Book, problem: string | undefined): string | undefined {
  if (problem === undefined || !mayRefuse(book)) return undefined
  book.isStrict = true
  return problem
}

/** {@link toRefuse} for a check that came later, with this marker. A history without it has accepted the value. */
export function toRefuseSince(book: Book, problem: string | undefined, patch: Patch): string | undefined {
  if (problem === undefined || !mayRefuse(book) || !patched(patch)) return undefined
  return toRefuse(book, problem)
}

/**
 * Whether this run may refuse options that do not exist. A run that was at work before there was that rule goes on without it, or
 * it would lose what it has paid for. So does a history whose steps an older worker has made.
 */
function mayRefuse(book: Book): boolean {
  const isNew = book.isStrict || (!book.isOpen && book.parts === 0)
  // A history may have the marker although the store did not yet record that runs are strict.
  return (isNew || workflowInfo().unsafe.isReplaying) && patched('refuse-unknown-options' satisfies Patch)
}

/**
 * What is wrong with the options of a verb, in words; `undefined` if nothing is.
 *
 * @param known - All options that the verb has.
 */
export function optionsProblem(
  book: Book,
  verb: string,
  given: unknown,
  known: Readonly<Record<string, true>>,
): string | undefined {
  const all = Object.keys(known).join(', ')
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    const problem = `\`${verb}\` was given ${kindOf(given)} where its options belong: an object, of ${all}`
    // No marker is needed: older workers threw here, so no history goes on from it.
    return given === undefined || given === null ? problem : toRefuse(book, problem)
  }
  const unknown = Object.entries(given).find(([key, value]) => value !== undefined && !Object.hasOwn(known, key))
  if (unknown === undefined) return undefined
  const [key] = unknown
  const advice = Object.hasOwn(SOUGHT_HERE, key) ? `; ${SOUGHT_HERE[key]}` : '.'
  return toRefuse(book, `\`${verb}\` has no option \`${key}\`${advice} There are: ${all}`)
}
