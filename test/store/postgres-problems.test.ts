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

it('a statement that the server does not understand is a bug', () => {
  expect(postgresProblem(failed('42601'), 'PostgreSQL database')).toBeUndefined()
})
