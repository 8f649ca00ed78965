import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { spawnGuarded } from '../../../src/runtime/dev-server/guarded-process.ts'

const MODULE = fileURLToPath(new URL('../../../src/runtime/dev-server/guarded-process.ts', import.meta.url))

/** Starts a child of its own, says both process ids, and waits. */
const PARENT_AND_CHILD = 'sleep 600 & echo $$ $!; wait'

describe.skipIf(process.platform === 'win32')('a guarded process', () => {
  it('gives its exit code and its last lines', async () => {
    const running = spawnGuarded('sh', ['-c', 'echo out; echo err >&2; exit 7'], { env: process.env })
    expect(await running.ended).toBe(7)
    expect(running.tail().split('\n').sort()).toEqual(['err', 'out'])
  })

  it('is gone with everything it started after stop', async () => {
    const seen = firstLine()
    const running = spawnGuarded('sh', ['-c', PARENT_AND_CHILD], { env: process.env, onLine: seen.onLine })
    const ids = (await seen.line).split(' ').map(Number)
    expect(ids[0]).toBe(await running.pid)
    await running.stop()
    await running.stop()
    await allGone(ids)
  })

  it('is ended by force when it ignores being asked', async () => {
    const seen = firstLine()
    const stubborn = "trap '' TERM; echo ready; while :; do sleep 1; done"
    const options = { env: process.env, onLine: seen.onLine, graceMs: 200 }
    const running = spawnGuarded('sh', ['-c', stubborn], options)
    await seen.line
    await running.stop()
    await allGone([(await running.pid)!])
  })

  it.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)('does not outlive its owner, ended by %s', async signal => {
    const owner = spawn(process.execPath, ['--input-type=module', '-e', ownerScript()], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(createInterface(owner.stdout), 'line')) as [string]
    owner.kill(signal)
    await once(owner, 'exit')
    await allGone(line.split(' ').map(Number))
  })
})

function firstLine(): { readonly line: Promise<string>; readonly onLine: (line: string) => void } {
  let onLine: (line: string) => void = () => undefined
  const line = new Promise<string>(resolve => {
    onLine = resolve
  })
  return { line, onLine }
}

function ownerScript(): string {
  return `
    import { spawnGuarded } from ${JSON.stringify(MODULE)}
    spawnGuarded('sh', ['-c', ${JSON.stringify(PARENT_AND_CHILD)}], {
      env: process.env,
      onLine: line => process.stdout.write(line + '\\n'),
    })`
}

/** A process that has ended and was not yet collected by its parent counts as gone. */
async function allGone(ids: readonly number[]): Promise<void> {
  await expect.poll(() => ids.filter(isAlive), { interval: 20 }).toEqual([])
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0)
    return process.platform !== 'linux' || !readFileSync(`/proc/${id}/stat`, 'utf8').includes(') Z ')
  } catch {
    return false
  }
}
