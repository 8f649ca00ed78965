import { createWriteStream, type WriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { TemporalCli } from './cli-version.ts'
import { type DevServerFlags, devServerArguments } from './dev-server-arguments.ts'
import type { Report } from './download.ts'
import { freePorts, isFree } from './free-ports.ts'
import { type GuardedProcess, spawnGuarded } from './guarded-process.ts'
import { waitUntilAnswering } from './server-ready.ts'

const HOST = '127.0.0.1'

/** About 2 s is usual; a busy machine with cold disks takes many times that. */
const READY_TIMEOUT_MS = 60_000

/** Between choosing a free port and the server's taking it, somebody else may. */
const PORT_TRIES = 3

export interface DevServerOptions extends Pick<DevServerFlags, 'databasePath' | 'forTests'> {
  readonly cli: TemporalCli
  /** @defaultValue a free one */
  readonly port?: number
  /** @defaultValue a free one */
  readonly uiPort?: number
  /** Leaves the UI out. @defaultValue false */
  readonly headless?: boolean
  /** A file for what the server writes, appended to. Errors only. */
  readonly logPath?: string
  readonly report: Report
  /** @defaultValue 60,000 */
  readonly readyTimeoutMs?: number
  /** @defaultValue the process's own */
  readonly env?: NodeJS.ProcessEnv
}

/** A dev server that ended early, did not answer in time, or found its port taken. The message says what it wrote last. */
export class ServerNotStarted extends Error {
  override readonly name = 'ServerNotStarted'
}

/** A Temporal dev server that we started, and that ends with us at the latest, however we end. */
export interface DevServer {
  /** `host:port` of the gRPC front end. */
  readonly address: string
  readonly uiUrl?: string
  /** Of the server, e.g. `1.32.0`. */
  readonly version: string
  /** Of the server's own process. */
  readonly pid: number
  /** Settles when the server has ended, whoever ended it. */
  readonly ended: Promise<void>
  stop(): Promise<void>
}

/**
 * Starts `temporal server start-dev` with settings that take 8 to 11 ms a step instead of 50, registers our search
 * attributes and waits until it answers. Other dev servers may run beside it.
 *
 * @throws ServerNotStarted
 */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  if (options.databasePath) await mkdir(dirname(resolve(options.databasePath)), { recursive: true, mode: 0o700 })
  for (let tries = 1; ; tries += 1) {
    const started = await tryStart(options, await choosePorts(options))
    if ('server' in started) return started.server
    if (!started.portTaken || tries === PORT_TRIES) throw new ServerNotStarted(started.problem)
    options.report('another process took a port chosen for the Temporal dev server; choosing again')
  }
}

interface Ports {
  readonly port: number
  /** Absent: headless. */
  readonly uiPort?: number
}

async function choosePorts(options: DevServerOptions): Promise<Ports> {
  // Looked at before the start: on a port that another Temporal server holds, that one would answer us as if it were ours.
  for (const asked of [options.port, options.headless ? undefined : options.uiPort]) {
    if (asked !== undefined && !(await isFree(asked))) throw new ServerNotStarted(takenPort(asked))
  }
  const [first, second] = await freePorts(2)
  const port = options.port ?? first!
  return options.headless ? { port } : { port, uiPort: options.uiPort ?? second! }
}

function takenPort(port: number): string {
  return `Port ${port} of ${HOST} is taken, so no Temporal dev server was started there. Name another port, or none for a free one.`
}

async function tryStart(options: DevServerOptions, ports: Ports): Promise<{ readonly server: DevServer } | NotStarted> {
  const { running, portTaken } = launch(options, ports)
  const address = `${HOST}:${ports.port}`
  const timeoutMs = options.readyTimeoutMs ?? READY_TIMEOUT_MS
  const ready = await waitUntilAnswering({ address, timeoutMs, ended: running.ended })
  const pid = ready.kind === 'answering' ? await running.pid : undefined
  if (pid !== undefined) return { server: describe(options, ports, running, pid) }
  await running.stop()
  const what = ready.kind === 'silent' ? `did not answer within ${timeoutMs / 1_000} s` : 'ended before it answered'
  const problem = `The Temporal dev server at ${address} ${what}. ${lastWords(running, options)}`
  return { problem, portTaken: portTaken() }
}

interface NotStarted {
  readonly problem: string
  /** Another process took one of its ports first: one of ours, or one of those that the server chooses itself. */
  readonly portTaken: boolean
}

interface Launched {
  readonly running: GuardedProcess
  readonly portTaken: () => boolean
}

function launch(options: DevServerOptions, ports: Ports): Launched {
  const log = options.logPath ? logAt(options.logPath, options.report) : undefined
  // Heard while it comes: a panic's stack of some hundred lines follows, so the last lines do not say it.
  let portTaken = false
  const running = spawnGuarded(options.cli.path, devServerArguments({ ...options, ...ports, host: HOST }), {
    env: options.env ?? process.env,
    onLine: line => {
      log?.write(`${line}\n`)
      portTaken ||= /address already in use/i.test(line)
    },
    // Summaries and previews of what runs say lie in its database.
    isPrivate: true,
  })
  void running.ended.then(() => log?.end())
  return { running, portTaken: () => portTaken }
}

/** A server that works is worth more than its log. */
function logAt(path: string, report: Report): WriteStream {
  const log = createWriteStream(path, { flags: 'a', mode: 0o600 })
  return log.on('error', (error: NodeJS.ErrnoException) =>
    report(`the Temporal server's log ${path} cannot be written (${error.code}); it goes on without one`),
  )
}

function describe(options: DevServerOptions, ports: Ports, running: GuardedProcess, pid: number): DevServer {
  const address = `${HOST}:${ports.port}`
  const uiUrl = ports.uiPort === undefined ? undefined : `http://${HOST}:${ports.uiPort}`
  const version = options.cli.serverVersion
  const ended = running.ended.then(() => undefined)
  return { address, uiUrl, version, pid, ended, stop: () => running.stop() }
}

function lastWords(running: GuardedProcess, options: DevServerOptions): string {
  const tail = running.tail().trim()
  const where = options.logPath ? ` (all of it is in ${options.logPath})` : ''
  return tail
    ? `It wrote last${where}:\n${tail}`
    : `It wrote nothing; try it by hand: ${options.cli.path} server start-dev`
}
