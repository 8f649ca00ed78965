import { describe, expect, test } from 'vitest'
import { type CallCandidate, type NewCallState, startCall } from '../../../src/core/faults/call-state.ts'
import { decideRemedy } from '../../../src/core/faults/decide-remedy.ts'
import type { Fault } from '../../../src/core/faults/fault.ts'
import { NEAR_RESET_MS } from '../../../src/core/faults/readiness.ts'
import { A, B, C, call, fault, play, words } from './playing.ts'

describe('endpoints that a bad key or an empty account has closed', () => {
  const gone = fault('quota-exhausted', { status: 402 })
  const closed = (by?: Fault, untilMs = 241_000): CallCandidate => ({
    ...A,
    notBeforeMs: untilMs,
    ...(by && { closedBy: by }),
  })

  test('are not waited for: the call ends at once with what they would answer', () => {
    expect(words(play(call([closed(gone)]), []))).toEqual(['abandon quota-exhausted'])
    expect(words(play(call([closed()]), []))).toEqual(['sleep 240000, acme is not ready'])
  })

  test('are waited for where the vendor named a reset that is near, and when they are soon open', () => {
    const named = fault('quota-exhausted', { status: 402, retryAfterMs: 240_000 })
    expect(words(play(call([closed(named)]), []))).toEqual(['sleep 240000, acme is not ready'])
    expect(words(play(call([closed(named, NEAR_RESET_MS + 1_001)]), []))).toEqual(['abandon quota-exhausted'])
    expect(words(play({ ...call([closed(gone, 3_000)]), patienceMs: 3_000 }, []))[0]).toMatch(/^acme:m\/one after 2000/)
  })

  test('leave the waiting to those that are closed for another reason', () => {
    const cooling: CallCandidate = { ...B, notBeforeMs: 291_000, waitsFor: 'it is cooling' }
    expect(words(play(call([closed(gone), cooling]), []))).toEqual([
      'sleep 290000, it is cooling; acme has no quota or balance left',
    ])
  })

  test('are named next to what a call waits for, once per provider, because only people open them', () => {
    const cooling: CallCandidate = { ...B, notBeforeMs: 291_000, waitsFor: 'bolt is cooling down after a 429' }
    const two = [closed(gone), { ...closed(gone), endpoint: C.endpoint }, cooling]
    const said = 'bolt is cooling down after a 429; acme has no quota or balance left'
    expect(words(play(call(two), []))).toEqual([`sleep 290000, ${said}`])
    const asPlanned = two.map(each => ({ waitsFor: 'acme has no quota or balance left', ...each }))
    expect(words(play(call(asPlanned), []))).toEqual([`sleep 290000, ${said}`])
    const long = { ...cooling, notBeforeMs: 3_001_000 }
    expect(words(play(call([closed(gone), long]), [])).at(-1)).toMatch(
      /ten minutes; acme has no quota or balance left$/,
    )
  })

  test('are no reason for another fault than the last that the call has heard', () => {
    const failed = play(call([closed(gone), B]), [fault('timed-out')])
    expect(words(failed).at(-1)).toBe('abandon timed-out')
  })
})

describe('keys that all endpoints refuse, where the class names how long it outlasts that', () => {
  const HALF_HOUR = 1_800_000
  const outlasting = (more: Partial<NewCallState> = {}) => call([A], { outlastKeysMs: HALF_HOUR, ...more })
  const refused = fault('unauthenticated', { status: 401 })
  /** As its worker's health does: it lets one call in five minutes through, which hears the same. */
  const refusing = (start: NewCallState, beganAtMs: number) => {
    let nowMs = beganAtMs
    let closedUntilMs = 0
    const sleeps: string[] = []
    let [state, decision] = decideRemedy(startCall(start), { kind: 'begin', nowMs, chance: 0 })
    while (decision.do === 'ask' || decision.do === 'sleep') {
      nowMs += decision.do === 'ask' ? decision.afterMs : decision.ms
      if (decision.do === 'sleep') sleeps.push(`${Math.round(decision.ms / 1_000)} s: ${decision.reason}`)
      const isClosed = nowMs < closedUntilMs
      if (decision.do === 'ask' && !isClosed) closedUntilMs = nowMs + 300_000
      const { endpoint } = A
      const event =
        decision.do === 'sleep'
          ? ({ kind: 'begin' } as const)
          : isClosed
            ? ({ kind: 'closed', endpoint, untilMs: closedUntilMs, closedBy: refused } as const)
            : ({ kind: 'fault', endpoint, fault: refused } as const)
      ;[state, decision] = decideRemedy(state, { ...event, nowMs, chance: 0 })
    }
    return { decision, sleeps, tookMs: nowMs - beganAtMs }
  }

  test('are waited for on durable timers that say so, and looked at every few minutes, until that time is over', () => {
    const { decision, sleeps, tookMs } = refusing(outlasting(), 1_000)
    expect(words([decision])).toEqual(['abandon unauthenticated'])
    expect(sleeps.slice(0, 2)).toEqual(['160 s: acme refuses the key', '135 s: acme refuses the key'])
    expect(tookMs).toBeGreaterThan(HALF_HOUR - 300_000)
    expect(tookMs).toBeLessThanOrEqual(HALF_HOUR)
    expect(sleeps.length).toBeLessThan(25)
  })

  test('are waited for by a call that came when they were closed already, since it began', () => {
    const closed = { ...A, notBeforeMs: 281_000, closedBy: refused }
    const began = (beganAtMs: number) => words(play(call([closed], { outlastKeysMs: HALF_HOUR, beganAtMs }), []))
    expect(began(1_000)).toEqual(['sleep 160000, acme is not ready'])
    expect(began(1_000 + 100_000 - HALF_HOUR)).toEqual(['sleep 100000, acme is not ready'])
    expect(began(1_000 - HALF_HOUR)).toEqual(['abandon unauthenticated'])
  })

  test('are not waited for twice as long by such a call when it is refused itself', () => {
    const closed = { ...A, notBeforeMs: 1_000 + HALF_HOUR - 300_000, closedBy: refused }
    const start = call([closed], { outlastKeysMs: HALF_HOUR, beganAtMs: 1_000 })
    const { decision, tookMs } = refusing(start, 1_000)
    expect(words([decision])).toEqual(['abandon unauthenticated'])
    expect(tookMs).toBeGreaterThan(HALF_HOUR - 300_000)
    expect(tookMs).toBeLessThanOrEqual(HALF_HOUR)
  })

  test('are waited for until the vendor says that there is quota again, unless the class outlasts less', () => {
    const empty = fault('quota-exhausted', { status: 429, retryAfterMs: 7_200_000 })
    const until = (outlastKeysMs: number) => words(play(call([A], { outlastKeysMs }), [empty])).at(-1)
    expect(until(7_200_000)).toMatch(
      /^sleep 600000, acme has no quota or balance left, and may be asked again at .* 02:00:01 UTC/,
    )
    expect(until(7_199_999)).toBe('abandon quota-exhausted')
  })

  test('are not waited for while another candidate is ready', () => {
    expect(words(play(call([A, B], { outlastKeysMs: HALF_HOUR }), [refused])).at(-1)).toBe(
      'bolt:m/one after 0, rerouted: unauthenticated',
    )
  })
})
