/**
 * Makes the run that a client holds.
 *
 * @module
 */
import { randomUUID } from 'node:crypto'
import { type Client, type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client'
import {
  type BudgetRaise,
  type Decision,
  type DecisionResult,
  QUERIES,
  type RaisedBudget,
  type RunState,
  type Said,
  SIGNALS,
  UPDATES,
} from '../../core/protocol.ts'
import { kindOf } from '../../core/words/kind-of.ts'
import type { Store } from '../../store/index.ts'
import { type KeysOf, refuseUnknown } from '../../tools/refuse-unknown.ts'
import { keyOfRun } from '../finding/key-of-run.ts'
import { lookUpRun, type SoughtRun } from '../finding/look-up-run.ts'
import { givenWords } from '../given/given-parts.ts'
import { wordsFor } from '../given/long-texts.ts'
import { heardInTime, toldInTime } from '../hearing/run-unheard.ts'
import type { KnownSeals } from '../seals/known-seals.ts'
import { refuseSealed } from '../seals/refuse-sealed.ts'
import { unlessStoreFails } from '../store/unless-store-fails.ts'
import { callersDeadlineMs } from '../temporal/callers-deadline.ts'
import type { FirstAnswer } from '../temporal/first-answer.ts'
import { rethrowWithAsker } from './asked-below.ts'
import { rethrowInItsWords } from './not-accepted.ts'
import { isAsked, onceAsked } from './once-asked.ts'
import { recordedRun, unknownKey } from './recorded-run.ts'
import { assertOpen, unlessEnded } from './run-ended.ts'
import type { RunHandle, Verdict } from './run-handle.ts'
import { outcomeOfRun } from './run-outcome.ts'

export interface RunHandleParts {
  readonly client: Client
  readonly id: string
  readonly seals: Pick<KnownSeals, 'of'>
  readonly server: Pick<FirstAnswer, 'require'>
  readonly store: () => Promise<Store>
  /** `undefined`: this client has none. */
  readonly storeIfThere: () => Promise<Store | undefined>
  readonly uiUrl?: string
}

/**
 * Content of no retention ends when its outcome was read. A store that is out of reach keeps the outcome from nobody: such content then
 * ends an hour after its run, as where nobody reads it.
 */
async function noteRead(storeIfThere: RunHandleParts['storeIfThere'], workflow: WorkflowHandle): Promise<void> {
  const read = async () => {
    const store = await storeIfThere()
    await store?.content.outcomeRead(workflow.workflowId, Date.now(), () =>
      keyOfRun(workflow, store.reports).catch(unknownKey),
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
    const run = { id: workflow.workflowId, key: await keyOfRun(workflow, store.reports) }
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
  return store !== undefined && isAsked(store.events, await keyOfRun(workflow, store.reports), toolCallId)
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
export function createRunHandle({ client, id, seals, server, store, storeIfThere, uiUrl }: RunHandleParts): RunHandle {
  requireId(id)
  const workflow = client.workflow.getHandle(id)
  const sought = { workflow, storeIfThere }
  const place = { namespace: client.options.namespace, workflowId: id }
  const tell = <T>(wanted: string, say: () => Promise<T>) =>
    unlessEnded(sought, wanted, async () => {
      if (!(await seals.of(place))) await refuseSealed(workflow)
      return say()
    })
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
        callersDeadlineMs(client),
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
      await server.require()
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
