/**
 * Makes the run that a client holds.
 *
 * @module
 */
import { type Client, type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client'
import { QUERIES, type RunState } from '../../core/protocol.ts'
import { kindOf } from '../../core/words/kind-of.ts'
import type { Store } from '../../store/index.ts'
import { keyOfRun } from '../finding/key-of-run.ts'
import { lookUpRun, type SoughtRun } from '../finding/look-up-run.ts'
import { toldInTime } from '../hearing/run-unheard.ts'
import type { KnownSeals } from '../seals/known-seals.ts'
import { unlessStoreFails } from '../store/unless-store-fails.ts'
import type { FirstAnswer } from '../temporal/first-answer.ts'
import { recordedRun, unknownKey } from './recorded-run.ts'
import type { RunHandle } from './run-handle.ts'
import { type LedgerSpendings, outcomeOfRun } from './run-outcome.ts'
import { toldRun } from './told-run.ts'

export interface RunHandleParts {
  readonly client: Client
  readonly id: string
  readonly seals: Pick<KnownSeals, 'of'>
  readonly server: Pick<FirstAnswer, 'require' | 'naming'>
  readonly store: () => Promise<Store>
  /** `undefined`: this client has none. */
  readonly storeIfThere: () => Promise<Store | undefined>
  readonly uiUrl?: string
}

/** @throws TypeError if `id` is no text, or an empty one. */
export function createRunHandle({ client, id, seals, server, store, storeIfThere, uiUrl }: RunHandleParts): RunHandle {
  requireId(id)
  const workflow = client.workflow.getHandle(id)
  const sought = { workflow, storeIfThere }
  const state = () => toldInTime(client, workflow, () => workflow.query<RunState>(QUERIES.state))
  const looked: Pick<RunHandle, 'exists' | 'url' | 'state'> = {
    exists: () => isThere(sought),
    url: async () => {
      const { described } = uiUrl ? await lookUpRun(sought) : {}
      return uiUrl && described && urlOf(uiUrl, client.options.namespace, id, described.execution?.runId ?? '')
    },
    state,
  }
  const ended: Pick<RunHandle, 'outcome'> = {
    outcome: async <Output>() => {
      await server.require()
      const spendings = { inLedger: () => spentOn(storeIfThere, workflow), byRun: state }
      const outcome = await outcomeOfRun<Output>(workflow, spendings).catch(error => rethrowIfForgotten(error, sought))
      await noteRead(storeIfThere, workflow)
      return outcome
    },
  }
  // Readers of events wait for a server that is away.
  const { events, treeEvents, ...read } = recordedRun({ client, workflow, server, store, state })
  const told = toldRun({ client, seals, workflow, storeIfThere })
  return { id, events, treeEvents, ...server.naming({ ...looked, ...ended, ...read, ...told }) }
}

/** Refuses an id that is no text, or an empty one: Temporal would only answer that it knows no such query. */
function requireId(id: unknown): void {
  if (typeof id === 'string' && id !== '') return
  const given = id === '' ? 'an empty text' : kindOf(id)
  throw new TypeError(`a run was asked for with ${given} instead of its id; \`signalbox runs\` lists the ids there are`)
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

function urlOf(uiUrl: string, namespace: string, workflowId: string, runId: string): string {
  const path = [namespace, 'workflows', workflowId, runId].map(encodeURIComponent).join('/')
  return `${uiUrl.replace(/\/$/, '')}/namespaces/${path}/history`
}

/** What the run has spent by the ledger; `undefined` if the ledger cannot be read or does not have the run. */
function spentOn(storeIfThere: RunHandleParts['storeIfThere'], workflow: WorkflowHandle) {
  const read = async (): Promise<LedgerSpendings | undefined> => {
    const store = await storeIfThere()
    if (!store) return undefined
    const run = { id: workflow.workflowId, key: await keyOfRun(workflow, store.reports) }
    const report = await store.reports.run(run.key)
    if (!report) return undefined
    const { toolCalls, ...spent } = await store.ledger.spentBy(run)
    return report.purgedAtMs === undefined ? { ...spent, toolCalls } : spent
  }
  return unlessStoreFails(read(), undefined)
}

/**
 * Throws the error again. For a run that the server has forgotten it is a WorkflowNotFoundError that says what is left of the run.
 */
async function rethrowIfForgotten(error: unknown, run: SoughtRun): Promise<never> {
  const { forgotten } = error instanceof WorkflowNotFoundError ? await lookUpRun(run) : {}
  if (!forgotten) throw error
  const { id, outcome } = forgotten
  const words = `run ${id} has ended (${outcome}), and the Temporal server has forgotten it with what it gave; events() and messages() still tell what happened`
  throw new WorkflowNotFoundError(words, id, undefined)
}

/**
 * Notes that the outcome was read: content that may not be kept ends then. If the store is out of reach, the outcome is returned all the
 * same, and such content ends an hour after its run, as if nobody had read it.
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
