import { expect, test } from 'vitest'
import { FAULT_KINDS } from '../../../src/core/faults/fault.ts'
import { describeRemedies, remedyFor } from '../../../src/core/faults/remedies.ts'

test('the table has a row of words for every kind of fault, in the order of the kinds', () => {
  const rows = describeRemedies()
  expect(rows.map(row => row.kind)).toEqual(FAULT_KINDS)
  for (const row of rows) for (const cell of Object.values(row)) expect(cell).toMatch(/\S/)
})

test('our own doing and the prompt never count against an endpoint', () => {
  const harmless = FAULT_KINDS.filter(kind => ['none', 'never', 'not-an-attempt'].includes(remedyFor(kind).health))
  expect(harmless).toEqual([
    'truncated',
    'context-too-long',
    'unsupported',
    'refused',
    'invalid-request',
    'no-route',
    'over-budget',
    'cancelled',
  ])
})

test('somebody is told of a bad key and an empty account', () => {
  expect(FAULT_KINDS.filter(kind => remedyFor(kind).alert)).toEqual(['unauthenticated', 'quota-exhausted'])
})
