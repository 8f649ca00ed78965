import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'signalbox-disk-'))
afterAll(() => rmSync(folder, { recursive: true }))

const filling = fileURLToPath(new URL('./filling-process.ts', import.meta.url))

/** In a disk of its own, in memory, which is gone with the command: Linux lets any user have one. */
function onSmallDisk(command: string, ...more: readonly string[]): string {
  const script = 'mount -t tmpfs -o size=40m tmpfs "$0" && exec "$@"'
  return execFileSync('unshare', ['-rm', 'sh', '-c', script, folder, command, ...more], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}

function maySmallDisk(): boolean {
  try {
    onSmallDisk('true')
    return true
  } catch {
    return false
  }
}

it.runIf(maySmallDisk())('goes on once a full disk has room again, which its log leaves to the file', () => {
  expect(JSON.parse(onSmallDisk(process.execPath, filling, folder))).toEqual({
    before: { copies: true, written: 240 },
    full: expect.objectContaining({ full: expect.any(Number) }),
    whileRead: { written: 1 },
    freed: { emptiesLog: true, copies: true },
  })
})
