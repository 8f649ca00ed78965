import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { costUsd } from '../../src/core/money/cost.ts'
import { standingOf } from '../../src/runtime/events/run-standing.ts'
import { defineAgent, defineTool } from '../../src/tools/index.ts'
import { signalbox } from '../cli/captured.ts'
import { detailsWith } from '../support/details.ts'
import { allEvents, untilState } from '../support/following.ts'
import { resetPoints, resetTo } from '../support/reset.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'
import { toolNamed } from '../support/tool-named.ts'

let stage: Stage
let isHeld = false
const begun: string[] = []

const tools = [
  defineTool({
    name: 'search',
    description: 'searches',
    input: z.object({ query: z.string() }),
    priceUsd: '0.005',
    run: ({ query }, { signal }) => {
      begun.push(query)
      if (!isHeld) return `found ${query}`
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
    },
  }),
  defineTool({
    name: 'add',
    description: 'adds two numbers',
    input: z.object({ a: z.number(), b: z.number() }),
    priceUsd: '0.25',
    run: ({ a, b }) => a + b,
  }),
  toolNamed('buy', () => 'bought', { priceUsd: '0.030', needsApproval: true }),
  toolNamed('beg', () => 'given', { priceUsd: '0', needsApproval: true }),
]

const searching = (...queries: string[]) => ({
  tools: queries.map(query => ({ name: 'search', arguments: { query } })),
})

beforeAll(async () => {
  stage = await stageScene({
    app: { tools, agents: [defineAgent({ name: 'searcher', instructions: 'You search.', tools, taskClass: 'cheap' })] },
    behaviours: [
      { match: 'three things', turns: [searching('a', 'b', 'c'), { text: 'Found.' }] },
      {
        match: 'wants',
        turns: [{ tools: ['buy', 'beg'].map(name => ({ name, arguments: {} })) }, { text: 'Had.' }],
      },
      { match: 'held', turns: [searching('held'), { text: 'Found.' }] },
      { match: 'dear', turns: [{ tools: [{ name: 'add', arguments: { a: 1, b: 1 } }] }, { text: 'Without it.' }] },
    ],
  })
})

afterAll(() => stage?.close())

describe('what tools cost', () => {
  it('is part of what a run costs, in its outcome, its events and the ledger', async () => {
    const run = await stage.signalbox.start('searcher', { input: 'Look for three things.' })
    const outcome = await run.outcome()
    expect(outcome).toMatchObject({ kind: 'answered', toolCalls: 3 })
    const { key, cost } = (await stage.store.reports.run(run.id))!
    expect(costUsd(cost)).toBe(outcome.costUsd)
    const { byTool, byModel } = (await stage.store.reports.cost(key))!
    expect(byTool).toMatchObject({ search: { highPico: '15000000000', pricedToolCalls: 3 } })
    expect(BigInt(cost.highPico) - BigInt(byModel['acme/small']!.highPico)).toBe(15_000_000_000n)
    const starts = (await allEvents(run.events())).filter(event => event.kind === 'tool-start')
    expect(starts.map(start => start.costUsd)).toEqual(['0.005', '0.005', '0.005'])
  })

  it('is in the table of the Temporal UI, in one line for the calls of a step', async () => {
    const run = await stage.signalbox.start('searcher', { input: 'Look for three things again.' })
    expect(await run.outcome()).toMatchObject({ kind: 'answered', calls: 2, toolCalls: 3 })
    const details = await detailsWith(stage.signalbox.client, run.id, 'answered')
    const rows = details.match(/^\|.\d.*$/gm)?.map(row => row.replaceAll('\u00a0', '_'))
    const asked = expect.stringContaining('_acme/small_')
    expect(rows).toEqual([asked, '|_1_|_search_|_3_tool calls_|__|_$0.0150_|__|', asked])
  })

  it('is counted once where the worker that has begun it is exchanged, and where the run is reset', async () => {
    isHeld = true
    const run = await stage.signalbox.start('searcher', { input: 'Look for what is held.' })
    await expect.poll(() => begun).toContain('held')
    const before = stage.workers.at(-1)!
    isHeld = false
    await stage.startWorker()
    before.shutdown()
    const outcome = await run.outcome()
    expect(outcome).toMatchObject({ kind: 'answered', toolCalls: 1 })
    expect(begun.filter(query => query === 'held')).toHaveLength(2)
    const { client } = stage.signalbox
    await resetTo(client, run.id, (await resetPoints(client, run.id))[0]!)
    expect(await run.outcome()).toMatchObject({ kind: 'answered', costUsd: outcome.costUsd })
    const { byTool } = (await stage.store.reports.cost(run.id))!
    expect(byTool).toMatchObject({ search: { highPico: '5000000000', pricedToolCalls: 1 } })
  })

  it('is in the outcome of a run that ends while a tool is at work for which it does not wait', async () => {
    isHeld = true
    const run = await stage.signalbox.start('toolLeft', { input: null })
    await expect.poll(() => begun).toContain('left')
    isHeld = false
    await run.stop()
    expect(await run.outcome()).toMatchObject({ kind: 'stopped', costUsd: '0.005' })
  })

  it('is told to the person who approves the call, wherever that is asked', async () => {
    const run = await stage.signalbox.start('searcher', { input: 'Get what it wants.' })
    const { pending } = await untilState(run, state => state.pending.length === 2)
    const prices = [
      { toolName: 'buy', priceUsd: '0.03' },
      { toolName: 'beg', priceUsd: undefined },
    ]
    const priced = (asks: readonly object[]) => expect(asks.map(ask => ({ priceUsd: undefined, ...ask })))
    priced(pending).toMatchObject(prices)
    priced(await run.pending()).toMatchObject(prices)
    const { waiting } = await stage.signalbox.waiting()
    priced(waiting.filter(wait => wait.run === run.id)).toMatchObject(prices)
    const asks = await stage.store.events.read(run.id, 0, 100)
    priced(asks.filter(({ kind }) => kind === 'approval-ask')).toMatchObject(prices)
    priced((await standingOf(stage.store.events, run.id)).pending).toMatchObject(prices)
    const details = await detailsWith(stage.signalbox.client, run.id, 'buy costs $0.03: `signalbox approve')
    expect(details).not.toContain('beg costs')
    const env = stage.commandEnv
    for (const command of [
      ['runs', '--waiting'],
      ['show', run.id],
      ['approve', run.id],
    ]) {
      const { out, err } = await signalbox(command, { env })
      expect((out + err).match(/\(costs .*?\)/g)).toEqual(['(costs $0.03)'])
    }
    for (const { toolCallId } of pending) await run.deny(toolCallId)
    expect(await run.outcome()).toMatchObject({ kind: 'answered' })
  })

  it('is told to the model where the budget is short, and the run goes on', async () => {
    const run = await stage.signalbox.start('searcher', { input: 'Do what is dear.', budget: { usd: '0.20' } })
    const outcome = await run.outcome()
    expect(outcome).toMatchObject({ kind: 'answered', text: expect.stringContaining('Without it.') })
    expect(Number(outcome.costUsd)).toBeLessThan(0.2)
    expect(JSON.stringify(await run.messages())).toMatch(
      /add was not called: a call costs \$0\.25, and the run's budget has \$0\.19\d+ left; go on without it/,
    )
  })

  it('is in the cost of a workflow that calls the tool itself, and is a failure in its hand where the budget is short', async () => {
    const run = await stage.signalbox.start('toolFirst', { input: 1 })
    expect(await run.outcome()).toMatchObject({ kind: 'answered', output: '2', costUsd: '0.25' })
    const poor = await stage.signalbox.start('toolFirst', { input: 1, budget: { usd: '0.20' } })
    const { output, costUsd: spent } = await poor.outcome()
    expect([output, spent]).toEqual([expect.stringContaining("the run's budget has $0.2 left"), '0'])
    const asked = [
      ['add', { a: 1, b: 1 }],
      ['search', { query: 'a' }],
    ]
    const told = await stage.signalbox.start('toolFailures', { input: asked, budget: { usd: '0.20' } })
    expect(await told.outcome()).toMatchObject({ output: ['over-budget', null], costUsd: '0.005' })
  })
})
