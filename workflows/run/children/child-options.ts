/**
 * What a child run is given, and why it cannot be.
 *
 * @module
 */
import type { KeysOf } from '../../../src/core/keys-of.ts'
import type { Jsonable } from '../../../src/core/messages.ts'
import type { AskedLikeTool, Budget, Labels } from '../../../src/core/protocol.ts'
import { boundProblem, labelsProblem } from '../../../src/core/runs/labels-problem.ts'
import type { Book } from '../book/book.ts'
import { sizeProblem } from '../book/sizes.ts'
import { type Given, settingProblem, toGive } from '../given/given-problem.ts'
import { optionsProblem, toRefuse, toRefuseSince } from '../given/known-options.ts'

/** Options of a child run. Workspace and policy are its parent's. */
export interface ChildOptions<Input = Jsonable, Class extends string = string> {
  readonly input: Input
  /**
   * Limits of the child and the runs below it. Money and tokens are a slice of this run's budget: what they spend counts there too, so a
   * child never gets more than is left. If it runs out, the child ends `out-of-budget`, and this run gets that as its outcome.
   */
  readonly budget?: Budget
  /** The task class of an agent's model calls, instead of the agent's own. */
  readonly taskClass?: Class
  /** Added to its parent's labels; for the same key, the child's own counts. */
  readonly labels?: Labels
}

/** A child that a model may have asked for like a tool. */
export type AskedChild = ChildOptions & { readonly asked?: AskedLikeTool }

const CHILD_OPTIONS: KeysOf<ChildOptions> = { input: true, budget: true, taskClass: true, labels: true }

export function givenOptions(book: Book, name: string, options: AskedChild): Given<AskedChild> {
  const unknown = Object(options).asked ? undefined : ownProblem(book, options)
  if (unknown !== undefined) return { problem: unknown }
  const given = toGive(book, `the input of ${name}`, options.input)
  return given.problem === undefined ? { value: { ...options, input: given.value } } : given
}

function ownProblem(book: Book, options: ChildOptions): string | undefined {
  const unknown = optionsProblem(book, 'child', options, CHILD_OPTIONS)
  if (unknown !== undefined) return unknown
  const { labels, budget } = options
  return (
    toRefuse(book, labels && labelsProblem(labels)) ??
    toRefuseSince(book, boundProblem(labels) ?? sizeProblem('the budget', budget), 'signalbox.refuse-lost-in-json') ??
    settingProblem(book, 'the budget', budget)
  )
}
