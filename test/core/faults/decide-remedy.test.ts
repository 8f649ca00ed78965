import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type CallCandidate,
  type CallState,
  callCandidates,
  escalateCall,
  MAX_ATTEMPTS,
  type NewCallState,
  outrun,
  startCall,
} from '../../../src/core/faults/call-state.ts'
import { decideRemedy, type RemedyDecision } from '../../../src/core/faults/decide-remedy.ts'
import { type Evidence, FAULT_KINDS, type Fault, type FaultKind } from '../../../src/core/faults/fault.ts'
import { isOnlyReady, NEAR_RESET_MS, readyBeside } from '../../../src/core/faults/readiness.ts'
import { remedyFor } from '../../../src/core/faults/remedies.ts'
import { type PastAttempt, resumeState } from '../../../src/core/faults/resume-call.ts'
import { endpoint } from '../routing/plan-fixtures.ts'

const candidate = (endpoint: string, contextWindow?: number): CallCandidate => ({
  endpoint,
  provider: endpoint.slice(0, endpoint.indexOf(':')),
  contextWindow,
})
const A = candidate('acme:m/one', 100_000)
const B = candidate('bolt:m/one', 200_000)
const C = candidate('acme:m/two', 400_000)

const call = (candidates: readonly CallCandidate[], more: Partial<NewCallState> = {}): NewCallState => ({
  candidates,
  patienceMs: 20_000,
  onRefusal: 'abandon',
  ...more,
})

const fault = (kind: FaultKind, evidence: Evidence = {}): Fault => ({ kind, message: `it was ${kind}`, evidence })

/** Plays faults against a call: each asked endpoint fails with the next fault. Time passes only by waiting. */
function play(start: NewCallState, faults: readonly Fault[], options: { canGrow?: boolean; chance?: number } = {}) {
  const chance = options.chance ?? 0
  let nowMs = 1_000
  let [state, decision] = decideRemedy(startCall(start), { kind: 'begin', nowMs, chance })
  const decisions: RemedyDecision[] = [decision]
  for (const each of faults) {
    if (decision.do !== 'ask') break
    nowMs += decision.afterMs
    const { endpoint } = decision
    ;[state, decision] = decideRemedy(state, {
      kind: 'fault',
      endpoint,
      fault: each,
      canGrow: options.canGrow ?? false,
      nowMs,
      chance,
    })
    decisions.push(decision)
  }
  return decisions
}

const words = (decisions: readonly RemedyDecision[]) =>
  decisions.map(decision => {
    if (decision.do === 'ask') return `${decision.endpoint} after ${decision.afterMs}, ${decision.reason}`
    if (decision.do === 'sleep') return `sleep ${decision.ms}, ${decision.reason}`
    return decision.do === 'abandon' ? `abandon ${decision.fault.kind}` : decision.do
  })

describe('each fault and what follows', () => {
  test('cut-off is asked once more where the prompt is warm, and only there', () => {
    const faults = [fault('cut-off'), fault('cut-off'), fault('cut-off')]
    expect(words(play(call([{ ...A, warm: true }, B]), faults)).slice(0, 3)).toEqual([
      'acme:m/one after 0, planned',
      'acme:m/one after 250, retried: cut-off',
      'bolt:m/one after 0, rerouted: cut-off',
    ])
    expect(words(play(call([A, { ...B, warm: true }]), faults)).slice(0, 3)).toEqual([
      'acme:m/one after 0, planned',
      'bolt:m/one after 0, rerouted: cut-off',
      'bolt:m/one after 250, retried: cut-off',
    ])
  })

  test('what is not tried again where the prompt is cold is not where it is warm either', () => {
    const timedOut = play(call([{ ...A, warm: true }, B]), [fault('timed-out')])
    expect(words(timedOut).at(-1)).toBe('bolt:m/one after 0, rerouted: timed-out')
  })

  test('rate-limited goes on at once while another candidate is fit', () => {
    const decisions = play(call([A, B]), [fault('rate-limited', { retryAfterMs: 5_000 })])
    expect(words(decisions)).toEqual(['acme:m/one after 0, planned', 'bolt:m/one after 0, rerouted: rate-limited'])
  })

  test('rate-limited with nothing else left waits for Retry-After and a little more', () => {
    const decisions = play(call([A]), [fault('rate-limited', { retryAfterMs: 5_000 })], { chance: 0.5 })
    expect(words(decisions).at(-1)).toBe('acme:m/one after 5250, waited: rate-limited')
  })

  test('a wait beyond the patience becomes a durable timer that says whom it waits for', () => {
    const decisions = play(call([A]), [fault('rate-limited', { status: 429, retryAfterMs: 30_000 })])
    expect(words(decisions).at(-1)).toBe('sleep 30000, acme answered 429')
  })

  test('a wait of a day is no wait', () => {
    const decisions = play(call([A]), [fault('rate-limited', { retryAfterMs: 86_400_000 })])
    expect(words(decisions).at(-1)).toBe('abandon rate-limited')
  })

  test('a 429 for ever: at most four attempts in 3 s, six in all', () => {
    const decisions = play(
      call([A], { patienceMs: 600_000 }),
      Array(20).fill(fault('rate-limited', { retryAfterMs: 1 })),
    )
    const asks = decisions.filter(decision => decision.do === 'ask')
    let atMs = 0
    const times = asks.map(({ afterMs }) => (atMs += afterMs))
    expect(times.filter(time => time <= 3_000).length).toBeLessThanOrEqual(4)
    expect(asks).toHaveLength(6)
    expect(words(decisions).at(-1)).toBe('abandon rate-limited')
  })

  test('429s that name no time are waited for twice as long each time, and a short time that one names no longer', () => {
    const waits = play(call([A], { patienceMs: 600_000 }), Array(20).fill(fault('rate-limited')))
    expect(waits.flatMap(decision => (decision.do === 'ask' ? [decision.afterMs] : []))).toEqual([
      0, 1_000, 2_000, 4_000, 8_000, 16_000,
    ])
    expect(words(play(call([A]), [fault('rate-limited', { retryAfterMs: 200 })])).at(-1)).toBe(
      'acme:m/one after 200, waited: rate-limited',
    )
  })

  test('a call ends after sixteen attempts, however many endpoints are left', () => {
    const many = Array.from({ length: MAX_ATTEMPTS + 4 }, (_, nth) => candidate(`p${nth}:m/one`))
    const decisions = play(call(many), Array(many.length).fill(fault('timed-out')))
    expect(decisions.filter(decision => decision.do === 'ask')).toHaveLength(16)
    expect(words(decisions).at(-1)).toBe('abandon timed-out')
  })

  test.each(['overloaded', 'unreachable'] as const)('%s is tried once more after 250 ms, then elsewhere', kind => {
    const decisions = play(call([A, B]), [fault(kind), fault(kind)])
    expect(words(decisions).slice(1)).toEqual([
      `acme:m/one after 250, retried: ${kind}`,
      `bolt:m/one after 0, rerouted: ${kind}`,
    ])
  })

  test('overloaded with a long Retry-After leaves the waiting to others, and comes back only after it', () => {
    const busy = fault('overloaded', { retryAfterMs: 8_000 })
    const decisions = play(call([A, B]), [busy, fault('timed-out')])
    expect(words(decisions).slice(1)).toEqual([
      'bolt:m/one after 0, rerouted: overloaded',
      'acme:m/one after 8000, rerouted: timed-out',
    ])
  })

  test('overloaded is waited for as long as it asks, where nothing else is left, and the wait says so', () => {
    const busy = fault('overloaded', { status: 503, retryAfterMs: 30_000 })
    expect(words(play(call([A]), [busy])).at(-1)).toBe('sleep 30000, acme answered 503')
    const inStream = fault('overloaded', { retryAfterMs: 30_000 })
    expect(words(play(call([A]), [inStream])).at(-1)).toBe('sleep 30000, acme answered overloaded')
  })

  test('a gateway that could not be answered in time is told by what it answered', () => {
    const closed = (evidence: Evidence) => ({
      ...({ kind: 'closed', endpoint: A.endpoint, untilMs: 30_000, nowMs: 0, chance: 0 } as const),
      closedBy: fault('timed-out', evidence),
    })
    const reason = (evidence: Evidence) =>
      decideRemedy(startCall(call([A], { outlastKeysMs: 60_000, beganAtMs: 0 })), closed(evidence))[1]
    expect(reason({ status: 504 })).toMatchObject({ reason: 'acme answered 504' })
    expect(reason({})).toMatchObject({ reason: 'acme could not be reached' })
  })

  test('a silent endpoint is not asked again', () => {
    expect(words(play(call([A]), [fault('timed-out')]))).toEqual(['acme:m/one after 0, planned', 'abandon timed-out'])
  })

  test.each(['cut-off', 'malformed-reply'] as const)(
    '%s comes back to the same endpoint only as a last resort',
    kind => {
      const decisions = play(call([A, B]), [fault(kind), fault('timed-out'), fault(kind)])
      expect(words(decisions).slice(1)).toEqual([
        `bolt:m/one after 0, rerouted: ${kind}`,
        'acme:m/one after 0, rerouted: timed-out',
        `abandon ${kind}`,
      ])
    },
  )

  test.each(['unauthenticated', 'quota-exhausted', 'unsupported'] as const)('%s goes to the next candidate', kind => {
    expect(words(play(call([A, B]), [fault(kind), fault(kind)])).slice(1)).toEqual([
      `bolt:m/one after 0, rerouted: ${kind}`,
      `abandon ${kind}`,
    ])
  })

  test('where the credit pays for less output, others go first, and the endpoint is asked for less once', () => {
    const dear = fault('unsupported', { status: 402, mostOutputTokens: 4_000 })
    expect(words(play(call([A, B]), [dear, fault('unsupported'), dear]))).toEqual([
      'acme:m/one after 0, planned',
      'bolt:m/one after 0, rerouted: unsupported',
      'acme:m/one after 0, rerouted: unsupported, less output',
      'abandon unsupported',
    ])
    expect(words(play(call([A]), [dear, fault('rate-limited', { retryAfterMs: 500 })])).slice(1)).toEqual([
      'acme:m/one after 0, less output: unsupported',
      'acme:m/one after 500, waited: rate-limited, less output',
    ])
    expect(words(play(call([A]), [dear]))).toEqual([
      'acme:m/one after 0, planned',
      'acme:m/one after 0, less output: unsupported',
    ])
  })

  test('an endpoint that was kept for a second try is asked for less output too, and one that gives less is tried a second time', () => {
    const dear = fault('unsupported', { mostOutputTokens: 4_000 })
    expect(words(play(call([A]), [fault('cut-off'), dear, fault('cut-off')])).slice(1)).toEqual([
      'acme:m/one after 0, retried: cut-off',
      'acme:m/one after 0, less output: unsupported',
      'abandon cut-off',
    ])
    expect(words(play(call([A]), [dear, fault('cut-off'), fault('cut-off')])).slice(1)).toEqual([
      'acme:m/one after 0, less output: unsupported',
      'acme:m/one after 0, retried: cut-off, less output',
      'abandon cut-off',
    ])
  })

  test('an endpoint that has told others that it gives less output is asked for that, after the others, unless it is below the least', () => {
    const less = { ...A, mostOutputTokens: 4_000 }
    const asked = (more: object, faults: Fault[] = []) => words(play(call([less, B], more), faults))
    expect(asked({}, [fault('unsupported')])).toEqual([
      'bolt:m/one after 0, planned',
      'acme:m/one after 0, rerouted: unsupported, less output',
    ])
    expect(asked({ minOutputTokens: 4_001 }, [fault('unsupported')]).at(-1)).toBe('abandon unsupported')
    expect(words(play(call([less]), [fault('unsupported', { mostOutputTokens: 3_000 })]))).toEqual([
      'acme:m/one after 0, planned, less output',
      'acme:m/one after 0, less output: unsupported',
    ])
    expect(words(play(call([less]), [fault('truncated')], { canGrow: true })).at(-1)).toBe('accept')
  })

  test('an answer that ends at the most that its endpoint gives is taken, for more would buy the same', () => {
    const faults = [fault('unsupported', { mostOutputTokens: 4_000 }), fault('truncated')]
    expect(words(play(call([A]), faults, { canGrow: true })).at(-1)).toBe('accept')
  })

  test('an endpoint that gives less output than the class asks for at the least is not asked once more', () => {
    const meagre = fault('unsupported', { mostOutputTokens: 4_000 })
    const asked = (minOutputTokens: number) => words(play(call([A], { minOutputTokens }), [meagre])).at(-1)
    expect(asked(4_001)).toBe('abandon unsupported')
    expect(asked(4_000)).toBe('acme:m/one after 0, less output: unsupported')
  })

  test('context-too-long goes to larger windows only', () => {
    const decisions = play(call([B, A, candidate('dune:m/x'), C]), [
      fault('context-too-long'),
      fault('context-too-long'),
    ])
    expect(words(decisions).slice(1)).toEqual([
      'acme:m/two after 0, rerouted: context-too-long',
      'abandon context-too-long',
    ])
  })

  test('context-too-long asks none whose window is no larger than any that was too small', () => {
    const same = candidate('dune:m/x', 200_000)
    expect(words(play(call([B, same]), [fault('context-too-long')])).at(-1)).toBe('abandon context-too-long')
    const unknown = candidate('dune:m/y')
    const tooSmall = [fault('context-too-long'), fault('context-too-long')]
    expect(words(play(call([unknown, C, B]), tooSmall)).slice(1)).toEqual([
      'acme:m/two after 0, rerouted: context-too-long',
      'abandon context-too-long',
    ])
  })

  test('invalid-request is judged by one other provider, not by the same one again', () => {
    const decisions = play(call([A, C, B, candidate('dune:m/x')]), [fault('invalid-request'), fault('invalid-request')])
    expect(words(decisions).slice(1)).toEqual([
      'bolt:m/one after 0, rerouted: invalid-request',
      'abandon invalid-request',
    ])
  })

  test('a refusal ends the call, unless the class reroutes', () => {
    expect(words(play(call([A, B]), [fault('refused')])).at(-1)).toBe('abandon refused')
    const rerouted = play(call([A, B], { onRefusal: 'reroute' }), [fault('refused')])
    expect(words(rerouted).at(-1)).toBe('bolt:m/one after 0, rerouted: refused')
  })

  test('truncated asks once for more output, then accepts', () => {
    const decisions = play(call([A, B]), [fault('truncated'), fault('truncated')], { canGrow: true })
    expect(decisions[1]).toEqual({
      do: 'ask',
      endpoint: A.endpoint,
      afterMs: 0,
      reason: 'more output: truncated',
      moreOutput: true,
    })
    expect(decisions[2]).toEqual({ do: 'accept' })
    expect(play(call([A, B]), [fault('truncated')]).at(-1)).toEqual({ do: 'accept' })
    expect(play(call([A]), [fault('overloaded')])[1]).not.toHaveProperty('moreOutput')
  })

  test('truncated at the last attempt of a call is accepted', () => {
    const many = Array.from({ length: MAX_ATTEMPTS }, (_, nth) => candidate(`p${nth}:m/one`))
    const faults = [...Array(MAX_ATTEMPTS - 1).fill(fault('timed-out')), fault('truncated')]
    const decisions = play(call(many), faults, { canGrow: true })
    expect(decisions.filter(decision => decision.do === 'ask')).toHaveLength(MAX_ATTEMPTS)
    expect(decisions.at(-1)).toEqual({ do: 'accept' })
  })

  test('a truncated answer at hand is kept when the try for more fails', () => {
    const decisions = play(call([A]), [fault('truncated'), fault('timed-out')], { canGrow: true })
    expect(decisions.at(-1)).toEqual({ do: 'accept' })
  })

  test('a truncated answer at hand is taken before anybody is waited for', () => {
    const limited = fault('rate-limited', { retryAfterMs: 60_000 })
    expect(play(call([A]), [fault('truncated'), limited], { canGrow: true }).at(-1)).toEqual({ do: 'accept' })
  })

  test('cancelled beats every remedy', () => {
    const decisions = play(call([A, B]), [fault('truncated'), fault('cancelled')], { canGrow: true })
    expect(words(decisions).at(-1)).toBe('abandon cancelled')
  })

  test('without a candidate there is no route', () => {
    expect(words(play(call([]), []))).toEqual(['abandon no-route'])
  })
})

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
})

describe('an outage of all endpoints', () => {
  const outlasting = (candidates: readonly CallCandidate[]) => call(candidates, { outlastMs: 300_000 })
  const down = Array.from({ length: MAX_ATTEMPTS }, () => fault('unreachable', { code: 'ECONNREFUSED' }))

  test('is outlasted: the call comes back after growing pauses, the short ones on the spot', () => {
    expect(words(play(outlasting([A, B]), down)).slice(4, 7)).toEqual([
      'acme:m/one after 4750, rerouted: unreachable',
      'bolt:m/one after 250, rerouted: unreachable',
      'sleep 19750, acme could not be reached',
    ])
  })

  test('ends a call that has outlasted it as long as its class says', () => {
    let nowMs = Date.UTC(2026, 10, 26)
    let [state, decision] = decideRemedy(startCall(outlasting([A])), { kind: 'begin', nowMs, chance: 0 })
    const pauses: number[] = []
    while (decision.do === 'ask' || decision.do === 'sleep') {
      const pauseMs = decision.do === 'ask' ? decision.afterMs : decision.ms
      if (pauseMs > 0) pauses.push(pauseMs)
      nowMs += pauseMs
      const loss = { kind: 'fault', endpoint: A.endpoint, fault: fault('overloaded') } as const
      ;[state, decision] = decideRemedy(state, {
        ...(decision.do === 'ask' ? loss : { kind: 'begin' }),
        nowMs,
        chance: 0,
      })
    }
    expect(pauses).toEqual([250, 5_000, 20_000, 80_000, 160_000])
    expect(words([decision])).toEqual(['abandon overloaded'])
  })

  test('is outlasted as long where there are more endpoints than a call has attempts', () => {
    const many = Array.from({ length: MAX_ATTEMPTS + 4 }, (_, nth) => candidate(`p${nth}:m/one`))
    let nowMs = 1_000
    let [state, decision] = decideRemedy(startCall(outlasting(many)), { kind: 'begin', nowMs, chance: 0 })
    while (decision.do === 'ask' || decision.do === 'sleep') {
      nowMs += decision.do === 'ask' ? decision.afterMs : decision.ms
      const endpoint = decision.do === 'ask' ? decision.endpoint : undefined
      const event = endpoint ? ({ kind: 'fault', endpoint, fault: down[0]! } as const) : ({ kind: 'begin' } as const)
      ;[state, decision] = decideRemedy(state, { ...event, nowMs, chance: 0 })
    }
    expect(words([decision])).toEqual(['abandon unreachable'])
    expect(nowMs).toBeGreaterThan(260_000)
    expect(nowMs).toBeLessThan(302_000)
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

test('an endpoint that is closed for now is waited for when no other is left', () => {
  const endpoint = {
    provider: 'acme',
    model: 'm/one',
    upstream: 'one',
    protocol: 'openai',
    abilities: [],
    dataPolicy: {},
  }
  const candidates = callCandidates({
    candidates: [],
    rejections: [
      { endpoint: { ...endpoint, id: 'acme:m/one' }, rejection: { rule: 'cooling', untilMs: 31_000 } },
      { endpoint: { ...endpoint, id: 'acme:m/two' }, rejection: { rule: 'not-in-class' } },
    ],
  })
  expect(words(play(call(candidates), []))).toEqual(['sleep 30000, acme is cooling down after a 429'])
})

test('a route’s candidates are asked in its order, the warm one known as such, and those that are closed for now once they open', () => {
  const [one, two, three, four] = ['one', 'two', 'three', 'four'].map(model =>
    endpoint('acme', `m/${model}`, { contextWindow: 9_000 }),
  )
  const gone = fault('quota-exhausted', { status: 402 })
  const candidates = callCandidates({
    candidates: [one!, two!],
    warm: two!.id,
    rejections: [
      { endpoint: three!, rejection: { rule: 'breaker-open', untilMs: 5_000, fault: gone } },
      { endpoint: four!, rejection: { rule: 'cooling', untilMs: 6_000 } },
    ],
  })
  const its = { provider: 'acme', contextWindow: 9_000 }
  expect(candidates).toEqual([
    { endpoint: 'acme:m/one', ...its },
    { endpoint: 'acme:m/two', ...its, warm: true },
    {
      endpoint: 'acme:m/three',
      ...its,
      notBeforeMs: 5_000,
      waitsFor: 'acme has no quota or balance left',
      closedBy: gone,
    },
    { endpoint: 'acme:m/four', ...its, notBeforeMs: 6_000, waitsFor: 'acme is cooling down after a 429' },
  ])
})

test('beside one that is asked stand those that could be asked at once, not those that failed, wait, or were outrun', () => {
  const D = candidate('dune:m/one', 200_000)
  const closed = { ...candidate('echo:m/one'), notBeforeMs: 9_000 }
  const begun = startCall(call([A, B, C, D, closed]))
  expect(readyBeside(begun, A.endpoint, 0)).toEqual([B, C, D].map(({ endpoint: id }) => id))
  const loss = { kind: 'fault', endpoint: C.endpoint, fault: fault('timed-out'), nowMs: 0, chance: 0 } as const
  const later = outrun(decideRemedy(begun, loss)[0], D.endpoint)
  expect(readyBeside(later, A.endpoint, 0)).toEqual([B.endpoint])
  expect(readyBeside(later, A.endpoint, 9_000)).toEqual([B.endpoint, closed.endpoint])
  expect(isOnlyReady(later, A.endpoint, 0)).toBe(false)
  expect(isOnlyReady(startCall(call([A, closed])), A.endpoint, 0)).toBe(true)
  expect(isOnlyReady(startCall(call([A, closed])), A.endpoint, 9_000)).toBe(false)
})

test('who is out of the call, outrun or not, does not count as ready beside the endpoint that is asked', () => {
  const lose = (kind: FaultKind, endpoint: string) => {
    const begun = startCall(call([A, B, C]))
    return decideRemedy(begun, { kind: 'fault', endpoint, fault: fault(kind), nowMs: 0, chance: 0 })[0]
  }
  const tooLong = lose('context-too-long', B.endpoint)
  expect(readyBeside(tooLong, C.endpoint, 0)).toEqual([])
  expect(isOnlyReady(tooLong, C.endpoint, 0)).toBe(true)
  const disputed = lose('invalid-request', A.endpoint)
  expect(readyBeside(disputed, B.endpoint, 0)).toEqual([])
  const timedOut = outrun(lose('timed-out', B.endpoint), B.endpoint)
  expect(isOnlyReady({ ...timedOut, candidates: [A, B] }, A.endpoint, 0)).toBe(true)
})

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
    expect(words(play(call([closed(gone), cooling]), []))).toEqual(['sleep 290000, it is cooling'])
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
    expect(until(7_200_000)).toBe('sleep 7200000, acme has no quota or balance left')
    expect(until(7_199_999)).toBe('abandon quota-exhausted')
  })

  test('are not waited for while another candidate is ready', () => {
    expect(words(play(call([A, B], { outlastKeysMs: HALF_HOUR }), [refused])).at(-1)).toBe(
      'bolt:m/one after 0, rerouted: unauthenticated',
    )
  })
})

test('an endpoint that was closed after the plan is passed over without an attempt', () => {
  const [state] = decideRemedy(startCall(call([A, B])), { kind: 'begin', nowMs: 0, chance: 0 })
  const closed = { kind: 'closed', endpoint: A.endpoint, untilMs: 9_000, nowMs: 0, chance: 0 } as const
  const [next, decision] = decideRemedy(state, closed)
  expect(decision).toMatchObject({ do: 'ask', endpoint: B.endpoint })
  expect(next.attempts).toBe(0)
})

test('an endpoint is asked a little after it opens, and to the millisecond at the start that its limits gave to this call', () => {
  const afterMs = (more: { readonly exact?: true }) => {
    const closed = { kind: 'closed', endpoint: A.endpoint, untilMs: 9_000, nowMs: 0, chance: 0.5, ...more } as const
    return decideRemedy(startCall(call([A])), closed)[1]
  }
  expect(afterMs({})).toMatchObject({ do: 'ask', afterMs: 9_450 })
  expect(afterMs({ exact: true })).toMatchObject({ do: 'ask', afterMs: 9_000 })
})

describe('an answer of the wrong shape', () => {
  const shape = fault('malformed-reply', { code: 'schema' })
  const lose = (state: CallState, endpoint: string, mend: { repair: boolean; escalate: boolean }) =>
    decideRemedy(state, { kind: 'fault', endpoint, fault: shape, mend, nowMs: 0, chance: 0 })
  const begun = () => decideRemedy(startCall(call([A, B])), { kind: 'begin', nowMs: 0, chance: 0 })[0]

  test('is given back once where that is cheaper, and then asked elsewhere', () => {
    const [state, first] = lose(begun(), A.endpoint, { repair: true, escalate: false })
    expect(first).toMatchObject({ endpoint: A.endpoint, repair: true, reason: 'repair: schema' })
    const [, second] = lose(state, A.endpoint, { repair: true, escalate: false })
    expect(second).toMatchObject({ endpoint: B.endpoint, reason: 'rerouted: malformed-reply' })
    expect(second).not.toHaveProperty('repair')
  })

  test('is asked elsewhere at once where that is cheaper', () => {
    const [, decision] = lose(begun(), A.endpoint, { repair: false, escalate: false })
    expect(decision).toMatchObject({ endpoint: B.endpoint, reason: 'rerouted: malformed-reply' })
  })

  test('goes to a better class before the other candidates of its own, and repairs nothing there again', () => {
    const [repaired] = lose(begun(), A.endpoint, { repair: true, escalate: true })
    const [state, decision] = lose(repaired, A.endpoint, { repair: true, escalate: true })
    expect(decision).toEqual({ do: 'escalate' })
    const [above, first] = decideRemedy(escalateCall(state, call([C, B])), { kind: 'begin', nowMs: 0, chance: 0 })
    expect(first).toMatchObject({ endpoint: C.endpoint, reason: 'escalated: schema' })
    const [, second] = lose(above, C.endpoint, { repair: true, escalate: false })
    expect(second).toMatchObject({ endpoint: B.endpoint, reason: 'rerouted: malformed-reply' })
  })

  test('that was given back before a worker was lost is not given back again', () => {
    const past: PastAttempt[] = [
      { endpoint: A.endpoint, outcome: 'fault', fault: shape, reason: 'planned', startedAtMs: 0, endedAtMs: 1 },
      { endpoint: A.endpoint, outcome: 'abandoned', reason: 'repair: schema', startedAtMs: 2 },
    ]
    const [state] = decideRemedy(resumeState(call([A, B]), past), { kind: 'begin', nowMs: 5, chance: 0 })
    expect(lose(state, A.endpoint, { repair: true, escalate: false })[1]).toMatchObject({ endpoint: B.endpoint })
  })

  test('is given back once in a call, also where a worker was lost after that', () => {
    const misshapen = (endpoint: string, reason: string): PastAttempt => ({
      ...{ endpoint, outcome: 'fault', fault: shape, reason },
      ...{ startedAtMs: 0, endedAtMs: 1 },
    })
    const past = [misshapen(A.endpoint, 'planned'), misshapen(A.endpoint, 'repair: schema')]
    const [state, decision] = decideRemedy(resumeState(call([A, B]), past), { kind: 'begin', nowMs: 5, chance: 0 })
    expect(decision).toMatchObject({ endpoint: B.endpoint })
    expect(lose(state, B.endpoint, { repair: true, escalate: false })[1]).not.toHaveProperty('repair')
  })

  test('goes to a better class also where its worker was lost and cannot give it back', () => {
    const past: PastAttempt = {
      ...{ endpoint: A.endpoint, outcome: 'fault', fault: shape, reason: 'planned', startedAtMs: 0, endedAtMs: 1 },
      mend: { repair: false, escalate: true },
    }
    const resumed = resumeState(call([A, B]), [past])
    expect(decideRemedy(resumed, { kind: 'begin', nowMs: 5, chance: 0 })[1]).toEqual({ do: 'escalate' })
  })
})

test('an endpoint that rejects the way in which a schema was sent is asked in the next one', () => {
  const rejected = (schemaWay: 'json' | 'words') => fault('invalid-request', { status: 400, schemaWay })
  expect(words(play(call([A, B]), [rejected('json'), rejected('words'), fault('invalid-request')]))).toEqual([
    'acme:m/one after 0, planned',
    'acme:m/one after 0, schema as json: invalid-request',
    'acme:m/one after 0, schema as words: invalid-request',
    'bolt:m/one after 0, rerouted: invalid-request',
  ])
})

test('an endpoint that rejects a choice of tools is told in words, and nothing is held against it', () => {
  const rejected = fault('unsupported', { status: 400, choiceWay: 'words' })
  expect(words(play(call([A, B]), [rejected, fault('unsupported')]))).toEqual([
    'acme:m/one after 0, planned',
    'acme:m/one after 0, tool choice as words: unsupported',
    'bolt:m/one after 0, rerouted: unsupported',
  ])
})

test('an endpoint that rejects a setting is asked without it, and nothing is held against it', () => {
  const rejected = fault('unsupported', { status: 400, without: ['topP'] })
  expect(words(play(call([A, B]), [rejected, fault('unsupported')]))).toEqual([
    'acme:m/one after 0, planned',
    'acme:m/one after 0, without topP: unsupported',
    'bolt:m/one after 0, rerouted: unsupported',
  ])
})

describe('whatever goes wrong', () => {
  const candidates = fc.uniqueArray(
    fc.record({
      provider: fc.constantFrom('acme', 'bolt', 'dune'),
      model: fc.integer({ min: 0, max: 6 }),
      contextWindow: fc.option(fc.constantFrom(8_000, 100_000, 200_000), { nil: undefined }),
    }),
    { selector: ({ provider, model }) => `${provider}:m/${model}`, maxLength: 12, size: 'max' },
  )
  const any = FAULT_KINDS.filter(kind => kind !== 'cancelled')
  const passing = any.filter(kind => remedyFor(kind).next === 'reroute')
  const losses = fc.array(
    fc.record({
      // Mostly what a call goes on after, or hardly any would come to its last attempts.
      kind: fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom(...passing, 'abandoned' as const) },
        { weight: 1, arbitrary: fc.constantFrom(...any) },
      ),
      retryAfterMs: fc.option(fc.integer({ min: 0, max: 40_000 }), { nil: undefined }),
      mostOutputTokens: fc.option(fc.constantFrom(100, 4_000), { nil: undefined }),
      canGrow: fc.boolean(),
      mend: fc.option(fc.record({ repair: fc.boolean(), escalate: fc.boolean() }), { nil: undefined }),
      chance: fc.double({ min: 0, max: 0.999, noNaN: true }),
    }),
    { minLength: 120, maxLength: 120 },
  )
  /** At one endpoint, within five minutes: the first, one at once, and those after the pauses. */
  const MOST_IN_OUTAGE = 6
  const onRefusal = fc.constantFrom('abandon' as const, 'reroute' as const)

  test('a call ends in bounded attempts, excluded endpoints stay out, nobody is asked before Retry-After', () => {
    fc.assert(
      fc.property(
        candidates,
        losses,
        onRefusal,
        fc.constantFrom(0, 20_000),
        fc.constantFrom(0, 300_000),
        (some, each, refusal, patienceMs, outlastMs) => {
          const plain = some.map(({ provider, model, contextWindow }) => ({
            endpoint: `${provider}:m/${model}`,
            provider,
            contextWindow,
          }))
          let state: CallState = startCall({
            candidates: plain,
            patienceMs,
            outlastMs,
            outlastKeysMs: outlastMs,
            onRefusal: refusal,
            minOutputTokens: 256,
          })
          let nowMs = 0
          let asks = 0
          let waitedMs = 0
          const out = new Set<string>()
          const askedForLess = new Set<string>()
          const closedUntil = new Map<string, number>()
          let event: Parameters<typeof decideRemedy>[1] = { kind: 'begin', nowMs, chance: 0 }
          for (const loss of each) {
            const [next, decision] = decideRemedy(state, event)
            state = JSON.parse(JSON.stringify(next))
            if (decision.do === 'accept' || decision.do === 'abandon') return
            if (decision.do === 'sleep') {
              expect(waitedMs + decision.ms).toBeGreaterThan(patienceMs)
              nowMs += decision.ms
              waitedMs = 0
              state = { ...state, waitedMs: 0 }
              event = { kind: 'begin', nowMs, chance: loss.chance }
              continue
            }
            if (decision.do === 'escalate') {
              state = escalateCall(state, {
                candidates: plain,
                patienceMs,
                outlastMs,
                outlastKeysMs: outlastMs,
                onRefusal: refusal,
                minOutputTokens: 256,
              })
              event = { kind: 'begin', nowMs, chance: loss.chance }
              continue
            }
            asks += 1
            expect(asks).toBeLessThanOrEqual(MAX_ATTEMPTS + (outlastMs > 0 ? MOST_IN_OUTAGE * plain.length : 0))
            nowMs += decision.afterMs
            waitedMs += decision.afterMs
            const { endpoint } = decision
            expect(out.has(endpoint)).toBe(false)
            expect(nowMs).toBeGreaterThanOrEqual(closedUntil.get(endpoint) ?? 0)
            if (loss.kind === 'abandoned') {
              event = { kind: 'abandoned', endpoint, nowMs, chance: loss.chance }
              continue
            }
            const rule = remedyFor(loss.kind)
            if (loss.retryAfterMs !== undefined && (rule.waits || rule.retries > 0))
              closedUntil.set(endpoint, Math.max(closedUntil.get(endpoint) ?? 0, nowMs + loss.retryAfterMs))
            const mostOutputTokens = loss.kind === 'unsupported' ? loss.mostOutputTokens : undefined
            const givesLess = mostOutputTokens === 4_000 && !askedForLess.has(endpoint)
            if (givesLess) askedForLess.add(endpoint)
            if (
              !givesLess &&
              !rule.waits &&
              !rule.retries &&
              !rule.lastResort &&
              rule.outlasts !== 'always' &&
              (rule.outlasts !== 'where-named' || outlastMs === 0) &&
              loss.kind !== 'truncated'
            )
              out.add(endpoint)
            const its = fault(loss.kind, {
              retryAfterMs: loss.retryAfterMs,
              ...(mostOutputTokens !== undefined && { mostOutputTokens }),
            })
            const { canGrow, mend, chance } = loss
            event = { kind: 'fault', endpoint, fault: its, canGrow, ...(mend && { mend }), nowMs, chance }
          }
          const [, last] = decideRemedy(state, event)
          expect(['accept', 'abandon']).toContain(last.do)
        },
      ),
      { numRuns: 400 },
    )
  })
})
