/**
 * Starts runs and talks to them, from anywhere that reaches the Temporal server.
 *
 * @module
 */
import { Client, Connection, WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import type { Configuration } from '../catalog/index.ts'
import type { JsonValue } from '../core/messages.ts'
import { TASK_QUEUE, type Terms } from '../core/protocol.ts'
import type { Store, StoreSettings } from '../store/index.ts'
import { type KeysOf, refuseUnknown } from '../tools/refuse-unknown.ts'
import { type ForkOptions, planFork } from './runs/fork-run.ts'
import { givenParts } from './runs/given-parts.ts'
import { checkBrief, shortBrief } from './runs/long-texts.ts'
import { createRunHandle, type RunHandle } from './runs/run-handle.ts'
import { sixLetters } from './runs/six-letters.ts'
import { createKnownSeals, type KnownSeals } from './seals/known-seals.ts'
import { sealStart } from './seals/seal-start.ts'
import { sealingClient } from './seals/sealing-client.ts'
import { type LazyStore, lazyStore } from './store/lazy-store.ts'
import { connectionOptions, type TemporalConnection } from './temporal/connection-options.ts'
import { localUiUrl } from './temporal/dev-ui.ts'
import { dispatchOf } from './temporal/dispatch-of.ts'
import { TemporalUnreachable } from './temporal/unreachable.ts'
import { checkNames } from './wrong-start.ts'

/** How a client reaches the Temporal server and the store. */
export interface ConnectOptions {
  /** @defaultValue Temporal's own environment configuration */
  readonly temporal?: TemporalConnection
  /** A Temporal client that you already have, instead of a connection of ours. */
  readonly client?: Client
  /**
   * `false`: without the store; then events and costs of single calls cannot be read, and runs under zero data retention
   * neither started nor talked to: their keys lie in the store. @defaultValue as the worker's
   */
  readonly store?: Store | StoreSettings | false
  /** @defaultValue `signalbox` */
  readonly taskQueue?: string
  /**
   * The workers' configuration, where it is at hand: a fork whose model its class does not list is then refused before it begins.
   *
   * @defaultValue none: the worker refuses such a fork when it opens it
   */
  readonly config?: Configuration
  /**
   * The address of the Temporal UI, for the links to runs.
   *
   * @defaultValue `TEMPORAL_UI_URL`, else a thousand ports above a server of this machine; of any other, none
   */
  readonly uiUrl?: string
  /** Where addresses and master keys are looked up. @defaultValue `process.env` */
  readonly env?: NodeJS.ProcessEnv
}

/** What a run is started with: its input, its {@link Terms}, and what Temporal is told of it. */
export interface StartOptions<Input = JsonValue> extends Terms {
  /**
   * For an agent a text, or texts and files: `[{ type: 'text', text }, { type: 'file', mediaType: 'image/png', data }]`, whose `data` is as
   * the AI SDK has it, or bytes. Files lie in the store, and a workflow of one's own is given references, which `run.agent`,
   * `run.generate` and `run.child` take. Any other input over 1 MB an agent reads in the store; a workflow of one's own is refused then.
   */
  readonly input: Input
  /** Starting the same id again gives the run that is there. @defaultValue the name, the time and six random letters */
  readonly id?: string
  /**
   * How soon Temporal dispatches its tasks where they queue, from 1, which goes first, to 5; calls of a class with a priority of
   * its own go by that. Runs of one priority take turns by workspace, where the server's task queues have fairness.
   *
   * @defaultValue 3
   */
  readonly priority?: number
}

/** A client: starts runs, and finds those that were started before. */
export interface Signalbox {
  /**
   * Starts an agent or a workflow by name.
   *
   * @throws WrongStart for a priority that does not exist and for an empty name, id or task queue; nothing was sent then
   */
  start<Input = JsonValue>(name: string, options: StartOptions<Input>): Promise<RunHandle>
  /**
   * Starts a new run of the same agent that goes on from a step of this one, with another model, class or message. Needs the
   * store.
   *
   * @throws NoSuchStep, with the steps there are; ConfigurationProblem for a model that the class does not list, where this client
   * was given the configuration
   */
  fork(run: string, options: ForkOptions): Promise<RunHandle>
  /** A run that was started before, here or elsewhere. */
  run(id: string): RunHandle
  /** The store, opened when it is first needed. @throws Error when this client has none */
  store(): Promise<Store>
  /** The same, or `undefined` when this client has none: none is made where nobody has named one. */
  storeIfThere(): Promise<Store | undefined>
  /** Temporal's own, which seals and opens what sealed runs say. */
  readonly client: Client
  /** Closes the store, and the connection unless the client was passed in. */
  close(): Promise<void>
}

/**
 * Connects to the Temporal server; the store is opened when something needs it.
 *
 * @throws an Error that names the server's address when it cannot be reached, or what is wrong with Temporal's own settings.
 */
export async function connect(options: ConnectOptions = {}): Promise<Signalbox> {
  const env = options.env ?? process.env
  const store = lazyStore(options.store, env)
  const temporal = options.client ? undefined : (options.temporal ?? connectionOptions(env))
  const given = options.client ?? (await clientFor(temporal!))
  const seals = createKnownSeals(async () => (await store.ifThere())?.seals, Date.now, { rememberPlain: false })
  const client = sealingClient(given, seals)
  const uiUrl = (options.uiUrl ?? env.TEMPORAL_UI_URL) || (temporal && localUiUrl(temporal.address))
  const handle = (id: string) =>
    createRunHandle({ client, id, store: store.open, storeIfThere: store.ifThere, ...(uiUrl && { uiUrl }) })
  const begin = async (name: string, start: StartOptions<unknown>) =>
    handle(await startRun({ client, store, seals, taskQueue: options.taskQueue ?? TASK_QUEUE }, name, start))
  return {
    start: begin,
    fork: async (run, fork) => {
      const plan = { ...fork, config: options.config }
      const { id, workflow, input, terms } = await planFork(await store.open(), run, plan)
      return begin(workflow, { input, ...terms, id })
    },
    run: handle,
    store: store.open,
    storeIfThere: store.ifThere,
    client,
    close: async () => {
      await store.close()
      if (!options.client) await client.connection.close()
    },
  }
}

async function clientFor(temporal: TemporalConnection): Promise<Client> {
  try {
    return new Client({ connection: await Connection.connect(temporal.client), namespace: temporal.namespace })
  } catch (cause) {
    throw new TemporalUnreachable(temporal, { cause })
  }
}

const START_KEYS: KeysOf<StartOptions> = {
  input: true,
  id: true,
  workspace: true,
  budget: true,
  policy: true,
  labels: true,
  taskClass: true,
  model: true,
  forkedFrom: true,
  longInput: true,
  carried: true,
  within: true,
  priority: true,
}

interface Starting {
  readonly client: Client
  readonly store: LazyStore
  readonly seals: KnownSeals
  readonly taskQueue: string
}

async function startRun<Input>(
  { client, store, seals, taskQueue }: Starting,
  name: string,
  { input: given, id, priority, ...terms }: StartOptions<Input>,
): Promise<string> {
  refuseUnknown(`the start of ${name}`, { input: given, id, priority, ...terms }, START_KEYS)
  const input = givenParts(`the input of ${name}`, given) ?? given
  const workflowId = id ?? readableId(name)
  checkNames({ name, id: workflowId, taskQueue })
  const dispatch = dispatchOf(priority, terms.workspace)
  const kept = await store.ifThere()
  if (!kept) checkBrief(name, { input, terms }, kept)
  const place = { namespace: client.options.namespace, workflowId }
  const seal = await sealStart(kept, place, terms)
  // An earlier run of that id may have had another key.
  if (seal) seals.forget(place)
  // Behind the key, with which a sealed run's text is sealed; before the run, which reads it.
  const brief = await shortBrief(kept, place, { input, terms })
  checkBrief(name, brief, kept)
  try {
    await client.workflow.start(name, {
      taskQueue,
      workflowId,
      args: [brief],
      // A key that is made now is not that of a run which is there already.
      workflowIdConflictPolicy: seal ? 'FAIL' : 'USE_EXISTING',
      ...(seal?.memo && { memo: seal.memo }),
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      staticSummary: summaryOf(name, terms),
      priority: dispatch,
    })
  } catch (error) {
    // Of any other failure nobody knows whether the run began: a key too many does no harm, one too few does.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
    await seal?.undo()
    seals.forget(place)
  }
  return workflowId
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
