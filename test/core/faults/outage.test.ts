import { describe, expect, test } from 'vitest'
import { type CallCandidate, MAX_ATTEMPTS, type NewCallState, startCall } from '../../../src/core/faults/call-state.ts'
import { decideRemedy } from '../../../src/core/faults/decide-remedy.ts'
import type { FaultKind } from '../../../src/core/faults/fault.ts'
import { resumeState } from '../../../src/core/faults/resume-call.ts'
import { A, B, call, candidate, fault, play, words } from './playing.ts'

describe('an outage of all endpoints', () => {
  const down = Array.from({ length: MAX_ATTEMPTS }, () => fault('unreachable', { code: 'ECONNREFUSED' }))

  test('is outlasted: the call comes back after growing pauses, the short ones on the spot', () => {
    expect(words(play(outlasting([A, B]), down)).slice(4, 7)).toEqual([
      'acme:m/one after 4750, rerouted: unreachable',
      'bolt:m/one after 250, rerouted: unreachable',
      'sleep 19750, acme could not be reached; bolt could not be reached',
    ])
  })

  test('names each vendor that keeps the call waiting once, and the first four of many', () => {
    const closed = (provider: string): CallCandidate => {
      return { ...candidate(`${provider}:m/one`), notBeforeMs: 61_000, waitsFor: `${provider} is out of service` }
    }
    const last = (providers: readonly string[]) => words(play(call(providers.map(closed)), [])).at(-1)
    expect(last(['a', 'b'])).toBe('sleep 60000, a is out of service; b is out of service')
    expect(last(['a', 'b', 'c', 'd', 'e', 'f'])).toMatch(/; d is out of service; 2 more$/)
  })

  test('names no vendor that cannot be asked any more', () => {
    const closed = { ...A, notBeforeMs: 61_000, waitsFor: 'acme is out of service' }
    expect(words(play(call([closed, B]), [fault('unsupported')])).at(-1)).toBe('sleep 60000, acme is out of service')
  })

  test('ends a call that has outlasted it as long as its class says', () => {
    const { pauses, decision } = untilGivenUp([A], 'overloaded')
    expect(pauses).toEqual([250, 5_000, 20_000, 80_000, 160_000])
    expect(words([decision])).toEqual(['abandon overloaded'])
  })

  test('is outlasted too where it shows in 429s that name no end, with pauses that grow to half a minute', () => {
    const { pauses, decision } = untilGivenUp([A], 'rate-limited')
    expect(pauses).toEqual([1, 2, 4, 8, 16, ...Array(10).fill(30)].map(seconds => seconds * 1_000))
    expect(words([decision])).toEqual(['abandon rate-limited'])
  })

  test('ends a call that hears no 429 of its own, a minute after its class says, if everybody has got one since it began', () => {
    const beganAtMs = Date.UTC(2026, 10, 26)
    const refusing = (sinceMs: number) => ({ ...A, notBeforeMs: beganAtMs + 900_000, refusesSinceMs: sinceMs })
    const at = (nowMs: number, sinceMs: number, outlastMs = 300_000) => {
      const start = startCall(call([refusing(sinceMs)], { outlastMs, beganAtMs }))
      return words([decideRemedy(start, { kind: 'begin', nowMs, chance: 0 })[1]])[0]
    }
    const long = beganAtMs - 3_600_000
    expect(at(beganAtMs + 359_999, long)).toMatch(/^sleep/)
    expect(at(beganAtMs + 360_000, long)).toBe('abandon rate-limited')
    expect(at(beganAtMs + 360_000, beganAtMs + 1)).toMatch(/^sleep/)
    expect(at(beganAtMs + 59_999, long, 0)).toMatch(/^sleep/)
    expect(at(beganAtMs + 60_000, long, 0)).toBe('abandon rate-limited')
  })

  test('ends a call that finds that out on the spot, and none that has got a place in line', () => {
    const beganAtMs = Date.UTC(2026, 10, 26)
    const nowMs = beganAtMs + 360_000
    const closed = { kind: 'closed', endpoint: A.endpoint, untilMs: nowMs + 30_000, nowMs, chance: 0 } as const
    const closedAt = (candidate: CallCandidate, how: { refusesSinceMs: number } | { exact: true; placed: true }) =>
      words([
        decideRemedy(startCall(call([candidate], { outlastMs: 300_000, beganAtMs })), { ...closed, ...how })[1],
      ])[0]
    expect(closedAt(A, { refusesSinceMs: beganAtMs })).toBe('abandon rate-limited')
    expect(closedAt({ ...A, refusesSinceMs: beganAtMs }, { exact: true, placed: true })).toMatch(/^sleep 30000/)
  })

  test.each([
    [MAX_ATTEMPTS + 4, 'unreachable'],
    [4, 'rate-limited'],
  ] as const)('is outlasted as long where %i endpoints have more attempts than a call: %s', (count, kind) => {
    const many = Array.from({ length: count }, (_, nth) => candidate(`p${nth}:m/one`))
    const { decision, nowMs } = untilGivenUp(many, kind, 1_000)
    expect(words([decision])).toEqual([`abandon ${kind}`])
    expect(nowMs).toBeGreaterThan(250_000)
    expect(nowMs).toBeLessThanOrEqual(302_000)
  })

  test('costs none of the attempts that a call has, and what comes after it does', () => {
    const many = Array.from({ length: MAX_ATTEMPTS + 4 }, (_, nth) => candidate(`p${nth}:m/one`))
    const decisions = play(outlasting(many), [...down.slice(0, 2), ...Array(many.length).fill(fault('timed-out'))])
    expect(decisions.filter(decision => decision.do === 'ask')).toHaveLength(2 + MAX_ATTEMPTS)
  })

  test('lets no call sleep for a limit that is longer than an hour and than the outage is outlasted', () => {
    const limited = fault('rate-limited', { retryAfterMs: 7_200_000 })
    expect(words(play(outlasting([A, B]), [down[0]!, limited, fault('timed-out')])).at(-1)).toBe('abandon timed-out')
  })

  test('that a vendor names is slept through where it ends in time, and in between a call looks for another endpoint', () => {
    const told = (hours: number, more: Partial<NewCallState> = {}) =>
      words(
        play(call([A], { beganAtMs: 1_000, ...more }), [fault('rate-limited', { retryAfterMs: hours * 3_600_000 })]),
      ).at(-1)
    expect(told(0.5)).toBe(
      'sleep 600000, acme answered rate-limited, and may be asked again at 1970-01-01 00:30:01 UTC; another model in the class would be asked within ten minutes',
    )
    expect(told(2)).toBe('abandon rate-limited')
    expect(told(2, { outlastMs: 3 * 3_600_000 })).toMatch(/^sleep 600000, .* 02:00:01 UTC;/)
    expect(told(4, { outlastMs: 3 * 3_600_000 })).toBe('abandon rate-limited')
  })

  test('that is waited for within an activity ends when the vendor said', () => {
    const patient = call([A], { patienceMs: 3_000_000 })
    const decisions = words(play(patient, [fault('rate-limited', { retryAfterMs: 1_800_000 })]))
    expect(decisions.at(-1)).toMatch(/^acme:m\/one after 1800000,/)
  })

  test('is not waited for while another candidate is ready, or where the class does not outlast it', () => {
    expect(words(play(outlasting([A, B]), [down[0]!, down[0]!, fault('cut-off')])).slice(2)).toEqual([
      'bolt:m/one after 0, rerouted: unreachable',
      'bolt:m/one after 0, retried: cut-off',
    ])
    expect(words(play(call([A]), down)).slice(1)).toEqual([
      'acme:m/one after 250, retried: unreachable',
      'abandon unreachable',
    ])
  })

  test('is one where nobody accepts the connection, not where an accepted one is silent', () => {
    const timedOut = (deadline: 'connect' | 'first-token') => [fault('timed-out', { deadline })]
    expect(words(play(outlasting([A]), timedOut('connect')))[1]).toBe('acme:m/one after 5000, retried: timed-out')
    expect(words(play(outlasting([A]), timedOut('first-token')))[1]).toBe('abandon timed-out')
  })

  test('is outlasted by the worker that takes over, from what the ledger says', () => {
    const past = [0, 250, 5_250].map(endedAtMs => ({
      endpoint: A.endpoint,
      outcome: 'fault' as const,
      fault: fault('unreachable'),
      startedAtMs: endedAtMs,
      endedAtMs,
    }))
    const [, decision] = decideRemedy(resumeState(outlasting([A]), past), { kind: 'begin', nowMs: 6_000, chance: 0 })
    expect(words([decision])).toEqual(['acme:m/one after 19250, retried: unreachable'])
  })
})

const outlasting = (candidates: readonly CallCandidate[]) => call(candidates, { outlastMs: 300_000 })

/** A call that gets the same fault from each endpoint that it asks, until it is given up. @param nowMs - When it begins */
function untilGivenUp(candidates: readonly CallCandidate[], kind: FaultKind, nowMs = Date.UTC(2026, 10, 26)) {
  let [state, decision] = decideRemedy(startCall(outlasting(candidates)), { kind: 'begin', nowMs, chance: 0 })
  const pauses: number[] = []
  while (decision.do === 'ask' || decision.do === 'sleep') {
    const pauseMs = decision.do === 'ask' ? decision.afterMs : decision.ms
    if (pauseMs > 0) pauses.push(pauseMs)
    nowMs += pauseMs
    const endpoint = decision.do === 'ask' ? decision.endpoint : undefined
    const event = endpoint ? ({ kind: 'fault', endpoint, fault: fault(kind) } as const) : ({ kind: 'begin' } as const)
    ;[state, decision] = decideRemedy(state, { ...event, nowMs, chance: 0 })
  }
  return { pauses, decision, nowMs }
}
