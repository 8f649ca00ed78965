import { expect, test } from 'vitest'
import { callCandidates, outrun, startCall } from '../../../src/core/faults/call-state.ts'
import { decideRemedy } from '../../../src/core/faults/decide-remedy.ts'
import type { FaultKind } from '../../../src/core/faults/fault.ts'
import { isOnlyReady, readyBeside } from '../../../src/core/faults/readiness.ts'
import { endpoint } from '../routing/plan-fixtures.ts'
import { A, B, C, call, candidate, fault, play, words } from './playing.ts'

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

test('an endpoint that was closed after the plan is passed over without an attempt', () => {
  const [state] = decideRemedy(startCall(call([A, B])), { kind: 'begin', nowMs: 0, chance: 0 })
  const closed = { kind: 'closed', endpoint: A.endpoint, untilMs: 9_000, nowMs: 0, chance: 0 } as const
  const [next, decision] = decideRemedy(state, closed)
  expect(decision).toMatchObject({ do: 'ask', endpoint: B.endpoint })
  expect(next.attempts).toBe(0)
})

test('an endpoint is asked a little after it opens, and to the millisecond at the start that its limits gave to this call', () => {
  const afterMs = (more: { readonly exact?: true; readonly placed?: true }) => {
    const closed = { kind: 'closed', endpoint: A.endpoint, untilMs: 9_000, nowMs: 0, chance: 0.5, ...more } as const
    return decideRemedy(startCall(call([A])), closed)[1]
  }
  expect(afterMs({})).toMatchObject({ do: 'ask', afterMs: 9_450 })
  expect(afterMs({ exact: true, placed: true })).toMatchObject({ do: 'ask', afterMs: 9_000 })
})

test('calls that have waited long for an endpoint come back over a tenth of that time, not as a herd', () => {
  const sleepMs = (waitMs: number, chance: number) => {
    const closed = { kind: 'closed', endpoint: A.endpoint, untilMs: waitMs, nowMs: 0, chance } as const
    return decideRemedy(startCall(call([A])), closed)[1]
  }
  expect(sleepMs(120_000, 0.5)).toMatchObject({ do: 'sleep', ms: 126_000 })
  expect(sleepMs(600_000, 0.5)).toMatchObject({ do: 'sleep', ms: 615_000 })
  // Of a longer wait, enough is left for the last sleep to spread them as far.
  expect(sleepMs(700_000, 1)).toMatchObject({ do: 'sleep', ms: 400_000 })
  expect(sleepMs(300_000, 1)).toMatchObject({ do: 'sleep', ms: 330_000 })
})

test('a call that several limits hold back takes its place where it will be its turn first, and waits there', () => {
  const told = (endpoint: string, untilMs: number, more: { readonly placed?: true } = {}) =>
    ({ kind: 'closed', endpoint, untilMs, exact: true, nowMs: 0, chance: 0, ...more }) as const
  const [one] = decideRemedy(startCall(call([A, B])), told(A.endpoint, 5_000))
  const [both, first] = decideRemedy(one, told(B.endpoint, 9_000))
  expect(first).toMatchObject({ do: 'ask', endpoint: A.endpoint, afterMs: 0, takesPlace: true })
  const [placed, waits] = decideRemedy(both, told(A.endpoint, 6_000, { placed: true }))
  expect(waits).toMatchObject({ do: 'ask', endpoint: A.endpoint, afterMs: 6_000 })
  expect(waits).not.toHaveProperty('takesPlace')
  expect(isOnlyReady(placed, A.endpoint, 0)).toBe(false)
  // Others have come there meanwhile.
  const [, other] = decideRemedy(both, told(A.endpoint, 10_000, { placed: true }))
  expect(other).toMatchObject({ do: 'ask', endpoint: B.endpoint, afterMs: 0, takesPlace: true })
})

test('a call that several limits hold back for long takes its place where its turn is the first of them', () => {
  const told = (endpoint: string, untilMs: number) =>
    ({ kind: 'closed', endpoint, untilMs, exact: true, nowMs: 0, chance: 0 }) as const
  const [one] = decideRemedy(startCall(call([A, B])), told(A.endpoint, 7_200_000))
  expect(decideRemedy(one, told(B.endpoint, 900_000))[1]).toMatchObject({ endpoint: B.endpoint, takesPlace: true })
})

test('a call keeps its place at a limit of ours for hours, and asks meanwhile whether the limit is another one now', () => {
  const closed = { kind: 'closed', endpoint: A.endpoint, untilMs: 7_200_000, nowMs: 0, chance: 0 } as const
  const waitsFor = 'acme is at its limit of 1 request per minute'
  const [state, decision] = decideRemedy(startCall(call([A])), { ...closed, exact: true, placed: true, waitsFor })
  expect(decision).toEqual({ do: 'sleep', ms: 600_000, reason: waitsFor, exact: true })
  const at = (nowMs: number) => decideRemedy(state, { ...closed, exact: true, placed: true, waitsFor, nowMs })[1]
  expect(at(6_600_000)).toMatchObject({ do: 'sleep', ms: 300_000 })
  expect(at(6_900_000)).toMatchObject({ do: 'sleep', ms: 240_000 })
  expect(at(7_000_000)).toMatchObject({ do: 'sleep', ms: 200_000 })
  expect(decideRemedy(startCall(call([A])), closed)[1]).toMatchObject({ do: 'abandon' })
})
