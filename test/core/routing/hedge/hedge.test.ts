import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { p95Of, withFirstToken } from '../../../../src/core/routing/hedge/first-tokens.ts'
import {
  advanceHedge,
  type HedgeDecision,
  type HedgeEvent,
  type HedgeState,
  isWorthHedging,
  type Lane,
  NEW_HEDGE,
} from '../../../../src/core/routing/hedge/hedge.ts'

function play(events: readonly HedgeEvent[]): { state: HedgeState; decisions: readonly HedgeDecision[] } {
  let state = NEW_HEDGE
  const decisions: HedgeDecision[] = []
  for (const event of events) {
    const [next, more] = advanceHedge(state, event)
    state = next
    decisions.push(...more)
  }
  return { state, decisions }
}

const content = (lane: Lane): HedgeEvent => ({ kind: 'content', lane })
const end = (lane: Lane, answered: boolean): HedgeEvent => ({ kind: 'end', lane, answered })
const DUE: HedgeEvent = { kind: 'due' }
const DECLINED: HedgeEvent = { kind: 'declined' }

describe('a hedge', () => {
  it('asks nobody else where the first begins in time', () => {
    expect(play([content('first'), DUE, end('first', true)]).decisions).toEqual([{ do: 'take', lane: 'first' }])
  })

  it('goes on with whoever begins first, and aborts the other at once', () => {
    const { decisions } = play([DUE, content('second'), end('first', false), end('second', true)])
    expect(decisions).toEqual([
      { do: 'start' },
      { do: 'abort', lane: 'first' },
      { do: 'book', lane: 'first' },
      { do: 'take', lane: 'second' },
    ])
  })

  it('goes on with an answer that comes in one piece, and aborts the other at once', () => {
    expect(play([DUE, end('first', true)]).decisions).toEqual([{ do: 'start' }, { do: 'abort', lane: 'second' }])
  })

  it('heeds nothing that comes of the loser after all, not even a whole answer', () => {
    const late = [content('second'), end('second', true), end('first', true)]
    expect(play([DUE, content('first'), ...late]).decisions.slice(2)).toEqual([
      { do: 'book', lane: 'second' },
      { do: 'take', lane: 'first' },
    ])
  })

  it('waits for a loser that takes its time to end, so that its row is closed before the call is', () => {
    const { decisions } = play([DUE, content('first'), end('first', true)])
    expect(decisions.at(-1)).toEqual({ do: 'abort', lane: 'second' })
    expect(play([DUE, content('first'), end('first', true), end('second', false)]).decisions.slice(-2)).toEqual([
      { do: 'book', lane: 'second' },
      { do: 'take', lane: 'first' },
    ])
  })

  it('goes on with the other where one fails before it has begun', () => {
    expect(play([DUE, end('first', false), content('second'), end('second', true)]).decisions).toEqual([
      { do: 'start' },
      { do: 'lose', lane: 'first' },
      { do: 'take', lane: 'second' },
    ])
  })

  it('ends with the first’s fault where the second was not admitted', () => {
    expect(play([DUE, DECLINED, end('first', false)]).decisions.at(-1)).toEqual({
      do: 'take',
      lane: 'first',
    })
    const late = play([DUE, end('first', false), DECLINED])
    expect(late.decisions.slice(-2)).toEqual([
      { do: 'lose', lane: 'first' },
      { do: 'take', lane: 'second' },
    ])
  })

  it('takes what the first has answered where it is heard only then that the second was not admitted', () => {
    const taken = { do: 'take', lane: 'first' }
    for (const before of [[content('first'), end('first', true)], [end('first', true)]])
      expect(play([DUE, ...before, DECLINED]).decisions).toEqual([
        { do: 'start' },
        { do: 'abort', lane: 'second' },
        taken,
      ])
    expect(play([DUE, content('first'), end('first', false), DECLINED]).decisions.at(-1)).toEqual(taken)
  })

  it('settles every lane that was asked exactly once, takes one, last of all, and never aborts the winner', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), chances => {
        const { decisions, winner, asked } = randomRace(chances)
        const settled = decisions.filter(({ do: what }) => what === 'take' || what === 'lose' || what === 'book')
        expect(settled.map(one => 'lane' in one && one.lane).toSorted()).toEqual(asked.toSorted())
        expect(decisions.filter(({ do: what }) => what === 'take')).toHaveLength(1)
        expect(decisions.at(-1)?.do).toBe('take')
        if (winner) expect(decisions).not.toContainEqual({ do: 'abort', lane: winner })
      }),
    )
  })
})

/** Plays what a world could do: each lane that is out may begin or end, at any time. */
function randomRace(chances: fc.Stream<number>) {
  let state = NEW_HEDGE
  const decisions: HedgeDecision[] = []
  const begun = new Set<Lane>()
  for (const chance of chances) {
    const lanes = (['first', 'second'] as const).filter(lane => state[lane] === 'asked' || state[lane] === 'aborted')
    if (lanes.length === 0) break
    const lane = lanes[Math.floor(chance * lanes.length)]!
    const which = Math.floor(chance * 1_000) % 4
    const event: HedgeEvent =
      which === 0 ? DUE : which === 1 ? content(lane) : end(lane, state[lane] === 'asked' && which === 2)
    if (event.kind === 'content' && state[lane] === 'asked') begun.add(lane)
    const [next, more] = advanceHedge(state, event)
    state = next
    decisions.push(...more)
  }
  const asked: Lane[] = decisions.some(({ do: what }) => what === 'start') ? ['first', 'second'] : ['first']
  return { decisions, winner: state.winner, asked }
}

describe('whether a hedge is worth it', () => {
  const moment = { waitedMs: 2_000, secondsWorth: 0.0005, warmUsd: 0 }

  it('is not against a warm prefix that is worth more than the time', () => {
    expect(isWorthHedging(moment)).toBe(true)
    expect(isWorthHedging({ ...moment, warmUsd: 0.0009 })).toBe(true)
    expect(isWorthHedging({ ...moment, warmUsd: 0.0011 })).toBe(false)
  })
})

describe('the 95th of a hundred times to first token', () => {
  it('is known from twenty on, of the newest hundred', () => {
    const times = (count: number, from = 1) =>
      Array.from({ length: count }, (_, at) => from + at).reduce(withFirstToken, [])
    expect(p95Of(times(19))).toBeUndefined()
    expect(p95Of(times(20))).toBe(19)
    expect(p95Of(times(100))).toBe(95)
    expect(p95Of(times(250))).toBe(245)
    expect(p95Of(times(30).toReversed())).toBe(29)
  })
})
