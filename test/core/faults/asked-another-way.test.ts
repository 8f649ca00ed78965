import { describe, expect, test } from 'vitest'
import { type CallState, escalateCall, startCall } from '../../../src/core/faults/call-state.ts'
import { decideRemedy } from '../../../src/core/faults/decide-remedy.ts'
import { type PastAttempt, resumeState } from '../../../src/core/faults/resume-call.ts'
import { A, B, C, call, fault, play, words } from './playing.ts'

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
