/**
 * What a run is started with, and the checks of it that come before anything is written or sent.
 *
 * @module
 */
import { budgetProblem } from '../../core/budgets/budget-problem.ts'
import { definedOnly } from '../../core/defined-only.ts'
import { lostInJson } from '../../core/json/lost-in-json.ts'
import type { JsonValue } from '../../core/messages.ts'
import { policyShapeProblem } from '../../core/policy/policy-shape.ts'
import type { Labels, Terms } from '../../core/protocol.ts'
import { boundProblem, labelsProblem } from '../../core/runs/labels-problem.ts'
import { kindOf } from '../../core/words/kind-of.ts'
import { inputProblem, type WorkflowInputs } from '../../tools/index.ts'
import { type KeysOf, refuseUnknown } from '../../tools/refuse-unknown.ts'
import { givenParts } from '../given/given-parts.ts'
import { WrongStart } from '../wrong-start.ts'
import { dispatchOf } from './dispatch-of.ts'
import { sixLetters } from './six-letters.ts'

/** Options of a start: the run's input, its {@link Terms}, and options for Temporal. */
export interface StartOptions<Input = JsonValue, Class extends string = string> extends Omit<Terms, 'labels'> {
  /**
   * For an agent: a text, or texts and files, `[{ type: 'text', text }, { type: 'file', mediaType: 'image/png', data }]`, whose `data` is
   * as in the AI SDK, or bytes. Files are kept in the store; a workflow of your own gets references, which `run.agent`, `run.generate` and
   * `run.child` take. An agent reads anything else as JSON, and over 1 MB from the store; a workflow of your own refuses so long an input.
   */
  readonly input: Input
  /** Labels for the ledger. @defaultValue none */
  readonly labels?: Readonly<Record<string, string | undefined>> | undefined
  /** The task class of an agent's model calls, instead of the agent's own. */
  readonly taskClass?: Class | undefined
  /** Starting the same id again returns the existing run: see `ifExists`. @defaultValue the name, the time and six random letters */
  readonly id?: string | undefined
  /**
   * Which run of that id may be returned, if there is one. `same`: one of the same name that was started with the same input and terms;
   * another is a WrongStart, which says what differs. `any`: one of the same name, whatever it was started with.
   *
   * @defaultValue 'same'
   */
  readonly ifExists?: 'same' | 'any' | undefined
  /**
   * How soon Temporal dispatches its tasks when they queue, from 1, the first, to 5. Calls of a class with a priority of its own use that
   * one. Runs of the same priority take turns by workspace, if the server's task queues have fairness.
   *
   * @defaultValue 3
   */
  readonly priority?: number | undefined
}

/** Terms that our own code sets, and no caller. */
type Internal = 'forkedFrom' | 'longInput' | 'carried' | 'within'

const START_KEYS: KeysOf<Omit<StartOptions, Internal>> = {
  input: true,
  id: true,
  ifExists: true,
  workspace: true,
  budget: true,
  policy: true,
  labels: true,
  taskClass: true,
  model: true,
  priority: true,
}

/** Where a run is started, and what is known there of what it takes. */
interface StartedAs {
  readonly name: string
  readonly taskQueue: string
  readonly inputs?: WorkflowInputs | undefined
}

/**
 * The options in the form in which Temporal is given them.
 *
 * @throws WrongStart for what no run can be started with; TypeError for an option that does not exist.
 */
export function checkedStart<Input>({ name, taskQueue, inputs = {} }: StartedAs, options: StartOptions<Input>) {
  checkOptions(name, options)
  const { forkedFrom: _fork, longInput: _long, carried: _carried, within: _within, ...own } = options
  refuseUnknown(`the start of ${name}`, own, START_KEYS)
  const { input: given, id, ifExists = 'same', priority, labels, ...rest } = options
  checkTerms(name, options)
  const terms: Terms = labels === undefined ? rest : { ...rest, labels: definedOnly(labels) as Labels }
  const parts = givenParts(`the input of ${name}`, given)
  const input = parts ?? given
  checkInput(name, input)
  // A workflow is given references to files, which are made later.
  if (parts === undefined) checkSchema(inputs, name, input)
  const workflowId = id ?? readableId(name)
  checkNames(name, workflowId, taskQueue)
  checkIfExists(name, ifExists)
  return { workflowId, ifExists, asked: { input, terms }, dispatch: dispatchOf(priority, terms.workspace) }
}

/** JavaScript has no compiler to say it. */
function checkOptions(name: string, options: unknown): void {
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) return
  throw new WrongStart(
    `the start of ${name} was given ${kindOf(options)} where its options belong; write { input: '…' }`,
  )
}

/** `researcher-1123-0914-k3x9qa`: what, when, and enough chance for many starts in one minute. */
function readableId(name: string): string {
  const [date = '', time = ''] = new Date().toISOString().split('T')
  const stamp = `${date.slice(5).replace('-', '')}-${time.slice(0, 5).replace(':', '')}`
  return `${name}-${stamp}-${sixLetters()}`
}

/** Refuses empty names. How long they may be is a setting of the server, which refuses longer ones itself. */
function checkNames(name: string, id: string, taskQueue: string): void {
  if (name === '')
    throw new WrongStart('the name of the workflow or agent to start is empty; give one that a worker has')
  if (id === '') throw new WrongStart(`the id of the run of ${name} is empty; give one, or none to have one made`)
  if (taskQueue === '')
    throw new WrongStart(`the task queue for the run of ${name} is empty; name the one that workers serve`)
}

/** JavaScript has no compiler to say it. */
function checkIfExists(name: string, ifExists: string): void {
  if (ifExists === 'same' || ifExists === 'any') return
  throw new WrongStart(`\`ifExists\` of the start of ${name} is ${ifExists}, but takes 'same' or 'any'`)
}

function checkTerms(
  name: string,
  { policy, labels, budget }: Pick<StartOptions<unknown>, 'policy' | 'labels' | 'budget'>,
): void {
  const wrong = policy === undefined ? undefined : policyShapeProblem(policy)
  if (wrong !== undefined) throw new WrongStart(`the policy of the run of ${name} ${wrong}`)
  const problem = labels === undefined ? undefined : (labelsProblem(labels) ?? boundProblem(labels))
  if (problem !== undefined) throw new WrongStart(`${problem}: ${name} was not started`)
  checkJson(`the budget of the run of ${name}`, budget)
  const unheld = budgetProblem(budget ?? {})
  if (unheld !== undefined) throw new WrongStart(`${unheld}: ${name} was not started`)
}

function checkInput(name: string, input: unknown): void {
  if (input === undefined)
    throw new WrongStart(
      `the run of ${name} has no input; give it one, or \`input: null\` to a workflow that takes none`,
    )
  checkJson(`the input of ${name}`, input)
}

/** Checks the input in the form that the workflow gets: a `Date` is a text by then. */
function checkSchema(inputs: WorkflowInputs, name: string, input: unknown): void {
  if (!Object.hasOwn(inputs, name)) return
  const problem = inputProblem(inputs, name, JSON.parse(JSON.stringify(input)))
  if (problem !== undefined) throw new WrongStart(`${problem}. Nothing was started`)
}

/** Refuses what JSON would drop: the value is sent as JSON, and that part would be lost without a word. */
function checkJson(what: string, value: unknown): void {
  const loss = lostInJson(value)
  if (loss !== undefined) throw new WrongStart(`${what} is not JSON: ${loss}`)
}
