import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Evidence, FaultKind } from '../../../../src/core/faults/fault.ts'
import { BREAKER_LIMITS, PROBE_LOOK_MS } from '../../../../src/core/routing/health/breaker.ts'
import { claimProbe } from '../../../../src/core/routing/health/claim-probe.ts'
import { healthReport } from '../../../../src/core/routing/health/describe-health.ts'
import {
  differsInOpening,
  type HealthOutcome,
  type HealthState,
  type Seen,
  UNTRIED_HEALTH,
} from '../../../../src/core/routing/health/health-state.ts'
import { healthOf, viewHealth } from '../../../../src/core/routing/health/health-view.ts'
import { USUAL } from '../../../../src/core/routing/health/measured.ts'
import {
  QUOTA_RESET_MS,
  recordAll,
  recordOutcome,
  UNAUTHENTICATED_MS,
} from '../../../../src/core/routing/health/record-outcome.ts'
import { shiftHealth, shiftSeen } from '../../../../src/core/routing/health/shift-health.ts'

const failed = (kind: FaultKind, evidence: Evidence = {}): HealthOutcome => ({
  kind: 'fault',
  fault: { kind, message: '', evidence },
})
const seen = (outcome: HealthOutcome, atMs: number): Seen => ({ outcome, atMs, chance: 0 })
const healthAfter = (outcomes: readonly HealthOutcome[], nowMs = 0) =>
  outcomes.reduce<HealthState | undefined>((state, outcome) => recordOutcome(state, seen(outcome, nowMs)), undefined)

test('what was seen by another clock comes to the same, whatever it was', () => {
  const kinds = ['overloaded', 'unauthenticated', 'quota-exhausted', 'rate-limited', 'malformed-reply'] as const
  const outcome = fc.oneof(
    fc.constantFrom<HealthOutcome>({ kind: 'asked', tokens: 500 }, { kind: 'lost' }, { kind: 'renewed' }),
    fc.constant<HealthOutcome>({ kind: 'answered', firstTokenMs: 90, totalMs: 900, outputTokens: 40 }),
    fc
      .tuple(
        fc.constantFrom(...kinds),
        fc.constantFrom<Evidence>({}, { retryAfterMs: 2_000 }, { limitedBy: 'tokens' }, { limitedBy: 'concurrency' }),
      )
      .map(([kind, its]) => failed(kind, its)),
  )
  // A window in which nothing was measured has no time.
  const beganMs = Date.UTC(2026, 10, 27)
  const first = seen({ kind: 'answered' }, beganMs)
  const later = fc.tuple(outcome, fc.integer({ min: beganMs, max: beganMs + 600_000 }))
  const much = fc
    .array(later, { maxLength: 60, size: 'max' })
    .map(all => [first, ...all.map(each => seen(...each)).toSorted((a, b) => a.atMs - b.atMs)])
  fc.assert(
    fc.property(much, fc.constantFrom(-300_000, 300_000), (each, aheadMs) => {
      const all = each.map(one => ({ ...one, peerFailureChance: 0.01 }))
      const elsewhere = shiftHealth(recordAll(undefined, shiftSeen(all, aheadMs)), -aheadMs)
      expect(elsewhere).toEqual(JSON.parse(JSON.stringify(recordAll(undefined, all))))
    }),
  )
})

test('an endpoint that nobody asked is steady, and measured as its peers are', () => {
  expect(healthOf(undefined, 0)).toEqual({ steady: true })
  expect(viewHealth(UNTRIED_HEALTH, undefined, 0).health).toEqual({ steady: true })
  expect(viewHealth(UNTRIED_HEALTH, { ...USUAL, firstTokenMs: 900 }, 0).health.measured?.firstTokenMs).toBeCloseTo(900)
})

describe('faults', () => {
  test('one failure makes it unsteady for the window, five close it', () => {
    const once = healthAfter([failed('overloaded')])
    expect(healthOf(once, 1)).toEqual({ steady: false })
    expect(healthOf(once, BREAKER_LIMITS.windowMs)).toEqual({ steady: true })
    expect(healthOf(healthAfter(Array(4).fill(failed('timed-out'))), 1).closed).toBeUndefined()
    const closed = healthAfter(Array(5).fill(failed('timed-out')))
    expect(healthOf(closed, 1).closed).toEqual({ rule: 'breaker-open', untilMs: BREAKER_LIMITS.openMs })
  })

  test('a malformed reply weighs half', () => {
    expect(healthOf(healthAfter(Array(9).fill(failed('malformed-reply'))), 0).closed).toBeUndefined()
    expect(healthOf(healthAfter(Array(10).fill(failed('malformed-reply'))), 0).closed).toBeDefined()
  })

  test('close it for up to a fifth longer, so that workers do not probe as one', () => {
    const down = Array.from({ length: 5 }, () => ({ outcome: failed('overloaded'), atMs: 0, chance: 0.5 }))
    expect(healthOf(recordAll(undefined, down), 0).closed?.untilMs).toBe(1.1 * BREAKER_LIMITS.openMs)
  })

  test('are measured as what they are: what is not the endpoint’s own, or was cancelled, counts as no attempt', () => {
    const kinds = ['overloaded', 'cut-off', 'unauthenticated', 'malformed-reply', 'rate-limited'] as const
    const others = ['truncated', 'refused', 'context-too-long', 'invalid-request', 'cancelled', 'over-budget'] as const
    const { window } = healthAfter([{ kind: 'answered' }, ...[...kinds, ...others].map(kind => failed(kind))])!
    expect(window).toMatchObject({ attempts: 5, failures: 3, malformed: 1, rateLimits: 1 })
  })

  test('a bad key closes it at once, an empty account until its reset', () => {
    const until = (outcome: HealthOutcome) => healthOf(healthAfter([outcome]), 0).closed?.untilMs
    expect(until(failed('unauthenticated'))).toBe(UNAUTHENTICATED_MS)
    expect(until(failed('quota-exhausted'))).toBe(QUOTA_RESET_MS)
    expect(until(failed('quota-exhausted', { retryAfterMs: 60_000 }))).toBe(60_000)
  })

  test('that only somebody can mend are remembered while it is closed, until a probe may find them gone', () => {
    const remembered = (broke: HealthOutcome) => {
      const state = healthAfter([broke])
      const fault = broke.kind === 'fault' && broke.fault
      expect(healthOf(state, 1).closed).toMatchObject({ rule: 'breaker-open', fault })
      return state
    }
    remembered(failed('unauthenticated', { status: 401 }))
    const state = remembered(failed('quota-exhausted', { status: 402 }))
    const probed = claimProbe(state, QUOTA_RESET_MS).next
    expect(healthOf(probed, QUOTA_RESET_MS + 1).closed).not.toHaveProperty('fault')
    const down = recordOutcome(probed, seen(failed('unreachable'), QUOTA_RESET_MS + 1))
    expect(healthOf(down, QUOTA_RESET_MS + 2).closed).not.toHaveProperty('fault')
    expect(healthOf(healthAfter(Array(5).fill(failed('timed-out'))), 1).closed).not.toHaveProperty('fault')
  })

  test.each(['truncated', 'refused', 'context-too-long', 'invalid-request', 'unsupported', 'cancelled'] as const)(
    '%s is not held against it',
    kind => {
      expect(healthOf(healthAfter(Array(20).fill(failed(kind))), 0)).toEqual({ steady: true })
    },
  )
})

describe('429', () => {
  test('cools it for as long as the server says, without a mark on its steadiness', () => {
    const state = healthAfter([failed('rate-limited', { retryAfterMs: 7_000 })])
    expect(healthOf(state, 6_999)).toEqual({ steady: true, closed: { rule: 'cooling', untilMs: 7_000 } })
    expect(healthOf(state, 7_000)).toEqual({ steady: true })
  })

  test('closes it for as long as is usual where the server names no time', () => {
    const until = (kind: FaultKind) => healthOf(healthAfter([failed(kind)]), 0).closed?.untilMs
    expect([until('rate-limited'), until('quota-exhausted')]).toEqual([2_000, QUOTA_RESET_MS])
  })

  const untilMs = (state: HealthState, nowMs: number) => healthOf(state, nowMs).closed?.untilMs ?? nowMs

  /** Each comes when the pause of the one before is over. */
  const oneAfterAnother = (times: number) => {
    let state = UNTRIED_HEALTH
    const pauses = Array.from({ length: times }, () => {
      const nowMs = untilMs(state, 0)
      state = recordOutcome(state, seen(failed('rate-limited'), nowMs))
      return untilMs(state, nowMs) - nowMs
    })
    return { state, pauses }
  }

  test('cools it longer each time where the server says nothing, never longer than half a minute', () => {
    expect(oneAfterAnother(6).pauses).toEqual([2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
  })

  test('counts once for all attempts that left before its pause, however many are refused', () => {
    const burst = recordAll(
      undefined,
      Array.from({ length: 20 }, (_, nth) => seen(failed('rate-limited'), nth)),
    )
    expect(untilMs(burst, 20)).toBe(2_000)
    expect(untilMs(recordOutcome(burst, seen(failed('rate-limited'), 3_000)), 3_000)).toBe(7_000)
  })

  test('cools it longer each time too where workers that hear of its pauses late ask in each of them', () => {
    const everySecond = Array.from({ length: 100 }, (_, nth) => seen(failed('rate-limited'), nth * 1_000))
    expect(untilMs(recordAll(undefined, everySecond), 99_000)).toBe(120_000)
  })

  test('says since when nobody has got through where it names no pause, until somebody does or it names one', () => {
    const sinceOf = (...outcomes: HealthOutcome[]) => {
      const state = recordAll(
        undefined,
        outcomes.map((outcome, nth) => seen(outcome, nth * 1_500)),
      )
      const { closed } = healthOf(state, (outcomes.length - 1) * 1_500)
      return closed?.rule === 'cooling' ? closed.sinceMs : 'open'
    }
    const [bare, named] = [failed('rate-limited'), failed('rate-limited', { retryAfterMs: 5_000 })]
    expect(sinceOf(bare, bare, bare)).toBe(0)
    expect(sinceOf(bare, { kind: 'answered' }, bare)).toBe(3_000)
    expect(sinceOf(bare, named)).toBeUndefined()
    expect(sinceOf(named, bare)).toBeUndefined()
    expect(sinceOf(named, bare, bare, bare, bare)).toBe(6_000)
  })

  test('never cools it for less than the server says: workers come back up to a tenth later, not as one', () => {
    const limited = failed('rate-limited', { retryAfterMs: 10_000 })
    const until = (chance: number) => healthOf(recordOutcome(undefined, { outcome: limited, atMs: 0, chance }), 0)
    expect(until(0.5).closed?.untilMs).toBe(10_500)
  })

  test('begins with short pauses again after an answer', () => {
    const limited = failed('rate-limited')
    const { state: often } = oneAfterAnother(3)
    const between = recordOutcome(often, seen({ kind: 'answered' }, 7_000))
    expect(untilMs(recordOutcome(between, seen(limited, 14_000)), 14_000)).toBe(16_000)
    const after = recordOutcome(often, seen({ kind: 'answered' }, 14_000))
    expect(untilMs(recordOutcome(after, seen(limited, 15_000)), 15_000)).toBe(17_000)
  })

  test('another one that names a shorter pause does not shorten it', () => {
    const limited = (retryAfterMs: number) => failed('rate-limited', { retryAfterMs })
    expect(healthOf(healthAfter([limited(7_000), limited(1_000)]), 1).closed?.untilMs).toBe(7_000)
  })

  test('an answer on its way does not shorten the pause', () => {
    const state = healthAfter([failed('rate-limited', { retryAfterMs: 7_000 }), { kind: 'answered' }])
    expect(healthOf(state, 1).closed?.untilMs).toBe(7_000)
  })
})

test('the time to first token counts from the fifth sample on', () => {
  const samples = (times: number) => healthAfter(Array(times).fill({ kind: 'answered', firstTokenMs: 200 }))
  expect(healthOf(samples(4), 0)).toEqual({ steady: true })
  expect(healthOf(samples(5), 0)).toEqual({ steady: true, firstTokenMs: 200 })
  expect(healthOf(recordOutcome(samples(5), seen({ kind: 'answered', firstTokenMs: 700 }, 0)), 0).firstTokenMs).toBe(
    300,
  )
})

describe('probing', () => {
  const open = healthAfter(Array(5).fill(failed('unreachable')))
  const dueMs = BREAKER_LIMITS.openMs

  test('one caller is admitted when the breaker is half open, the others are told until when not', () => {
    expect(healthOf(open, dueMs)).toEqual({ steady: true })
    const first = claimProbe(open, dueMs)
    expect(first.granted).toBe(true)
    expect(claimProbe(first.next, dueMs).granted).toBe(false)
    expect(healthOf(first.next, dueMs).closed?.rule).toBe('breaker-open')
  })

  test('the answer to the probe closes it; a cancelled probe lets the next one try', () => {
    const { next } = claimProbe(open, dueMs)
    expect(healthOf(recordOutcome(next, seen({ kind: 'answered' }, dueMs + 1)), dueMs + 1)).toEqual({ steady: true })
    expect(claimProbe(recordOutcome(next, seen({ kind: 'lost' }, dueMs + 1)), dueMs + 1).granted).toBe(true)
  })

  test('a probe that hears of a limit or a refusal has found it alive, one that was cancelled has found nothing', () => {
    const { next } = claimProbe(open, dueMs)
    const probed = (kind: FaultKind) => recordOutcome(next, seen(failed(kind), dueMs + 1))
    expect(probed('refused').breaker.phase).toBe('closed')
    expect(probed('rate-limited').breaker.phase).toBe('closed')
    expect(probed('cancelled').breaker).toEqual(open!.breaker)
  })

  test('who is not admitted looks again after about as long as a probe takes, not when it is given up', () => {
    const { next } = claimProbe(open, dueMs)
    const looksAt = (nowMs: number) => healthOf(next, nowMs).closed!.untilMs
    expect(looksAt(dueMs + 100)).toBe(dueMs + 100 + PROBE_LOOK_MS)
    expect(looksAt(dueMs + 20_000)).toBe(dueMs + 40_000)
    expect(looksAt(dueMs + 50_000)).toBe(dueMs + BREAKER_LIMITS.probeMs)
    expect(viewHealth(next, undefined, dueMs + 100).untilMs).toBe(looksAt(dueMs + 100))
  })

  test('is due at once where somebody may have changed the key, not only when its time is up', () => {
    const bad = healthAfter([failed('unauthenticated')])
    expect(claimProbe(bad, 1_000).granted).toBe(false)
    expect(claimProbe(recordOutcome(bad, seen({ kind: 'renewed' }, 1_000)), 1_000).granted).toBe(true)
  })

  test('is due at once too where somebody may have ended a long pause, and a short one goes on', () => {
    const paused = (retryAfterMs: number) => {
      const limited = healthAfter([failed('rate-limited', { retryAfterMs })])
      return recordOutcome(limited, seen({ kind: 'renewed' }, 1_000))
    }
    const { granted, next } = claimProbe(paused(3_600_000), 1_000)
    expect([granted, claimProbe(next, 1_000).granted]).toEqual([true, false])
    const again = recordOutcome(next, seen(failed('rate-limited', { retryAfterMs: 3_600_000 }), 1_100))
    expect(healthOf(again, 1_100).closed).toEqual({ rule: 'cooling', untilMs: 3_601_100 })
    expect(claimProbe(recordOutcome(next, seen({ kind: 'answered' }, 1_100)), 1_100).next.breaker.phase).toBe('closed')
    expect(healthOf(paused(300_000), 1_000).closed).toEqual({ rule: 'cooling', untilMs: 300_000 })
  })

  test('teaches no rate by a single 429 after a long pause that was ended early', () => {
    const ended = recordAll(undefined, [
      seen({ kind: 'asked' }, 0),
      seen(failed('rate-limited', { retryAfterMs: 3_600_000 }), 0),
      seen({ kind: 'renewed' }, 1_000),
    ])
    const used = Array.from({ length: 40 }, (_, nth) => 2_000 + nth * 5_000).flatMap(atMs => [
      seen({ kind: 'asked' }, atMs),
      seen({ kind: 'answered' }, atMs + 1_000),
    ])
    const busy = seen(failed('rate-limited', { retryAfterMs: 1_000 }), 200_000)
    expect(recordAll(ended, [...used, seen({ kind: 'asked' }, 199_900), busy]).limit).toBeUndefined()
  })

  test('and what else opens or closes an endpoint is told to other workers at once', () => {
    const steps = [undefined, healthAfter([failed('overloaded')]), open!, claimProbe(open, dueMs).next]
    const limited = healthAfter([failed('rate-limited')])!
    const differs = [1, 2, 3].map(at => differsInOpening(steps[at - 1], steps[at]!))
    expect([...differs, differsInOpening(undefined, limited)]).toEqual([false, true, true, true])
    expect(differsInOpening(limited, recordOutcome(limited, seen({ kind: 'answered' }, 1)))).toBe(false)
    expect(differsInOpening(open, recordOutcome(open, seen({ kind: 'asked' }, 1)))).toBe(false)
  })

  test('nobody needs a probe at an endpoint that is well', () => {
    expect(claimProbe(claimProbe(undefined, 0).next, 0).granted).toBe(true)
  })
})

describe('what people are told of it', () => {
  test('is until when it is closed, then that the next attempt is a probe, and how long that may be out', () => {
    const closed = healthAfter([failed('unauthenticated')])!
    expect(healthReport(closed, UNAUTHENTICATED_MS - 1)).toEqual({
      breaker: 'open',
      closedUntilMs: UNAUTHENTICATED_MS,
      learned: {},
    })
    expect(healthReport(closed, UNAUTHENTICATED_MS)).toEqual({ breaker: 'half-open', learned: {} })
    const { next } = claimProbe(closed, UNAUTHENTICATED_MS)
    const closedUntilMs = UNAUTHENTICATED_MS + BREAKER_LIMITS.probeMs
    expect(healthReport(next, UNAUTHENTICATED_MS + 1)).toEqual({ breaker: 'open', closedUntilMs, learned: {} })
  })

  test('is until when it cools after a 429 or is asked last, and nothing of what has passed', () => {
    const cooling = healthAfter([failed('rate-limited', { retryAfterMs: 5_000 })])!
    const state = { ...cooling, ejected: { untilMs: 8_000, times: 1 } }
    const closed = { breaker: 'closed', learned: {} }
    expect(healthReport(state, 4_999)).toEqual({ ...closed, coolingUntilMs: 5_000, ejectedUntilMs: 8_000 })
    expect(healthReport(state, 5_000)).toEqual({ ...closed, ejectedUntilMs: 8_000 })
    expect(healthReport(state, 8_000)).toEqual(closed)
  })
})

describe('ejection', () => {
  const failing = (every: number, peerFailureChance?: number) => {
    let state: HealthState | undefined
    for (let nth = 1; nth <= 60 && !healthOf(state, 0).ejected; nth += 1) {
      const outcome = nth % every === 0 ? failed('overloaded') : ({ kind: 'answered' } as const)
      const peers = outcome.kind !== 'answered' && peerFailureChance !== undefined && { peerFailureChance }
      state = recordOutcome(state, { ...seen(outcome, 0), ...peers })
    }
    return state
  }

  test('who fails far more often than its peers is set apart for half a minute, and judged anew then', () => {
    const ejected = failing(7, 0.01)
    expect(healthOf(ejected, 1)).toMatchObject({ ejected: true, steady: false })
    expect(healthOf(ejected, 1).closed).toBeUndefined()
    expect(healthOf(failing(20, 0.01), 1).ejected).toBeUndefined()
    expect(healthOf(ejected, 30_000).ejected).toBeUndefined()
    const again = recordOutcome(ejected, { ...seen(failed('overloaded'), 30_001), peerFailureChance: 0.01 })
    expect(healthOf(again, 30_002).ejected).toBeUndefined()
    // What it did before counts for a quarter: fifty answers make up for it.
    const well = recordAll(again, Array(50).fill(seen({ kind: 'answered' }, 30_003)))
    const failedOnce = recordOutcome(well, { ...seen(failed('overloaded'), 30_004), peerFailureChance: 0.01 })
    expect(healthOf(failedOnce, 30_005).ejected).toBeUndefined()
  })

  test('an answer that cannot be used counts like a failure', () => {
    let state: HealthState | undefined
    for (let nth = 1; nth <= 60 && !healthOf(state, 0).ejected; nth += 1) {
      const outcome = nth % 7 === 0 ? failed('malformed-reply') : ({ kind: 'answered' } as const)
      const peers = outcome.kind !== 'answered' && { peerFailureChance: 0.01 }
      state = recordOutcome(state, { ...seen(outcome, 0), ...peers })
    }
    expect(healthOf(state, 1).ejected).toBe(true)
  })

  test('who goes on failing is set apart for longer each time, and begins anew after ten minutes without', () => {
    const failingFrom = (state: HealthState | undefined, fromMs: number) => {
      let next = state
      for (let nth = 0; nth < 60 && !healthOf(next, fromMs).ejected; nth += 1) {
        const outcome = nth % 7 === 0 ? failed('overloaded') : ({ kind: 'answered' } as const)
        next = recordOutcome(next, { ...seen(outcome, fromMs), peerFailureChance: 0.01 })
      }
      return next!
    }
    const once = failingFrom(undefined, 0)
    const twice = failingFrom(once, 30_000)
    expect(healthOf(twice, 30_000 + 59_999).ejected).toBe(true)
    expect(healthOf(twice, 30_000 + 60_000).ejected).toBeUndefined()
    const later = failingFrom(twice, 90_000 + 600_000)
    expect(healthOf(later, 690_000 + 29_999).ejected).toBe(true)
    expect(healthOf(later, 690_000 + 30_000).ejected).toBeUndefined()
  })

  test('nobody is set apart whose peers fail as well, or who has none', () => {
    expect(healthOf(failing(7, 0.1), 1).ejected).toBeUndefined()
    expect(healthOf(failing(7), 1).ejected).toBeUndefined()
  })
})

describe('the limit that 429s teach', () => {
  const refused = (pauseMs: number, limitedBy?: 'tokens' | 'concurrency') =>
    failed('rate-limited', { retryAfterMs: pauseMs, ...(limitedBy && { limitedBy }) })
  const asked = (times: number, everyMs: number, fromMs = 0): Seen[] =>
    Array.from({ length: times }, (_, nth) => seen({ kind: 'asked' }, fromMs + nth * everyMs))
  /** In each second, a pause for the rest of it when so many are taken. */
  const inWindows = (limit: number, everyMs: number, fromMs: number, seconds: number): Seen[] =>
    Array.from({ length: seconds }, (_, nth) => fromMs + nth * 1_000).flatMap(startMs => [
      ...asked(limit + 1, everyMs, startMs),
      seen(refused(1_000 - limit * everyMs), startMs + limit * everyMs),
    ])
  const perMinute = (state: HealthState, nowMs: number) => healthOf(state, nowMs).requestsPerMinute

  test('is what it took over that time and its pause, less a tenth', () => {
    // Ten a second in fixed windows: ten within half a second, the eleventh is refused for the other half.
    expect(perMinute(recordAll(undefined, inWindows(10, 50, 0, 1)), 500)).toBeCloseTo(540)
  })

  test('is taught by 429s alone, whatever else ends within their pause or after it', () => {
    const taught = recordAll(undefined, inWindows(10, 50, 0, 3))
    const others = ['overloaded', 'cut-off', 'malformed-reply', 'refused', 'timed-out'] as const
    const ends: HealthOutcome[] = [{ kind: 'answered' }, { kind: 'lost' }, ...others.map(kind => failed(kind))]
    for (const atMs of [2_600, 9_000])
      for (const end of ends) {
        const { pace, limit } = recordOutcome(taught, seen(end, atMs))
        expect({ pace, limit }).toEqual({ pace: taught.pace, limit: taught.limit })
      }
  })

  test('is not learned from a few attempts', () => {
    const state = recordAll(undefined, [...asked(5, 50), seen(refused(500), 250)])
    expect(perMinute(state, 250)).toBeUndefined()
  })

  test('is what the vendor says, where it is asked too seldom to see, on what the 429 is about', () => {
    const told = seen({ kind: 'told', limits: { requestsPerMinute: 500, tokensPerMinute: 30_000 } }, 0)
    expect(healthOf(recordAll(undefined, [told]), 0)).toEqual({ steady: true })
    const limitedOnce = recordAll(undefined, [told, ...asked(3, 50), seen(refused(500), 250)])
    expect(healthOf(limitedOnce, 250)).toMatchObject({ requestsPerMinute: 500 })
    expect(healthOf(limitedOnce, 250).tokensPerMinute).toBeUndefined()
    const ofTokens = recordAll(undefined, [told, ...asked(3, 50), seen(refused(500, 'tokens'), 250)])
    expect(healthOf(ofTokens, 250)).toMatchObject({ tokensPerMinute: 30_000 })
    expect(healthOf(ofTokens, 250).requestsPerMinute).toBeUndefined()
    // Nothing is gained by testing whether the vendor is wrong.
    expect(healthOf(ofTokens, 300_250).tokensPerMinute).toBeCloseTo(33_000)
    const often = recordAll(undefined, [told, ...asked(11, 50), seen(refused(500), 500)])
    expect(healthOf(often, 500).requestsPerMinute).toBe(500)
  })

  test('is not learned from pauses that are short and few, however often they come', () => {
    // A hundred a second, one in thirty refused for 50 ms, by chance, with a minute's rest now and then.
    const rounds = Array.from({ length: 40 }, (_, nth) => nth * 400 + Math.floor(nth / 8) * 60_000)
    const state = recordAll(
      undefined,
      rounds.flatMap(fromMs => [...asked(31, 10, fromMs), seen(refused(50), fromMs + 300)]),
    )
    expect(perMinute(state, rounds.at(-1)! + 301)).toBeUndefined()
  })

  test('is not learned from 429s by chance that name no pause, for what they take of the time is our choice', () => {
    // Five a second, one in 34 refused, which takes a quarter of the time. All that wait meanwhile come at once.
    const rounds = Array.from({ length: 40 }, (_, nth) => nth * 8_000)
    const busy = (fault: HealthOutcome) =>
      rounds.flatMap(fromMs => [
        ...asked(10, 1, fromMs),
        ...asked(24, 240, fromMs + 200),
        seen(fault, fromMs + 6_000),
        seen({ kind: 'answered' }, fromMs + 7_000),
      ])
    expect(recordAll(undefined, busy(failed('rate-limited'))).limit).toBeUndefined()
    expect(recordAll(undefined, busy(refused(2_500))).limit).toBeDefined()
  })

  test('is learned from short pauses that take much of the time, when they add up', () => {
    const once = recordAll(undefined, inWindows(30, 25, 0, 1))
    expect(perMinute(once, 750)).toBeUndefined()
    expect(perMinute(recordAll(undefined, inWindows(30, 25, 0, 2)), 1_750)).toBeCloseTo(0.9 * 1_800)
  })

  test('counts no time in which nobody asked', () => {
    const state = recordAll(undefined, [...asked(11, 50), ...asked(11, 50, 600_000), seen(refused(2_000), 600_500)])
    expect(perMinute(state, 600_500)).toBeCloseTo(0.9 * ((21 * 60_000) / (500 + 1_000 + 500 + 1_500)))
  })

  test('is learned once from the 429s of one pause, and from what was not refused', () => {
    const burst = [...asked(60, 5), ...Array.from({ length: 50 }, (_, nth) => seen(refused(700), 300 + nth))]
    const limited = recordAll(undefined, burst)
    expect(perMinute(limited, 300)).toBeCloseTo(0.9 * ((10 * 60_000) / (295 + 700)))
    // Fewer than ten taken never teach a limit, here neither: others may have had their share of what was taken.
    const fewer = recordAll(limited, [seen(refused(700), 350), seen(refused(700), 351)])
    expect(fewer.limit).toEqual({ ...limited.limit, isGuess: true })
    expect(recordAll(fewer, asked(2, 5, 352)).limit).toEqual(limited.limit)
    expect(recordAll(fewer, asked(7, 5, 352)).limit!.perMinute).toBeCloseTo(1.5 * limited.limit!.perMinute)
  })

  describe('in an outage that is told as 429', () => {
    /** Pauses one after another; so many leave after each, before the first of them is refused. Nobody gets through. */
    const outage = (leaving: number, fromMs: number, pauses: readonly number[]): Seen[] =>
      pauses.flatMap((_, nth) => {
        const atMs = fromMs + pauses.slice(0, nth).reduce((sumMs, pauseS) => sumMs + pauseS * 1_000 + 200, 0)
        const refusals = Array.from({ length: leaving }, () => seen(failed('rate-limited'), atMs + 100))
        return [...asked(leaving, 3, atMs), ...refusals]
      })
    const LONG = [2, 4, 8, 16, 30, 30, 30, 30]

    test('is what was known before', () => {
      const known = recordAll(undefined, [...inWindows(10, 50, 0, 1), ...asked(60, 1_000, 1_000)])
      expect(recordAll(known, outage(30, 61_000, LONG)).limit).toEqual(known.limit)
    })

    test('does not fall from pause to pause where nothing was known', () => {
      const before = recordAll(undefined, asked(300, 200))
      const short = recordAll(before, outage(30, 61_000, LONG.slice(0, 2)))
      const long = recordAll(before, outage(30, 61_000, LONG))
      expect(long.limit).toEqual(short.limit)
    })

    test('is none where nothing was known, once it shows that nobody has got through', () => {
      const before = recordAll(undefined, asked(300, 200))
      expect(perMinute(recordAll(before, outage(30, 61_000, LONG)), 200_000)).toBeUndefined()
    })

    test('is not measured afterwards against the time in which nobody got through', () => {
      const over = recordAll(undefined, outage(1, 0, LONG))
      const state = recordAll(over, [...asked(31, 50, 160_000), seen(refused(900), 161_500)])
      // The first of them counts a second in which nobody asked.
      expect(perMinute(state, 161_500)).toBeCloseTo(0.9 * ((30 * 60_000) / (1_000 + 1_500 + 900)))
    })
  })

  test('is what it takes while each 429 comes before the pause of the last one is over', () => {
    // Workers that hear late of each other's pauses ask twice in each of them. One gets through, 40 a minute.
    const once = recordAll(undefined, [...asked(31, 10), seen(refused(2_000), 300)])
    const rounds = Array.from({ length: 200 }, (_, nth) => 1_000 + nth * 1_500)
    const state = recordAll(
      once,
      rounds.flatMap(fromMs => [...asked(2, 0, fromMs), seen(refused(2_000), fromMs + 100)]),
    )
    expect(perMinute(once, 300)).toBeGreaterThan(500)
    expect(perMinute(state, 300_000)).toBeGreaterThan(30)
    expect(perMinute(state, 300_000)).toBeLessThan(60)
  })

  test('is what ten got through in, however much less than it seemed while fewer had', () => {
    // Of thirty that leave together two get through. Then one does in 20 s.
    const burst = [...asked(30, 0), ...Array.from({ length: 28 }, () => seen(refused(2_000), 100))]
    const rounds = Array.from({ length: 11 }, (_, nth) => 2_100 + nth * 20_000)
    const state = recordAll(undefined, [
      ...burst,
      ...rounds.flatMap(fromMs => [...asked(2, 0, fromMs), seen(refused(19_900), fromMs + 100)]),
    ])
    expect(perMinute(recordAll(undefined, burst), 2_100)).toBeGreaterThan(300)
    expect(perMinute(state, rounds.at(-1)! + 100)).toBeLessThan(5)
  })

  test('is no higher for the 429s of a pause that is too short to teach it', () => {
    const short = [...asked(60, 5), ...Array.from({ length: 50 }, (_, nth) => seen(refused(200), 300 + nth))]
    const state = recordAll(undefined, [...short, ...asked(1, 0, 1_000), seen(refused(700), 1_000)])
    expect(perMinute(recordAll(undefined, short), 350)).toBeUndefined()
    expect(perMinute(state, 1_000)).toBeCloseTo(0.9 * ((10 * 60_000) / (295 + 200 + 500 + 700)))
  })

  test('counts what another worker sends before it hears of the pause, and not what is refused of it', () => {
    const [one, other] = [asked(31, 10), asked(30, 10, 105)]
    const refusals = (times: number) => Array.from({ length: times }, (_, nth) => seen(refused(700), 310 + nth))
    const state = recordAll(undefined, [...one, ...refusals(21), ...other, ...refusals(20)])
    expect(perMinute(state, 310)).toBeCloseTo(0.9 * ((20 * 60_000) / (300 + 700)))
  })

  test('is never above what the vendor says or what held before, however many are heard of late', () => {
    const told = seen({ kind: 'told', limits: { requestsPerMinute: 1_200 } }, 0)
    const burst = [...asked(21, 50), seen(refused(1_400), 1_000)]
    const learned = recordAll(undefined, [told, ...burst])
    expect(perMinute(learned, 1_000)).toBeLessThan(600)
    const late = recordAll(learned, asked(400, 1, 1_001))
    expect(perMinute(late, 1_401)).toBeCloseTo(1_200, -1)
    expect(late.limit!.perMinute).toBe(1_200)
    // Those among them that were refused after all are taken back from what was seen, not from its bound.
    const refusals = Array.from({ length: 400 }, () => seen(refused(900), 1_500))
    expect(recordAll(late, refusals).limit!.perMinute).toBeCloseTo(learned.limit!.perMinute)
    const before = recordAll(undefined, [...asked(21, 50), seen(refused(500), 1_000)])
    const heldBefore = perMinute(before, 2_000)!
    const again = recordAll(before, [...asked(21, 55, 2_000), seen(refused(500), 3_100), ...asked(400, 1, 3_101)])
    expect(again.limit!.perMinute).toBeLessThan(1.05 * heldBefore)
  })

  test('is a tenth less than it has grown by a 429 above what was learned, and left alone by one below that', () => {
    const known = recordAll(undefined, inWindows(10, 50, 0, 1))
    const grownMs = 30_000
    const grown = perMinute(known, grownMs)!
    expect(grown).toBeGreaterThan(600)
    const above = recordAll(known, [...asked(290, 99, 1_000), seen(refused(50), grownMs)])
    expect(perMinute(above, grownMs)).toBeCloseTo(0.9 * grown)
    const soon = recordAll(known, [...asked(6, 90, 1_000), seen(refused(50), 1_500)])
    expect(perMinute(soon, 1_500)).toBeCloseTo(540)
    const below = recordAll(known, [...asked(11, 2_600, 1_000), seen(refused(50), grownMs)])
    expect(below.limit).toEqual(known.limit)
  })

  test('is lowered when the vendor takes less', () => {
    const known = recordAll(undefined, inWindows(10, 50, 0, 1))
    expect(perMinute(recordAll(known, inWindows(5, 100, 1_000, 10)), 10_500)).toBeCloseTo(270)
  })

  test('is lowered by three tenths at the most at once, for one long pause may say little', () => {
    const known = recordAll(undefined, inWindows(10, 50, 0, 1))
    const paused = recordAll(known, [...asked(11, 500, 1_000), seen(refused(30_000), 6_000)])
    expect(perMinute(paused, 6_000)).toBeCloseTo(0.7 * perMinute(known, 6_000)!)
  })

  test('is not taught by the pause of a quota, which lasts longer than what is known of the pace', () => {
    const hour = [...asked(200, 1_000, 10_000), seen(refused(3_600_000), 210_000)]
    expect(recordAll(undefined, hour).limit).toBeUndefined()
    expect(recordAll(undefined, hour).pace!.pausedMs).toBe(0)
    const known = recordAll(undefined, inWindows(10, 50, 0, 1))
    expect(recordAll(known, hour).limit).toEqual(known.limit)
  })

  test('grows while none comes, and is forgotten in the end', () => {
    const state = recordAll(undefined, inWindows(10, 50, 0, 1))
    expect(perMinute(state, 500 + 20_000)).toBeCloseTo(1.1 * 540)
    expect(perMinute(state, 500 + 60_000)).toBeCloseTo(1.7 * 540)
    // Not before a limit that was raised tenfold was found without letting all go at once.
    expect(perMinute(state, 500 + 140_000)).toBeGreaterThan(10 * 540)
    expect(perMinute(state, 500 + 180_000)).toBeUndefined()
  })

  test('grows no sooner than after five of the pauses that a higher one may cost, or two while one alone has taught it', () => {
    const once = recordAll(undefined, [...asked(11, 50), seen(refused(30_000), 500)])
    const learned = 0.9 * ((10 * 60_000) / (500 + 29_500))
    expect(perMinute(once, 500)).toBeCloseTo(learned)
    expect(perMinute(once, 60_500)).toBeCloseTo(1.1 * learned)
    const twice = recordAll(once, [...asked(11, 50, 30_500), seen(refused(30_000), 31_000)])
    expect(perMinute(twice, 181_000)).toBeCloseTo(1.1 * perMinute(twice, 31_000)!)
  })

  test('is on tokens where the 429 says so, whatever the sizes of the calls, and leaves that on requests alone', () => {
    const sizes = [100, 4_000, 100, 2_000, 800]
    const sized = Array.from({ length: 11 }, (_, nth) => seen({ kind: 'asked', tokens: sizes[nth % 5]! }, nth * 50))
    const known = recordAll(undefined, inWindows(10, 50, 0, 1))
    const state = recordAll(known, [
      ...sized.map(each => ({ ...each, atMs: each.atMs + 1_000 })),
      seen(refused(500, 'tokens'), 1_500),
    ])
    const taken = (10 / 11) * (7_000 + 7_000 + 100)
    expect(healthOf(state, 1_500).tokensPerMinute).toBeCloseTo(0.9 * ((60_000 * taken) / 1_000), -2)
    expect(state.limit).toEqual(known.limit)
  })

  test('is not what the vendor says of tokens where prompts are read from its cache, for those are mostly not counted', () => {
    const told = seen({ kind: 'told', limits: { tokensPerMinute: 30_000 } }, 0)
    const read = seen({ kind: 'answered', readTokens: 900, warmTokens: 1_000 }, 0)
    const state = recordAll(undefined, [told, read, ...asked(3, 50), seen(refused(500, 'tokens'), 250)])
    expect(healthOf(state, 250).tokensPerMinute).toBeUndefined()
    const before = recordAll(undefined, [told, ...asked(3, 50), seen(refused(500, 'tokens'), 250)])
    expect(healthOf(before, 250).tokensPerMinute).toBe(30_000)
    expect(healthOf(recordOutcome(before, read), 250).tokensPerMinute).toBeUndefined()
  })
})

describe('how many requests an endpoint takes at once, where its 429s say that too many are open', () => {
  const asked: HealthOutcome = { kind: 'asked', tokens: 100 }
  const answered: HealthOutcome = { kind: 'answered' }
  const tooMany = failed('rate-limited', { retryAfterMs: 1_000, limitedBy: 'concurrency' })
  const at = (atMs: number, ...outcomes: HealthOutcome[]): Seen[] => outcomes.map(outcome => seen(outcome, atMs))
  const many = (times: number, outcome: HealthOutcome) => Array<HealthOutcome>(times).fill(outcome)
  const burst = (takes: number) => at(0, ...many(40, asked), ...many(40 - takes, tooMany))
  const most = (state: HealthState, nowMs: number) => healthOf(state, nowMs).concurrency

  test('is how many were not refused, in whatever order that is heard of, and no rate is learned', () => {
    const others = at(10, ...many(20, asked), ...many(18, tooMany))
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 39 }), takes => {
        const state = recordAll(undefined, burst(takes))
        expect([most(state, 1), state.limit, state.tokenLimit]).toEqual([takes, undefined, undefined])
        expect(most(recordAll(state, others), 11)).toBe(takes + 2)
      }),
    )
  })

  test('is known no more where its long pause is ended early, rather than raised by each request that leaves then', () => {
    const long = failed('rate-limited', { retryAfterMs: 3_600_000, limitedBy: 'concurrency' })
    const ended = recordAll(undefined, [...at(0, asked, asked, asked, long), ...at(1_000, { kind: 'renewed' })])
    const after = Array.from({ length: 20 }, (_, nth) => at(2_000 + nth, asked, answered)).flat()
    expect(most(recordAll(ended, after), 3_000)).toBeUndefined()
  })

  test('is one more after twenty pauses of time without, and forgotten in the end', () => {
    const state = recordAll(undefined, burst(5))
    const growMs = state.concurrency!.growMs
    expect([most(state, growMs - 1), most(state, growMs), most(state, 2 * growMs)]).toEqual([5, 6, 7])
    expect(most(state, 30 * growMs)).toBeUndefined()
  })

  test('is no less while requests are open that left before it was known, and less later', () => {
    const state = recordAll(undefined, burst(5))
    const soon = recordAll(state, at(2_000, ...many(5, asked), tooMany))
    expect(most(soon, 2_001)).toBe(5)
    const later = recordAll(soon, at(70_000, ...many(9, answered), ...many(3, asked), tooMany))
    expect(most(later, 70_001)).toBeLessThan(5)
  })

  test('is never below one, and never above what held before', () => {
    const outcome = fc.constantFrom(asked, answered, tooMany, { kind: 'lost' } as const)
    const steps = fc.array(fc.record({ outcome, afterMs: fc.constantFrom(0, 10, 900, 5_000, 80_000) }), {
      maxLength: 60,
    })
    fc.assert(
      fc.property(steps, drawn => {
        let [state, nowMs]: [HealthState | undefined, number] = [undefined, 0]
        for (const { outcome: each, afterMs } of drawn) {
          nowMs += afterMs
          const held = state && most(state, nowMs)
          const isPaused = (state?.cooldown?.untilMs ?? 0) > nowMs
          state = recordOutcome(state, seen(each, nowMs))
          const now = most(state, nowMs)
          if (now !== undefined) expect(now).toBeGreaterThanOrEqual(1)
          if (each === tooMany && held !== undefined && !isPaused) expect(now).toBeLessThanOrEqual(held)
        }
      }),
    )
  })
})
