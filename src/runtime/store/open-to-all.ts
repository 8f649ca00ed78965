/**
 * Warns of database files that every user of this machine may read. We create files and folders as private, but leave the mode of
 * existing ones alone, because somebody may share them on purpose.
 *
 * @module
 */
import { statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** File mode bits: everybody may read the file, or pass through the folder. */
const READ = 0o004
const PASS_THROUGH = 0o001

/** A warning in one line for the file's owner. None if others cannot reach or read it, and none on Windows, where modes mean nothing. */
export function openToAllNotes(path: string): readonly string[] {
  if (process.platform === 'win32' || !everybodyMay(READ, path)) return []
  for (let folder = dirname(resolve(path)); folder !== dirname(folder); folder = dirname(folder))
    if (!everybodyMay(PASS_THROUGH, folder)) return []
  const folder = dirname(path)
  return [
    `every user of this machine can read ${path}, which holds what runs have said; unless that is intended, run \`chmod 700 ${folder}\` (or \`chmod 600 ${path}\`)`,
  ]
}

function everybodyMay(bit: number, path: string): boolean {
  return ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & bit) !== 0
}
