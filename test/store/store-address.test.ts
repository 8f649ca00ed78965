import { expect, it } from 'vitest'
import { storeAddress } from '../../src/store/store-address.ts'

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

it.each(['nonsense', 'postgres', 'postgres:me:hunter2@database', 'mysql://me:hunter2@database/work'])(
  'refuses %s, and does not say it again',
  url => {
    expect(() => storeAddress(url, undefined)).toThrow(
      expect.objectContaining({ kind: 'unknown-address', message: expect.not.stringContaining('hunter2') }),
    )
  },
)
