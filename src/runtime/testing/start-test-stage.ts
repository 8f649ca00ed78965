/**
 * Starts everything that tests of an app need, in one call: a Temporal server, simulated vendors, a store, a worker and a client.
 *
 * @module
 */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { Runtime } from '@temporalio/worker'
import type { Configuration } from '../../catalog/index.ts'
import type { AppTypes } from '../../core/app-types.ts'
import { definedOnly } from '../../core/defined-only.ts'
import type { AnyWorkflows } from '../../core/workflow-types.ts'
import type { RunningVendors } from '../../providers/simulated/index.ts'
import type { Store } from '../../store/index.ts'
import { type KeysOf, refuseUnknown } from '../../tools/refuse-unknown.ts'
import { APP_KEYS, type App, OTHER_EXPORTS } from '../app/app.ts'
import { appAt } from '../app/load-app.ts'
import { requireApp } from '../app/require-app.ts'
import { type ConnectOptions, connect, type Signalbox, type SignalboxOf } from '../client.ts'
import { type Closers, createClosers } from '../closers.ts'
import { DEFAULT_CONFIGURATION_PATH, requireOwnFiles } from '../configuration/configuration.ts'
import { loadWithoutKeys } from '../configuration/configuration-without-keys.ts'
import { installLogging } from '../logging/logging.ts'
import { playProviders } from '../rehearsal/played-providers.ts'
import type { ScriptedVendor } from '../rehearsal/read-script.ts'
import { newMasterKey } from '../store/master-keys.ts'
import { openWorkerStore } from '../store/open-store.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { type CreateWorkerOptions, createWorker } from '../worker.ts'
import { testServer } from './test-server.ts'

/** The app to test, the Temporal server, and what the simulated vendors answer. */
export interface TestStageOptions
  extends App,
    Pick<CreateWorkerOptions, 'temporal' | 'worker' | 'env'>,
    Pick<ConnectOptions, 'client'> {
  /**
   * The path of a configuration, or one that was already loaded. All of its providers are simulated, so it needs no keys and no
   * addresses.
   *
   * @defaultValue `signalbox.yaml`
   */
  readonly config?: string | Configuration | undefined
  /**
   * What the vendors answer and how they fail: the path of a script for `signalbox vendors --config`, or its list of vendors.
   *
   * @defaultValue every call is answered, with some prose or with a value that fits the schema
   */
  readonly vendors?: string | readonly ScriptedVendor[] | undefined
}

/** An app that was started for tests. */
export interface TestStage<Client = Signalbox> {
  /** A client, as `connect` returns it: starts runs and reads the store. */
  readonly signalbox: Client
  /** The simulated vendors. `setFaults` replaces the faults of one of them; `meter` has a row for each request that reached one. */
  readonly vendors: Pick<RunningVendors, 'setFaults' | 'meter'>
  /** The queue that its worker serves, for what a test starts by Temporal's own means, such as a schedule. */
  readonly taskQueue: string
  /** Stops everything that was started and deletes the store. Running calls have half a second to finish. */
  close(): Promise<void>
}

/**
 * The client of a stage whose app's types are given, or not. As one type, and not as overloads, because the compiler then says what is wrong
 * with the options and nothing else.
 */
type ClientOf<Types extends AppTypes, Workflows extends object> = [Types] extends [never]
  ? Signalbox
  : SignalboxOf<Types, Workflows>

const KEYS: KeysOf<TestStageOptions> = {
  ...APP_KEYS,
  config: true,
  vendors: true,
  temporal: true,
  client: true,
  worker: true,
  env: true,
}

/** Short, because calls that still run belong to runs that no test waits for. */
const SHUTDOWN_GRACE_MS = 500

/**
 * Starts an app for tests: a worker and a client on a Temporal server, simulated vendors instead of all providers of the configuration,
 * and a store that `close` deletes. No real vendor or webhook is ever reached. If no part of an app is given, neither agents nor tools nor
 * anything else, the app is the one that the configuration names.
 *
 * Unless the process has a runtime of Temporal's already, warnings and errors are logged, to standard error, and nothing else.
 *
 * The server is `temporal`, else the one of `TEMPORAL_ADDRESS`, else a dev server that is started for this stage. Several stages may share
 * a server.
 *
 * @throws what `createWorker` and `connect` throw; ConfigurationProblem for a script that is wrong; Error if no server could be started,
 * which says why. Nothing is left running then.
 */
export async function startTestStage<Types extends AppTypes = never, Workflows extends object = AnyWorkflows>(
  options: TestStageOptions = {},
): Promise<TestStage<ClientOf<Types, Workflows>>> {
  refuseUnknown('startTestStage', options, KEYS, OTHER_EXPORTS)
  requireApp('startTestStage', options)
  if (options.client && !options.temporal)
    throw new TypeError('startTestStage was given a `client` alone; its worker needs `temporal` for the same server')
  requireOwnFiles()
  logProblems()
  const closers = createClosers()
  try {
    const stage: TestStage = { ...(await start(options, closers)), close: () => closers.close() }
    return stage as TestStage<ClientOf<Types, Workflows>>
  } catch (error) {
    await closers.close()
    throw error
  }
}

/**
 * What a worker says about itself, and of each fault that it overcomes, hides what a test prints. Temporal's runtime is one per process:
 * one that is there already, as that of a test that wants to see more, stays as it is.
 */
function logProblems(): void {
  if (Runtime.instantiator === undefined) installLogging('warn', 'words')
}

async function start(options: TestStageOptions, closers: Closers): Promise<Omit<TestStage, 'close'>> {
  const { env = process.env, config = DEFAULT_CONFIGURATION_PATH, client } = options
  const written = typeof config === 'string' ? loadWithoutKeys(config, env) : config
  const app = await appOf(options, written.app)
  const { vendors, configuration } = await playProviders(written, options.vendors)
  closers.add(() => vendors.close())
  const store = await temporaryStore(closers)
  const temporal = options.temporal ?? (await testServer(env, closers))
  const taskQueue = `tests-${randomBytes(4).toString('hex')}`
  const shared = { config: configuration, store, temporal, taskQueue, env }
  const worker = { ...shared, ...app, ...definedOnly({ worker: options.worker }) }
  await serve(worker, closers)
  const signalbox = await connect({ ...shared, ...definedOnly({ client, inputs: app.inputs }) })
  closers.add(() => signalbox.close())
  const { setFaults, meter } = vendors
  return { signalbox, vendors: { setFaults, meter }, taskQueue }
}

/** The parts of an app that were given, else the app that the configuration names. */
async function appOf(options: TestStageOptions, named: string | undefined): Promise<App> {
  const given = Object.entries(options).filter(([key, value]) => key in APP_KEYS && value !== undefined)
  return given.length > 0 ? Object.fromEntries(given) : definedOnly(await appAt(named))
}

/** A new store with a master key of its own, so that sealed runs work. */
async function temporaryStore(closers: Closers): Promise<Store> {
  const path = join(temporaryFolder('signalbox-tests-', closers), 'store.db')
  const store = await openWorkerStore({ path }, { SIGNALBOX_MASTER_KEY: newMasterKey() })
  closers.add(() => store.close())
  return store
}

async function serve(options: CreateWorkerOptions, closers: Closers): Promise<void> {
  const worker = await createWorker({ ...options, shutdownGraceMs: SHUTDOWN_GRACE_MS })
  const served = worker.run()
  closers.add(async () => {
    worker.shutdown()
    await served
  })
}
