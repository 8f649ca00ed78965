/**
 * Everything that a test of somebody's app needs, in one call: a Temporal server, simulated vendors, a store, a worker and a client.
 *
 * @module
 */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Configuration } from '../../catalog/index.ts'
import type { AppTypes } from '../../core/app-types.ts'
import { definedOnly } from '../../core/defined-only.ts'
import type { AnyWorkflows } from '../../core/workflow-types.ts'
import type { RunningVendors } from '../../providers/simulated/index.ts'
import type { Store } from '../../store/index.ts'
import { type KeysOf, refuseUnknown } from '../../tools/refuse-unknown.ts'
import { APP_KEYS, type App } from '../app/app.ts'
import { appAt } from '../app/load-app.ts'
import { requireApp } from '../app/require-app.ts'
import { type ConnectOptions, connect, type Signalbox, type SignalboxOf } from '../client.ts'
import { type Closers, createClosers } from '../closers.ts'
import { DEFAULT_CONFIGURATION_PATH, requireOwnFiles } from '../configuration/configuration.ts'
import { loadWithoutKeys } from '../configuration/configuration-without-keys.ts'
import { playProviders } from '../rehearsal/played-providers.ts'
import type { ScriptedVendor } from '../rehearsal/read-script.ts'
import { newMasterKey } from '../store/master-keys.ts'
import { openWorkerStore } from '../store/open-store.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { type CreateWorkerOptions, createWorker } from '../worker.ts'
import { testServer } from './test-server.ts'

/** What is tested, on which server, and what the vendors answer. */
export interface TestStageOptions
  extends App,
    Pick<CreateWorkerOptions, 'temporal' | 'worker' | 'env'>,
    Pick<ConnectOptions, 'client'> {
  /**
   * The path of a configuration, or one that was already loaded. All of its providers are simulated, so a file needs no keys and no
   * addresses.
   *
   * @defaultValue `signalbox.yaml`
   */
  readonly config?: string | Configuration
  /**
   * What the vendors answer and how they fail, as in a script of `signalbox vendors --config`: its path, or its list of vendors.
   *
   * @defaultValue prose, or a value that fits the schema
   */
  readonly vendors?: string | readonly ScriptedVendor[]
}

/** An app that runs for tests. */
export interface TestStage<Client = Signalbox> {
  /** Starts runs and reads the store, as a client of `connect`. */
  readonly signalbox: Client
  /** The simulated vendors: `setFaults` replaces the faults of one, `meter` has a row for each request that has reached one. */
  readonly vendors: Pick<RunningVendors, 'setFaults' | 'meter'>
  /** Ends all that was started and removes the store. Calls in progress have half a second left. */
  close(): Promise<void>
}

const KEYS: KeysOf<TestStageOptions> = {
  ...APP_KEYS,
  config: true,
  vendors: true,
  temporal: true,
  client: true,
  worker: true,
  env: true,
}

/** Calls that are still open belong to runs that no test waits for any more. */
const SHUTDOWN_GRACE_MS = 500

/**
 * Starts an app for tests: a worker and a client on a Temporal server, simulated vendors in place of all of the configuration's
 * providers, and a store that `close` removes. Nothing of it reaches a real vendor or webhook. The app is the one that the
 * configuration names, unless agents, tools or anything else of an app is given.
 *
 * The server is `temporal`, or that of `TEMPORAL_ADDRESS`, or a dev server of its own. Several stages may share one.
 *
 * @throws what `createWorker` and `connect` throw, a ConfigurationProblem for a script that is not right, or an Error that says why no
 * server could be started. Nothing is left running then.
 */
export function startTestStage(options?: TestStageOptions): Promise<TestStage>
export function startTestStage<Types extends AppTypes, Workflows extends object = AnyWorkflows>(
  options?: TestStageOptions,
): Promise<TestStage<SignalboxOf<Types, Workflows>>>
export async function startTestStage(options: TestStageOptions = {}): Promise<TestStage> {
  refuseUnknown('startTestStage', options, KEYS)
  requireApp('startTestStage', options)
  if (options.client && !options.temporal)
    throw new TypeError('startTestStage was given a `client` alone; its worker needs `temporal` for the same server')
  requireOwnFiles()
  const closers = createClosers()
  try {
    return { ...(await start(options, closers)), close: () => closers.close() }
  } catch (error) {
    await closers.close()
    throw error
  }
}

async function start(options: TestStageOptions, closers: Closers): Promise<Omit<TestStage, 'close'>> {
  const { env = process.env, config = DEFAULT_CONFIGURATION_PATH, client } = options
  const written = typeof config === 'string' ? loadWithoutKeys(config, env) : config
  const app = await appOf(options, written.app)
  const { vendors, configuration } = await playProviders(written, options.vendors)
  closers.add(() => vendors.close())
  const store = await throwAwayStore(closers)
  const temporal = options.temporal ?? (await testServer(env, closers))
  const taskQueue = `tests-${randomBytes(4).toString('hex')}`
  const shared = { config: configuration, store, temporal, taskQueue, env }
  const worker = { ...shared, ...app, ...definedOnly({ worker: options.worker }) }
  await serve(worker, closers)
  const signalbox = await connect({ ...shared, ...definedOnly({ client, inputs: app.inputs }) })
  closers.add(() => signalbox.close())
  const { setFaults, meter } = vendors
  return { signalbox, vendors: { setFaults, meter } }
}

/** What was given of an app, else the one that the configuration names. */
async function appOf(options: TestStageOptions, named: string | undefined): Promise<App> {
  const given = Object.entries(options).filter(([key, value]) => key in APP_KEYS && value !== undefined)
  return given.length > 0 ? Object.fromEntries(given) : definedOnly(await appAt(named))
}

/** With a master key of its own, so that sealed runs work. */
async function throwAwayStore(closers: Closers): Promise<Store> {
  const path = join(await temporaryFolder('signalbox-tests-', closers), 'store.db')
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
