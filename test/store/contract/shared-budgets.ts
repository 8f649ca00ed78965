import { expect, it } from 'vitest'
import {
  beginningOfEach,
  beginningOfOwn,
  limitAt,
  type SharedLimit,
  valueIn,
} from '../../../src/core/budgets/shared-limit.ts'
import type { BudgetWait, NewAttempt, NewCall } from '../../../src/core/ports.ts'
import type { RunRef } from '../../../src/core/protocol.ts'
import type { Store } from '../../../src/store/index.ts'
import type { Bench } from '../describe-store.ts'
import { answer, answered, exactly, newAttempt, newCall, newRun, RUN, worst } from '../records.ts'

const OTHER: RunRef = { ...RUN, id: 'letter-2', key: 'first-run-2' }

const MONTH: SharedLimit = {
  scopeId: 'budget:acme:month:2026-11-01T00',
  budget: 'acme',
  limitPico: '1000',
  warnAt: [0.5, 0.8],
  endsAtMs: 1_796_083_200_000,
}

const HOUR: SharedLimit = { scopeId: 'budget:busy:hour:2026-11-23T11', budget: 'busy', limitTokens: 300, warnAt: [] }

export function sharedBudgetTests(bench: Bench): void {
  it('holds one limit over the attempts of several runs, and names what is short', async () => {
    const { ledger } = await openWithRuns(bench)
    expect(await begin(ledger, RUN, 1, 700)).toEqual({ kind: 'reserved' })
    expect(await begin(ledger, OTHER, 1, 301)).toEqual({
      kind: 'short',
      headroomPico: '300',
      inFlight: true,
      scopeId: MONTH.scopeId,
      budget: { name: 'acme', limitPico: '1000', endsAtMs: MONTH.endsAtMs },
    })
    await ledger.endAttempt(attemptId(RUN, 1), answered({ cost: exactly(200) }))
    expect(await begin(ledger, OTHER, 1, 800)).toEqual({ kind: 'reserved' })
  })

  it('reserves in all scopes or in none', async () => {
    const store = await openWithRuns(bench)
    const { ledger, budgets } = store
    const shared = [MONTH, HOUR]
    expect(await begin(ledger, RUN, 1, 100, { worstCase: { pico: '100', tokens: 301 }, shared })).toMatchObject({
      kind: 'short',
      headroomPico: '1000',
      headroomTokens: 300,
      budget: { name: 'busy', limitTokens: 300 },
    })
    expect(await reservedIn(store, shared)).toEqual(['0/0', '0/0'])
    expect(await begin(ledger, RUN, 1, 100, { worstCase: { pico: '100', tokens: 300 }, shared })).toEqual({
      kind: 'reserved',
    })
    expect(await reservedIn(store, shared)).toEqual(['100/300', '100/300'])
    await ledger.endAttempt(attemptId(RUN, 1), answered({ cost: exactly(60) }))
    expect(await budgets.standing(shared)).toMatchObject([
      { spentPico: '60', spentTokens: 42, reservedPico: '0', holders: [] },
      { spentPico: '60', spentTokens: 42, reservedTokens: 0, holders: [] },
    ])
  })

  it('is not waited for where nothing is in flight in one of the scopes that are short', async () => {
    const { ledger } = await openWithRuns(bench)
    await begin(ledger, OTHER, 1, 900)
    const full = { ...HOUR, limitTokens: 0 }
    expect(
      await begin(ledger, RUN, 1, 0, { worstCase: { pico: '500', tokens: 1 }, shared: [MONTH, full] }),
    ).toMatchObject({ kind: 'short', headroomPico: '100', inFlight: false, budget: { name: 'busy' } })
  })

  it('tells all scopes that are short and that waiting does not help, each with what it has left', async () => {
    const { ledger } = await openWithRuns(bench)
    await begin(ledger, OTHER, 1, 900)
    const busy = { ...HOUR, limitTokens: 5 }
    const idle = { ...HOUR, budget: 'idle', scopeId: 'budget:idle:hour:x', limitTokens: 3 }
    const worstCase = { pico: '500', tokens: 6 }
    expect(await begin(ledger, RUN, 1, 0, { worstCase, shared: [MONTH, busy, idle] })).toMatchObject({
      inFlight: false,
      scopeId: idle.scopeId,
      several: [
        { scopeId: idle.scopeId, headroomTokens: 3, budget: { name: 'idle' } },
        { scopeId: busy.scopeId, headroomTokens: 5, budget: { name: 'busy' } },
      ],
    })
  })

  it('has room for what the tightest of all scopes admits, of money and of tokens, and says where it is a slice', async () => {
    const { ledger } = await openWithRuns(bench)
    const run: RunRef = { ...RUN, id: 'sliced', key: 'first-sliced', slices: ['slice-1'] }
    await ledger.openRun(newRun({ run, budget: { usd: '0.0000000009', tokens: 250 } }))
    await ledger.openRun(newRun({ run: { ...run, id: 'slice', key: 'slice-1' }, budget: { usd: '0.0000000004' } }))
    const shared = [MONTH, HOUR]
    expect(await begin(ledger, run, 1, 0, { worstCase: { pico: '401', tokens: 10 }, shared })).toEqual({
      kind: 'short',
      headroomPico: '400',
      headroomTokens: 250,
      inFlight: false,
      scopeId: 'slice-1',
      slice: true,
    })
    expect(await begin(ledger, run, 1, 0, { worstCase: { pico: '1', tokens: 251 }, shared })).toMatchObject({
      headroomTokens: 250,
      scopeId: run.key,
    })
    const tight = { ...MONTH, limitPico: '300' }
    const all = await begin(ledger, run, 1, 0, { worstCase: { pico: '1001', tokens: 301 }, shared: [tight, HOUR] })
    expect(all, 'of all that are short the tightest is named').toMatchObject({
      headroomPico: '300',
      scopeId: MONTH.scopeId,
      budget: { name: 'acme', limitPico: '300' },
    })
    const rich = { ...MONTH, limitTokens: 200 }
    const tokens = { worstCase: { pico: '1', tokens: 301 }, shared: [rich, { ...HOUR, limitTokens: 100 }] }
    expect(await begin(ledger, RUN, 1, 0, tokens), 'of what it is short of').toMatchObject({
      headroomTokens: 100,
      budget: { name: 'busy', limitTokens: 100 },
    })
  })

  it('spends from each period by itself', async () => {
    const { ledger, budgets } = await openWithRuns(bench)
    await begin(ledger, RUN, 1, 1_000)
    const december = { ...MONTH, scopeId: 'budget:acme:month:2026-12-01T00' }
    const nothing = { spentPico: '0', spentTokens: 0, reservedPico: '0', reservedTokens: 0 }
    expect(await budgets.standing([december])).toMatchObject([nothing])
    expect(await begin(ledger, RUN, 2, 1_000, { shared: [december] })).toEqual({ kind: 'reserved' })
  })

  it('takes a changed limit at once, that of people before that of the configuration', async () => {
    const { ledger, budgets } = await openWithRuns(bench)
    await begin(ledger, RUN, 1, 600)
    await ledger.endAttempt(attemptId(RUN, 1), answered({ cost: exactly(600) }))
    await budgets.setLimits('acme', { limitPico: '500', setAtMs: 7 })
    expect(await begin(ledger, RUN, 2, 1)).toMatchObject({
      kind: 'short',
      headroomPico: '0',
      budget: { limitPico: '500' },
    })
    await budgets.setLimits('acme', { limitTokens: 41, setAtMs: 7 })
    expect(await begin(ledger, RUN, 2, 1)).toMatchObject({ kind: 'short', headroomTokens: 0 })
    await budgets.setLimits('acme', { limitPico: '2000', limitTokens: 9_000, setAtMs: 8 })
    expect(await begin(ledger, RUN, 2, 1_400)).toEqual({ kind: 'reserved' })
    expect(await budgets.standing([MONTH])).toMatchObject([
      { limitPico: '2000', limitTokens: 9_000, set: { limitPico: '2000', limitTokens: 9_000, setAtMs: 8 } },
    ])
    const other = { ...MONTH, budget: 'other', scopeId: 'budget:other:month:x' }
    await budgets.setLimits('other', { limitPico: '3', setAtMs: 9 })
    await budgets.setLimits('acme', undefined)
    expect(await budgets.standing([other])).toMatchObject([{ set: { limitPico: '3', setAtMs: 9 } }])
    const [standing] = await budgets.standing([MONTH])
    expect(standing).toMatchObject({ limitPico: '1000', spentPico: '600', reservedPico: '1400' })
    expect(standing).not.toHaveProperty('set')
  })

  it('has both limits that two people set at the same moment, and keeps one that a later word does not name', async () => {
    const place = await bench.newPlace()
    const [one, other] = await Promise.all([bench.open(place), bench.open(place)])
    for (let round = 1; round <= 10; round += 1) {
      await Promise.all([
        one!.budgets.setLimits('acme', { limitPico: `${round}`, setAtMs: round }),
        other!.budgets.setLimits('acme', { limitTokens: round, setAtMs: round }),
      ])
      const set = { limitPico: `${round}`, limitTokens: round, setAtMs: round }
      expect(await one!.budgets.standing([MONTH])).toMatchObject([{ set }])
    }
  })

  it('says who holds reservations, longest first', async () => {
    const { ledger, budgets } = await openWithRuns(bench)
    await begin(ledger, OTHER, 2, 300)
    await begin(ledger, RUN, 1, 200)
    await begin(ledger, RUN, 3, 50, { shared: [HOUR] })
    const [standing] = await budgets.standing([MONTH])
    expect(standing?.holders).toEqual([holder(RUN, 1, '200'), holder(OTHER, 2, '300')])
    expect(await budgets.holdingRuns()).toEqual([
      { id: RUN.id, key: RUN.key },
      { id: OTHER.id, key: OTHER.key },
    ])
    await ledger.endAttempt(attemptId(OTHER, 2), answered())
    expect(await budgets.standing([MONTH])).toMatchObject([{ holders: [holder(RUN, 1, '200')] }])
    expect(await budgets.holdingRuns()).toEqual([{ id: RUN.id, key: RUN.key }])
  })

  it('says who waits, longest first, until the call waits no more, begins again or its run is closed', async () => {
    const { ledger, budgets } = await openWithRuns(bench)
    const calls = [newCall(1), newCall(2), newCall(3), newCall(1, { run: OTHER })]
    for (const [at, call] of calls.entries()) {
      await ledger.beginCall(call)
      await budgets.beginWait(waiting(call, 90 - at))
    }
    const waiters = async () => (await budgets.standing([MONTH]))[0]!.waiters.map(({ runId, step }) => [runId, step])
    expect(await waiters()).toEqual([
      [OTHER.id, 1],
      [RUN.id, 3],
      [RUN.id, 2],
      [RUN.id, 1],
    ])
    const { callId: _, run, scopeId: __, ...longest } = waiting(calls[3]!, 87)
    expect((await budgets.standing([MONTH]))[0]!.waiters[0]).toEqual({ runId: run.id, ...longest })
    expect(await budgets.holdingRuns()).toHaveLength(2)
    await budgets.endWait(calls[0]!.callId)
    await budgets.endWait(calls[0]!.callId)
    expect(await ledger.beginCall(calls[1]!)).toMatchObject({ waitingSinceMs: 89, waitingIn: longest.taskClass })
    expect(await ledger.beginCall(calls[1]!)).not.toHaveProperty('waitingSinceMs')
    await ledger.closeRun(OTHER, { outcome: 'failed', endedAtMs: 9_000 })
    expect(await waiters()).toEqual([[RUN.id, 3]])
    await budgets.beginWait({ ...waiting(calls[2]!, 88), scopeId: HOUR.scopeId })
    expect(await waiters()).toEqual([])
  })

  it('shows no call that waits in a run that has ended, also one of a worker that was believed lost', async () => {
    const place = await bench.newPlace()
    const { ledger, budgets } = await openWithRuns({ ...bench, open: () => bench.open(place) })
    const [call, other] = [newCall(1), newCall(1, { run: OTHER })]
    await budgets.beginWait(waiting(call, 90))
    await budgets.beginWait(waiting(other, 91))
    const waiters = async () => (await budgets.standing([MONTH]))[0]!.waiters.map(({ runId }) => runId)
    expect(await waiters()).toEqual([RUN.id, OTHER.id])
    await ledger.closeRun(RUN, { outcome: 'failed', message: 'the run was terminated', endedAtMs: 9_000 })
    await budgets.beginWait(waiting(call, 90))
    expect(await waiters()).toEqual([OTHER.id])
    expect(await budgets.holdingRuns()).toEqual([{ id: OTHER.id, key: OTHER.key }])
    // As an earlier version left it: the reconciler comes upon such a run and closes it again.
    await place.execute(`update runs set ended_at_ms = 9000 where run_key = '${OTHER.key}'`)
    expect(await waiters()).toEqual([])
    expect(await budgets.holdingRuns()).toEqual([{ id: OTHER.id, key: OTHER.key }])
    await ledger.closeRun(OTHER, { outcome: 'failed', endedAtMs: 9_000 })
    expect(await budgets.holdingRuns()).toEqual([])
  })

  it('shows no call that waits and has its answer: its worker was believed lost', async () => {
    const { ledger, budgets } = await openWithRuns(bench)
    const [call, other] = [newCall(1), newCall(1, { run: OTHER })]
    await answer(ledger, call)
    for (const each of [call, other]) await budgets.beginWait({ ...waiting(each, 90), dueAtMs: 1_000 })
    expect((await budgets.standing([MONTH]))[0]!.waiters).toMatchObject([{ runId: OTHER.id }])
  })

  it('forgets a call that was put off and does not come back, and no other', async () => {
    const { ledger, budgets } = await openWithRuns(bench)
    const [dropped, standing, late] = [newCall(1), newCall(2), newCall(3)]
    await budgets.beginWait({ ...waiting(dropped, 90), dueAtMs: 1_000 })
    await budgets.beginWait(waiting(standing, 91))
    await budgets.beginWait({ ...waiting(late, 92), dueAtMs: 1_000 })
    await budgets.beginWait(waiting(late, 92))
    const waiters = async () => (await budgets.standing([MONTH]))[0]!.waiters.map(({ step }) => step)
    await budgets.sweep(1_000 + 600_000)
    expect(await waiters()).toEqual([1, 2, 3])
    await budgets.sweep(1_001 + 600_000)
    expect(await waiters()).toEqual([2, 3])
    expect(await ledger.beginCall(dropped)).not.toHaveProperty('waitingSinceMs')
  })

  it('charges the worst case of an attempt whose run is gone, and takes its late end as a correction', async () => {
    const { ledger, budgets } = await openWithRuns(bench)
    await begin(ledger, RUN, 1, 400)
    await ledger.closeRun(RUN, { outcome: 'failed', endedAtMs: 9_000 })
    expect(await budgets.standing([MONTH])).toMatchObject([{ spentPico: '400', reservedPico: '0', holders: [] }])
    await ledger.endAttempt(attemptId(RUN, 1), answered({ cost: exactly(150) }))
    expect(await budgets.standing([MONTH])).toMatchObject([{ spentPico: '150', reservedPico: '0' }])
  })

  it('lets no attempt leave, and holds nothing for one, once its run has ended', async () => {
    const { ledger, budgets, reports } = await openWithRuns(bench)
    const call = newCall(1, { part: 'the only one' })
    await ledger.beginCall(call)
    await ledger.closeRun(RUN, { outcome: 'answered', endedAtMs: 9_000, part: 'the only one' })
    const late = newAttempt(call, 1, { ...worst(400), shared: [MONTH] })
    await expect(ledger.beginAttempt(late)).rejects.toThrow('has ended')
    expect(await budgets.standing([MONTH])).toMatchObject([{ spentPico: '0', reservedPico: '0' }])
    expect(await budgets.holdingRuns()).toEqual([])
    expect(await reports.run(RUN.id)).toMatchObject({ outcome: 'answered', endedAtMs: 9_000 })
  })

  it('warns of each share once, whoever asks', async () => {
    const place = await bench.newPlace()
    const stores = [await openWithRuns(bench, place), await bench.open(place)]
    const ask = async () => (await Promise.all(stores.map(store => store.budgets.warnings([MONTH, HOUR], 9)))).flat()
    await begin(stores[0]!.ledger, RUN, 1, 1_000)
    expect(await ask()).toEqual([])
    await stores[0]!.ledger.endAttempt(attemptId(RUN, 1), answered({ cost: exactly(799) }))
    expect(await ask()).toMatchObject([{ budget: 'acme', share: 0.5, spentPico: '799', limitPico: '1000' }])
    await begin(stores[0]!.ledger, RUN, 2, 1)
    await stores[0]!.ledger.endAttempt(attemptId(RUN, 2), answered({ cost: exactly(1) }))
    expect((await ask()).map(({ share }) => share)).toEqual([0.8])
    expect(await ask()).toEqual([])
    const tokens: SharedLimit = {
      ...MONTH,
      budget: 'words',
      limitPico: '9000',
      limitTokens: 90,
      warnAt: [0.5, 0.8, 0.9],
    }
    expect(await stores[0]!.budgets.warnings([tokens], 10)).toMatchObject([{ share: 0.9, spentTokens: 84 }])
  })

  it('warns of the shares of a limit that was raised as of those before, and of no other budget anew', async () => {
    const { budgets, ledger } = await openWithRuns(bench)
    const other: SharedLimit = { ...MONTH, scopeId: 'budget:acme.eu:month:2026-11-01T00', budget: 'acme.eu' }
    const spend = async (step: number, pico: number) => {
      await begin(ledger, RUN, step, pico, { shared: [MONTH, other], worstCase: { pico: `${pico}`, tokens: 1 } })
      await ledger.endAttempt(attemptId(RUN, step), answered({ cost: exactly(pico) }))
    }
    const ask = async () => (await budgets.warnings([MONTH, other], 9)).map(({ budget, share }) => [budget, share])
    await spend(1, 600)
    expect(await ask()).toEqual([
      ['acme', 0.5],
      ['acme.eu', 0.5],
    ])
    await budgets.setLimits('acme', { limitPico: '2000', setAtMs: 10 })
    expect(await ask()).toEqual([])
    await budgets.setLimits('acme', { limitPico: '1200', setAtMs: 11 })
    expect(await ask()).toEqual([['acme', 0.5]])
    expect(await ask()).toEqual([])
  })

  it('holds a limit for each value of a label by itself, whatever is in the value and however long it is', async () => {
    const store = await openWithRuns(bench)
    const long = Array.from({ length: 5_000 }, (_, at) => String.fromCodePoint(0x4e00 + ((at * 7_919) % 20_000))).join(
      '',
    )
    const values = [
      'ann',
      'ann:',
      "o'brien=%_*",
      'nul\0',
      'half\ud800',
      'half\ud801',
      '\\u003a',
      'Ünï \n',
      long,
      `${long}!`,
      '',
    ]
    for (const [at, value] of values.entries()) {
      const pico = 500 + at
      const shared = [ofCustomer(value)]
      expect(await begin(store.ledger, RUN, at + 1, pico, { shared })).toEqual({ kind: 'reserved' })
      await store.ledger.endAttempt(attemptId(RUN, at + 1), answered({ cost: exactly(pico) }))
      expect(await begin(store.ledger, OTHER, at + 1, 501 - at, { shared })).toMatchObject({
        kind: 'short',
        headroomPico: `${500 - at}`,
        budget: { name: 'customers', label: shared[0]!.label, limitPico: '1000' },
      })
    }
    expect(await spent(store, 'money', 20)).toEqual(values.map(value => ofCustomer(value).label!.customer).toReversed())
  })

  it('lists those first that have spent most, of the money or of the tokens of one period, and no other scope', async () => {
    const store = await openWithRuns(bench)
    const spending = async (step: number, shared: SharedLimit, pico: number, inputTokens: number) => {
      await begin(store.ledger, RUN, step, pico, { shared: [shared] })
      const usage = { inputTokens, outputTokens: 0 }
      await store.ledger.endAttempt(attemptId(RUN, step), answered({ cost: exactly(pico), usage }))
    }
    await spending(1, ofCustomer('ann'), 90, 7)
    await spending(2, ofCustomer('bob'), 100, 6)
    await spending(3, ofCustomer('cyd'), 0, 9)
    await spending(4, ofCustomer('dan', NEXT_DAY), 110, 9)
    await spending(5, { ...ofCustomer('eve'), scopeId: `${limitAt(CUSTOMERS, 0).scopeId}:team=eve` }, 120, 9)
    await spending(
      6,
      { ...ofCustomer('fox'), scopeId: limitAt({ ...CUSTOMERS, name: 'customers.eu' }, 0, 'fox').scopeId },
      130,
      9,
    )
    expect(await spent(store, 'money', 9)).toEqual(['bob', 'ann', 'cyd'])
    expect(await spent(store, 'tokens', 9)).toEqual(['cyd', 'ann', 'bob'])
    expect(await spent(store, 'money', 2)).toEqual(['bob', 'ann'])
    const none = await store.budgets.spentScopes(
      beginningOfEach(limitAt(CUSTOMERS, 2 * NEXT_DAY), 'customer'),
      'money',
      9,
    )
    expect(none).toEqual([])
  })

  it('lists the values that have limits of their own, the latest first, and those of no other budget', async () => {
    const { budgets } = await openWithRuns(bench)
    const names = ['ann', 'b:=b', 'cyd'].map(value => ofCustomer(value).ownLimits!)
    const others = ['customers', 'customers:team=ann', 'customers.eu:customer=ann']
    for (const [at, name] of [...others, ...names].entries())
      await budgets.setLimits(name, { limitPico: '1', setAtMs: at + 1 })
    const beginning = beginningOfOwn(ofCustomer('ann'), 'customer')
    const found = await budgets.namesSet(beginning, 9)
    expect(found.map(name => valueIn(name, beginning))).toEqual(['cyd', 'b:=b', 'ann'])
    expect(await budgets.namesSet(beginning, 2)).toEqual(found.slice(0, 2))
  })

  it('takes limits of one value before those of all, and gives the value back to its budget', async () => {
    const { budgets } = await openWithRuns(bench)
    const both = [ofCustomer('ann'), ofCustomer('bob')]
    const limits = async () =>
      (await budgets.standing(both)).map(({ limitPico, limitTokens, set }) => [limitPico, limitTokens, set?.setAtMs])
    await budgets.setLimits('customers', { limitPico: '2000', limitTokens: 50, setAtMs: 1 })
    await budgets.setLimits(both[0]!.ownLimits!, { limitPico: '3000', setAtMs: 2 })
    expect(await limits()).toEqual([
      ['3000', 50, 2],
      ['2000', 50, undefined],
    ])
    await budgets.setLimits('customers', undefined)
    expect(await limits()).toEqual([
      ['3000', undefined, 2],
      ['1000', undefined, undefined],
    ])
    await budgets.setLimits(both[0]!.ownLimits!, undefined)
    expect(await limits()).toEqual([
      ['1000', undefined, undefined],
      ['1000', undefined, undefined],
    ])
  })

  it('reads the limits of as many budgets as a call counts towards', async () => {
    const { budgets, ledger } = await openWithRuns(bench)
    const shared = Array.from({ length: 19 }, (_, at) => ({ ...unlimited(`b${at}`) }))
    for (const { budget } of shared) await budgets.setLimits(budget, { limitPico: '10', setAtMs: 1 })
    await budgets.setLimits('b18', { limitPico: '9', setAtMs: 2 })
    expect((await budgets.standing(shared)).map(({ limitPico }) => limitPico)).toEqual([...Array(18).fill('10'), '9'])
    expect(await begin(ledger, RUN, 1, 10, { shared })).toMatchObject({ kind: 'short', budget: { name: 'b18' } })
  })

  it('warns of each value once, by its name, and anew of those whose limit was set', async () => {
    const { budgets, ledger } = await openWithRuns(bench)
    const all = [ofCustomer('ann'), ofCustomer('bob'), ofCustomer('x:ann'), ofCustomer('x=ann')]
    const ask = async () => (await budgets.warnings(all, 9)).map(({ label, share }) => [label?.customer, share])
    for (const [at, limit] of all.entries()) {
      await begin(ledger, RUN, at + 1, 900, { shared: [limit] })
      await ledger.endAttempt(attemptId(RUN, at + 1), answered({ cost: exactly(900) }))
    }
    const told = all.map(({ label }) => [label!.customer, 0.8])
    expect(await ask()).toEqual(told)
    await budgets.setLimits(all[0]!.ownLimits!, { limitPico: '1100', setAtMs: 10 })
    expect(await ask()).toEqual([['ann', 0.8]])
    await budgets.setLimits('customers', { limitPico: '1050', setAtMs: 11 })
    expect(await ask()).toEqual(told.slice(1))
    expect(await ask()).toEqual([])
    await budgets.setLimits('customers', { limitTokens: 1, setAtMs: 12 })
    expect(await ask()).toEqual(told)
    await budgets.setLimits(all[0]!.ownLimits!, { limitTokens: 1, setAtMs: 13 })
    expect(await ask()).toEqual([['ann', 0.8]])
    await budgets.setLimits('customers', undefined)
    expect(await ask()).toEqual(told.slice(1))
    await budgets.setLimits('customers', undefined)
    expect(await ask()).toEqual([])
    await budgets.setLimits(all[0]!.ownLimits!, undefined)
    expect(await ask()).toEqual([['ann', 0.8]])
    await budgets.setLimits(all[0]!.ownLimits!, { limitTokens: 9_000, setAtMs: 14 })
    expect(await ask()).toEqual([['ann', 0.8]])
    await budgets.setLimits('customers', { limitPico: '1020', setAtMs: 15 })
    expect(await ask()).toEqual(told)
  })

  it('forgets periods a day after their end, a value at a time, but none in which something is reserved', async () => {
    const { budgets, ledger } = await openWithRuns(bench)
    const all = [...Array.from({ length: 600 }, (_, at) => ofCustomer(`c${at}`)), ofCustomer('held'), MONTH]
    for (const [at, limit] of all.entries()) {
      await begin(ledger, RUN, at + 1, 900, { shared: [limit, unlimited('life')] })
      if (limit.label?.customer !== 'held')
        await ledger.endAttempt(attemptId(RUN, at + 1), answered({ cost: exactly(900) }))
    }
    const held = all.length - 1
    const spentIn = async () => (await budgets.standing(all)).map(({ spentPico }) => Number(spentPico) / 900)
    const told = async () => (await budgets.warnings(all, 9)).map(({ scopeId }) => scopeId)
    expect(await told()).toHaveLength(600 + MONTH.warnAt.length)
    await budgets.sweep(2 * NEXT_DAY - 1)
    expect(await spentIn()).toEqual([...Array(600).fill(1), 0, 1])
    await budgets.sweep(2 * NEXT_DAY + 3_600_000)
    expect(await spentIn()).toEqual([...Array(601).fill(0), 1])
    expect(await budgets.standing([all[held - 1]!, unlimited('life')])).toMatchObject([
      { reservedPico: '900' },
      { spentPico: String(601 * 900) },
    ])
    await ledger.endAttempt(attemptId(RUN, held), answered({ cost: exactly(900) }))
    expect(await told()).toEqual([all[held - 1]!.scopeId])
    await budgets.sweep(3 * NEXT_DAY)
    expect(await spentIn()).toEqual([...Array(601).fill(0), 1])
    // Whoever comes back to such a period begins it anew, and is told anew.
    await begin(ledger, OTHER, 1, 900, { shared: [all[0]!] })
    await ledger.endAttempt(attemptId(OTHER, 1), answered({ cost: exactly(900) }))
    expect(await told()).toEqual([all[0]!.scopeId])
  })

  it('corrects an attempt whose period was forgotten meanwhile in all its other scopes', async () => {
    const { budgets, ledger } = await openWithRuns(bench)
    const shared = [ofCustomer('ann'), unlimited('life')]
    await begin(ledger, RUN, 1, 400, { shared })
    await ledger.closeRun(RUN, { outcome: 'failed', endedAtMs: 9_000 })
    await budgets.sweep(2 * NEXT_DAY)
    await ledger.endAttempt(attemptId(RUN, 1), answered({ cost: exactly(150) }))
    expect(await budgets.standing(shared)).toMatchObject([{ spentPico: '0' }, { spentPico: '150' }])
  })

  it('locks in one order: calls that share some budgets and not others never wait for each other in a circle', async () => {
    const place = await bench.newPlace()
    const stores = [await openWithRuns(bench, place), await bench.open(place)]
    const [a, b] = [unlimited('a'), unlimited('b')]
    const orders = [[a, b], [b, a], [b], [a]]
    const begun = orders.flatMap((shared, at) =>
      [RUN, OTHER].map((run, side) =>
        begin(stores[side]!.ledger, run, at + 10, 1, { shared, worstCase: { pico: '1', tokens: 1 } }),
      ),
    )
    expect(new Set((await Promise.all(begun)).map(({ kind }) => kind))).toEqual(new Set(['reserved']))
    await Promise.all(
      [RUN, OTHER].map((run, side) => stores[side]!.ledger.closeRun(run, { outcome: 'failed', endedAtMs: 1 })),
    )
    expect(await reservedIn(stores[0]!, [a, b])).toEqual(['0/0', '0/0'])
  })
}

const CUSTOMERS = {
  name: 'customers',
  scope: { each: 'customer' },
  per: 'day',
  usd: '0.000000001',
  warnAt: [0.8],
} as const

const NEXT_DAY = 86_400_000

function ofCustomer(value: string, atMs = 0): SharedLimit {
  return limitAt(CUSTOMERS, atMs, value)
}

/** The values in the order in which the store has them. */
async function spent({ budgets }: Store, by: 'money' | 'tokens', most: number): Promise<readonly string[]> {
  const beginning = beginningOfEach(limitAt(CUSTOMERS, 0), 'customer')
  return (await budgets.spentScopes(beginning, by, most)).map(scopeId => valueIn(scopeId, beginning))
}

function unlimited(budget: string): SharedLimit {
  return { scopeId: `budget:${budget}:lifetime:1970-01-01T00`, budget, warnAt: [] }
}

async function openWithRuns(bench: Bench, place?: Parameters<Bench['open']>[0]): Promise<Store> {
  const store = await bench.open(place)
  for (const run of [RUN, OTHER]) await store.ledger.openRun(newRun({ run }))
  return store
}

/** Begins the first attempt of a step. */
async function begin(
  ledger: Store['ledger'],
  run: RunRef,
  step: number,
  pico: number,
  changes: Partial<NewAttempt> = {},
) {
  const call: NewCall = newCall(step, { run })
  await ledger.beginCall(call)
  return await ledger.beginAttempt(newAttempt(call, 1, { ...worst(pico), shared: [MONTH], ...changes }))
}

function waiting(call: NewCall, sinceMs: number): BudgetWait {
  const { callId, run, step, taskClass } = call
  const needed = { pico: '500', tokens: 7 }
  return { scopeId: MONTH.scopeId, callId, run, step, taskClass, endpoint: 'a:b/c', reason: 'held', needed, sinceMs }
}

function attemptId(run: RunRef, step: number): string {
  return `${newCall(step, { run }).callId}#1`
}

function holder(run: RunRef, step: number, pico: string) {
  const sinceMs = newAttempt(newCall(step, { run }), 1).startedAtMs
  return { runId: run.id, attemptId: attemptId(run, step), endpoint: 'acme:acme/large', pico, tokens: 0, sinceMs }
}

async function reservedIn({ budgets }: Store, limits: readonly SharedLimit[]): Promise<string[]> {
  const standing = await budgets.standing(limits)
  return standing.map(({ reservedPico, reservedTokens }) => `${reservedPico}/${reservedTokens}`)
}
