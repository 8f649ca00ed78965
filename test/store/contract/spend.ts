import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { Usage } from '../../../src/core/usage.ts'
import type { Bench } from '../describe-store.ts'
import {
  answered,
  copyingAttempts,
  ENDPOINT,
  exactly,
  faulted,
  newAttempt,
  newCall,
  newRun,
  RUN,
  worst,
} from '../records.ts'

const SMALL = { ...ENDPOINT, id: 'other:acme/small', provider: 'other', model: 'acme/small' }

export function spendTests(bench: Bench): void {
  it('sums what all runs have spent, by what is asked, dearest first', async () => {
    const { ledger, reports } = await bench.open()
    const other = { ...RUN, id: 'letter-2', key: 'first-run-2', workspace: 'other', labels: {} }
    for (const run of [RUN, other]) await ledger.openRun(newRun({ run }))
    const calls = [newCall(1), newCall(2, { taskClass: 'cheap' }), newCall(3, { run: other }), newCall(4)]
    const endpoints = [ENDPOINT, SMALL, ENDPOINT, SMALL]
    const ends = [answered(), faulted({ cost: { lowPico: '0', highPico: '900' } }), answered({ cost: exactly(80) })]
    for (const [at, call] of calls.entries()) {
      await ledger.beginCall(call)
      await ledger.beginAttempt(newAttempt(call, 1, { endpoint: endpoints[at]!, ...worst(10) }))
      if (ends[at]) await ledger.endAttempt(`${call.callId}#1`, ends[at])
    }
    const time = { fromMs: 0, untilMs: 9_999 }
    const by = async (...keys: Parameters<typeof reports.spend>[0]['by']) =>
      (await reports.spend({ by: keys, ...time })).rows.map(row => [...row.keys, row.highPico, row.attempts])
    expect(await by('class')).toEqual([
      ['cheap', '900', 1],
      ['strong', '510', 3],
    ])
    expect(await by('label:team')).toEqual([
      ['growth', '1330', 3],
      [null, '80', 1],
    ])
    expect(await by('workspace', 'provider')).toEqual([
      ['acme', 'other', '910', 2],
      ['acme', 'acme', '420', 1],
      ['other', 'acme', '80', 1],
    ])
    expect(await by('run', 'class')).toEqual([
      [RUN.id, 'cheap', '900', 1],
      [RUN.id, 'strong', '430', 2],
      [other.id, 'strong', '80', 1],
    ])
    const { total } = await reports.spend({ by: ['model'], ...time })
    expect(total).toEqual({
      lowPico: '500',
      highPico: '1410',
      exactPico: '500',
      unpriced: 0,
      attempts: 4,
      pricedToolCalls: 0,
      failed: 1,
      inputTokens: 60,
      outputTokens: 24,
    })
    const [first] = calls
    const edge = await reports.spend({ by: [], fromMs: first!.startedAtMs + 1, untilMs: first!.startedAtMs + 2 })
    expect(edge.rows).toMatchObject([{ keys: [], attempts: 1, highPico: '420' }])
    const between = { fromMs: first!.startedAtMs + 0.5, untilMs: first!.startedAtMs + 1.5 }
    expect((await reports.spend({ by: [], ...between })).rows).toEqual(edge.rows)
  })

  it('counts what the runs below a run have spent, on models and tools, for the run at the top', async () => {
    const { ledger, reports } = await bench.open()
    const below = { ...RUN, root: RUN.id, scope: RUN.key, id: `${RUN.id}/child`, key: `${RUN.key}/child` }
    for (const run of [RUN, below]) await ledger.openRun(newRun({ run }))
    for (const call of [newCall(1), newCall(2, { run: below })]) {
      await ledger.beginCall(call)
      await ledger.beginAttempt(newAttempt(call, 1))
      await ledger.endAttempt(`${call.callId}#1`, answered({ cost: exactly(50) }))
    }
    const { rows } = await reports.spend({ by: ['run'], fromMs: 0, untilMs: 9_999 })
    expect(rows).toMatchObject([{ keys: [RUN.id], attempts: 2, highPico: '100' }])
  })

  it('adds up the tokens that vendors tell, in whatever order, and large ones', async () => {
    const { ledger, reports } = await bench.open()
    await ledger.openRun(newRun())
    const large = 1e21
    const usages = [
      {},
      { outputTokens: 7 },
      { cacheReadTokens: 900, inputTokens: 5 },
      { outputTokens: 20, reasoningTokens: 700, inputTokens: 100, cacheWriteTokens: 800 },
    ]
    const add = async (usage: Usage, step: number) => {
      const attempt = newAttempt(newCall(step), 1)
      await ledger.beginAttempt(attempt)
      await ledger.endAttempt(attempt.attemptId, faulted({ usage }))
    }
    for (const [at, usage] of usages.entries()) await add(usage, at)
    const total = async () => (await reports.spend({ by: [], fromMs: 0, untilMs: 9_999 })).total
    expect(await total()).toMatchObject({ attempts: 4, inputTokens: 105, outputTokens: 27 })
    await add({ outputTokens: large }, 4)
    expect((await total()).outputTokens).toBe(large)
  })

  it('takes for exact what the cost of a run does', async () => {
    const { ledger, reports } = await bench.open()
    await ledger.openRun(newRun())
    const costs = [exactly(7), { lowPico: '1', highPico: '9' }, undefined, { ...exactly(5), unpriced: 1 }, exactly(0)]
    for (const [at, cost] of costs.entries()) {
      const attempt = newAttempt(newCall(at), 1)
      await ledger.beginAttempt(attempt)
      await ledger.endAttempt(attempt.attemptId, answered({ cost }))
    }
    await ledger.beginAttempt(newAttempt(newCall(9), 1, worst(1_000)))
    const { total } = await reports.spend({ by: [], fromMs: 0, untilMs: 9_999 })
    expect(total).toMatchObject({ lowPico: '13', highPico: '1021', exactPico: '7', unpriced: 2, attempts: 6 })
    expect(total).toMatchObject((await reports.cost(RUN.id))!.byClass.strong!)
  })

  it('leaves no attempt out, and counts none twice, where more than one statement adds up, many of them at one moment', async () => {
    const place = await bench.newPlace()
    const { ledger, reports } = await bench.open(place)
    await ledger.openRun(newRun())
    const pico = 9_007_199_254_740_993n
    for (const step of [1, 2]) {
      const attempt = newAttempt(newCall(step), 1)
      await ledger.beginCall(attempt.call)
      await ledger.beginAttempt(attempt)
      await ledger.endAttempt(attempt.attemptId, answered({ cost: exactly(pico) }))
    }
    await place.execute(copyingAttempts(15_000))
    const { total } = await reports.spend({ by: ['class'], fromMs: 0, untilMs: 9_999 })
    const sum = `${30_002n * pico}`
    expect(total).toMatchObject({ attempts: 30_002, lowPico: sum, highPico: sum, exactPico: sum })
  })

  it('lets others go on in this process while it goes through many attempts, and ends before its store is closed', async () => {
    const place = await bench.newPlace()
    const store = await bench.open(place)
    await store.ledger.openRun(newRun())
    for (const step of [1, 2, 3]) await store.ledger.beginAttempt(newAttempt(newCall(step), 1))
    await place.execute(copyingAttempts(15_000))
    const done: string[] = []
    const spending = store.reports.spend({ by: ['class'], fromMs: 0, untilMs: 9_999 })
    const told = spending.then(({ total }) => void done.push(`${total.attempts} attempts`))
    await setImmediate()
    done.push('others')
    await store.close()
    done.push('closed')
    await told
    expect(done).toEqual(['others', '45003 attempts', 'closed'])
  })
}
