/**
 * Starts runs and talks to them, from anywhere that reaches the Temporal server.
 *
 * @module
 */
import { Client } from '@temporalio/client'
import type { AppTypes } from '../core/app-types.ts'
import { definedOnly } from '../core/defined-only.ts'
import { TASK_QUEUE } from '../core/protocol.ts'
import type { AnyWorkflows } from '../core/workflow-types.ts'
import type { Store } from '../store/index.ts'
import { type ConnectOptions, requireOptions } from './connect-options.ts'
import { keyMeant } from './finding/meant-run.ts'
import { type CallsQuery, type ListedCall, listCalls } from './lists/list-calls.ts'
import { type ListedRun, listRuns, type RunsQuery } from './lists/list-runs.ts'
import { type Spendings, type SpendOptions, spendings } from './lists/spendings.ts'
import { createRunHandle } from './runs/create-run-handle.ts'
import type { RunHandle } from './runs/run-handle.ts'
import { createKnownSeals, type KnownSeals } from './seals/known-seals.ts'
import { sealingClient } from './seals/sealing-client.ts'
import { type ForkOptions, type ForkPlan, planFork } from './starting/fork-run.ts'
import type { StartOptions } from './starting/start-options.ts'
import { startRun } from './starting/start-run.ts'
import type { RunsOf } from './starting/typed-runs.ts'
import { type LazyStore, lazyStore } from './store/lazy-store.ts'
import { connectClosably } from './temporal/closable-connection.ts'
import { connectionTo, type TemporalConnection } from './temporal/connection-options.ts'
import { createFirstAnswer, type FirstAnswer } from './temporal/first-answer.ts'
import { TemporalUnreachable } from './temporal/unreachable.ts'
import { localUiUrl } from './temporal/usual-addresses.ts'
import { type UnopenedList, type UnopenedQuery, unopenedRuns } from './unopened/unopened-runs.ts'
import { listWaiting, type WaitingList, type WaitingQuery } from './waiting/list-waiting.ts'

export type { ConnectOptions } from './connect-options.ts'
export type { StartOptions } from './starting/start-options.ts'

/**
 * A client. Starts runs, and finds runs that were started before. Where the server is away, its methods and those of its runs throw
 * TemporalUnreachable, with gRPC's error as its cause.
 */
export interface Signalbox {
  /**
   * Starts an agent or a workflow by name.
   *
   * @throws WrongStart for an invalid policy, labels, budget or priority, a missing input, an empty name, id or task queue,
   * one that the server refuses, such as an id of more than 1,000 characters, and the id of a run that was started with something else.
   * Nothing was started then.
   */
  start(name: string, options: StartOptions<unknown>): Promise<RunHandle>
  /**
   * Starts a new run of the same agent that continues from a step of this one, with another model, class or message. Needs the store.
   *
   * @throws NoSuchStep, which names the existing steps; ConfigurationProblem for a model that the class does not list, if this client was
   * given the configuration
   */
  fork(run: string, options: ForkOptions): Promise<RunHandle>
  /** A run that was started before, by this or another process. @throws TypeError for an empty id */
  run(id: string): RunHandle
  /**
   * The runs of the store, newest first. Returns at most 50 unless `limit` says otherwise; `after`, the last run of one page, gives the
   * next. Needs the store.
   */
  runs(query?: RunsQuery): Promise<readonly ListedRun[]>
  /**
   * The newest model calls of the store with their attempts, oldest first. Returns at most 100 unless `limit` says otherwise; `before`, the
   * first call of one page, gives the page before it in time. Needs the store.
   */
  calls(query?: CallsQuery): Promise<readonly ListedCall[]>
  /**
   * What waits for people in the runs of the store, with what is needed to answer it. Covers at most 50 runs unless `limit` says
   * otherwise. Each run is asked itself, so a worker is needed; `unasked` lists runs for which nobody answered. Needs the store.
   */
  waiting(query?: WaitingQuery): Promise<WaitingList>
  /**
   * Open runs of this namespace that are not in the store because no worker has opened them: nobody serves them, or their code throws at
   * once. Each has the reason. With `outcomes` it also returns those that have ended so. Returns at most 50 unless `limit` says otherwise,
   * and asks the server for three seconds at most. Needs the store.
   */
  unopened(query?: UnopenedQuery): Promise<UnopenedList>
  /** What all runs of the store together have spent, in the last week by default. Needs the store. */
  spend(options?: SpendOptions): Promise<Spendings>
  /** The store. It is opened when first needed. @throws Error if this client has none */
  store(): Promise<Store>
  /** The store; `undefined` if this client has none, or if it is the default file and that does not exist. */
  storeIfThere(): Promise<Store | undefined>
  /** Temporal's own client. It encrypts and decrypts the payloads of sealed runs. */
  readonly client: Client
  /**
   * Closes the store, and the connection unless the client was passed in. Whoever still reads gets a StoreProblem of kind `closed`, or
   * TemporalUnreachable.
   */
  close(): Promise<void>
}

/**
 * A client of workers that serve this app. The compiler rejects names that neither the app nor its workflows have, inputs that an
 * agent or a workflow does not take, and task classes that are not in the app's `classes`, if it exports them. Outcomes have the type that the definition says.
 */
export interface SignalboxOf<App extends AppTypes, Workflows extends object = AnyWorkflows>
  extends Omit<Signalbox, 'start' | 'fork' | 'run'>,
    RunsOf<App, Workflows> {}

/**
 * Connects to the Temporal server. The store is opened when something needs it.
 *
 * With the types of an app and of its workflows, `connect<typeof app, typeof workflows>()` and `import type * as app from
 * './signalbox.app.js'` (likewise for workflows), the compiler knows what can be started, with which input and which output.
 *
 * @throws TemporalUnreachable, which names the server's address, if it cannot be reached or refuses the caller; BrokenEnvironment, which
 * says what is wrong with Temporal's own settings.
 */
export function connect(options?: ConnectOptions): Promise<Signalbox>
export function connect<App extends AppTypes, Workflows extends object = AnyWorkflows>(
  options?: ConnectOptions,
): Promise<SignalboxOf<App, Workflows>>
export async function connect(options: ConnectOptions = {}): Promise<Signalbox> {
  requireOptions(options)
  const env = options.env ?? process.env
  const store = lazyStore(options.store, env)
  const temporal = options.client ? undefined : connectionTo(options.temporal, env)
  const own = temporal && (await clientFor(temporal))
  const seals = createKnownSeals(async () => (await store.ifThere())?.seals, Date.now, { rememberPlain: false })
  const client = sealingClient(options.client ?? own!.client, seals)
  const uiUrl = (options.uiUrl ?? env.TEMPORAL_UI_URL) || (temporal && localUiUrl(temporal.address))
  const close = async () => {
    await store.close().finally(() => own?.close())
  }
  const server = createFirstAnswer(client, temporal)
  if (own) server.note()
  const { taskQueue = TASK_QUEUE, config, inputs } = options
  return signalboxOf({ client, server, store, seals, taskQueue, ...definedOnly({ config, inputs, uiUrl }), close })
}

interface ClientParts extends Pick<ConnectOptions, 'config' | 'inputs' | 'uiUrl'>, Pick<Signalbox, 'client' | 'close'> {
  readonly server: FirstAnswer
  readonly store: LazyStore
  readonly seals: KnownSeals
  readonly taskQueue: string
}

function signalboxOf({
  client,
  server,
  store,
  seals,
  taskQueue,
  config,
  inputs,
  uiUrl,
  close,
}: ClientParts): Signalbox {
  const handle = (id: string) =>
    createRunHandle({
      client,
      id,
      seals,
      server,
      store: store.open,
      storeIfThere: store.ifThere,
      ...(uiUrl && { uiUrl }),
    })
  const begin = async (name: string, start: StartOptions<unknown>) => {
    const id = await startRun({ client, store, seals, taskQueue, inputs }, name, start)
    server.note()
    return handle(id)
  }
  const askingServer: Pick<Signalbox, 'start' | 'fork' | 'unopened'> = {
    start: begin,
    fork: async (run, fork) => {
      const { workflow, ...start } = await forkOf(client, store, run, { ...fork, config })
      return begin(workflow, start)
    },
    unopened: async (query = {}) => unopenedRuns({ client, reports: (await store.open()).reports, taskQueue }, query),
  }
  const signalbox: Signalbox = {
    ...server.naming(askingServer),
    run: handle,
    runs: async (query = {}) => (await listRuns(await store.open(), query)).runs,
    calls: async (query = {}) => (await listCalls((await store.open()).reports, query)).calls,
    waiting: async (query = {}) => listWaiting(signalbox, query),
    spend: async (options = {}) => spendings((await store.open()).reports, options, Date.now()),
    store: store.open,
    storeIfThere: store.ifThere,
    client,
    close,
  }
  return signalbox
}

/** The workflow, input, terms and id with which the fork is started. */
async function forkOf(client: Client, store: LazyStore, run: string, plan: ForkPlan) {
  const opened = await store.open()
  const { id, workflow, input, terms } = await planFork(opened, await keyMeant(opened.reports, run, client), plan)
  return { workflow, input, ...terms, id }
}

async function clientFor(temporal: TemporalConnection): Promise<{ readonly client: Client; close(): Promise<void> }> {
  try {
    const { connection, close } = await connectClosably(temporal.client)
    return { client: new Client({ connection, namespace: temporal.namespace }), close }
  } catch (cause) {
    throw new TemporalUnreachable(temporal, { cause })
  }
}
