/**
 * A PostgreSQL server of one's own: on a free port, in a temporary folder, gone when it is stopped. Its programs are
 * Debian's (`postgresql-15`).
 *
 * @module
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { freePorts } from '../../src/runtime/dev-server/free-ports.ts'
import { toldToEnd } from './told-to-end.ts'

export interface PostgresServer {
  /** Names a database that exists and is empty. */
  readonly url: string
  /** Makes another empty database on the same server. */
  newDatabase(): Promise<string>
  /** Ends it as a crash does, as `pg_ctl stop -m immediate`, and starts it again on its port and its files. */
  crash(): Promise<void>
  stop(): Promise<void>
}

export interface PostgresOptions {
  /** What was committed outlives a crash of the server, though not one of the machine. @defaultValue false */
  readonly durable?: boolean
}

const VERSION = 15
const USER = 'signalbox'
const START_TRIES = 600
const START_PAUSE_MS = 100

/** Starts a server, after installing it where it is missing and this user may. */
export async function startPostgres({ durable = false }: PostgresOptions = {}): Promise<PostgresServer> {
  const programs = findPrograms() ?? install()
  const owner = findOwner()
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-postgres-'))
  chmodSync(folder, 0o700)
  if (owner) chownSync(folder, owner.uid, owner.gid)
  const data = join(folder, 'data')
  const asOwner = { ...owner, cwd: folder }
  execFileSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', USER, '--auth=trust', '--no-sync', '-E', 'UTF8', '--locale=C'],
    { ...asOwner, stdio: 'pipe' },
  )
  const [port = 0] = await freePorts(1)
  const launch = () =>
    spawn(join(programs, 'postgres'), serverArguments(data, folder, port, durable), {
      ...asOwner,
      stdio: 'ignore',
      // A group of its own: Ctrl-C ends those who use the server first, and they end the server.
      detached: true,
    })
  let server = launch()
  const endWithUs = () => server.kill('SIGINT')
  process.once('exit', endWithUs)
  const stop = async () => {
    process.off('exit', endWithUs)
    // PostgreSQL's fast shutdown: connections are cut, files are left whole.
    await toldToEnd(server, 'SIGINT')
    rmSync(folder, { recursive: true, force: true })
  }
  const crash = async () => {
    await toldToEnd(server, 'SIGQUIT')
    server = launch()
    await accepting(urlOf(port, 'postgres'), server)
  }
  try {
    await accepting(urlOf(port, 'postgres'), server)
    const newDatabase = createDatabases(port)
    return { url: await newDatabase(), newDatabase, crash, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Nothing of it survives the tests, so nothing waits for a disk; a durable one leaves each commit with the kernel. */
function serverArguments(data: string, folder: string, port: number, durable: boolean): string[] {
  const settings = ['fsync=off', ...(durable ? [] : ['synchronous_commit=off', 'full_page_writes=off'])]
  return ['-D', data, '-h', '127.0.0.1', '-p', `${port}`, '-k', folder, ...settings.flatMap(setting => ['-c', setting])]
}

function createDatabases(port: number): () => Promise<string> {
  let count = 0
  return async () => {
    const name = `signalbox_${++count}`
    await query(urlOf(port, 'postgres'), `create database ${name}`)
    return urlOf(port, name)
  }
}

/** Runs one statement on a connection of its own. */
export async function query(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

function urlOf(port: number, database: string): string {
  return `postgres://${USER}@127.0.0.1:${port}/${database}`
}

function findPrograms(): string | undefined {
  const root = '/usr/lib/postgresql'
  if (!existsSync(root)) return undefined
  const versions = readdirSync(root).filter(version => existsSync(join(root, version, 'bin', 'initdb')))
  const version = versions.find(version => version === `${VERSION}`) ?? versions.sort().at(-1)
  return version && join(root, version, 'bin')
}

function install(): string {
  const wanted = `postgresql-${VERSION}`
  if (process.getuid?.() !== 0) throw new Error(`PostgreSQL is not installed. Run: sudo apt-get install ${wanted}`)
  const silent = { stdio: 'pipe', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } } as const
  execFileSync('apt-get', ['update'], silent)
  // The package would start a server of the machine's own; the common part reads this before it does.
  execFileSync('apt-get', ['install', '-y', '--no-install-recommends', 'postgresql-common'], silent)
  const settings = '/etc/postgresql-common/createcluster.conf'
  execFileSync('sed', ['-i', 's/^#\\?create_main_cluster.*/create_main_cluster = false/', settings], silent)
  execFileSync('apt-get', ['install', '-y', '--no-install-recommends', wanted], silent)
  const programs = findPrograms()
  if (!programs) throw new Error(`apt-get installed ${wanted}, but it brought no initdb`)
  return programs
}

/** PostgreSQL refuses to run as root: Debian's package brings a user for it. */
export function findOwner(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: idOf('-u'), gid: idOf('-g') }
}

/** Waits until a server takes a statement: one of those that a pooler allows in each of its modes. */
export async function accepting(url: string, server: ChildProcess): Promise<void> {
  for (let left = START_TRIES; server.exitCode === null; left--) {
    try {
      return await query(url, 'select 1')
    } catch (error) {
      if (left === 0) throw error
    }
    await sleep(START_PAUSE_MS)
  }
  throw new Error(`${server.spawnfile} ended at its start with exit code ${server.exitCode}`)
}
