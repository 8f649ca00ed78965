/**
 * A PgBouncer of one's own before a PostgreSQL server: on a free port, in a temporary folder, gone when it is stopped. The
 * program is Debian's (`pgbouncer`).
 *
 * @module
 */
import { execFileSync, spawn } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '../../src/runtime/dev-server/free-ports.ts'
import { accepting, findOwner } from './postgres.ts'
import { toldToEnd } from './told-to-end.ts'

const PROGRAM = '/usr/sbin/pgbouncer'

/** Why it cannot be started here, where it cannot. */
export const lackingPgBouncer =
  existsSync(PROGRAM) || process.getuid?.() === 0 ? undefined : 'needs PgBouncer: sudo apt-get install pgbouncer'

export interface PgBouncer {
  /** The same database, by way of it. */
  through(url: string): string
  stop(): Promise<void>
}

/**
 * Starts one, after installing it where it is missing and this user may.
 *
 * @param settings - Lines of its `[pgbouncer]` section, e.g. `pool_mode = transaction`.
 */
export async function startPgBouncer(server: string, settings: readonly string[]): Promise<PgBouncer> {
  if (!existsSync(PROGRAM)) install()
  const owner = findOwner()
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-pgbouncer-'))
  const [port = 0] = await freePorts(1)
  const file = join(folder, 'pgbouncer.ini')
  writeFileSync(join(folder, 'users.txt'), '"signalbox" ""\n')
  writeFileSync(file, settingsFile(server, folder, port, settings))
  if (owner) for (const path of [folder, file]) chownSync(path, owner.uid, owner.gid)
  const pooler = spawn(PROGRAM, [file], { ...owner, stdio: 'ignore', detached: true })
  const endWithUs = () => pooler.kill('SIGINT')
  process.once('exit', endWithUs)
  const through = (url: string) => Object.assign(new URL(url), { port: `${port}` }).href
  const stop = async () => {
    process.off('exit', endWithUs)
    await toldToEnd(pooler)
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await accepting(through(server), pooler)
    return { through, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function install(): void {
  // In run level 1 packages start no service: one of the machine's own is not wanted.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  execFileSync('apt-get', ['update'], { stdio: 'pipe', env })
  execFileSync('apt-get', ['install', '-y', '--no-install-recommends', 'pgbouncer'], { stdio: 'pipe', env })
}

function settingsFile(server: string, folder: string, port: number, settings: readonly string[]): string {
  return [
    '[databases]',
    `* = host=127.0.0.1 port=${new URL(server).port}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = trust',
    `auth_file = ${join(folder, 'users.txt')}`,
    ...settings,
    '',
  ].join('\n')
}
