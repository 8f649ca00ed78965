import { chmodSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const IN_MEMORY = '/dev/shm'

/** A container has 64 MB there by default, and the files of tests that run side by side take some hundred. */
const LEAST_FREE_BYTES = 2 ** 30

/**
 * A folder for all files of a run of tests, which goes with this process: tests that are interrupted do not remove theirs. In memory
 * where this machine has a folder of that kind with room, from which programs may be run. Tests make some hundred SQLite files, and
 * on a disk each waits for its syncs.
 */
export function folderOfRun(): string {
  const folder = mkdtempSync(join(quickFolder(), 'signalbox-run-'))
  // Tests of what all users may read begin with a folder that all may go through.
  chmodSync(folder, 0o711)
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

function quickFolder(): string {
  try {
    const { bavail, bsize } = statfsSync(IN_MEMORY)
    return bavail * bsize >= LEAST_FREE_BYTES && runsPrograms(IN_MEMORY) ? IN_MEMORY : tmpdir()
  } catch {
    return tmpdir()
  }
}

function runsPrograms(folder: string): boolean {
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n')
  const options = mounts.map(line => line.split(' ')).findLast(([, place]) => place === folder)?.[3]
  return options !== undefined && /\brw\b/.test(options) && !/\bnoexec\b/.test(options)
}
