import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openToAllNotes } from '../../../src/runtime/store/open-to-all.ts'

let folder: string

const inFolder = (mode: number, fileMode: number) => {
  const inner = join(folder, '.signalbox')
  const path = join(inner, 'signalbox.db')
  mkdirSync(inner, { recursive: true })
  writeFileSync(path, '')
  chmodSync(path, fileMode)
  chmodSync(inner, mode)
  return path
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-open-'))
  chmodSync(folder, 0o755)
})

afterAll(() => rmSync(folder, { recursive: true }))

it.each([
  ['a private folder', 0o700, 0o644],
  ['a private file', 0o755, 0o600],
  ['what is shared with a group', 0o750, 0o640],
])('says nothing of %s', (_what, mode, fileMode) => {
  expect(openToAllNotes(inFolder(mode, fileMode))).toEqual([])
})

it('says nothing of a folder that cannot be come to, nor of a file that is not there', () => {
  const path = inFolder(0o755, 0o644)
  chmodSync(folder, 0o700)
  expect(openToAllNotes(path)).toEqual([])
  chmodSync(folder, 0o755)
  expect(openToAllNotes(join(folder, 'other.db'))).toEqual([])
})

it('names the store that every user may read, and how to close it', () => {
  const path = inFolder(0o755, 0o644)
  expect(openToAllNotes(path)).toEqual([
    `every user of this machine can read ${path}, which holds what runs have said; unless that is intended, run \`chmod 700 ${join(folder, '.signalbox')}\` (or \`chmod 600 ${path}\`)`,
  ])
})
