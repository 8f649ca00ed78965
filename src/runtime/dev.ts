/**
 * Everything in one process, for development: a Temporal dev server with its UI, a worker and the store.
 *
 * @module
 */
import { dirname } from 'node:path'
import { createClosers } from './closers.ts'
import { loadConfiguration } from './configuration/configuration.ts'
import type { DevServer } from './dev-server/dev-server.ts'
import { findTemporalCli } from './dev-server/find-cli.ts'
import {
  DEFAULT_DATABASE_PATH,
  type OwnServerOptions,
  refuseServerOptions,
  startOwnServer,
} from './dev-server/own-server.ts'
import { createServing, type ServeOptions, type Serving } from './serve.ts'
import { keepFromGit } from './store/keep-from-git.ts'
import { DEFAULT_KEY_FILE, ensureKeyFile } from './store/master-keys.ts'
import { openWorkerStore } from './store/open-store.ts'
import { openToAllNotes } from './store/open-to-all.ts'
import { connectionOptions, localConnection } from './temporal/connection-options.ts'

export interface DevOptions
  extends Omit<ServeOptions, 'configuration' | 'temporal' | 'store' | 'logFormat'>,
    OwnServerOptions {
  /** Receives a line for each thing worth knowing. */
  readonly report: (line: string) => void
}

export interface Development {
  readonly address: string
  /** Absent for a server that was there before. */
  readonly uiUrl: string | undefined
  /** Where the store lies, for people. */
  readonly storePlace: string
  readonly serving: Serving
  /** Serves until the process is told to end or the server is gone, then ends everything; says which it was. */
  run(): Promise<'told-to-end' | 'server-gone'>
}

/**
 * Starts everything. `told-to-end`: a signal came before the worker served, and everything else has been ended. With `TEMPORAL_ADDRESS` no server is started and the worker joins that one.
 *
 * @throws ConfigurationProblem, TemporalServerNotFound, ServerNotStarted, TemporalUnreachable, StoreProblem; nothing is left running
 * then.
 */
export async function startDevelopment(options: DevOptions): Promise<Development | 'told-to-end'> {
  const { env = process.env, report, databasePath = DEFAULT_DATABASE_PATH } = options
  const configuration = await loadConfiguration(options.config, env)
  const found = await findTemporalCli({ env, report })
  if (found.kind === 'address') {
    refuseServerOptions(found.address, options)
    report(`using the Temporal server at ${found.address}, which TEMPORAL_ADDRESS names`)
  }
  keepFromGit(dirname(DEFAULT_KEY_FILE))
  if (ensureKeyFile(env)) report(`created the master key ${DEFAULT_KEY_FILE}, which sealed runs are read with`)
  const { add, close: end } = createClosers()
  try {
    const store = await openWorkerStore(undefined, env)
    add(() => store.close())
    const server = found.kind === 'cli' ? await startOwnServer(found.cli, { ...options, env }) : undefined
    if (server) add(() => server.stop())
    const temporal = server ? localConnection(server.address) : connectionOptions(env)
    const worker = await createServing({ ...options, env, logFormat: 'words', configuration, temporal, store })
    if (worker === 'told-to-end') {
      await end()
      return worker
    }
    const serving = server ? { ...worker, notes: [...worker.notes, ...openToAllNotes(databasePath)] } : worker
    if (!server && serving.server !== undefined) report(`it is ${serving.server}`)
    const { address } = temporal
    return { address, uiUrl: server?.uiUrl, storePlace: store.place, serving, run: () => runAll(serving, server, end) }
  } catch (error) {
    await end()
    throw error
  }
}

/** A worker without its server would try for ever: it ends with it. */
async function runAll(
  serving: Serving,
  server: DevServer | undefined,
  end: () => Promise<void>,
): Promise<'told-to-end' | 'server-gone'> {
  const isGone = server?.ended.then(() => 'server-gone' as const)
  const served = serving.run().then(() => 'told-to-end' as const)
  try {
    const first = await Promise.race(isGone ? [served, isGone] : [served])
    if (first === 'server-gone') serving.shutdown()
    await served
    return first
  } finally {
    await end()
  }
}
