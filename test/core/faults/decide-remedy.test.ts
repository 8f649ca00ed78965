import { ok } from 'node:assert/strict'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CallState, escalateCall, MAX_ATTEMPTS, startCall } from '../../../src/core/faults/call-state.ts'
import { decideRemedy } from '../../../src/core/faults/decide-remedy.ts'
import { type Evidence, FAULT_KINDS, type Fault } from '../../../src/core/faults/fault.ts'
import { remedyFor } from '../../../src/core/faults/remedies.ts'
import { A, B, C, call, candidate, fault, play, words } from './playing.ts'

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
        { weight: 9, arbitrary: fc.constantFrom(...passing, 'abandoned' as const, 'handed-over' as const) },
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
              ok(waitedMs + decision.ms > patienceMs, 'waits no longer than its patience')
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
            ok(asks <= MAX_ATTEMPTS + (outlastMs > 0 ? MOST_IN_OUTAGE * plain.length : 0), `${asks} attempts`)
            nowMs += decision.afterMs
            waitedMs += decision.afterMs
            const { endpoint } = decision
            ok(!out.has(endpoint), `${endpoint} is excluded`)
            ok(nowMs >= (closedUntil.get(endpoint) ?? 0), `${endpoint} is asked before its Retry-After`)
            if (loss.kind === 'abandoned' || loss.kind === 'handed-over') {
              event = { kind: loss.kind, endpoint, nowMs, chance: loss.chance }
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
