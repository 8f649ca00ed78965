import { expect, it } from 'vitest'
import { addCost, NO_COST } from '../../../src/core/money/cost.ts'
import type { AttemptEnd, NewAttempt } from '../../../src/core/ports.ts'
import type { RunReport, Store } from '../../../src/store/index.ts'
import type { Bench } from '../describe-store.ts'
import {
  answered,
  copyingCalls,
  copyingRuns,
  ENDPOINT,
  exactly,
  faulted,
  newAttempt,
  newCall,
  newCommit,
  newRun,
  RUN,
  worst,
} from '../records.ts'

const SMALL = { ...ENDPOINT, id: 'acme:acme/small', model: 'acme/small' }

export function reportTests(bench: Bench): void {
  it('sums to the pico-dollar, far beyond what a floating number holds', async () => {
    const store = await bench.open()
    await store.ledger.openRun(newRun())
    const large = 9_007_199_254_740_993n
    await attemptOnce(store, 1, {}, answered({ cost: exactly(large) }))
    await attemptOnce(store, 2, {}, answered({ cost: exactly(large + 1n) }))
    await attemptOnce(store, 3, { endpoint: SMALL }, faulted({ cost: { lowPico: '1', highPico: `${large}` } }))
    await attemptOnce(store, 4, { endpoint: SMALL }, answered({ cost: undefined }))
    expect(await store.reports.cost(RUN.id)).toEqual({
      lowPico: '18014398509481988',
      highPico: '27021597764222980',
      exactPico: '18014398509481987',
      unpriced: 1,
      attempts: 4,
      pricedToolCalls: 0,
      byClass: { strong: expect.objectContaining({ highPico: '27021597764222980', attempts: 4 }) },
      byModel: {
        'acme/large': expect.objectContaining({
          ...exactly(2n * large + 1n),
          exactPico: '18014398509481987',
          attempts: 2,
        }),
        'acme/small': expect.objectContaining({ lowPico: '1', highPico: `${large}`, exactPico: '0', unpriced: 1 }),
      },
      byTool: {},
      byLabel: { 'team=growth': expect.objectContaining({ attempts: 4 }) },
      waste: expect.anything(),
    })
    expect(await store.reports.cost('nobody')).toBeUndefined()
  })

  it("makes a run's cost the sum of its attempts", async () => {
    const store = await bench.open()
    await store.ledger.openRun(newRun())
    await attemptOnce(store, 1, {}, answered({ cost: exactly(12) }))
    await attemptOnce(store, 2, {}, faulted({ cost: { lowPico: '0', highPico: '77' } }))
    await store.ledger.beginCall(newCall(3))
    await store.ledger.beginAttempt(newAttempt(newCall(3), 1))
    const attempts = await store.reports.attempts({ run: RUN.id })
    const sum = attempts.reduce((total, attempt) => addCost(total, attempt.cost!), NO_COST)
    expect(sum).toEqual({ lowPico: '12', highPico: '1089' })
    expect(await store.reports.cost(RUN.id)).toMatchObject(sum)
    expect(await store.reports.run(RUN.id)).toMatchObject({ cost: sum, calls: 3, attempts: 3 })
    const calls = await store.reports.calls({ run: RUN.id })
    expect(calls.reduce((total, call) => addCost(total, call.cost), NO_COST)).toEqual(sum)
  })

  it('finds calls by what was asked, by whom, and what went wrong', async () => {
    const { reports, ...store } = await bench.open()
    const other = { ...RUN, id: 'letter-2', key: 'first-run-2', labels: { team: 'gro"wth', 'a,"team': 'growth' } }
    await store.ledger.openRun(newRun())
    await store.ledger.openRun(newRun({ run: other, startedAtMs: 2_000 }))
    const [cheap, faulty, elsewhere] = [
      newCall(1, { taskClass: 'cheap', labels: { feature: 'titles' } }),
      newCall(2),
      newCall(3, { run: other }),
    ]
    for (const call of [cheap, faulty, elsewhere]) await store.ledger.beginCall(call)
    await store.ledger.beginAttempt(newAttempt(cheap, 1, { endpoint: { ...SMALL, provider: 'bolt' } }))
    await store.ledger.beginAttempt(newAttempt(faulty, 1))
    await store.ledger.endAttempt(`${faulty.callId}#1`, faulted())
    const second = newAttempt(faulty, 2, { endpoint: SMALL, reason: 'rerouted: rate-limited' })
    await store.ledger.beginAttempt(second)
    await store.ledger.commitAnswer(newCommit(second, faulty.transcript))
    await store.ledger.beginAttempt(newAttempt(elsewhere, 1))
    const steps = async (filter: Parameters<typeof reports.calls>[0]) =>
      (await reports.calls(filter)).map(call => call.step)
    expect(await steps({})).toEqual([1, 2, 3])
    expect(await steps({ limit: 2 })).toEqual([2, 3])
    expect(await steps({ run: RUN.id })).toEqual([1, 2])
    expect(await steps({ run: other.key })).toEqual([3])
    expect(await steps({ run: 'nobody' })).toEqual([])
    expect(await steps({ taskClass: 'cheap' })).toEqual([1])
    expect(await steps({ model: 'acme/small' })).toEqual([1, 2])
    expect(await steps({ provider: 'bolt' })).toEqual([1])
    expect(await steps({ provider: 'acme' })).toEqual([2, 3])
    expect(await steps({ provider: 'acme', fault: 'rate-limited' })).toEqual([2])
    expect(await steps({ provider: 'nobody' })).toEqual([])
    expect(await steps({ fault: 'rate-limited' })).toEqual([2])
    expect(await steps({ label: { key: 'team', value: 'growth' } })).toEqual([1, 2])
    expect(await steps({ label: { key: 'team', value: 'gro"wth' } })).toEqual([3])
    expect(await steps({ label: { key: 'feature', value: 'titles' } })).toEqual([1])
    expect(await steps({ sinceMs: 2_002 })).toEqual([2, 3])
    expect(await steps({ sinceMs: 2_002, untilMs: 2_003 })).toEqual([2])
    expect(await steps({ sinceMs: 2_001.5, untilMs: 2_002.5 })).toEqual([2])
    expect(await reports.calls({ fault: 'rate-limited' })).toMatchObject([
      {
        planned: ENDPOINT.id,
        answeredBy: SMALL.id,
        answeredAtMs: 9_000,
        usage: { inputTokens: 30 },
        attempts: [{}, { reason: second.reason }],
      },
    ])
    expect(await reports.attempts({ model: 'acme/small', taskClass: 'strong' })).toMatchObject([{ attempt: 2 }])
  })

  it('finds calls whose worker was lost, and those whose worker was shut down', async () => {
    const { reports, ledger } = await bench.open()
    await ledger.openRun(newRun())
    const [lost, handedOver, cancelled] = [newCall(1), newCall(2), newCall(3)]
    for (const call of [lost, handedOver, cancelled]) {
      await ledger.beginCall(call)
      await ledger.beginAttempt(newAttempt(call, 1, worst(1_000)))
    }
    const cut = { fault: { kind: 'cancelled', message: 'aborted', evidence: {} } } as const
    await ledger.endAttempt(`${handedOver.callId}#1`, faulted({ outcome: 'abandoned', ...cut }))
    await ledger.endAttempt(`${cancelled.callId}#1`, faulted({ outcome: 'cancelled', ...cut }))
    await ledger.beginCall({ ...lost, startedAtMs: 9_000 })
    const steps = async (fault: string) => (await reports.calls({ fault })).map(call => call.step)
    expect(await steps('worker-lost')).toEqual([1])
    expect(await steps('handed-over')).toEqual([2])
    const wasted = (await reports.attempts({ fault: 'worker-lost' })).map(({ waste }) => waste)
    expect(wasted).toEqual(['worker-lost'])
  })

  it('finds the calls of a run with those of the runs below it, and none of a tree with such ids', async () => {
    const { ledger, reports } = await bench.open()
    const belowIt = (name: string) => ({
      id: `${RUN.id}/${name}`,
      key: `${RUN.key}/${name}`,
      root: RUN.id,
      scope: RUN.key,
    })
    const runs = [
      RUN,
      { ...RUN, ...belowIt('clerk-1-1') },
      { ...RUN, ...belowIt('clerk-1-1/clerk-2-1') },
      { ...RUN, id: `${RUN.id}/theirs`, key: 'first-run-9', scope: 'first-run-9' },
    ]
    for (const [at, run] of runs.entries()) {
      await ledger.openRun(newRun({ run }))
      const call = newCall(at + 1, { run })
      await ledger.beginCall(call)
      await ledger.beginAttempt(newAttempt(call, 1))
      await ledger.endAttempt(`${call.callId}#1`, faulted())
    }
    const steps = async (filter: Parameters<typeof reports.calls>[0]) =>
      (await reports.calls(filter)).map(call => call.step)
    expect(await steps({ run: RUN.id })).toEqual([1])
    expect(await steps({ run: RUN.id, below: true })).toEqual([1, 2, 3])
    expect(await steps({ run: RUN.id, below: true, fault: 'rate-limited' })).toEqual([1, 2, 3])
    expect(await steps({ run: `${RUN.id}/clerk-1-1`, below: true })).toEqual([2, 3])
  })

  it('names the classes, models, providers and workspaces that it has, each once', async () => {
    const store = await bench.open()
    expect(await store.reports.names('model', 'acme/tiny')).toEqual([])
    await store.ledger.openRun(newRun())
    await attemptOnce(store, 1, { endpoint: SMALL }, answered())
    await attemptOnce(store, 2, {}, answered())
    await attemptOnce(store, 3, {}, answered())
    expect(await store.reports.names('model', 'acme/tiny')).toEqual(['acme/large', 'acme/small'])
    expect(await store.reports.names('class', 'cheap')).toEqual(['strong'])
    expect(await store.reports.names('provider', 'zenith')).toEqual(['acme'])
    expect(await store.reports.names('workspace', 'other')).toEqual(['acme'])
  })

  it('finds a name behind any number of newer ones, and names those of the newest beside it', async () => {
    const place = await bench.newPlace()
    const { ledger, reports } = await bench.open(place)
    await ledger.openRun(newRun())
    await ledger.beginCall(newCall(1))
    await place.execute(copyingCalls(20_000))
    await ledger.beginCall(newCall(2, { startedAtMs: 500, taskClass: 'cheap' }))
    expect(await reports.names('class', 'cheap')).toEqual(['cheap', 'strong'])
    expect(await reports.names('class', 'chaep')).toEqual(['strong'])
  })

  it('lists more calls and runs than a statement has room for', async () => {
    const place = await bench.newPlace()
    const { ledger, reports } = await bench.open(place)
    await ledger.openRun(newRun())
    await ledger.beginCall(newCall(1))
    const many = place.mostParameters
    await place.execute(copyingCalls(many))
    await place.execute(copyingRuns(many))
    expect(await reports.calls({ limit: 2 * many })).toHaveLength(many + 1)
    const runs = await reports.runs({ limit: 2 * many })
    expect([runs.length, runs.at(-1)?.calls]).toEqual([many + 1, many + 1])
  })

  it('finds the calls of a model, a fault or a label behind any number of newer ones', async () => {
    const place = await bench.newPlace()
    const { ledger, reports } = await bench.open(place)
    await ledger.openRun(newRun())
    await ledger.beginCall(newCall(2))
    await place.execute(copyingCalls(21_000))
    const old = newCall(1, { startedAtMs: 500, taskClass: 'cheap', labels: { feature: 'title' } })
    await ledger.beginCall(old)
    await ledger.beginAttempt(newAttempt(old, 1, { endpoint: SMALL }))
    await ledger.endAttempt(`${old.callId}#1`, faulted())
    expect(await reports.calls({ model: 'acme/small' })).toMatchObject([{ step: 1 }])
    expect(await reports.calls({ fault: 'rate-limited', run: RUN.id })).toMatchObject([{ step: 1 }])
    const label = { key: 'feature', value: 'title' }
    expect(await reports.calls({ label })).toMatchObject([{ step: 1 }])
    expect(await reports.calls({ label, fault: 'rate-limited', taskClass: 'cheap' })).toMatchObject([{ step: 1 }])
    expect(await reports.calls({ label: { key: 'team', value: 'growth' }, limit: 30_000 })).toHaveLength(21_002)
    expect(await reports.calls({ model: 'acme/small', sinceMs: 501 })).toEqual([])
    expect(await reports.calls({ label, untilMs: 500 })).toEqual([])
  })

  it('shows a call for which nothing could be sent', async () => {
    const { ledger, reports } = await bench.open()
    await ledger.openRun(newRun())
    await ledger.beginCall(newCall(1))
    const [call] = await reports.calls({ run: RUN.id, taskClass: 'strong', label: { key: 'team', value: 'growth' } })
    expect(call).toMatchObject({ runId: RUN.id, step: 1, attempts: [], cost: NO_COST, usage: {} })
    expect(call).not.toHaveProperty('planned')
    expect(await reports.calls({ model: 'acme/large' })).toEqual([])
    expect(await reports.run(RUN.id)).toMatchObject({ calls: 1, attempts: 0 })
  })

  it('lists the open runs below one, whatever is between, and those that ended last', async () => {
    const { ledger, reports, events } = await bench.open()
    const below = (name: string) => {
      const names = { id: `${RUN.id}/${name}`, key: `${RUN.key}/${name}` }
      return { ...RUN, ...names, root: RUN.id, scope: RUN.key }
    }
    const stranger = { ...RUN, id: `${RUN.id}/stranger`, key: 'first-run-3' }
    for (const run of [RUN, below('b'), below('a'), below('a/c'), below('late'), below('early'), stranger])
      await ledger.openRun(newRun({ run }))
    await ledger.closeRun(below('early'), { outcome: 'answered', endedAtMs: 3_000 })
    await ledger.closeRun(below('late'), { outcome: 'failed', endedAtMs: 4_000 })
    await ledger.closeRun(stranger, { outcome: 'failed', endedAtMs: 5_000 })
    const ended = async (limit: number) => (await reports.endedBelow(RUN.id, limit)).map(({ id }) => id)
    expect(await ended(2)).toEqual(['letter-1/early', 'letter-1/late'])
    expect(await ended(1)).toEqual(['letter-1/late'])
    expect((await reports.openBelow(RUN.id)).map(({ id }) => id)).toEqual(['letter-1/a', 'letter-1/a/c', 'letter-1/b'])
    expect((await reports.openBelow(`${RUN.id}/a`)).map(({ id }) => id)).toEqual(['letter-1/a/c'])
    expect(await reports.openBelow('nobody')).toEqual([])
    const call = { step: 1, toolCallId: 'call-1', toolName: 'publish', inputPreview: '{}' }
    for (const asks of ['a/c', 'late']) await events.write(below(asks), [{ kind: 'approval-ask', ...call }], 3_500)
    expect((await reports.openBelow(RUN.id, { asked: true })).map(({ id }) => id)).toEqual(['letter-1/a/c'])
  })

  it('tells the latest run of an id in each namespace, and means one run by a key that is the id of another', async () => {
    const { ledger, reports } = await bench.open()
    const open = (key: string, startedAtMs: number, namespaceId?: string) =>
      ledger.openRun(newRun({ run: { ...RUN, key }, startedAtMs, ...(namespaceId && { namespaceId }) }))
    await open('before', 1_000, 'here')
    await open('again', 2_000, 'here')
    await open('there', 3_000, 'there')
    await open('of-old', 500)
    expect(await reports.namesakes(RUN.id)).toEqual([
      { key: 'there', namespaceId: 'there', startedAtMs: 3_000 },
      { key: 'again', namespaceId: 'here', startedAtMs: 2_000 },
      { key: 'of-old', startedAtMs: 500 },
    ])
    expect(await reports.namesakes('again')).toEqual([])
    await ledger.openRun(newRun({ run: { ...RUN, id: 'again', key: 'a-first-run' }, startedAtMs: 4_000 }))
    expect(await reports.run('again')).toMatchObject({ id: RUN.id, key: 'again', namespaceId: 'here' })
  })

  it('lists runs newest first, by workspace, label and time where asked', async () => {
    const { ledger, reports } = await bench.open()
    const other = { ...RUN, id: 'letter-2', key: 'first-run-2', workspace: 'other', labels: { team: 'press' } }
    await ledger.openRun(newRun())
    await ledger.openRun(newRun({ run: other, startedAtMs: 2_000 }))
    const ids = async (filter: Parameters<typeof reports.runs>[0]) => (await reports.runs(filter)).map(run => run.id)
    expect(await ids({ label: { key: 'team', value: 'press' } })).toEqual(['letter-2'])
    expect(await ids({ label: { key: 'team', value: 'pre' } })).toEqual([])
    expect([await ids({ ids: ['letter-1', 'nobody'] }), await ids({ ids: [] })]).toEqual([['letter-1'], []])
    expect(await ids({ outcomes: [] })).toEqual([])
    expect([await ids({ sinceMs: 2_000 }), await ids({ untilMs: 2_000 })]).toEqual([['letter-2'], ['letter-1']])
    expect([await ids({ sinceMs: 1_999.5 }), await ids({ untilMs: 1_999.5 })]).toEqual([['letter-2'], ['letter-1']])
    expect((await reports.runs()).map(run => run.id)).toEqual(['letter-2', 'letter-1'])
    expect((await reports.runs({ limit: 1 })).map(run => run.id)).toEqual(['letter-2'])
    expect((await reports.runs({ workspace: 'acme' })).map(run => run.id)).toEqual(['letter-1'])
    expect(await reports.run('nobody')).toBeUndefined()
  })

  it('lists runs page by page, also those that began in the same millisecond', async () => {
    const { ledger, reports } = await bench.open()
    const begun = { one: 1_000, two: 2_000, three: 2_000, four: 2_000, five: 3_000 }
    for (const [id, startedAtMs] of Object.entries(begun))
      await ledger.openRun(newRun({ run: { ...RUN, id, key: `key-${id}` }, startedAtMs }))
    const listed = (await reports.runs()).map(run => run.id)
    const ids = async (after?: RunReport) => {
      const page = await reports.runs({ limit: 2, after })
      return { page: page.map(run => run.id), last: page.at(-1) }
    }
    const first = await ids()
    const second = await ids(first.last)
    const third = await ids(second.last)
    const pages = [first.page, second.page, third.page, (await ids(third.last)).page]
    expect(pages).toEqual([listed.slice(0, 2), listed.slice(2, 4), listed.slice(4), []])
  })

  it('lists calls page by page, also those that began in the same millisecond', async () => {
    const { ledger, reports } = await bench.open()
    await ledger.openRun(newRun())
    for (const [at, startedAtMs] of [1_000, 2_000, 2_000, 2_000, 3_000].entries()) {
      const call = newCall(at, { startedAtMs, labels: { feature: 'titles' } })
      await ledger.beginCall(call)
      await ledger.beginAttempt(newAttempt(call, 1))
    }
    await ledger.beginCall(newCall(9, { startedAtMs: 2_000 }))
    for (const filter of [{}, { label: { key: 'feature', value: 'titles' } }, { model: ENDPOINT.model, run: RUN.id }]) {
      const listed = (await reports.calls(filter)).map(({ callId }) => callId)
      const pages: string[][] = []
      let page = await reports.calls({ ...filter, limit: 2 })
      while (page.length > 0) {
        pages.unshift(page.map(({ callId }) => callId))
        page = await reports.calls({ ...filter, limit: 2, before: page[0] })
      }
      expect(pages.flat()).toEqual(listed)
      expect(pages.every(({ length }) => length <= 2)).toBe(true)
    }
    const { callId, startedAtMs } = newCall(4, { startedAtMs: 3_000 })
    expect(await reports.call(callId)).toMatchObject({ callId, startedAtMs, attempts: [{ attempt: 1 }] })
    expect(await reports.call('nobody')).toBeUndefined()
  })

  it('lists the runs that have asked people something, or may have before it was purged', async () => {
    const { ledger, reports, events, content } = await bench.open()
    const run = (id: string) => ({ ...RUN, id, key: `key-${id}` })
    const asks = { kind: 'budget-ask', step: 1, message: 'it is short' } as const
    for (const id of ['silent', 'asking', 'raised', 'above', 'ended', 'purged']) {
      await ledger.openRun(newRun({ run: run(id) }))
      const said = id === 'above' ? ({ kind: 'below', run: 'asking', event: asks } as const) : asks
      if (id !== 'silent' && id !== 'purged') await events.write(run(id), [said], 2_000)
    }
    await events.write(run('raised'), [{ kind: 'budget-raise', usd: '1' }], 3_000)
    for (const id of ['ended', 'purged']) await ledger.closeRun(run(id), { outcome: 'failed', endedAtMs: 4_000 })
    await content.purge('purged', 5_000)
    await ledger.openRun(newRun({ run: run('purged'), part: 'a-reset', begins: true, startedAtMs: 6_000 }))
    const ids = async (filter: Parameters<typeof reports.runs>[0]) =>
      (await reports.runs({ asked: true, ...filter })).map(({ id }) => id).toSorted()
    expect(await ids({ outcomes: ['open'] })).toEqual(['asking', 'purged', 'raised'])
    expect(await ids({ ids: ['ended', 'raised', 'silent'] })).toEqual(['ended', 'raised'])
  })

  it('lists runs by how they have ended, those that have not among them', async () => {
    const { ledger, reports } = await bench.open()
    const run = (n: number) => ({ ...RUN, id: `letter-${n}`, key: `first-run-${n}` })
    for (const n of [1, 2, 3, 4]) await ledger.openRun(newRun({ run: run(n), startedAtMs: 1_000 * n }))
    await ledger.closeRun(run(1), { outcome: 'failed', endedAtMs: 5_000 })
    await ledger.closeRun(run(2), { outcome: 'answered', endedAtMs: 5_000 })
    await ledger.closeRun(run(3), { outcome: 'failed', endedAtMs: 5_000 })
    const ids = async (filter: Parameters<typeof reports.runs>[0]) => (await reports.runs(filter)).map(({ id }) => id)
    expect(await ids({ outcomes: ['failed'] })).toEqual(['letter-3', 'letter-1'])
    expect(await ids({ outcomes: ['open'] })).toEqual(['letter-4'])
    expect(await ids({ outcomes: ['open', 'failed'], limit: 2 })).toEqual(['letter-4', 'letter-3'])
    expect(await ids({ outcomes: ['refused'] })).toEqual([])
    expect(await ids({ outcomes: [] })).toEqual([])
  })
}

async function attemptOnce(
  { ledger }: Store,
  step: number,
  changes: Partial<NewAttempt>,
  end: AttemptEnd,
): Promise<void> {
  const attempt = newAttempt(newCall(step), 1, changes)
  await ledger.beginCall(attempt.call)
  await ledger.beginAttempt(attempt)
  await ledger.endAttempt(attempt.attemptId, end)
}
