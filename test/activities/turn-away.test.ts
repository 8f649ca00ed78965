import { expect, it } from 'vitest'
import { turnAway } from '../../activities/call-model/budget/over-budget.ts'
import type { Short } from '../../activities/call-model/walk/in-line.ts'
import type { Walk } from '../../activities/call-model/walk/walk.ts'
import type { NotReserved } from '../../src/core/ports.ts'

/** Of whom more is asked: the run itself, and a run above it with the scope `above`. */
const walkOf = ({ asks = true } = {}): Walk => {
  const candidates = ['a', 'b', 'c'].map(endpoint => ({ endpoint }))
  const prepared = { call: { run: { key: 'run', asks } }, input: { asksAbove: ['above'] } }
  return { prepared, state: { candidates } } as unknown as Walk
}

const at = (
  endpoint: string,
  of: Partial<NotReserved>,
  asked: Short['asked'] = { tokens: 100, pico: '100' },
): Short => ({
  ...{ endpoint, asked },
  of: { kind: 'short', inFlight: false, scopeId: 'month', headroomPico: '40', ...of },
})

/** The endpoint that is kept of two, whichever is turned away first: or the first, where neither goes before the other. */
function keptOf(one: Short, other: Short, how?: { asks: boolean }): string {
  const kept = [
    [one, other],
    [other, one],
  ].map(both => {
    const walk = walkOf(how)
    for (const short of both) turnAway(walk, short)
    return walk.short!.endpoint
  })
  if (kept[0] === kept[1]) return kept[0]!
  return kept[0] === one.endpoint ? 'the first' : 'the last'
}

it('takes the endpoint off the candidates, and says by what it is held back', () => {
  const walk = walkOf()
  expect(turnAway(walk, at('a', {}))).toEqual({ event: { kind: 'begin' } })
  expect(walk.state.candidates.map(({ endpoint }) => endpoint)).toEqual(['b', 'c'])
  expect(walk.heldBack?.get('a')).toEqual({ by: expect.stringContaining('is left and up to') })
})

it('keeps, of several, the one where waiting may help, then one for which people are asked', () => {
  expect(keptOf(at('a', { inFlight: true }), at('b', { scopeId: 'run', headroomPico: '99' }))).toBe('a')
  expect(keptOf(at('a', { inFlight: true }), at('b', { inFlight: true }))).toBe('the first')
  for (const scopeId of ['run', 'above'])
    expect(keptOf(at('a', { scopeId }), at('b', { headroomPico: '99' }))).toBe('a')
  // Of this run nobody is asked, nor of the one above for what is another's.
  expect(keptOf(at('a', { scopeId: 'run' }), at('b', { headroomPico: '99' }), { asks: false })).toBe('b')
})

it('keeps, then, one where no other budget is short, and the one that the smallest raise would admit', () => {
  const several = [
    { scopeId: 'month', headroomPico: '40' },
    { scopeId: 'week', headroomPico: '50' },
  ]
  expect(keptOf(at('a', { several }), at('b', { headroomPico: '1' }))).toBe('b')
  expect(keptOf(at('a', {}), at('b', { headroomPico: '41' }))).toBe('b')
  expect(keptOf(at('a', {}), at('b', { headroomPico: '70' }, { tokens: 100, pico: '130' }))).toBe('the first')
  const tokens = (headroomTokens: number) => ({ headroomPico: '200', headroomTokens })
  expect(keptOf(at('a', tokens(10)), at('b', tokens(30)))).toBe('b')
  expect(keptOf(at('a', tokens(300)), at('b', tokens(200)))).toBe('the first')
  // Money that is not limited, or a price that nobody knows, lacks nothing.
  expect(keptOf(at('a', {}), at('b', { headroomPico: undefined }))).toBe('b')
  expect(keptOf(at('a', {}), at('b', {}, { tokens: 100 }))).toBe('b')
})

it('names, of several budgets, one for which people are asked, and beside it those that nobody raises', () => {
  const [month, week] = [
    { scopeId: 'month', headroomPico: '40' },
    { scopeId: 'week', headroomPico: '50' },
  ]
  const [run, above] = [
    { scopeId: 'run', headroomPico: '60' },
    { scopeId: 'above', headroomPico: '70' },
  ]
  const walk = walkOf()
  turnAway(walk, at('a', { inFlight: true, several: [month, run, above, week] }))
  expect(walk.short).toMatchObject({ of: { kind: 'short', inFlight: false, ...run }, also: [month, week] })
  const nobodyIsAsked = walkOf()
  turnAway(nobodyIsAsked, at('a', { several: [month, week] }))
  expect(nobodyIsAsked.short).toMatchObject({ of: month, also: [week] })
})
