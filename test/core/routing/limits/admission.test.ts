import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Endpoint } from '../../../../src/core/endpoints.ts'
import {
  AGEING_MS,
  afterStart,
  goBefore,
  looksAtMs,
  NO_STARTS,
  startAtMs,
  type Ticket,
  withoutStart,
} from '../../../../src/core/routing/limits/admission.ts'
import { limitsOf } from '../../../../src/core/routing/limits/scope-limits.ts'

const NOW = 1_000_000

const tickets = fc.array(
  fc.record({
    priority: fc.integer({ min: 1, max: 5 }),
    tag: fc.integer({ min: 1, max: 6 }),
    waitedMs: fc.integer({ min: 0, max: 6 * AGEING_MS }),
  }),
  { minLength: 1, maxLength: 30 },
)

const waitingOf = (drawn: readonly { priority: number; tag: number; waitedMs: number }[]): readonly Ticket[] =>
  drawn.map(({ waitedMs, ...rest }, at) => ({
    ...rest,
    callId: `call-${at}`,
    workspace: 'default',
    tokens: 0,
    sinceMs: NOW - waitedMs,
    dueAtMs: NOW,
  }))

const places = (waiting: readonly Ticket[]) => waiting.map(each => goBefore(each, waiting, NOW).length)

describe('those that wait', () => {
  it('have each a place of their own, and keep the order of tags within a priority', () => {
    fc.assert(
      fc.property(tickets, drawn => {
        const waiting = waitingOf(drawn)
        const its = places(waiting)
        expect(its.toSorted((a, b) => a - b)).toEqual(waiting.map((_, at) => at))
        for (const [at, a] of waiting.entries())
          for (const [other, b] of waiting.entries())
            if (a.priority === b.priority && a.tag < b.tag) expect(its[at]).toBeLessThan(its[other]!)
      }),
    )
  })

  it('go strictly by priority while nobody has waited long', () => {
    fc.assert(
      fc.property(tickets, drawn => {
        const waiting = waitingOf(drawn.map(each => ({ ...each, waitedMs: each.waitedMs % AGEING_MS })))
        const its = places(waiting)
        for (const [at, a] of waiting.entries())
          for (const [other, b] of waiting.entries())
            if (a.priority < b.priority) expect(its[at]).toBeLessThan(its[other]!)
      }),
    )
  })

  it('let the first of a priority go before all that come new, once it has waited a level for each above it and one more', () => {
    fc.assert(
      fc.property(tickets, fc.integer({ min: 1, max: 5 }), (drawn, priority) => {
        const fresh = waitingOf(drawn.map(each => ({ ...each, waitedMs: each.waitedMs % AGEING_MS })))
        const old = { ...fresh[0]!, callId: 'old', priority, tag: 0, sinceMs: NOW - priority * AGEING_MS }
        expect(goBefore(old, fresh, NOW)).toEqual([])
      }),
    )
  })
})

/** Who comes when, with how many tokens, and after how long its start is withdrawn; 0: it leaves. */
const comings = fc.array(
  fc.record({
    afterMs: fc.constantFrom(0, 0, 1, 90, 100),
    tokens: fc.constantFrom(10, 50, 100),
    withdrawnAfterMs: fc.constantFrom(0, 0, 1, 101, 200),
  }),
  { maxLength: 40 },
)

const limits = fc.record({
  scopeId: fc.constant('acme'),
  burstMs: fc.constantFrom(0, 100, 300),
  requestsPerMinute: fc.option(fc.constant(600), { nil: undefined }),
  tokensPerMinute: fc.option(fc.constant(60_000), { nil: undefined }),
})

it('no span of time ever holds more requests or tokens than the limit, however many starts are withdrawn, and when', () => {
  fc.assert(
    fc.property(limits, comings, (limit, drawn) => {
      const left = leftUnder(limit, drawn)
      const { burstMs, requestsPerMinute = Infinity, tokensPerMinute = Infinity } = limit
      for (const [from, { atMs: fromMs }] of left.entries()) {
        let tokens = 0
        for (const [nth, { atMs, tokens: its }] of left.slice(from).entries()) {
          const spanMs = atMs - fromMs + burstMs + 1e-6
          expect((nth * 60_000) / requestsPerMinute).toBeLessThanOrEqual(spanMs)
          expect((tokens * 60_000) / tokensPerMinute).toBeLessThanOrEqual(spanMs)
          tokens += its
        }
      }
    }),
    { numRuns: 500 },
  )
})

type Drawn<Arbitrary> = Arbitrary extends fc.Arbitrary<infer Value> ? Value : never

function leftUnder(limit: Drawn<typeof limits>, drawn: Drawn<typeof comings>) {
  let starts = NO_STARTS
  let nowMs = NOW
  const left: { readonly atMs: number; readonly tokens: number }[] = []
  let held: { readonly startedAtMs: number; readonly tokens: number; readonly untilMs: number }[] = []
  for (const { afterMs, tokens, withdrawnAfterMs } of drawn) {
    nowMs += afterMs
    const due = held.filter(({ untilMs }) => untilMs <= nowMs).toSorted((a, b) => a.untilMs - b.untilMs)
    held = held.filter(({ untilMs }) => untilMs > nowMs)
    for (const its of due) starts = withoutStart(starts, limit, its.tokens, its.untilMs - its.startedAtMs)
    if (startAtMs(starts, limit, [], nowMs) > nowMs) continue
    starts = afterStart(starts, limit, { tokens, priority: 3, tag: 1 }, nowMs)
    if (withdrawnAfterMs === 0) left.push({ atMs: nowMs, tokens })
    else held.push({ startedAtMs: nowMs, tokens, untilMs: nowMs + withdrawnAfterMs })
  }
  return left
}

it.each([1, 2, 3, 4])(
  'a call of the lowest priority has its turn, though one of priority %i comes for each start',
  priority => {
    let waiting = [ticket('lowest', 5, 1, 0)]
    for (let second = 0; second < 1_000; second += 1) {
      const nowMs = second * 1_000
      waiting.push(ticket(`at ${second}`, priority, second + 1, nowMs))
      const first = waiting.find(each => goBefore(each, waiting, nowMs).length === 0)!
      if (first.callId === 'lowest') return expect(nowMs).toBe((6 - priority) * AGEING_MS)
      waiting = waiting.filter(each => each !== first)
    }
    throw new Error('it starves')
  },
)

const ticket = (callId: string, priority: number, tag: number, sinceMs: number): Ticket => ({
  callId,
  workspace: 'default',
  priority,
  tag,
  tokens: 0,
  sinceMs,
  dueAtMs: Number.MAX_SAFE_INTEGER,
})

describe('calls that wait for a request in flight to end', () => {
  const endpoint = (concurrency: number) => ({ id: 'acme:a/m', provider: 'acme', limits: { own: { concurrency } } })
  /** How many of them look within a second, one after the other. */
  const looksInASecond = (concurrency: number, answerMs?: number) => {
    const [limit] = limitsOf(endpoint(concurrency) as Endpoint, { ...(answerMs !== undefined && { answerMs }) })
    return Array.from({ length: 200 }, (_, ahead) => looksAtMs(limit!, ahead, 0)).filter(atMs => atMs <= 1_000).length
  }

  it.each([
    [5, 1_000],
    [20, 500],
    [50, 3_000],
  ])('look as often as %i requests of %i ms end, so that no place stays free', (concurrency, answerMs) => {
    expect(looksInASecond(concurrency, answerMs)).toBeGreaterThanOrEqual(Math.floor((concurrency * 1_000) / answerMs))
  })

  it('look often enough for answers of a second while nobody knows how long they take', () => {
    expect(looksInASecond(50)).toBe(50)
  })

  it('look at least every 200 ms, and at most a hundred times a second', () => {
    expect([looksInASecond(2, 4_000), looksInASecond(100, 50)]).toEqual([5, 100])
  })

  it('look ten times from one end to the next where answers are long, and once a second at least', () => {
    expect([looksInASecond(10, 40_000), looksInASecond(1, 60_000)]).toEqual([2, 1])
  })
})
