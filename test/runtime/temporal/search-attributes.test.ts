import { expect, it } from 'vitest'
import { SEARCH_ATTRIBUTES } from '../../../src/core/protocol.ts'
import {
  missingSearchAttributes,
  type OperatorConnection,
  setupSearchAttributes,
} from '../../../src/runtime/temporal/search-attributes.ts'

const names = Object.keys(SEARCH_ATTRIBUTES)

/** As Temporal Cloud answers those who may not ask (7, 16), and the server that skips time in tests everybody (12). */
function refusing(code: number): OperatorConnection {
  const refuse = () => Promise.reject(Object.assign(new Error('refused'), { code, details: 'not here', metadata: {} }))
  return { operatorService: { listSearchAttributes: refuse, addSearchAttributes: refuse } } as never
}

it.each([7, 12, 16])('a server that does not say which it has (code %i) is taken to have none', async code => {
  expect(await missingSearchAttributes(refusing(code), 'default')).toEqual(names)
  expect(await setupSearchAttributes(refusing(code), 'default')).toEqual({
    added: [],
    missing: names,
    reason: 'not here',
  })
})

it('a server that is out of reach (code 14) is no such server', async () => {
  await expect(missingSearchAttributes(refusing(14), 'default')).rejects.toThrow('refused')
})
