import { describe, expect, test } from 'vitest'
import { type CallCandidate, MAX_ATTEMPTS } from '../../../src/core/faults/call-state.ts'
import { decideRemedy } from '../../../src/core/faults/decide-remedy.ts'
import type { Fault } from '../../../src/core/faults/fault.ts'
import { type PastAttempt, resumeState } from '../../../src/core/faults/resume-call.ts'
import { A, B, call, fault, words } from './playing.ts'

describe('going on after a lost worker', () => {
  const past = (endpoint: string, outcome: PastAttempt['outcome'], its?: Fault): PastAttempt => ({
    endpoint,
    outcome,
    fault: its,
    startedAtMs: 0,
    endedAtMs: 1_000,
  })
  const resume = (candidates: readonly CallCandidate[], attempts: readonly PastAttempt[], nowMs = 1_000) =>
    words([decideRemedy(resumeState(call(candidates), attempts), { kind: 'begin', nowMs, chance: 0 })[1]])[0]

  test('the endpoint that was being asked is asked once more, wherever the new plan puts it', () => {
    expect(resume([B, A], [past(A.endpoint, 'abandoned')])).toBe('acme:m/one after 0, resumed: worker lost')
  })

  test('the endpoint that was being asked is waited for on the spot where it is closed by now, but not beyond the patience', () => {
    const lost = [past(A.endpoint, 'abandoned')]
    expect(resume([{ ...A, notBeforeMs: 11_000 }, B], lost)).toBe('acme:m/one after 10000, resumed: worker lost')
    expect(resume([{ ...A, notBeforeMs: 31_000 }, B], lost)).toBe('bolt:m/one after 0, rerouted: worker lost')
  })

  test('after two lost workers others go first, and the endpoint is kept for when none is left', () => {
    const twice = [past(A.endpoint, 'abandoned'), past(A.endpoint, 'open')]
    expect(resume([A, B], twice)).toBe('bolt:m/one after 0, rerouted: worker lost')
    expect(resume([A], twice)).toBe('acme:m/one after 0, retried: worker lost')
    expect(resume([A], [...twice, past(A.endpoint, 'open')])).toBe('acme:m/one after 0, retried: worker lost')
    expect(resume([A], [...twice, ...twice])).toBe('abandon unreachable')
    expect(resume([A], [past(A.endpoint, 'fault', fault('timed-out')), ...twice])).toBe('abandon unreachable')
  })

  /** Its worker was shut down, and has written the end itself. */
  const handedOver = (endpoint: string) => past(endpoint, 'abandoned', fault('cancelled'))

  test('a call that workers hand over in order goes on at the same endpoint, as often as they are replaced', () => {
    const often = Array.from({ length: MAX_ATTEMPTS - 1 }, () => handedOver(A.endpoint))
    expect(resume([B, A], often)).toBe('acme:m/one after 0, resumed: handed over')
    const twice = [handedOver(A.endpoint), handedOver(A.endpoint)]
    expect(resume([A, B], [past(A.endpoint, 'open'), ...twice])).toBe('acme:m/one after 0, resumed: handed over')
    expect(resume([A, B], [...twice, past(A.endpoint, 'open')])).toBe('acme:m/one after 0, resumed: worker lost')
  })

  test('a call that is handed over all the time ends with its attempts, and says what to change', () => {
    const always = Array.from({ length: MAX_ATTEMPTS }, () => handedOver(A.endpoint))
    const [, decision] = decideRemedy(resumeState(call([A]), always), { kind: 'begin', nowMs: 1_000, chance: 0 })
    expect(decision).toMatchObject({
      do: 'abandon',
      fault: { kind: 'unreachable', message: expect.stringMatching(/acme:m\/one .* shut down .* grace/) },
    })
  })

  test('what was learnt before still holds', () => {
    expect(resume([A, B], [past(A.endpoint, 'fault', fault('timed-out'))])).toContain('bolt:m/one after 0')
    expect(resume([A, B], [past(A.endpoint, 'fault', fault('refused'))])).toBe('abandon refused')
    expect(resume([A, B], [past(A.endpoint, 'outrun')])).toBe('bolt:m/one after 0, planned')
    const limited = [past(A.endpoint, 'fault', fault('rate-limited', { retryAfterMs: 5_000 }))]
    expect(resume([A], limited, 2_000)).toBe('acme:m/one after 4000, waited: rate-limited')
    expect(resume([A], limited, 6_000)).toBe('acme:m/one after 0, waited: rate-limited')
  })

  test('a truncated answer that was lost is asked for again, not accepted', () => {
    const truncated = past(A.endpoint, 'fault', fault('truncated'))
    expect(resume([A], [truncated])).toBe('acme:m/one after 0, more output: truncated')
    expect(resume([A], [truncated, truncated])).toBe('acme:m/one after 0, retried: truncated')
  })

  test('an answer may still be repaired in a call that has left a class called `repair`', () => {
    const asked = (reason: string) => resumeState(call([A]), [{ ...past(A.endpoint, 'abandoned'), reason }])
    expect(asked('repair: schema').repaired).toBe(true)
    expect(asked('stepped down from repair: planned').repaired).toBeUndefined()
  })
})
