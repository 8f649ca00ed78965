import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { isOpenToOthers, makeKeyFile, readMasterKeys } from '../../../src/runtime/store/master-keys.ts'
import { newMasterKey } from '../../../src/store/index.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-keys-'))
})

afterEach(() => rmSync(folder, { recursive: true }))

it('reads one key or several, the first of which wraps', () => {
  const [young, old] = [newMasterKey(), newMasterKey()]
  const both = readMasterKeys({ SIGNALBOX_MASTER_KEY: `${young} ${old}` })!
  const alone = readMasterKeys({ SIGNALBOX_MASTER_KEY: old })!
  expect(both.ids).toEqual([both.currentId, alone.currentId])
  const key = Buffer.alloc(32, 7)
  const { masterId, wrapped } = alone.wrap(key)
  expect(both.unwrap('a-key', masterId, wrapped)).toEqual(key)
})

it('makes a file for its owner alone, once, and reads it', () => {
  const path = join(folder, 'deep', 'master.key')
  makeKeyFile(path)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(readMasterKeys({ SIGNALBOX_MASTER_KEY_FILE: path })!.ids).toHaveLength(1)
  expect(() => makeKeyFile(path)).toThrow(/exists; overwriting a key/)
})

it('says why a file cannot be made, and that a folder is none to read', () => {
  const file = join(folder, 'file')
  writeFileSync(file, '')
  expect(() => makeKeyFile(join(file, 'deep', 'master.key'))).toThrow(/file\/deep\/master\.key cannot be made \(E\w+\)/)
  chmodSync(folder, 0o700)
  expect(() => readMasterKeys({ SIGNALBOX_MASTER_KEY_FILE: folder })).toThrow(`${folder} cannot be read (EISDIR)`)
})

it('refuses a file that others may read, and says how to mend it', () => {
  const path = join(folder, 'master.key')
  writeFileSync(path, newMasterKey())
  chmodSync(path, 0o644)
  expect(() => readMasterKeys({ SIGNALBOX_MASTER_KEY_FILE: path })).toThrow(`chmod 600 ${path}`)
})

it.each([
  ['its owner’s alone', 1000, 0o600, false],
  ['a group’s too', 1000, 0o640, true],
  ['root’s, given to a group to read', 0, 0o440, false],
  ['root’s, given to a group to write', 0, 0o660, true],
  ['root’s, given to everybody', 0, 0o444, true],
])('tells who may read a key file: %s', (_, uid, mode, isOpen) => {
  expect(isOpenToOthers({ uid, mode })).toBe(isOpen)
})

it.each(['short', 'AAAA', ' , '])('refuses %j, and does not quote it', text => {
  const reading = () => readMasterKeys({ SIGNALBOX_MASTER_KEY: text })
  expect(reading).toThrow(/SIGNALBOX_MASTER_KEY holds .*32 bytes in base64/)
  expect(reading).not.toThrow(/short|AAAA/)
})

it('names a file that does not exist', () => {
  expect(() => readMasterKeys({ SIGNALBOX_MASTER_KEY_FILE: '/nowhere/key' })).toThrow(
    '/nowhere/key, which does not exist',
  )
})
