/**
 * What no run can be started with, told before anything is written or sent.
 *
 * @module
 */
import { budgetProblem } from '../core/budgets/budget-problem.ts'
import { lostInJson } from '../core/json/lost-in-json.ts'
import { policyShapeProblem } from '../core/policy/policy-shape.ts'
import type { Terms } from '../core/protocol.ts'
import { boundProblem, labelsProblem } from '../core/runs/labels-problem.ts'
import { kindOf } from '../core/words/kind-of.ts'

/** A run cannot be started like this. The message says what is wrong and what is allowed. */
export class WrongStart extends Error {
  override readonly name = 'WrongStart'
}

/** The names that Temporal needs to start a run. */
export interface StartNames {
  readonly name: string
  readonly id: string
  readonly taskQueue: string
}

/** How long a name may be is the server's to say: operators set it. @throws WrongStart for one that is empty. */
export function checkNames({ name, id, taskQueue }: StartNames): void {
  if (name === '')
    throw new WrongStart('the name of the workflow or agent to start is empty; give one that a worker has')
  if (id === '') throw new WrongStart(`the id of the run of ${name} is empty; give one, or none to have one made`)
  if (taskQueue === '')
    throw new WrongStart(`the task queue for the run of ${name} is empty; name the one that workers serve`)
}

/**
 * Before anything is sent: whether it has to be sealed stands in the policy.
 *
 * @throws WrongStart for a policy, labels or a budget that are none
 */
export function checkTerms(name: string, { policy, labels, budget }: Terms): void {
  const wrong = policy === undefined ? undefined : policyShapeProblem(policy)
  if (wrong !== undefined) throw new WrongStart(`the policy of the run of ${name} ${wrong}`)
  const problem = labels === undefined ? undefined : (labelsProblem(labels) ?? boundProblem(labels))
  if (problem !== undefined) throw new WrongStart(`${problem}: ${name} was not started`)
  checkJson(`the budget of the run of ${name}`, budget)
  const unheld = budgetProblem(budget ?? {})
  if (unheld !== undefined) throw new WrongStart(`${unheld}: ${name} was not started`)
}

/** @throws WrongStart for none at all, or one that would be less as JSON */
export function checkInput(name: string, input: unknown): void {
  if (input === undefined)
    throw new WrongStart(
      `the run of ${name} has no input; give it one, or \`input: null\` to a workflow that takes none`,
    )
  checkJson(`the input of ${name}`, input)
}

/** @throws WrongStart for what would be less as JSON, as which it is sent */
function checkJson(what: string, value: unknown): void {
  const loss = lostInJson(value)
  if (loss !== undefined) throw new WrongStart(`${what} is not JSON: ${loss}`)
}

/** @throws WrongStart for what are no options at all */
export function checkOptions(verb: string, options: unknown, example: string): void {
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) return
  throw new WrongStart(`${verb} was given ${kindOf(options)} where its options belong; write ${example}`)
}
