/**
 * One run, as a client holds it.
 *
 * @module
 */
import { randomUUID } from 'node:crypto'
import { type Client, type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client'
import type { JsonValue } from '../../core/messages.ts'
import {
  type BudgetRaise,
  type Decision,
  type DecisionResult,
  type Outcome,
  QUERIES,
  type RaisedBudget,
  type RunState,
  type Said,
  SIGNALS,
  UPDATES,
} from '../../core/protocol.ts'
import { SEALED } from '../../core/sealing.ts'
import { kindOf } from '../../core/words/kind-of.ts'
import type { Store } from '../../store/index.ts'
import { type KeysOf, refuseUnknown } from '../../tools/refuse-unknown.ts'
import { keyOf } from '../events/follow-events.ts'
import { lookUpRun, type SoughtRun } from '../finding/look-up-run.ts'
import { type GivenPart, givenWords } from '../given/given-parts.ts'
import { wordsFor } from '../given/long-texts.ts'
import { heardInTime, toldInTime } from '../hearing/run-unheard.ts'
import { unlessStoreFails } from '../store/unless-store-fails.ts'
import { rethrowWithAsker } from './asked-below.ts'
import { rethrowInItsWords } from './not-accepted.ts'
import { isAsked, onceAsked } from './once-asked.ts'
import type { PendingAsk } from './pending-asks.ts'
import { type RecordedRun, recordedRun, unknownKey } from './recorded-run.ts'
import { assertOpen, unlessEnded } from './run-ended.ts'
import { outcomeOfRun } from './run-outcome.ts'

/** Who decides and why, for the record. */
export type Verdict = Pick<Decision, 'by' | 'note'>

/** Where nobody says what the run closes with. */
interface Known<Ended> {
  readonly known: Ended
  readonly unsaid: never
}

/**
 * A run that you can listen to and tell things. `Value`: what it closes with, if known; `Ended`: how it ends, if more is known; `Ask`:
 * what it and the runs below it may ask people.
 */
export interface RunHandle<Value = JsonValue, Ended = Outcome<Value>, Ask = PendingAsk> extends RecordedRun<Ask> {
  /** The workflow's id, by which people and the ledger know the run. */
  readonly id: string
  /** Whether there is a run of this id: at the Temporal server or, once that has forgotten it, in the store as one that has ended. */
  exists(): Promise<boolean>
  /** Its page in the Temporal UI; `undefined` if the client does not know where the UI is, or the server has forgotten the run. */
  url(): Promise<string | undefined>
  /**
   * Waits for the end and returns how the run ended, whatever the end. For an agent with a schema, `output` is there if `kind` is
   * `answered`.
   *
   * @throws WorkflowNotFoundError once the Temporal server has forgotten the run, for only the server had what it gave. The last of its
   * `events()` still says how it ended.
   */
  outcome<Unsaid extends Known<Ended> = Known<Ended>>(): Promise<Unsaid['known']>
  outcome<Output>(): Promise<Outcome<Output>>
  /** Its current state. A worker has to answer, even for a run that has ended. @throws RunUnheard if none does */
  state(): Promise<RunState>
  /**
   * Lets a waiting tool call run, or answers a question with `approve`.
   *
   * Like everything that is said to a run, it waits for a worker, and throws {@link RunUnheard} if none answers within half a minute.
   *
   * The first decision about a tool call or a question counts. Saying it again changes nothing, and the result says so. The opposite
   * decision, and one about something that is not asked, throws {@link NotAccepted}; a run that has ended throws {@link RunEnded}.
   */
  approve(toolCallId: string, verdict?: Verdict): Promise<DecisionResult>
  /** Denies a waiting tool call, or answers a question with `deny`. Otherwise like {@link RunHandle.approve}. */
  deny(toolCallId: string, verdict?: Verdict): Promise<DecisionResult>
  /** Answers a question that a workflow asks, by its id, with one of its answers. */
  answer(questionId: string, answer: string, verdict?: Verdict): Promise<DecisionResult>
  /** Raises the limits that the run was started with, at once. A run that waits for that continues. */
  raiseBudget(raise: BudgetRaise): Promise<RaisedBudget>
  /**
   * Gives the running agent a message, a text or texts and files, which it reads before its next call. Files, and a text over 64 kB, are
   * kept in the store; without the store the limit is 1 MB.
   *
   * @param as - `id`: your id for the message, else it gets one of its own. Saying it again under the same id changes nothing, so you
   * can retry if the answer was lost. `by`: who says it, for the record.
   */
  say(text: string | readonly GivenPart[], as?: Pick<Said, 'id' | 'by'>): Promise<void>
  /** Ends the run after what is already paid for. */
  stop(): Promise<void>
  /** Ends the run now; calls on the wire are aborted. */
  cancel(): Promise<void>
}

export interface RunHandleParts {
  readonly client: Client
  readonly id: string
  readonly store: () => Promise<Store>
  /** `undefined`: this client has none. */
  readonly storeIfThere: () => Promise<Store | undefined>
  readonly uiUrl?: string
}

/** Without the store nothing can be encrypted for it, and what is said would lie in Temporal's history as it is. */
async function refuseSealed(workflow: WorkflowHandle): Promise<void> {
  const { memo } = await workflow.describe()
  if (memo?.[SEALED] !== SEALED) return
  throw new Error(
    `run ${workflow.workflowId} is sealed, and this client was connected without the store that has its key; connect it with \`store\`, or set DATABASE_URL. Nothing was sent`,
  )
}

/**
 * Content of no retention ends when its outcome was read. A store that is out of reach keeps the outcome from nobody: such content then
 * ends an hour after its run, as where nobody reads it.
 */
async function noteRead(storeIfThere: RunHandleParts['storeIfThere'], workflow: WorkflowHandle): Promise<void> {
  const read = async () => {
    const store = await storeIfThere()
    await store?.content.outcomeRead(workflow.workflowId, Date.now(), () =>
      keyOf(workflow, store.reports).catch(unknownKey),
    )
  }
  await unlessStoreFails(read(), undefined)
}

async function isThere(run: SoughtRun): Promise<boolean> {
  try {
    await lookUpRun(run)
    return true
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false
    throw error
  }
}

/** By the ledger, where it can be read and has the run. */
function spentOn(storeIfThere: RunHandleParts['storeIfThere'], workflow: WorkflowHandle) {
  const read = async () => {
    const store = await storeIfThere()
    if (!store) return undefined
    const run = { id: workflow.workflowId, key: await keyOf(workflow, store.reports) }
    return (await store.ledger.seen(run)) && store.ledger.spentBy(run)
  }
  return unlessStoreFails(read(), undefined)
}

async function isOnRecord(
  storeIfThere: RunHandleParts['storeIfThere'],
  workflow: WorkflowHandle,
  { toolCallId }: Decision,
): Promise<boolean> {
  const store = await storeIfThere()
  return store !== undefined && isAsked(store.events, await keyOf(workflow, store.reports), toolCallId)
}

/** @throws WorkflowNotFoundError that says what is left of a run which the server has forgotten; any other error as it is */
async function rethrowIfForgotten(error: unknown, run: SoughtRun): Promise<never> {
  const { forgotten } = error instanceof WorkflowNotFoundError ? await lookUpRun(run) : {}
  if (!forgotten) throw error
  const { id, outcome } = forgotten
  const words = `run ${id} has ended (${outcome}), and the Temporal server has forgotten it with what it gave; events() and messages() still tell what happened`
  throw new WorkflowNotFoundError(words, id, undefined)
}

const VERDICT_KEYS: KeysOf<Verdict> = { by: true, note: true }

/** Asked of such an id, Temporal says that it knows no query. */
function requireId(id: unknown): void {
  if (typeof id === 'string' && id !== '') return
  const given = id === '' ? 'an empty text' : kindOf(id)
  throw new TypeError(`a run was asked for with ${given} instead of its id; \`signalbox runs\` lists the ids there are`)
}

/** @throws TypeError for what is no id */
export function createRunHandle({ client, id, store, storeIfThere, uiUrl }: RunHandleParts): RunHandle {
  requireId(id)
  const workflow = client.workflow.getHandle(id)
  const sought = { workflow, storeIfThere }
  const place = { namespace: client.options.namespace, workflowId: id }
  const tell = async <T>(wanted: string, say: () => Promise<T>) => {
    if (!(await storeIfThere())) await refuseSealed(workflow)
    return unlessEnded(sought, wanted, say)
  }
  const update = <Result, Argument>(name: string, argument: Argument) =>
    heardInTime(client, workflow, () =>
      workflow.executeUpdate<Result, [Argument]>(name, { args: [argument] }).catch(rethrowInItsWords),
    )
  const state = () => toldInTime(client, workflow, () => workflow.query<RunState>(QUERIES.state))
  const decide = async (toolCallId: string, word: string, verdict: Verdict = {}) => {
    refuseUnknown(`the decision on run ${id}`, verdict, VERDICT_KEYS)
    const decision = { toolCallId, decision: word, ...verdict }
    return tell('decided on', () =>
      onceAsked(
        () => update<DecisionResult, Decision>(UPDATES.decide, decision),
        () => isOnRecord(storeIfThere, workflow, decision),
      ).catch(error => rethrowWithAsker(error, { workflow, storeIfThere, toolCallId })),
    )
  }
  return {
    id,
    exists: () => isThere(sought),
    url: async () => {
      const { described } = uiUrl ? await lookUpRun(sought) : {}
      return uiUrl && described && urlOf(uiUrl, client.options.namespace, id, described.execution?.runId ?? '')
    },
    outcome: async <Output>() => {
      const outcome = await outcomeOfRun<Output>(workflow, () => spentOn(storeIfThere, workflow)).catch(error =>
        rethrowIfForgotten(error, sought),
      )
      await noteRead(storeIfThere, workflow)
      return outcome
    },
    state,
    ...recordedRun({ client, workflow, store, state }),
    approve: (toolCallId, verdict) => decide(toolCallId, 'approve', verdict),
    deny: (toolCallId, verdict) => decide(toolCallId, 'deny', verdict),
    answer: decide,
    raiseBudget: raise => tell('given a larger budget', () => update<RaisedBudget, BudgetRaise>(UPDATES.raise, raise)),
    say: (text, { id: said = randomUUID(), by } = {}) =>
      tell('told anything', async () => {
        const given = givenWords(`the message to run ${id}`, text)
        const words = await wordsFor(await storeIfThere(), place, given)
        await update<void, Said>(UPDATES.say, { text: words, id: said, ...(by !== undefined && { by }) })
      }),
    stop: () => unlessEnded(sought, 'stopped', () => workflow.signal(SIGNALS.stop)),
    cancel: async () => {
      await assertOpen(sought, 'cancelled')
      await workflow.cancel()
    },
  }
}

function urlOf(uiUrl: string, namespace: string, workflowId: string, runId: string): string {
  const path = [namespace, 'workflows', workflowId, runId].map(encodeURIComponent).join('/')
  return `${uiUrl.replace(/\/$/, '')}/namespaces/${path}/history`
}
