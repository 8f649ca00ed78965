import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const BENCH = fileURLToPath(new URL('../../bench/budget/run.ts', import.meta.url))

test('a bench that is ended midway leaves no server, no PostgreSQL and no worker', async () => {
  const bench = spawn(process.execPath, [BENCH, '--tries', '0', '--shared-tries', '9'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const exited = once(bench, 'exit')
  const lines: string[] = []
  createInterface(bench.stderr).on('line', line => lines.push(line))
  // The first try is over, so all that the bench needs is up.
  await expect.poll(() => lines.join('\n'), { timeout: 150_000 }).toContain('shared-0:')
  const started = descendantsOf(bench.pid!)
  const commands = started.map(({ command }) => command).join('\n')
  for (const each of ['postgres', 'temporal', 'our-worker.ts']) expect(commands).toContain(each)
  bench.kill('SIGTERM')
  const [exitCode] = await exited
  expect(exitCode, lines.join('\n')).toBe(143)
  await expect.poll(() => started.filter(isAlive)).toEqual([])
}, 150_000)

interface Started {
  readonly id: number
  readonly command: string
}

function descendantsOf(owner: number): readonly Started[] {
  const rows = execFileSync('ps', ['-e', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map(line => line.trim().split(/\s+/))
    .map(([id, parent, ...words]) => ({ id: Number(id), parent: Number(parent), command: words.join(' ') }))
  const below = (parent: number): readonly Started[] =>
    rows
      .filter(row => row.parent === parent && !row.command.startsWith('ps '))
      .flatMap(({ id, command }) => [{ id, command }, ...below(id)])
  return below(owner)
}

/** A process that has ended and was not yet collected by its parent counts as gone. */
function isAlive({ id }: Started): boolean {
  try {
    process.kill(id, 0)
    return process.platform !== 'linux' || !readFileSync(`/proc/${id}/stat`, 'utf8').includes(') Z ')
  } catch {
    return false
  }
}
