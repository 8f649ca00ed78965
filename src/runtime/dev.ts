/**
 * Everything in one process, for development: a Temporal dev server with its UI, a worker and the store.
 *
 * @module
 */
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createClosers } from './closers.ts'
import { ConfigurationProblem, DEFAULT_CONFIGURATION_PATH, loadConfiguration } from './configuration/configuration.ts'
import { fileRefused } from './configuration/file-refused.ts'
import { type DevServer, startDevServer } from './dev-server/dev-server.ts'
import { findTemporalCli } from './dev-server/find-cli.ts'
import { isFree } from './dev-server/free-ports.ts'
import { holdDatabase } from './dev-server/hold-database.ts'
import { createServing, type ServeOptions, type Serving } from './serve.ts'
import { DEFAULT_KEY_FILE, ensureKeyFile, keepFromGit } from './store/master-keys.ts'
import { openWorkerStore } from './store/open-worker-store.ts'
import { connectionOptions, localConnection, type TemporalConnection } from './temporal/connection-options.ts'
import { UI_PORT_OFFSET, USUAL_PORT } from './temporal/usual-addresses.ts'

const DEFAULT_DATABASE_PATH = '.signalbox/temporal.db'

export interface DevOptions extends Omit<ServeOptions, 'temporal' | 'config' | 'store'> {
  /** @defaultValue `signalbox.yaml` */
  readonly config?: string
  /** @defaultValue 7233 */
  readonly port?: number
  /** @defaultValue a thousand above the port */
  readonly uiPort?: number
  /** Where the server keeps its runs. @defaultValue `.signalbox/temporal.db` */
  readonly databasePath?: string
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
 * Starts everything. With `TEMPORAL_ADDRESS` no server is started and the worker joins that one.
 *
 * @throws ConfigurationProblem, TemporalServerNotFound, ServerNotStarted, TemporalUnreachable, StoreProblem; nothing is left running
 * then.
 */
export async function startDevelopment(options: DevOptions): Promise<Development> {
  const { env = process.env } = options
  const config = await loadConfiguration(options.config, env)
  const found = await findTemporalCli({ env: options.env, report: options.report })
  if (found.kind === 'address') joinServer(found.address, options)
  keepFromGit(dirname(DEFAULT_KEY_FILE))
  if (ensureKeyFile(env)) options.report(`made the master key ${DEFAULT_KEY_FILE}, with which sealed runs are read`)
  const { add, close: end } = createClosers()
  try {
    const store = await openWorkerStore(undefined, env)
    add(() => store.close())
    const server = found.kind === 'cli' ? await serverOf(options, found.cli) : undefined
    if (server) add(() => server.stop())
    const temporal: TemporalConnection = server ? localConnection(server.address) : connectionOptions(options.env)
    const { databasePath = DEFAULT_DATABASE_PATH, ...given } = options
    const serving = await createServing({
      ...given,
      ...(server && { databasePath }),
      logFormat: 'words',
      config,
      configPath: options.config ?? DEFAULT_CONFIGURATION_PATH,
      temporal,
      store,
    })
    const { address } = temporal
    return { address, uiUrl: server?.uiUrl, storePlace: store.place, serving, run: () => runAll(serving, server, end) }
  } catch (error) {
    await end()
    throw error
  }
}

/** @throws ConfigurationProblem where there are options for the server that is not started. */
function joinServer(address: string, options: DevOptions): void {
  const idle = (Object.keys(SERVER_FLAGS) as (keyof typeof SERVER_FLAGS)[]).filter(key => options[key] !== undefined)
  if (idle.length > 0)
    throw new ConfigurationProblem(
      `TEMPORAL_ADDRESS names the server at ${address}, so none is started that ${idle.map(key => SERVER_FLAGS[key]).join(' and ')} could be for; unset it, or leave these out`,
    )
  options.report(`using the Temporal server at ${address}, which TEMPORAL_ADDRESS names`)
}

const SERVER_FLAGS = { port: '--port', uiPort: '--ui-port', databasePath: '--db' } as const

async function serverOf(options: DevOptions, cli: Parameters<typeof startDevServer>[0]['cli']): Promise<DevServer> {
  const { port = USUAL_PORT, databasePath = DEFAULT_DATABASE_PATH } = options
  const uiPort = options.uiPort ?? port + UI_PORT_OFFSET
  for (const [flag, asked] of [
    ['--port', port],
    ['--ui-port', uiPort],
  ] as const)
    await refuseTaken(flag, asked)
  const giveBack = heldDatabase(databasePath)
  const server = await startDevServer({
    cli,
    port,
    uiPort,
    databasePath,
    logPath: join(dirname(databasePath), 'temporal.log'),
    report: options.report,
    ...(options.env && { env: options.env }),
  }).catch(error => {
    giveBack()
    throw error
  })
  void server.ended.then(giveBack)
  return server
}

/** Makes the folder of the server's database, and keeps other dev servers from it. @returns how to give it back */
function heldDatabase(path: string): () => void {
  let giveBack: (() => void) | undefined
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    giveBack = holdDatabase(path)
  } catch (error) {
    throw fileRefused(error, `the database ${path} cannot be made`, 'name another one by --db')
  }
  if (giveBack) return giveBack
  throw new ConfigurationProblem(
    `the database ${path} is another \`signalbox dev\`'s, which is up; end that one, use its server by TEMPORAL_ADDRESS and \`signalbox worker\`, or name another database by --db`,
  )
}

async function refuseTaken(flag: string, port: number): Promise<void> {
  if (await isFree(port)) return
  throw new ConfigurationProblem(
    `port ${port} is taken, perhaps by another Temporal server; name another one by ${flag}, or set TEMPORAL_ADDRESS to use the server that is there`,
  )
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
