import { expect, it } from 'vitest'
import type { SharedLimit } from '../../../src/core/budgets/shared-limit.ts'
import type { ToolCharge, ToolRecordKey } from '../../../src/core/ports.ts'
import type { RunRef } from '../../../src/core/protocol.ts'
import { turnedAwayKey } from '../../../src/core/tools/turned-away.ts'
import { newMasterKey, parseMasterKeys, type Store } from '../../../src/store/index.ts'
import type { Bench } from '../describe-store.ts'
import { answered, exactly, newAttempt, newCall, newRun, RUN, worst } from '../records.ts'

const MONTH: SharedLimit = {
  scopeId: 'budget:acme:month:2026-11-01T00',
  budget: 'acme',
  limitPico: '1000',
  warnAt: [0.5],
  endsAtMs: 1_796_083_200_000,
}

const DAY: SharedLimit = { scopeId: 'budget:day:day:2026-11-23T00', budget: 'day', limitPico: '50', warnAt: [] }

const CHILD: RunRef = { ...RUN, id: `${RUN.id}/desk`, key: `${RUN.key}/desk`, root: RUN.id, scope: RUN.key }

const SEALED: RunRef = { ...RUN, id: 'secret-1', key: 'first-secret-1', sealed: true }

export function toolPriceTests(bench: Bench): void {
  it('charges a tool call once, whoever begins it again, and gives nothing of it back', async () => {
    const { ledger, tools, events, budgets, reports } = await bench.open()
    await ledger.openRun(newRun({ budget: { usd: '0.000000001' }, part: 'first' }))
    const [key, charge] = [toolCall({ part: 'first' }), priced(300, [MONTH])]
    expect(await tools.begin(key, 10, charge)).toEqual({ kind: 'new', pricePico: '300' })
    // A retry, another worker after an exchange, and a reset: one of them by a price that has changed.
    expect(await tools.begin(key, 20, priced(400, [MONTH]))).toEqual({ kind: 'unknown', pricePico: '300' })
    expect(await tools.begin({ ...key, part: 'reset' }, 30, charge)).toEqual({ kind: 'unknown', pricePico: '300' })
    await tools.finish(key, end())
    expect(await tools.begin(key, 50, charge)).toMatchObject({ kind: 'finished', result: 'found', pricePico: '300' })
    expect(await tools.ended(key)).toMatchObject({ result: 'found', pricePico: '300' })
    await ledger.closeRun(RUN, { outcome: 'failed', endedAtMs: 60 })
    expect(await budgets.standing([MONTH])).toMatchObject([{ spentPico: '300', reservedPico: '0', spentTokens: 0 }])
    expect(await ledger.spentBy(RUN)).toMatchObject({ cost: exactly(300), toolCalls: 1 })
    expect(await reports.run(RUN.id)).toMatchObject({ cost: exactly(300) })
    const costs = (await events.read(RUN.id, 0, 10)).filter(event => 'cost' in event)
    expect(costs).toMatchObject([{ kind: 'tool-start', cost: exactly(300), costUsd: '0.0000000003' }])
    expect(await headroomOf(ledger, 2, { part: 'later' })).toBe('700')
  })

  it('charges nothing for a call that is free, or that ends without having begun', async () => {
    const { ledger, tools } = await bench.open()
    await ledger.openRun(newRun())
    expect(await tools.begin(toolCall(), 10)).toEqual({ kind: 'new' })
    await tools.finish(toolCall({ toolCallId: 'denied' }), end({ isError: true }))
    // Its price came with a later worker.
    expect(await tools.begin(toolCall(), 20, priced(300))).toEqual({ kind: 'unknown' })
    expect(await tools.begin(toolCall({ toolCallId: 'denied' }), 20, priced(300))).not.toHaveProperty('pricePico')
    expect((await ledger.spentBy(RUN)).cost).toEqual(exactly(0))
  })

  it('charges the run tree, its slices and shared budgets, or none of them, and names what is short', async () => {
    const store = await bench.open()
    const { ledger, tools, budgets } = store
    await ledger.openRun(newRun({ budget: { usd: '0.000000001', tokens: 0 } }))
    await ledger.openRun(newRun({ run: CHILD, budget: { usd: '0.0000000001' } }))
    const begin = (toolCallId: string, pico: number, shared: readonly SharedLimit[] = [MONTH]) =>
      tools.begin(toolCall({ run: CHILD, toolCallId }), 10, { ...priced(pico, shared), slices: [CHILD.key] })
    expect(await begin('slice', 101)).toEqual({
      kind: 'short',
      headroomPico: '100',
      headroomTokens: 0,
      inFlight: false,
      scopeId: CHILD.key,
      slice: true,
    })
    expect(await begin('shared', 60, [MONTH, DAY])).toMatchObject({
      kind: 'short',
      headroomPico: '50',
      budget: { name: 'day', limitPico: '50' },
    })
    expect(await budgets.standing([MONTH, DAY])).toMatchObject([{ spentPico: '0' }, { spentPico: '0' }])
    // Nothing was recorded: the same call may fit later.
    expect(await begin('shared', 50, [MONTH, DAY])).toEqual({ kind: 'new', pricePico: '50' })
    expect(await budgets.standing([MONTH, DAY])).toMatchObject([{ spentPico: '50' }, { spentPico: '50' }])
    expect(await begin('slice', 51)).toMatchObject({ kind: 'short', headroomPico: '50', slice: true })
    expect(await headroomOf(ledger, 1)).toBe('950')
    expect((await ledger.spentBy(RUN)).cost).toEqual(exactly(50))
  })

  it('tells a run that has ended again that a budget was short, and asks anew for one that was reset', async () => {
    const { ledger, tools } = await bench.open()
    await ledger.openRun(newRun({ part: 'first' }))
    const key = toolCall({ part: 'first' })
    await tools.finish(turnedAwayKey(key), end({ isError: true, result: 'too dear' }))
    await ledger.closeRun(RUN, { outcome: 'answered', part: 'first', endedAtMs: 60 })
    // Its server was restored from before its end.
    expect(await tools.begin(key, 70, priced(300))).toEqual({
      kind: 'finished',
      turnedAway: true,
      isError: true,
      result: 'too dear',
    })
    expect(await tools.begin({ ...key, part: 'reset' }, 80, priced(300))).toEqual({ kind: 'new', pricePico: '300' })
  })

  it('counts for a lost run that has begun anew what its workflow had called before any model', async () => {
    const { ledger, tools } = await bench.open()
    await ledger.openRun(newRun())
    for (const part of ['before', 'after']) {
      await ledger.openRun(newRun({ run: CHILD, part, begins: true, startedAtMs: 2_000 }))
      const key = toolCall({ run: CHILD, part, step: 0, toolCallId: 'workflow-1' })
      await tools.begin(key, 2_001, priced(300))
      await tools.finish(key, end())
    }
    const lost = { outcome: 'failed', message: 'it was terminated', endedAtMs: 9_000 } as const
    expect(await ledger.closeLost(CHILD, lost)).toMatchObject({ cost: exactly(300), toolCalls: 1 })
  })

  it('says that attempts hold the rest, where that is so', async () => {
    const { ledger, tools } = await bench.open()
    await ledger.openRun(newRun({ budget: { usd: '0.000000001' } }))
    const attempt = newAttempt(newCall(1), 1, worst(900))
    await ledger.beginAttempt(attempt)
    expect(await tools.begin(toolCall(), 10, priced(101))).toMatchObject({ kind: 'short', inFlight: true })
    await ledger.endAttempt(attempt.attemptId, answered({ cost: exactly(800) }))
    expect(await tools.begin(toolCall(), 10, priced(101))).toEqual({ kind: 'new', pricePico: '101' })
    expect((await ledger.spentBy(RUN)).cost).toEqual(exactly(901))
  })

  it('never overspends a budget by calls of several runs and workers at once', async () => {
    const place = await bench.newPlace()
    const stores = [await bench.open(place), await bench.open(place)]
    const runs = [RUN, { ...RUN, id: 'letter-2', key: 'first-run-2' }]
    for (const run of runs) await stores[0]!.ledger.openRun(newRun({ run }))
    const begun = await Promise.all(
      Array.from({ length: 24 }, (_, at) =>
        stores[at % 2]!.tools.begin(
          toolCall({ run: runs[(at >> 1) % 2]!, toolCallId: `tool-${at}` }),
          10,
          priced(140, [MONTH]),
        ),
      ),
    )
    expect(begun.filter(({ kind }) => kind === 'new')).toHaveLength(7)
    expect(begun.filter(({ kind }) => kind === 'short')).toHaveLength(17)
    expect(await stores[0]!.budgets.standing([MONTH])).toMatchObject([{ spentPico: '980' }])
    expect((await stores[1]!.reports.spend({ by: [], fromMs: 0, untilMs: 99 })).total).toMatchObject({
      highPico: '980',
      pricedToolCalls: 7,
    })
  })

  it('tells what tools have cost beside attempts, by tool, label and workspace', async () => {
    const { ledger, tools, reports } = await bench.open()
    const other = { ...RUN, id: 'letter-2', key: 'first-run-2', workspace: 'other', labels: {} }
    for (const run of [RUN, CHILD, other]) await ledger.openRun(newRun({ run }))
    await ledger.beginAttempt(newAttempt(newCall(1), 1, worst(10)))
    await ledger.endAttempt(newAttempt(newCall(1), 1).attemptId, answered())
    const calls = [
      [RUN, 'search', 300],
      [RUN, 'search', 300],
      [CHILD, 'crawl', 50],
      [other, 'search', 7],
    ] as const
    for (const [at, [run, toolName, pico]] of calls.entries())
      await tools.begin(toolCall({ run, toolName, toolCallId: `tool-${at}` }), 3_000 + at, priced(pico))
    const sum = { unpriced: 0, attempts: 0 }
    expect(await reports.cost(RUN.id)).toMatchObject({
      ...exactly(1_070),
      exactPico: '1070',
      attempts: 1,
      pricedToolCalls: 3,
      byClass: { strong: exactly(420) },
      byTool: {
        search: { ...sum, ...exactly(600), exactPico: '600', pricedToolCalls: 2 },
        crawl: { ...sum, ...exactly(50), exactPico: '50', pricedToolCalls: 1 },
      },
      byLabel: { 'team=growth': { ...exactly(1_070), attempts: 1, pricedToolCalls: 3 } },
    })
    expect((await reports.runs()).map(({ id, cost }) => [id, cost.highPico]).sort()).toEqual([
      [RUN.id, '1020'],
      [CHILD.id, '50'],
      [other.id, '7'],
    ])
    const time = { fromMs: 0, untilMs: 9_999 }
    const by = async (...keys: Parameters<typeof reports.spend>[0]['by']) =>
      (await reports.spend({ by: keys, ...time })).rows.map(row => [
        ...row.keys,
        row.highPico,
        row.attempts,
        row.pricedToolCalls,
      ])
    expect(await by('tool')).toEqual([
      ['search', '607', 0, 3],
      [null, '420', 1, 0],
      ['crawl', '50', 0, 1],
    ])
    expect(await by('class')).toEqual([
      [null, '657', 0, 4],
      ['strong', '420', 1, 0],
    ])
    expect(await by('run')).toEqual([
      [RUN.id, '1070', 1, 3],
      [other.id, '7', 0, 1],
    ])
    expect(await by('workspace', 'label:team')).toEqual([
      ['acme', 'growth', '1070', 1, 3],
      ['other', null, '7', 0, 1],
    ])
    const labelled = await reports.spend({ by: ['tool'], ...time, label: { key: 'team', value: 'growth' } })
    expect(labelled.total).toMatchObject({ highPico: '1070', exactPico: '1070', pricedToolCalls: 3 })
    const later = await reports.spend({ by: ['tool'], fromMs: 3_002, untilMs: 3_003 })
    expect(later.rows).toMatchObject([{ keys: ['crawl'], highPico: '50' }])
  })

  it('keeps what tools have cost when the content of their run is purged, and nothing that they gave', async () => {
    const place = await bench.newPlace()
    const store = await bench.open(place)
    const { ledger, tools, reports, content } = store
    await ledger.openRun(newRun({ part: 'first' }))
    const keys = ['short', 'long'].map(toolCallId => toolCall({ toolCallId, part: 'first' }))
    for (const key of keys) await tools.begin(key, 10, priced(300))
    await tools.finish(keys[0]!, end({ result: 'canary' }))
    await tools.finish(keys[1]!, end({ result: 'canary '.repeat(500) }))
    await ledger.closeRun(RUN, { outcome: 'answered', endedAtMs: 60 })
    const before = await costsOf(store, RUN)
    await content.purge(RUN.id, 9_000)
    expect(await costsOf(store, RUN)).toEqual(before)
    expect(await place.contents()).not.toContain('canary')
    for (const { toolCallId } of keys) expect(await tools.result(RUN.key, 3, toolCallId)).toBeUndefined()
    expect(await tools.begin({ ...keys[0]!, part: 'reset' }, 9_500, priced(300))).toMatchObject({ kind: 'unknown' })
    expect(await reports.run(RUN.id)).toMatchObject({ cost: exactly(600) })
  })

  it('names no tool of a sealed run in reports, and keeps what it has cost when its key is destroyed', async () => {
    const place = await bench.newPlace()
    const parsed = parseMasterKeys(newMasterKey())
    const store = await bench.open(place, { masterKeys: () => (parsed.ok ? parsed.masterKeys : undefined) })
    await store.seals.ensure(SEALED.id, { content: true, workspace: 'acme' })
    await store.ledger.openRun(newRun({ run: SEALED }))
    await store.tools.begin(toolCall({ run: SEALED, toolName: 'canary' }), 10, priced(300))
    await store.tools.begin(toolCall({ run: SEALED, toolName: 'canary', step: 4 }), 10, priced(300))
    await store.ledger.closeRun(SEALED, { outcome: 'answered', endedAtMs: 60 })
    const before = await costsOf(store, SEALED)
    expect(before).toMatchObject({
      cost: { byTool: { '(sealed)': { highPico: '600', pricedToolCalls: 2 } } },
      spend: { rows: [{ keys: ['(sealed)'], pricedToolCalls: 2 }] },
    })
    await store.content.purge(SEALED.id, 9_000)
    expect(await costsOf(store, SEALED)).toEqual(before)
    expect(await place.contents()).not.toContain('canary')
  })
}

function toolCall(changes: Partial<ToolRecordKey> = {}): ToolRecordKey {
  return { run: RUN, step: 3, toolCallId: 'tool-1', toolName: 'search', question: 'a1', ...changes }
}

function priced(pico: number, shared: readonly SharedLimit[] = []): ToolCharge {
  return { pricePico: `${pico}`, slices: [], shared }
}

function end(changes: { readonly isError?: boolean; readonly result?: string } = {}) {
  return { isError: false, result: 'found', preview: '"found"', atMs: 40, ...changes }
}

/** What an attempt of the run may still cost, as one is told that asks for more than anybody has. */
async function headroomOf(ledger: Store['ledger'], step: number, call: { readonly part?: string } = {}) {
  const reserved = await ledger.beginAttempt(newAttempt(newCall(step, call), 1, worst(1e15)))
  return reserved.kind === 'short' ? reserved.headroomPico : undefined
}

async function costsOf({ reports, ledger }: Store, run: RunRef) {
  const [cost, spend, spent] = await Promise.all([
    reports.cost(run.id),
    reports.spend({ by: ['tool'], fromMs: 0, untilMs: 99_999 }),
    ledger.spentBy(run),
  ])
  return { cost, spend, spent: spent.cost }
}
