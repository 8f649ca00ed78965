/**
 * A child run: a workflow of its own on this run's money and under its policy, waited for to its end.
 *
 * @module
 */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import {
  CancellationScope,
  ChildWorkflowCancellationType,
  type ChildWorkflowHandle,
  condition,
  getExternalWorkflowHandle,
  isCancellation,
  ParentClosePolicy,
  sleep,
  startChild,
  TemporalFailure,
  type Workflow,
} from '@temporalio/workflow'
import { addChild, isOutcome } from '../../src/core/agent/totals.ts'
import type { KeysOf } from '../../src/core/keys-of.ts'
import type { Jsonable, JsonValue } from '../../src/core/messages.ts'
import { costUsd, NO_COST } from '../../src/core/money/cost.ts'
import {
  type AskedLikeTool,
  type Brief,
  type Budget,
  type Labels,
  type LostSpendings,
  type Outcome,
  SIGNALS,
  type Terms,
} from '../../src/core/protocol.ts'
import { boundProblem, labelsProblem } from '../../src/core/runs/labels-problem.ts'
import { SEALED } from '../../src/core/sealing.ts'
import { shortActivities } from './activities.ts'
import { askersBelow, forgetShortages } from './ask-above.ts'
import type { RunAtWork } from './at-work.ts'
import { type Book, childKey } from './book.ts'
import { outcomeOf } from './ended.ts'
import { type Given, settingProblem, toGive } from './given-problem.ts'
import { optionsProblem, toRefuse, toRefuseSince } from './known-options.ts'
import { interruption, withinTime } from './limits.ts'
import { opening } from './opening.ts'
import { publish } from './publish.ts'
import { childRow, withRow } from './rows.ts'
import { isRunCancelled } from './run-cancelled.ts'
import { sizeProblem } from './sizes.ts'
import { isTold } from './tell-run.ts'

/** What a child run is given. Workspace and policy are its parent's. */
export interface ChildOptions<Input = Jsonable> {
  readonly input: Input
  /**
   * Limits of the child and the runs below it. Money and tokens are a slice: what they spend counts in this run's budget too,
   * so that a child never gets more than is left there. Its end is the child's `out-of-budget` and this run's to hear of.
   */
  readonly budget?: Budget
  /** The task class of an agent's model calls, instead of the agent's own. */
  readonly taskClass?: string
  /** Beside its parent's; of two with one key the child's own counts. */
  readonly labels?: Labels
}

/** A child that a model may have asked for like a tool. */
type Asked = ChildOptions & { readonly asked?: AskedLikeTool }

const CHILD_OPTIONS: KeysOf<ChildOptions> = { input: true, budget: true, taskClass: true, labels: true }

function givenOptions(book: Book, name: string, options: Asked): Given<Asked> {
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
    toRefuseSince(book, boundProblem(labels) ?? sizeProblem('the budget', budget)) ??
    settingProblem(book, 'the budget', budget)
  )
}

/** Agents that ask each other would open runs until the money ends; a deeper tree than this is a mistake. */
const MOST_DEPTH = 5

/** Of a workflow: Temporal refuses more, again and again. */
const LONGEST_ID = 1_000

/** Runs the child to its end and counts what it has cost. However it ends is a value; the end of this run itself is thrown. */
export async function askChild<Output = JsonValue>(
  run: RunAtWork,
  name: string,
  options: Asked,
): Promise<Outcome<Output>> {
  const { book, inbox } = run
  if (book.timeIsUp || inbox.stopping) throw interruption(run)
  if (book.depth >= MOST_DEPTH)
    return lost({ message: `runs nest at most ${MOST_DEPTH} deep, so ${name} was not started`, kind: 'failed' })
  const given = givenOptions(book, name, options)
  if (given.problem !== undefined) return lost({ message: `${given.problem}. ${name} was not started`, kind: 'failed' })
  book.childCount += 1
  const id = `${book.ref.id}/${name}-${book.step}-${book.childCount}`
  if (name === '' || id.length > LONGEST_ID)
    return lost({
      message: `the child '${name}' was not started: Temporal takes no empty name and no id over ${LONGEST_ID} characters, and this has ${id.length}`,
      kind: 'failed',
    })
  if (!book.isOpen) await opening(book)
  const outcome = await withinTime(book, () => untilEnded(run, { id, name, options: given.value }))
  book.children.delete(id)
  forgetShortages(book, id)
  book.totals = addChild(book.totals, outcome)
  book.rows = withRow(book.rows, childRow(book.step, id.slice(book.ref.id.length + 1), outcome))
  publish(book)
  if (outcome.kind === 'cancelled') await endIfCancelled(run)
  return outcome as Outcome<Output>
}

/** Until every child has ended, so that a cancelled run knows what they have cost. */
export function childrenEnded(book: Book): Promise<void> {
  return CancellationScope.nonCancellable(() => condition(() => book.children.size === 0))
}

/** A child may be cancelled by itself; then this run goes on. So do its other children where a scope of its workflow's own was. */
async function endIfCancelled(run: RunAtWork): Promise<void> {
  const { book } = run
  if (!book.timeIsUp && !CancellationScope.current().consideredCancelled) return
  if (book.timeIsUp || isRunCancelled()) await childrenEnded(book)
  throw interruption(run)
}

/** Tells every child that is under way to stop after what is paid for. */
export function stopChildren(book: Book): void {
  for (const stop of book.children.values()) void stop()
}

/** A child that is to be started. */
interface NewChild {
  readonly id: string
  /** Of its agent or workflow. */
  readonly name: string
  readonly options: Asked
}

async function untilEnded({ book, inbox }: RunAtWork, asked: NewChild): Promise<Outcome> {
  let child: ChildWorkflowHandle<Workflow> | undefined
  const stop = async () => {
    // A child that has ended meanwhile need not hear it.
    if (child) await isTold(() => child!.signal(SIGNALS.stop))
  }
  book.children.set(asked.id, stop)
  publish(book)
  try {
    child = await startFresh(book, asked)
    if (inbox.stopping) await stop()
    const result = await child.result()
    if (isOutcome(result)) return result
    const plain: LostEnd = { kind: 'answered', output: result as never }
    return lost(plain, await spentBy(book, child, plain))
  } catch (error) {
    const end = endOf(error, asked.name)
    return 'cost' in end ? end : lost(end, child && (await spentBy(book, child, end)))
  }
}

/** Doubles from try to try; about a minute in all. */
const PREDECESSOR_WAITS_MS = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000]

/** A run that was reset asks its children anew, while those that it had asked before still run: Temporal leaves them alone. */
async function startFresh(book: Book, child: NewChild) {
  for (const waitMs of PREDECESSOR_WAITS_MS) {
    try {
      return await start(book, child)
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
    }
    await cancelPredecessor(child.id)
    await sleep(waitMs, { summary: `waiting for the end of an earlier ${child.id.slice(book.ref.id.length + 1)}` })
  }
  return start(book, child)
}

/** One that has ended meanwhile need not be cancelled. */
async function cancelPredecessor(id: string): Promise<void> {
  try {
    await getExternalWorkflowHandle(id).cancel()
  } catch (error) {
    if (!(error instanceof TemporalFailure) || isCancellation(error)) throw error
  }
}

/** From the ledger, also while this run is being cancelled. */
function spentBy(
  { ref }: Book,
  { workflowId }: ChildWorkflowHandle<Workflow>,
  { kind: outcome, message }: LostEnd,
): Promise<LostSpendings> {
  const { closeLost } = shortActivities()
  const summary = `close ${workflowId}, which could not`
  const key = childKey({ id: ref.root ?? ref.id, key: ref.scope ?? ref.key }, workflowId)
  const input = { run: { id: workflowId, key }, outcome, ...(message !== undefined && { message }) }
  return CancellationScope.nonCancellable(() => closeLost.executeWithOptions({ summary }, [input]))
}

function start(book: Book, { id, name, options: { input, ...options } }: NewChild) {
  return startChild<(brief: Brief<Jsonable>) => Promise<Outcome>>(name, {
    workflowId: id,
    args: [{ input, terms: termsOf(book, options) }],
    // Left out, the type waits as well; what a cancelled child has cost depends on it.
    cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    staticSummary: summaryOf(book, id, options.labels),
    ...(book.ref.sealed && { memo: { [SEALED]: SEALED } }),
  })
}

/** The server takes summaries of 400 bytes, and a character of JSON may be three of them; labels may be longer. */
const SUMMARY_CHARACTERS = 130

/** Its page shows it, and the timeline of the run above: twenty children of one agent are told apart by what is their own. */
function summaryOf({ ref }: Book, id: string, labels: Labels = {}): string {
  const own = Object.entries(labels).map(([key, value]) => `${key}=${value}`)
  return [id.slice(ref.id.length + 1), ...own, `asked by ${ref.id}`].join(' · ').slice(0, SUMMARY_CHARACTERS)
}

function termsOf(book: Book, { budget, taskClass, labels, asked }: Omit<Asked, 'input'>): Terms {
  const { id, key, root = id, scope = key, workspace, policy, moneyLimited = false, slices } = book.ref
  const askers = askersBelow(book)
  return {
    workspace,
    labels: { ...book.ref.labels, ...labels },
    ...(policy && { policy }),
    ...(budget && { budget }),
    ...(taskClass !== undefined && { taskClass }),
    within: {
      root: { id: root, key: scope },
      depth: book.depth + 1,
      moneyLimited,
      ...(slices && { slices }),
      ...(askers.length > 0 && { askers }),
      ...(asked && { asked }),
    },
  }
}

/** Every way in which Temporal tells that a child did not complete. Anything else is a bug. */
function endOf(error: unknown, name: string): Outcome | LostEnd {
  if (!(error instanceof TemporalFailure)) throw error
  const cause = error.cause ?? error
  const outcome = outcomeOf(cause)
  if (outcome) return outcome
  if (isCancellation(error)) return { kind: 'cancelled', message: `${name} was cancelled` }
  return { kind: 'failed', message: cause.message }
}

/** The end of a child that did not tell what it has spent: it could not, or its workflow returned something else. */
type LostEnd = Pick<Outcome<never>, 'kind' | 'message' | 'output'>

/** One that did not start has spent nothing. */
function lost(end: LostEnd, spent: LostSpendings = NOTHING): Outcome<never> {
  return { ...end, ...spent, costUsd: costUsd(spent.cost) }
}

const NOTHING: LostSpendings = { cost: NO_COST, usage: {}, calls: 0, toolCalls: 0 }
