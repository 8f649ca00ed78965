import { array, assert, asyncProperty, bigInt, constantFrom, integer, record } from 'fast-check'
import { expect, it } from 'vitest'
import type { AttemptEnd, NewAttempt } from '../../../src/core/ports.ts'
import type { Store } from '../../../src/store/index.ts'
import type { Bench } from '../describe-store.ts'
import { answered, copyingAttempts, exactly, faulted, newAttempt, newCall, newRun, RUN, worst } from '../records.ts'

/** A hundred dollars: in pico-dollars beyond 2^53, where floating numbers lose the last digits. */
const HUNDRED_USD = 100_000_000_000_000n

export function budgetTests(bench: Bench): void {
  it('reserves up to the last pico-dollar and not one more', async () => {
    const { ledger } = await bench.open()
    await ledger.openRun(newRun({ budget: { usd: '100' } }))
    const call = newCall(1)
    await ledger.beginCall(call)
    expect(await ledger.beginAttempt(newAttempt(call, 1, worst(HUNDRED_USD - 1n)))).toEqual({ kind: 'reserved' })
    expect(await ledger.beginAttempt(newAttempt(call, 2, worst(2)))).toEqual({
      kind: 'short',
      scopeId: RUN.key,
      headroomPico: '1',
      inFlight: true,
    })
    expect(await ledger.beginAttempt(newAttempt(call, 2, worst(1)))).toEqual({ kind: 'reserved' })
  })

  it('frees what an attempt did not need', async () => {
    const { ledger } = await bench.open()
    await ledger.openRun(newRun({ budget: { usd: '0.000000001', tokens: 150 } }))
    const call = newCall(1)
    await ledger.beginCall(call)
    await ledger.beginAttempt(newAttempt(call, 1, worst(900, 100)))
    await ledger.endAttempt(`${call.callId}#1`, answered({ cost: exactly(400) }))
    expect(await ledger.beginAttempt(newAttempt(call, 2, worst(601, 108)))).toEqual({
      kind: 'short',
      scopeId: RUN.key,
      headroomPico: '600',
      headroomTokens: 108,
      inFlight: false,
    })
    expect(await ledger.beginAttempt(newAttempt(call, 2, worst(600, 108)))).toEqual({ kind: 'reserved' })
  })

  it('gives back what a part holds in flight that was reset in the middle, and takes the end that its attempt has after all', async () => {
    const { ledger } = await bench.open()
    await ledger.openRun(newRun({ budget: { usd: '0.000000001' }, part: 'first' }))
    const left = newAttempt(newCall(1, { part: 'first' }), 1, worst(600))
    await ledger.beginAttempt(left)
    // Whoever waited for it would wait for ever: nothing asks that call again.
    const other = newAttempt(newCall(1, { part: 'reset', callId: 'another way' }), 1, worst(500))
    expect(await ledger.beginAttempt(other)).toMatchObject({ kind: 'short', headroomPico: '400', inFlight: false })
    await ledger.endAttempt(left.attemptId, answered({ cost: exactly(420) }))
    expect(await ledger.beginAttempt(other)).toMatchObject({ kind: 'reserved' })
    const [ended] = await ledger.attemptsOf(left.call.callId)
    expect(ended).toMatchObject({ outcome: 'answered', cost: exactly(420) })
  })

  it('holds tokens and money each by itself', async () => {
    const { ledger } = await bench.open()
    await ledger.openRun(newRun({ budget: { tokens: 50 } }))
    const call = newCall(1)
    await ledger.beginCall(call)
    expect(await ledger.beginAttempt(newAttempt(call, 1, worst(HUNDRED_USD, 51)))).toEqual({
      kind: 'short',
      scopeId: RUN.key,
      headroomTokens: 50,
      inFlight: false,
    })
    expect(await ledger.beginAttempt(newAttempt(call, 1, worst(HUNDRED_USD, 50)))).toEqual({ kind: 'reserved' })
    expect(await ledger.beginAttempt(newAttempt(call, 2, worst(0, 1)))).toEqual({
      kind: 'short',
      scopeId: RUN.key,
      headroomTokens: 0,
      inFlight: true,
    })
  })

  it('lets no attempt of unknown price into a money limit', async () => {
    const { ledger } = await bench.open()
    await ledger.openRun(newRun({ budget: { usd: '5' } }))
    const call = newCall(1)
    await ledger.beginCall(call)
    const attempt = newAttempt(call, 1, { worstCase: { tokens: 1 } })
    expect(await ledger.beginAttempt(attempt)).toMatchObject({ kind: 'short' })
  })

  it.each<[string, AttemptEnd, { pico: string; tokens: number }]>([
    ['a whole usage', answered({ cost: exactly(400) }), { pico: '600', tokens: 58 }],
    ['an answer without usage', answered({ usage: undefined, cost: undefined }), { pico: '0', tokens: 0 }],
    ['an answer with half of its usage', answered({ usage: { inputTokens: 30 } }), { pico: '580', tokens: 0 }],
    ['an answer of unknown price', answered({ cost: { ...exactly(0), unpriced: 1 } }), { pico: '0', tokens: 58 }],
    ['a cut attempt', faulted({ cost: { lowPico: '100', highPico: '700' } }), { pico: '300', tokens: 0 }],
    ['a refusal that nobody bills', faulted(), { pico: '1000', tokens: 100 }],
  ])('charges the scope for %s', async (_, end, headroom) => {
    const { ledger } = await bench.open()
    await ledger.openRun(newRun({ budget: { usd: '0.000000001', tokens: 100 } }))
    const call = newCall(1)
    await ledger.beginCall(call)
    await ledger.beginAttempt(newAttempt(call, 1))
    await ledger.endAttempt(`${call.callId}#1`, end)
    await ledger.endAttempt(`${call.callId}#1`, end)
    expect(await ledger.beginAttempt(newAttempt(call, 2, worst(2_000, 200)))).toEqual({
      kind: 'short',
      scopeId: RUN.key,
      headroomPico: headroom.pico,
      headroomTokens: headroom.tokens,
      inFlight: false,
    })
  })

  it('charges what was counted of an attempt that says half of its tokens, where that is more than was reserved', async () => {
    const { ledger } = await bench.open()
    await ledger.openRun(newRun({ budget: { tokens: 300 } }))
    const call = newCall(1)
    await ledger.beginCall(call)
    await ledger.beginAttempt(newAttempt(call, 1))
    await ledger.endAttempt(`${call.callId}#1`, faulted({ cost: exactly(7), usage: { inputTokens: 130 } }))
    expect(await ledger.beginAttempt(newAttempt(call, 2, worst(0, 301)))).toMatchObject({ headroomTokens: 170 })
  })

  it('keeps the limits of the first opening', async () => {
    const { ledger } = await bench.open()
    await ledger.openRun(newRun({ budget: { tokens: 10 } }))
    await ledger.openRun(newRun({ budget: { tokens: 1_000 } }))
    const call = newCall(1)
    await ledger.beginCall(call)
    expect(await ledger.beginAttempt(newAttempt(call, 1, worst(0, 11)))).toMatchObject({ headroomTokens: 10 })
  })

  it('stays readable when it is raised to no end, and when vendors say they have read as much', async () => {
    const { ledger, reports } = await bench.open()
    const most = Number.MAX_SAFE_INTEGER
    await ledger.openRun(newRun({ budget: { tokens: 100 } }))
    for (const raiseId of ['r-1', 'r-2'])
      expect(await ledger.raiseBudget({ run: RUN, raiseId, tokens: most, atMs: 7_000 })).toEqual({ limitTokens: most })
    const other = { ...RUN, id: 'letter-2', key: 'first-run-2' }
    await ledger.openRun(newRun({ run: other }))
    for (const step of [1, 2, 3]) {
      const attempt = newAttempt(newCall(step, { run: other }), 1)
      await ledger.beginCall(attempt.call)
      expect(await ledger.beginAttempt(attempt)).toMatchObject({ kind: 'reserved' })
      await ledger.endAttempt(attempt.attemptId, answered({ usage: { inputTokens: most, outputTokens: most } }))
    }
    expect(await reports.cost(other.id)).toMatchObject({ attempts: 3 })
  })

  it('is raised once for each time that somebody approves, and tells what holds then', async () => {
    const { ledger, events, reports } = await bench.open()
    await ledger.openRun(newRun({ budget: { usd: '0.000000001', tokens: 100, steps: 9 } }))
    const raise = { run: RUN, raiseId: 'r-1', usd: '0.000000002', tokens: 50, by: 'Ada', note: 'urgent', atMs: 7_000 }
    const raised = { limitUsd: '0.000000003', limitTokens: 150 }
    expect(await ledger.raiseBudget(raise)).toEqual(raised)
    expect(await ledger.raiseBudget(raise)).toEqual(raised)
    expect((await reports.run(RUN.id))?.budget).toEqual({ usd: '0.000000003', tokens: 150, steps: 9 })
    const call = newCall(1)
    await ledger.beginCall(call)
    expect(await ledger.beginAttempt(newAttempt(call, 1, worst(3_000, 150)))).toEqual({ kind: 'reserved' })
    const told = (await events.read(RUN.id, 0, 100)).filter(({ kind }) => kind === 'budget-raise')
    expect(told).toMatchObject([{ usd: '0.000000002', tokens: 50, by: 'Ada', note: 'urgent', ...raised }])
    expect(await reports.raises(RUN.id)).toEqual([
      { usd: '0.000000002', tokens: 50, by: 'Ada', note: 'urgent', atMs: 7_000 },
    ])
  })

  it('releases the reservations of a run that closes', async () => {
    const { ledger } = await bench.open()
    await ledger.openRun(newRun({ budget: { usd: '0.000000001' } }))
    const call = newCall(1)
    await ledger.beginCall(call)
    await ledger.beginAttempt(newAttempt(call, 1, worst(400)))
    await ledger.closeRun(RUN, { outcome: 'failed', endedAtMs: 9_000 })
    const short = await ledger.beginAttempt(newAttempt(call, 2, worst(601)))
    expect(short).toEqual({ kind: 'short', scopeId: RUN.key, headroomPico: '600', inFlight: false })
  })

  it('tells what a run that could not has spent, with the runs below it, each settled or not', async () => {
    const { ledger } = await bench.open()
    const below = { ...RUN, root: RUN.id, scope: RUN.key }
    const child = { ...below, id: `${RUN.id}/child`, key: 'child' }
    const grandchild = { ...below, id: `${RUN.id}/child/grandchild`, key: 'grandchild' }
    for (const run of [RUN, child, grandchild]) {
      await ledger.openRun(newRun({ run }))
      const call = newCall(1, { run })
      await ledger.beginCall(call)
      await ledger.beginAttempt(newAttempt(call, 1, worst(700)))
    }
    await ledger.endAttempt(`${newCall(1, { run: grandchild }).callId}#1`, answered({ cost: exactly(50) }))
    const end = { outcome: 'failed', message: 'it was terminated', endedAtMs: 9_000 } as const
    const spent = { cost: { lowPico: '50', highPico: '750' }, calls: 2, toolCalls: 0 }
    expect(await ledger.spentBy(child)).toMatchObject(spent)
    expect(await ledger.attemptsOf(newCall(1, { run: child }).callId)).toMatchObject([{ outcome: 'open' }])
    expect(await ledger.closeLost(child, end)).toMatchObject({
      ...spent,
      usage: { inputTokens: 30, outputTokens: 12 },
    })
    expect(await ledger.closeLost(child, end)).toMatchObject(spent)
    const never = { id: 'never-opened', key: 'never-opened' }
    for (const nothing of [ledger.closeLost(never, end), ledger.spentBy(never)])
      expect(await nothing).toMatchObject({ calls: 0, cost: exactly(0) })
    expect(await ledger.seen(child)).toEqual({ id: child.id, key: child.key })
    expect(await ledger.seen({ key: 'never-opened' })).toBeUndefined()
  })

  it.each([true, false])('counts it so whether or not the end of its predecessor was written: %s', async isWritten => {
    const { ledger, tools } = await bench.open()
    const run = { ...RUN, root: RUN.id, scope: RUN.key, id: `${RUN.id}/child`, key: `${RUN.key}/child` }
    await ledger.openRun(newRun())
    await ledger.openRun(newRun({ run, part: 'before' }))
    const open = async (step: number, part: string) => {
      const call = newCall(step, { run, part, startedAtMs: part === 'before' ? 2_000 : 6_001 })
      await ledger.beginCall(call)
      await ledger.beginAttempt(newAttempt(call, 1, worst(700)))
      const tool = { run, part, step, toolCallId: 'tool-1', toolName: 'search' }
      await tools.begin(tool, call.startedAtMs)
      await tools.finish(tool, { isError: false, result: 1, preview: '1', atMs: call.startedAtMs })
    }
    await open(1, 'before')
    if (isWritten) await ledger.closeRun(run, { outcome: 'cancelled', part: 'before', endedAtMs: 5_000 })
    await ledger.openRun(newRun({ run, part: 'after', begins: true, startedAtMs: 6_000 }))
    await open(2, 'after')
    await ledger.openRun(newRun({ run, part: 'its second part', startedAtMs: 7_000 }))
    const end = { outcome: 'failed', message: 'it was terminated', endedAtMs: 9_000 } as const
    const spent = { cost: { lowPico: '0', highPico: '700' }, calls: 1, toolCalls: 1 }
    expect(await ledger.closeLost(run, end)).toMatchObject(spent)
  })

  it('sums a lost run of more attempts than fit a page', async () => {
    const place = await bench.newPlace()
    const { ledger } = await bench.open(place)
    await ledger.openRun(newRun())
    const call = newCall(1)
    await ledger.beginCall(call)
    await ledger.beginAttempt(newAttempt(call, 0))
    await ledger.endAttempt(`${call.callId}#0`, answered({ cost: exactly(3) }))
    await place.execute(copyingAttempts(4_099))
    const end = { outcome: 'failed', endedAtMs: 9_000 } as const
    expect(await ledger.closeLost(RUN, end)).toMatchObject({
      cost: exactly(3 * 4_100),
      usage: { inputTokens: 30 * 4_100, outputTokens: 12 * 4_100 },
      calls: 1,
    })
  })

  it('counts for a lost run that had begun anew what it came upon again, and not the rest of its predecessor’s', async () => {
    const { ledger } = await bench.open()
    const run = { ...RUN, root: RUN.id, scope: RUN.key, id: `${RUN.id}/child`, key: `${RUN.key}/child` }
    await ledger.openRun(newRun())
    await ledger.openRun(newRun({ run, part: 'before' }))
    for (const step of [1, 2]) {
      const call = newCall(step, { run, part: 'before' })
      await ledger.beginCall(call)
      await ledger.beginAttempt(newAttempt(call, 1))
      await ledger.endAttempt(`${call.callId}#1`, answered({ cost: exactly(50) }))
    }
    await ledger.closeRun(run, { outcome: 'cancelled', part: 'before', endedAtMs: 5_000 })
    await ledger.openRun(newRun({ run, part: 'after', begins: true, startedAtMs: 6_000 }))
    await ledger.beginCall(newCall(1, { run, part: 'after', startedAtMs: 6_001 }))
    const end = { outcome: 'failed', message: 'it was terminated', endedAtMs: 9_000 } as const
    expect(await ledger.closeLost(run, end)).toMatchObject({ cost: exactly(50), calls: 1 })
  })

  it('counts for a lost run that has begun anew the tools that it asked for, and not those of the answer that it left', async () => {
    const { ledger, tools } = await bench.open()
    const run = { ...RUN, root: RUN.id, scope: RUN.key, id: `${RUN.id}/child`, key: `${RUN.key}/child` }
    await ledger.openRun(newRun())
    for (const [question, part, startedAtMs] of [
      ['left', 'before', 2_000],
      ['asked by both', 'before', 2_000],
      ['asked by both', 'after', 6_000],
      ['asked', 'after', 6_000],
    ] as const) {
      await ledger.openRun(newRun({ run, part, begins: true, startedAtMs }))
      await ledger.beginCall(newCall(1, { run, part, callId: `${run.key}/1/${question}`, startedAtMs }))
      const tool = { run, part, step: 1, toolCallId: 'functions.x:0', toolName: 'search', question }
      await tools.begin(tool, startedAtMs)
      await tools.finish(tool, { isError: false, result: 1, preview: '1', atMs: startedAtMs })
      await tools.begin({ ...tool, toolCallId: 'not ended' }, startedAtMs)
    }
    const end = { outcome: 'failed', message: 'it was terminated', endedAtMs: 9_000 } as const
    expect(await ledger.closeLost(run, end)).toMatchObject({ calls: 2, toolCalls: 2 })
  })

  it('counts for a lost run that was reset in its middle what it had spent before, also where it looks an agent up next', async () => {
    const { ledger } = await bench.open()
    await ledger.openRun(newRun({ part: 'before', begins: true }))
    const call = newCall(1, { part: 'before' })
    await ledger.beginCall(call)
    await ledger.beginAttempt(newAttempt(call, 1, worst(700)))
    await ledger.openRun(newRun({ part: 'reset to its middle', startedAtMs: 6_000 }))
    const end = { outcome: 'failed', message: 'it was terminated', endedAtMs: 9_000 } as const
    expect(await ledger.closeLost(RUN, end)).toMatchObject({ cost: { highPico: '700' }, calls: 1 })
  })

  it('settles what its predecessor had open when it begins anew, so that nobody waits for that', async () => {
    const { ledger } = await bench.open()
    const key = `${RUN.key}/child`
    const run = { ...RUN, root: RUN.id, scope: RUN.key, id: `${RUN.id}/child`, key, slices: [key] }
    await ledger.openRun(newRun({ budget: { usd: '0.000000001' } }))
    const slice = { usd: '0.0000000009' }
    await ledger.openRun(newRun({ run, budget: slice, part: 'before', begins: true }))
    const left = newAttempt(newCall(1, { run, part: 'before' }), 1, worst(400))
    await ledger.beginAttempt(left)
    const anew = newRun({ run, budget: slice, part: 'after', begins: true, startedAtMs: 6_000 })
    for (const opening of [anew, anew]) await ledger.openRun(opening)
    const cost = { lowPico: '0', highPico: '400' }
    expect(await ledger.attemptsOf(left.call.callId)).toMatchObject([{ outcome: 'abandoned', cost, endedAtMs: 6_000 }])
    const large = newAttempt(newCall(2, { run, part: 'after' }), 1, worst(901))
    expect(await ledger.beginAttempt(large)).toMatchObject({ kind: 'short', headroomPico: '500', inFlight: false })
    // Who made it was not lost after all.
    for (const end of [answered({ cost: exactly(150) }), faulted({ cost: exactly(150) })])
      await ledger.endAttempt(left.attemptId, end)
    expect(await ledger.beginAttempt(large)).toMatchObject({ headroomPico: '750' })
    expect(await ledger.spentBy(run)).toMatchObject({ cost: exactly(0), calls: 0 })
    expect(await ledger.spentBy(RUN)).toMatchObject({ cost: exactly(150), calls: 1 })
  })

  it('counts a call that it comes upon again once, with what its predecessor had open of it', async () => {
    const { ledger } = await bench.open()
    await ledger.openRun(newRun({ part: 'before', begins: true, budget: { usd: '0.000000001' } }))
    const call = newCall(1, { part: 'before' })
    await ledger.beginAttempt(newAttempt(call, 1, worst(400)))
    await ledger.openRun(newRun({ part: 'after', begins: true, startedAtMs: 6_000 }))
    const again = { ...call, part: 'after', startedAtMs: 6_001 }
    expect((await ledger.beginCall(again)).attempts).toMatchObject([{ outcome: 'abandoned', endedAtMs: 6_000 }])
    await ledger.beginAttempt(newAttempt(again, 2, worst(500)))
    await ledger.endAttempt(`${call.callId}#2`, answered({ cost: exactly(70) }))
    expect(await ledger.spentBy(RUN)).toMatchObject({ cost: { lowPico: '70', highPico: '470' }, calls: 1 })
    const rest = newAttempt(newCall(2, { part: 'after' }), 1, worst(531))
    expect(await ledger.beginAttempt(rest)).toMatchObject({ kind: 'short', headroomPico: '530', inFlight: false })
  })

  it.each([{ part: 'the same', begins: true as const }, { part: 'the same' }, { part: 'behind it' }])(
    'leaves open what is under way where it is opened again without beginning anew: %o',
    async opening => {
      const { ledger } = await bench.open()
      await ledger.openRun(newRun({ part: 'the same', begins: true }))
      const attempt = newAttempt(newCall(1, { part: 'the same' }), 1)
      await ledger.beginAttempt(attempt)
      await ledger.openRun(newRun({ ...opening, startedAtMs: 6_000 }))
      expect(await ledger.attemptsOf(attempt.call.callId)).toMatchObject([{ outcome: 'open' }])
    },
  )

  it('never reserves past the limit, from however many sides', async () => {
    const wave = array(
      record({
        pico: bigInt(1n, HUNDRED_USD),
        cost: bigInt(0n, HUNDRED_USD),
        outcome: constantFrom('answered', 'fault'),
      }),
      { minLength: 2, maxLength: 12 },
    )
    await assert(
      asyncProperty(wave, integer({ min: 1, max: 100 }), async (wishes, percent) => {
        const place = await bench.newPlace()
        const stores = [await bench.open(place), await bench.open(place)]
        const limit = (HUNDRED_USD * BigInt(percent)) / 100n
        await stores[0]!.ledger.openRun(newRun({ budget: { usd: `${percent}` } }))
        const reserved = await reserveAll(stores, wishes)
        const held = reserved.reduce((sum, wish) => sum + wish.pico, 0n)
        expect(held <= limit).toBe(true)
        const costs = await settleAll(stores, reserved)
        expect(await stores[0]!.reports.cost(RUN.id)).toMatchObject({ ...exactly(costs), attempts: reserved.length })
      }),
      { numRuns: 12, seed: 20_261_123 },
    )
  })
}

interface Wish {
  readonly pico: bigint
  readonly cost: bigint
  readonly outcome: string
}

type Held = Wish & { readonly attempt: NewAttempt }

async function reserveAll(stores: readonly Store[], wishes: readonly Wish[]): Promise<Held[]> {
  const calls = wishes.map((_, index) => newCall(index))
  for (const call of calls) await stores[0]!.ledger.beginCall(call)
  const attempts = wishes.map((wish, index) => newAttempt(calls[index]!, 1, worst(wish.pico)))
  const answers = await Promise.all(
    attempts.map((attempt, index) => stores[index % stores.length]!.ledger.beginAttempt(attempt)),
  )
  return wishes
    .map((wish, index) => ({ ...wish, attempt: attempts[index]! }))
    .filter((_, index) => answers[index]!.kind === 'reserved')
}

/** Settles each at no more than it reserved, and gives the sum. */
async function settleAll(stores: readonly Store[], held: readonly Held[]): Promise<bigint> {
  const costs = held.map(wish => (wish.cost * wish.pico) / HUNDRED_USD)
  await Promise.all(
    held.map(({ attempt, outcome }, index) => {
      const cost = exactly(costs[index]!)
      const end = outcome === 'answered' ? answered({ cost }) : faulted({ cost })
      return stores[index % stores.length]!.ledger.endAttempt(attempt.attemptId, end)
    }),
  )
  return costs.reduce((sum, cost) => sum + cost, 0n)
}
