import { expect, it } from 'vitest'
import { postgresProblem } from '../../src/store/postgres/problems.ts'

const failed = (code: string) => Object.assign(new Error('it failed'), { code })

/** Thrown as anything else it would end a worker, whose looks at the store nobody calls. */
it.each([
  ['ENETUNREACH', 'unreachable'],
  ['ENETDOWN', 'unreachable'],
  ['ECONNABORTED', 'unreachable'],
  ['EADDRNOTAVAIL', 'unreachable'],
  ['57014', 'busy'],
  ['55P03', 'busy'],
  ['53200', 'busy'],
  ['CERT_HAS_EXPIRED', 'unreachable'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unreachable'],
])('what the network or the server says by %s is a problem of the store', (code, kind) => {
  expect(postgresProblem(failed(code), 'PostgreSQL database')).toMatchObject({ kind })
})

/** A connection is ended by nothing that we ask, so that whatever ends it is for people to act on. */
it.each([
  [
    '42704',
    'unrecognized configuration parameter "nonsense"',
    /does not accept the setting nonsense as DATABASE_URL has it/,
  ],
  ['22023', 'invalid value for parameter "statement_timeout": "NaN"', /the setting statement_timeout/],
  ['XX000', 'Tenant or user not found', /refused the connection \(XX000\)\. Check DATABASE_URL/],
])('what a connection ends with by %s at its start is a problem of the store', (code, words, message) => {
  const ended = Object.assign(new Error(words), { code, severity: 'FATAL' })
  expect(postgresProblem(ended, 'PostgreSQL database')).toMatchObject({
    kind: 'unreachable',
    message: expect.stringMatching(message),
  })
  expect(postgresProblem(Object.assign(ended, { severity: 'ERROR' }), 'PostgreSQL database')).toBeUndefined()
})

it.each(['could not write init file', 'could not write init file: No space left on device'])(
  'a disk that is full ends a connection at its start by a code that is no word of it: %s',
  words => {
    const ended = Object.assign(new Error(words), { code: 'XX000', severity: 'FATAL' })
    expect(postgresProblem(ended, 'PostgreSQL database')).toMatchObject({
      kind: 'full',
      message: expect.stringContaining('has no space left'),
    })
  },
)

it('tells a connection that an administrator ended from a server that goes down only by naming both', () => {
  const { message } = postgresProblem(failed('57P01'), 'PostgreSQL database')!
  expect(message).toMatch(/shutting down, or somebody ended the connection/)
})

it('a statement that the server does not understand is a bug', () => {
  expect(postgresProblem(failed('42601'), 'PostgreSQL database')).toBeUndefined()
})
