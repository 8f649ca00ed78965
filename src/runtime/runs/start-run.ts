/**
 * The start of a run: what is asked is checked, sealed where it must be, and shortened where it is long, before Temporal has it.
 *
 * @module
 */
import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import type { JsonValue } from '../../core/messages.ts'
import type { Terms } from '../../core/protocol.ts'
import { type KeysOf, refuseUnknown } from '../../tools/refuse-unknown.ts'
import type { KnownSeals } from '../seals/known-seals.ts'
import { sealStart } from '../seals/seal-start.ts'
import type { LazyStore } from '../store/lazy-store.ts'
import { dispatchOf } from '../temporal/dispatch-of.ts'
import { checkInput, checkNames, checkOptions, checkTerms, WrongStart } from '../wrong-start.ts'
import { givenParts } from './given-parts.ts'
import { checkBrief, shortBrief } from './long-texts.ts'
import { sixLetters } from './six-letters.ts'

/** Options of a start: the run's input, its {@link Terms}, and options for Temporal. */
export interface StartOptions<Input = JsonValue, Class extends string = string> extends Terms {
  /**
   * For an agent: a text, or texts and files, `[{ type: 'text', text }, { type: 'file', mediaType: 'image/png', data }]`, whose `data` is
   * as in the AI SDK, or bytes. Files are kept in the store; a workflow of your own gets references, which `run.agent`, `run.generate` and
   * `run.child` take. An agent reads anything else as JSON, and over 1 MB from the store; a workflow of your own refuses so long an input.
   */
  readonly input: Input
  /** The task class of an agent's model calls, instead of the agent's own. */
  readonly taskClass?: Class
  /** Starting the same id again returns the existing run. @defaultValue the name, the time and six random letters */
  readonly id?: string
  /**
   * How soon Temporal dispatches its tasks when they queue, from 1, the first, to 5. Calls of a class with a priority of its own use that
   * one. Runs of the same priority take turns by workspace, if the server's task queues have fairness.
   *
   * @defaultValue 3
   */
  readonly priority?: number
}

type Internal = 'forkedFrom' | 'longInput' | 'carried' | 'within'

const START_KEYS: KeysOf<Omit<StartOptions, Internal>> = {
  input: true,
  id: true,
  workspace: true,
  budget: true,
  policy: true,
  labels: true,
  taskClass: true,
  model: true,
  priority: true,
}

/** What a start goes through. */
interface Starting {
  readonly client: Client
  readonly store: LazyStore
  readonly seals: KnownSeals
  readonly taskQueue: string
}

/** Of a run that is there already we have to hear: a key that is made now is not its own, and it may be one of another name. */
const ONCE = { workflowIdConflictPolicy: 'FAIL', workflowIdReusePolicy: 'REJECT_DUPLICATE' } as const

/** Starts a run unless there is one of that id, and gives its id. */
export async function startRun<Input>(
  { client, store, seals, taskQueue }: Starting,
  name: string,
  options: StartOptions<Input>,
): Promise<string> {
  const { workflowId, asked, dispatch } = checkedStart(name, taskQueue, options)
  const kept = await store.ifThere()
  if (!kept) checkBrief(name, asked, kept)
  const place = { namespace: client.options.namespace, workflowId }
  const seal = await sealStart(kept, place, asked.terms)
  // An earlier run of that id may have had another key.
  if (seal) seals.forget(place)
  // Behind the key, with which a sealed run's text is sealed; before the run, which reads it.
  const brief = await shortBrief(kept, place, asked)
  checkBrief(name, brief, kept)
  const told = { taskQueue, workflowId, args: [brief], staticSummary: summaryOf(name, asked.terms), priority: dispatch }
  try {
    await client.workflow.start(name, { ...told, ...ONCE, ...(seal?.memo && { memo: seal.memo }) })
  } catch (error) {
    // Of any other failure nobody knows whether the run began: a key too many does no harm, one too few does.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
    await seal?.undo()
    seals.forget(place)
    await refuseOther(client, workflowId, name)
  }
  return workflowId
}

/** Its outcome would be taken for what was asked. @throws WrongStart where the id is that of a run of another agent or workflow */
async function refuseOther(client: Client, id: string, name: string): Promise<void> {
  const { type } = await client.workflow.getHandle(id).describe()
  if (type === name) return
  throw new WrongStart(
    `${id} is already the id of a run of ${type}, so ${name} was not started; give it another id, such as ${name}-${id}`,
  )
}

/** @throws WrongStart before anything is sent. */
function checkedStart<Input>(name: string, taskQueue: string, options: StartOptions<Input>) {
  checkOptions(`the start of ${name}`, options, "{ input: '…' }")
  const { forkedFrom: _fork, longInput: _long, carried: _carried, within: _within, ...own } = options
  refuseUnknown(`the start of ${name}`, own, START_KEYS)
  const { input: given, id, priority, ...terms } = options
  checkTerms(name, terms)
  const input = givenParts(`the input of ${name}`, given) ?? given
  checkInput(name, input)
  const workflowId = id ?? readableId(name)
  checkNames({ name, id: workflowId, taskQueue })
  return { workflowId, asked: { input, terms }, dispatch: dispatchOf(priority, terms.workspace) }
}

/** `researcher-1123-0914-k3x9qa`: what, when, and enough chance for many starts in one minute. */
function readableId(name: string): string {
  const [date = '', time = ''] = new Date().toISOString().split('T')
  const stamp = `${date.slice(5).replace('-', '')}-${time.slice(0, 5).replace(':', '')}`
  return `${name}-${stamp}-${sixLetters()}`
}

function summaryOf(name: string, { workspace, taskClass, budget, labels }: Terms): string {
  const words = [
    `**${name}**`,
    taskClass ?? '',
    workspace ?? '',
    budget?.usd === undefined ? '' : `$${budget.usd}`,
    ...Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`),
  ]
  return words.filter(word => word !== '').join(' · ')
}
