import { expect, it } from 'vitest'
import { storeAddress } from '../../src/store/store-address.ts'

const unknownAddress = (message: RegExp) =>
  expect.objectContaining({ kind: 'unknown-address', message: expect.stringMatching(message) })

it.each([
  [undefined, '.signalbox/signalbox.db'],
  ['', '.signalbox/signalbox.db'],
  ['signalbox.db', 'signalbox.db'],
  ['runs.sqlite', 'runs.sqlite'],
  ['runs.SQLITE3', 'runs.SQLITE3'],
  ['./runs', './runs'],
  ['/var/lib/runs', '/var/lib/runs'],
  ['C:\\runs\\store', 'C:\\runs\\store'],
  ['sqlite:runs', 'runs'],
  ['sqlite:///var/lib/runs', '/var/lib/runs'],
  ['file:runs', 'runs'],
  [':memory:', ':memory:'],
])('takes %j for the file %s', (url, path) => {
  expect(storeAddress(url, undefined)).toEqual({ kind: 'file', path })
})

it('takes a path that a program gives as it is, and a URL before it', () => {
  expect(storeAddress(undefined, 'runs')).toEqual({ kind: 'file', path: 'runs' })
  expect(storeAddress('signalbox.db', 'runs')).toEqual({ kind: 'file', path: 'signalbox.db' })
  const url = 'postgresql://me@database/work'
  expect(storeAddress(url, 'runs')).toEqual({ kind: 'postgres', url })
})

it.each([
  'postgres://me:hunter2@database/work',
  'postgres://me:p@ss@database:6432/work?sslmode=verify-full',
  'postgresql://me@%2Fvar%2Frun%2Fpostgresql/work',
  'postgresql:///work?host=/var/run/postgresql',
  'postgresql://me@/work?host=/var/run/postgresql',
  'postgres://me:a word@database/work',
])('takes %s for a server, also with the line break that a secret often ends with', url => {
  expect(storeAddress(url, undefined)).toEqual({ kind: 'postgres', url })
  expect(storeAddress(` ${url}\n`, undefined)).toEqual({ kind: 'postgres', url })
})

/** Taken for a path, the address and the password in it became the name of a folder. */
it.each([
  '"postgres://me:hunter2@database/work"',
  "'postgres://me:hunter2@database/work'",
  'DATABASE_URL=postgres://me:hunter2@database/work',
])('refuses %s, where something stands around the address', url => {
  expect(() => storeAddress(url, undefined)).toThrow(unknownAddress(/^(?!.*hunter2).*something before/))
})

it.each([
  'postgres://me:hunter2@one:5432,two:5432/work?target_session_attrs=read-write',
  'postgres://me:hunter2@one,two/work',
  'postgres://me:hunter2@database:99999/work',
  'postgres://me:hunter2/x#y@database:5432/work',
])('refuses %s, which cannot be read, with what to do', url => {
  expect(() => storeAddress(url, undefined)).toThrow(unknownAddress(/^(?!.*hunter2).*one host.*percent-encoded/))
})

it.each(['nonsense', 'postgres', 'postgres:me:hunter2@database', 'mysql://me:hunter2@database/work'])(
  'refuses %s, and does not say it again',
  url => {
    expect(() => storeAddress(url, undefined)).toThrow(
      expect.objectContaining({ kind: 'unknown-address', message: expect.not.stringContaining('hunter2') }),
    )
  },
)
