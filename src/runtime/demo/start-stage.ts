/**
 * Starts everything that the demo needs: server, vendors, store, worker, client.
 *
 * @module
 */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { createResearchTools, researcher } from '../../../demo/agents.ts'
import { schemas } from '../../../demo/schemas.ts'
import type { Configuration } from '../../catalog/index.ts'
import type { Directory } from '../../core/task-class.ts'
import { type MeterRow, type RunningVendors, readVendorScript, startVendors } from '../../providers/simulated/index.ts'
import type { Store } from '../../store/index.ts'
import { connect, type Signalbox } from '../client.ts'
import type { Closers } from '../closers.ts'
import { loadConfiguration } from '../configuration/configuration.ts'
import { installLogging } from '../logging/logging.ts'
import { WRITING_DESK_PATH } from '../paths.ts'
import { serverWords } from '../temporal/server-version.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { createWorker } from '../worker.ts'
import { CONFIGURATION_PATH, DOCUMENTS_PATH, readVendorsText } from './demo-folder.ts'
import { openDemoStore } from './open-demo-store.ts'
import { type DemoServer, startServer } from './start-server.ts'

export interface StageOptions {
  readonly env: NodeJS.ProcessEnv
  /** Receives what is started, also when a later start fails. */
  readonly closers: Closers
  readonly report: (line: string) => void
}

/** The product, running. */
export interface DemoStage {
  readonly signalbox: Signalbox
  readonly store: Store
  readonly server: DemoServer
  readonly directory: Directory
  /** What the vendors have billed so far, request by request. */
  meter(): readonly MeterRow[]
  /** Says what ended, once the worker or a server of ours has; never rejects. */
  readonly lost: Promise<string>
}

/** Calls that are still open at the end belong to runs that nobody waits for any more. */
const SHUTDOWN_GRACE_MS = 500

/** Starts the parts one after the other; whatever has been started is in `closers`. */
export async function startStage({ env, closers, report }: StageOptions): Promise<DemoStage> {
  const folder = temporaryFolder('signalbox-demo-', closers)
  const server = await startServer({ env, folder, closers, report })
  const vendors = await openVendors(closers, report)
  const configuration = await configurationFor(vendors)
  const store = await openDemoStore({ env, folder, closers, report })
  const taskQueue = `signalbox-demo-${randomBytes(4).toString('hex')}`
  const parts = { configuration, store, server, taskQueue, publications: join(folder, 'publications') }
  const { ended } = await startWorker(parts, closers, report)
  const { temporal, uiUrl } = server
  const signalbox = await connect({ temporal, store, taskQueue, uiUrl, env })
  closers.add(() => signalbox.close())
  const { directory } = configuration
  return { signalbox, store, server, directory, meter: () => vendors.meter(), lost: lostBy(ended, server) }
}

async function openVendors(closers: Closers, report: StageOptions['report']): Promise<RunningVendors> {
  const vendors = await startVendors(readVendorScript(await readVendorsText()))
  closers.add(() => vendors.close())
  report(`${vendors.vendors.length} simulated vendors: ${vendors.vendors.map(({ name }) => name).join(', ')}`)
  return vendors
}

/** Reads the demo's configuration with the vendors' addresses, and nothing else of the environment. */
function configurationFor({ vendors }: RunningVendors): Promise<Configuration> {
  const env = Object.fromEntries(vendors.map(({ name, baseUrl }) => [`${name.toUpperCase()}_URL`, baseUrl]))
  return loadConfiguration(CONFIGURATION_PATH, env)
}

interface WorkerParts {
  readonly configuration: Configuration
  readonly store: Store
  readonly server: DemoServer
  readonly taskQueue: string
  readonly publications: string
}

/** Says how the worker has ended; never rejects. */
type WorkerEnd = Promise<string>

async function startWorker(
  parts: WorkerParts,
  closers: Closers,
  report: StageOptions['report'],
): Promise<{ readonly ended: WorkerEnd }> {
  const { configuration, store, server, taskQueue, publications } = parts
  // Not before: Temporal's runtime keeps the process alive until a worker or a connection of it has ended.
  installLogging('warn', 'words')
  const own = await createWorker({
    config: configuration,
    store,
    temporal: server.temporal,
    taskQueue,
    agents: [researcher],
    tools: createResearchTools({ documents: DOCUMENTS_PATH, publications }),
    schemas,
    workflowsPath: WRITING_DESK_PATH,
    shutdownGraceMs: SHUTDOWN_GRACE_MS,
  })
  const served = own.run()
  closers.add(async () => {
    own.shutdown()
    await served
  })
  const joined = server.own ? undefined : await serverWords(own.worker.options.connection)
  report(`worker on task queue ${taskQueue}${joined === undefined ? '' : ` of ${joined}`}`)
  const ended = served.then(
    () => 'the worker ended before the demo did',
    (error: Error) => `the worker failed: ${error.message}`,
  )
  return { ended }
}

function lostBy(worker: WorkerEnd, server: DemoServer): Promise<string> {
  return Promise.race([worker, server.ended.then(() => 'the Temporal server ended before the demo did')])
}
