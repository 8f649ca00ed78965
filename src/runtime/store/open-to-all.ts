/**
 * Warns of database files that every user of this machine may read. New files and their folder are private. The mode of an
 * existing one is kept, because somebody may share it on purpose.
 *
 * @module
 */
import { statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** The bits of a file mode by which everybody may read a file, or pass through a folder. */
const READ = 0o004
const GO_THROUGH = 0o001

/** One line of warning for the file's owner; none if others cannot read it, and none on Windows, whose modes say nothing. */
export function openToAllNotes(path: string): readonly string[] {
  if (process.platform === 'win32' || !mayAll(path, READ)) return []
  for (let folder = dirname(resolve(path)); folder !== dirname(folder); folder = dirname(folder))
    if (!mayAll(folder, GO_THROUGH)) return []
  const folder = dirname(path)
  return [
    `every user of this machine can read ${path}, which holds what runs have said; unless that is intended, run \`chmod 700 ${folder}\` (or \`chmod 600 ${path}\`)`,
  ]
}

function mayAll(path: string, bit: number): boolean {
  return ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & bit) !== 0
}
