import { array, assert, constantFrom, integer, property, record } from 'fast-check'
import { expect, it } from 'vitest'
import { type CallOfParts, leftCalls } from '../../src/store/reports/left-calls.ts'

/** As it is defined: each call beside all others. */
function byDefinition(calls: readonly CallOfParts[]): readonly CallOfParts[] {
  if (new Set(calls.map(call => call.begun_part)).size < 2) return []
  return calls.filter(call =>
    calls.some(
      other =>
        other !== call &&
        other.step <= call.step &&
        other.first_part !== call.begun_part &&
        other.started_at_ms >= (call.begun_at_ms ?? call.started_at_ms),
    ),
  )
}

const part = constantFrom('one', 'two', 'three', null)
const time = integer({ min: 1, max: 9 })
const call = record({
  step: integer({ min: 1, max: 5 }),
  started_at_ms: time,
  first_part: part,
  begun_part: part,
  begun_at_ms: constantFrom(null, 1, 3, 5, 7, 9),
})

it('finds the calls that a reset has left, as if each were held against all others', () => {
  assert(
    property(array(call, { maxLength: 12 }), calls => {
      expect(new Set(leftCalls(calls))).toEqual(new Set(byDefinition(calls)))
    }),
    { numRuns: 2_000 },
  )
})

it('leaves none where parts only go on', () => {
  const calls = Array.from({ length: 300 }, (_, at) => {
    const part = `part ${Math.floor(at / 100)}`
    return { step: at + 1, started_at_ms: at, first_part: part, begun_part: part, begun_at_ms: at }
  })
  expect(leftCalls(calls)).toEqual([])
})
