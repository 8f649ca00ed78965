/**
 * Starts PostgreSQL in a temporary folder and stops it again.
 *
 *     node scripts/postgres.ts                 until Ctrl-C, after printing its DATABASE_URL
 *     node scripts/postgres.ts npm run demo    while a command runs with DATABASE_URL set; its exit code is given on
 *
 * @module
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import { startPostgres } from '../test/support/postgres.ts'

const [command, ...rest] = process.argv.slice(2)
const server = await startPostgres()
try {
  process.exitCode = command ? await run(command, rest, server.url) : await serve(server.url)
} finally {
  await server.stop()
}

async function run(command: string, rest: string[], url: string): Promise<number> {
  const child = spawn(command, rest, { stdio: 'inherit', env: { ...process.env, DATABASE_URL: url } })
  // Ctrl-C reaches the command by itself; this process stays until it has ended.
  process.on('SIGINT', () => {}).on('SIGTERM', () => child.kill('SIGTERM'))
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  return code ?? 128 + (signal ? constants.signals[signal] : 0)
}

async function serve(url: string): Promise<number> {
  console.log(`DATABASE_URL=${url}`)
  // A pending signal keeps no process alive, the server's own handle does.
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  return 0
}
