import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  advanceBreaker,
  BREAKER_LIMITS,
  type BreakerEvent,
  type BreakerState,
  CLOSED,
  closedTo,
} from '../../../../src/core/routing/health/breaker.ts'

const { threshold, forgiven, windowMs, openMs, longestOpenMs, probeMs } = BREAKER_LIMITS

/** The breaker in ten lines: mutable, and without a phase of its own. Times are in ms, chance is 0. */
function createReference() {
  let failures: { atMs: number; weight: number }[] = []
  let [openings, untilMs, probeUntilMs] = [0, 0, 0]
  const open = (until: number) => ([openings, untilMs, probeUntilMs, failures] = [openings + 1, until, 0, []])
  const recent = (nowMs: number) =>
    failures.filter(each => each.atMs > nowMs - windowMs).reduce((sum, each) => sum + each.weight, 0)
  return {
    closedTo: (nowMs: number) => (openings === 0 ? undefined : [untilMs, probeUntilMs].find(until => nowMs < until)),
    on(event: BreakerEvent, nowMs: number) {
      if (event.kind === 'due') untilMs = Math.min(untilMs, nowMs)
      if (event.kind === 'due') return
      if (event.kind === 'open') return void open(Math.max(untilMs, event.untilMs))
      if (openings > 0 && nowMs < untilMs) return
      failures = failures.filter(each => each.atMs > nowMs - windowMs)
      if (event.kind === 'success' && openings === 0 && failures[0]) failures[0].weight -= forgiven
      failures = failures.filter(each => each.weight > 0)
      if (event.kind === 'failure') failures.push({ atMs: nowMs, weight: event.weight })
      if (event.kind === 'failure' && (openings > 0 || recent(nowMs) >= threshold))
        open(nowMs + Math.min(longestOpenMs, openMs * 2 ** openings))
      else if (openings > 0 && event.kind !== 'failure') probeUntilMs = event.kind === 'probe' ? nowMs + probeMs : 0
      if (event.kind === 'success' && openings > 0) [openings, untilMs, failures] = [0, 0, []]
    },
  }
}

const happening = fc.record({
  // Mostly quick, or a window would hardly ever hold enough failures to open a breaker.
  afterMs: fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 0, max: 3_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 70_000 }) },
  ),
  event: fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom<BreakerEvent>({ kind: 'failure', weight: 1 }, { kind: 'failure', weight: 0.5 }),
    },
    {
      weight: 4,
      arbitrary: fc.constantFrom<BreakerEvent>(
        { kind: 'success' },
        { kind: 'probe' },
        { kind: 'probe-end' },
        { kind: 'due' },
      ),
    },
    { weight: 1, arbitrary: fc.constant<BreakerEvent>({ kind: 'open', untilMs: 200_000 }) },
  ),
})

describe('whatever happens', () => {
  test('the breaker does what its reference does', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60, size: 'max' }), happenings => {
        const reference = createReference()
        let state: BreakerState = CLOSED
        let nowMs = 0
        // Compared once a run: an `expect` takes longer than the step that it looks at.
        const [told, expected]: unknown[][] = [[], []]
        const look = () => {
          told!.push(closedTo(state, nowMs))
          expected!.push(reference.closedTo(nowMs))
        }
        for (const { afterMs, event } of happenings) {
          nowMs += afterMs
          look()
          state = JSON.parse(JSON.stringify(advanceBreaker(state, event, nowMs, 0)))
          reference.on(event, nowMs)
          look()
        }
        expect(told).toEqual(expected)
      }),
      { numRuns: 1_000 },
    )
  })

  test('it is never closed while the failures within the window that no answer has taken back weigh the threshold', () => {
    fc.assert(
      fc.property(
        fc.array(happening, { maxLength: 60, size: 'max' }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (all, chance) => {
          let state: BreakerState = CLOSED
          let nowMs = 0
          let failures: { atMs: number; weight: number }[] = []
          for (const { afterMs, event } of all) {
            nowMs += afterMs
            const wasOpen = state.phase === 'open'
            state = advanceBreaker(state, event, nowMs, chance)
            if (wasOpen) failures = []
            if (event.kind === 'failure') failures.push({ atMs: nowMs, weight: event.weight })
            failures = failures.filter(({ atMs }) => atMs > nowMs - windowMs)
            if (event.kind === 'success') failures = failures.slice(1)
            const recent = failures.filter(({ atMs }) => atMs > nowMs - windowMs)
            if (recent.reduce((sum, { weight }) => sum + weight, 0) >= threshold) expect(state.phase).toBe('open')
          }
        },
      ),
    )
  })
})

test('half open admits one probe, and its failure keeps the breaker open for twice as long', () => {
  const open: BreakerState = { phase: 'open', untilMs: 1_000, openings: 1 }
  expect(closedTo(open, 999)).toBe(1_000)
  expect(closedTo(open, 1_000)).toBeUndefined()
  const probed = advanceBreaker(open, { kind: 'probe' }, 1_000, 0)
  expect(closedTo(probed, 1_001)).toBe(1_000 + probeMs)
  const failed = advanceBreaker(probed, { kind: 'failure', weight: 1 }, 2_000, 0)
  expect(closedTo(failed, 2_000)).toBe(2_000 + 2 * openMs)
  expect(advanceBreaker(probed, { kind: 'success' }, 2_000, 0)).toEqual(CLOSED)
})

test('an endpoint that fails one attempt in twenty stays in service, one that fails every other does not', () => {
  const phaseAfter = (every: number) => {
    let state: BreakerState = CLOSED
    for (let nth = 1; nth <= 1_000; nth += 1) {
      const event = nth % every === 0 ? ({ kind: 'failure', weight: 1 } as const) : ({ kind: 'success' } as const)
      state = advanceBreaker(state, event, nth * 50, 0)
      if (state.phase === 'open') return 'open'
    }
    return state.phase
  }
  expect(phaseAfter(20)).toBe('closed')
  expect(phaseAfter(2)).toBe('open')
})
