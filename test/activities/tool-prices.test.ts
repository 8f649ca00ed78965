import { MockActivityEnvironment } from '@temporalio/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { createRunTool } from '../../activities/run-tool.ts'
import type { BudgetWarning } from '../../src/core/ports.ts'
import type { RunRef, RunToolInput, RunToolResult } from '../../src/core/protocol.ts'
import { defineRemoteTool, defineTool } from '../../src/tools/index.ts'
import { type Calling, RUN, startCalling } from '../support/calling.ts'
import { marketOf } from '../support/market.ts'

let calling: Calling
let searched: string[]
let warned: BudgetWarning[]

const input = z.object({ query: z.string() })

const tools = [
  defineTool({
    name: 'search',
    description: 'searches',
    input,
    priceUsd: '0.005',
    run: ({ query }) => {
      searched.push(query)
      if (query === 'nonsense') throw new Error('found nothing')
      return `found ${query}`
    },
  }),
  defineRemoteTool({
    name: 'crawl',
    description: 'crawls',
    input,
    priceUsd: '0.01',
    activity: 'crawl',
    taskQueue: 'q',
  }),
  defineTool({
    name: 'draw',
    description: 'draws, once somebody has heard of what that costs',
    input,
    priceUsd: '0.01',
    idempotent: false,
    run: async ({ query }) => {
      searched.push(query)
      await vi.waitUntil(() => warned.length > 0, { timeout: 60_000 })
    },
  }),
  defineTool({ name: 'guess', description: 'guesses', input, priceUsd: '0', run: () => 'perhaps' }),
]

const BUDGETS = `
budgets:
  each-customer: { scope: { each: customer }, per: lifetime, usd: "0.012", warnAt: [0.8] }
  strong-class: { scope: { class: open }, per: lifetime, usd: "0.001" }
  one-key: { scope: { provider: one }, per: lifetime, usd: "0.001" }
`

beforeEach(async () => {
  ;[searched, warned] = [[], []]
  calling = await startCalling({ ...marketOf({ one: {} }, `classes: { open: {} }${BUDGETS}`), app: { tools } })
})

afterEach(() => calling.close())

describe('a tool with a price', () => {
  it('is charged once, however often its call is tried, and also where it fails', async () => {
    await calling.open()
    const { ports } = calling.wired
    const lost = () => Promise.reject(new Error('the worker is lost'))
    const first = createRunTool({ ...ports, toolRecords: { ...ports.toolRecords, finish: lost } })
    await expect(activity().run(first, ask('tea'))).rejects.toThrow('the worker is lost')
    for (let times = 0; times < 2; times += 1)
      expect(await run(ask('tea'))).toMatchObject({ kind: 'done', pricePico: '5000000000', result: { isError: false } })
    expect(searched).toEqual(['tea', 'tea'])
    expect(await spentUsd()).toBe(0.005)
    const failing = ask('nonsense')
    const failed = await run(failing)
    expect(failed).toMatchObject({ pricePico: '5000000000', result: { isError: true } })
    expect(failed).not.toHaveProperty('result.failure')
    expect(await spentUsd()).toBe(0.01)
  })

  it('is charged before another queue has it, and nothing again when that has given its result', async () => {
    await calling.open()
    const crawl = { ...ask('tea'), toolName: 'crawl' }
    for (let times = 0; times < 2; times += 1)
      expect(await run(crawl)).toMatchObject({ kind: 'remote', pricePico: '10000000000' })
    expect(await spentUsd()).toBe(0.01)
  })

  it('costs nothing where it is not called: unknown, not offered, with wrong arguments, or free', async () => {
    await calling.open()
    for (const other of [
      { ...ask('tea'), toolName: 'serch' },
      { ...ask('tea'), unoffered: {} },
      { ...ask('tea'), input: { query: 7 } },
      { ...ask('tea'), toolName: 'guess' },
    ])
      expect(await run(other)).not.toHaveProperty('pricePico')
    expect(await spentUsd()).toBe(0)
  })

  it('is not called where a budget is short: the model is told what it costs, and which one', async () => {
    const poor = await calling.open({ budget: { usd: '0.008' } })
    expect(words(await run(ask('tea', poor)))).toBe('"found tea"')
    expect(await run(ask('milk', poor))).toMatchObject({ result: { isError: true, failure: 'over-budget' } })
    expect(words(await run(ask('milk', poor)))).toBe(
      `"search was not called: a call costs $0.005, and the run's budget has $0.003 left; go on without it"`,
    )
    const customer = { labels: { customer: 'ann' } }
    const [one, two] = [await calling.open({ id: 'one', ...customer }), await calling.open({ id: 'two', ...customer })]
    expect(words(await run(ask('one', one)))).toBe('"found one"')
    expect(words(await run(ask('two', two)))).toBe('"found two"')
    expect(words(await run(ask('three', two)))).toBe(
      `"search was not called: a call costs $0.005, and the shared budget 'each-customer' of $0.012 for label customer=ann has $0.002 left; go on without it"`,
    )
    // What was told stays told.
    expect(await run(ask('three', two))).not.toHaveProperty('pricePico')
    expect(searched).toEqual(['tea', 'one', 'two'])
  })

  it('is called after all where it is asked again once there is money, as by a run that was reset', async () => {
    const poor = await calling.open({ budget: { usd: '0.004' } })
    expect(words(await run(ask('tea', poor)))).toMatch(/search was not called/)
    await calling.store.ledger.raiseBudget({ run: poor, raiseId: 'one', usd: '0.004', atMs: 1 })
    expect(await run(ask('tea', poor))).toMatchObject({ pricePico: '5000000000', result: { preview: '"found tea"' } })
    expect(words(await run(ask('tea', poor)))).toBe('"found tea"')
    expect(searched).toEqual(['tea'])
  })

  it('warns of shared budgets as calls of models do', async () => {
    const ann = await calling.open({ labels: { customer: 'ann' } })
    for (const query of ['one', 'two', 'three']) await run(ask(query, ann))
    expect(warned).toMatchObject([{ budget: 'each-customer', share: 0.8, spentPico: '10000000000' }])
  })

  it('warns as soon as it is charged, while it works', async () => {
    const ann = await calling.open({ labels: { customer: 'ann' } })
    expect(await run({ ...ask('cat', ann), toolName: 'draw' })).toMatchObject({ result: { isError: false } })
  })

  it('runs where nobody can be warned, also one that may run at most once, and its result is kept', async () => {
    const { budgets } = calling.wired.ports
    const away = { ...budgets, warnings: () => Promise.reject(new Error('the store is away')) }
    const ann = await calling.open({ labels: { customer: 'ann' } })
    const painting = { ...ask('cat', ann), toolName: 'draw' }
    warned.push({} as BudgetWarning)
    const first = createRunTool({ ...calling.wired.ports, budgets: away })
    await expect(activity().run(first, painting)).rejects.toThrow('the store is away')
    expect(await run(painting)).toMatchObject({ result: { isError: false } })
    expect(searched).toEqual(['cat'])
    const crawl = { ...ask('dog', await calling.open({ id: 'bob', labels: { customer: 'bob' } })), toolName: 'crawl' }
    await expect(activity().run(first, crawl)).rejects.toThrow('the store is away')
    expect(await run(crawl)).toMatchObject({ kind: 'remote', pricePico: '10000000000' })
  })

  it('has its input read once', async () => {
    await calling.open()
    const parse = vi.spyOn(tools[0]!, 'parse')
    await run(ask('tea'))
    expect(parse).toHaveBeenCalledOnce()
    parse.mockRestore()
  })
})

function ask(query: string, asking: RunRef = RUN): RunToolInput {
  return { run: asking, step: 1, toolCallId: `workflow-${query}`, toolName: 'search', input: { query } }
}

function run(asked: RunToolInput): Promise<RunToolResult> {
  const announce = async (warning: BudgetWarning) => void warned.push(warning)
  return activity().run(createRunTool({ ...calling.wired.ports, announce: announce as never }), asked)
}

function activity() {
  return new MockActivityEnvironment()
}

function words(result: RunToolResult): string {
  return result.kind === 'done' ? result.result.preview : result.kind
}

async function spentUsd(): Promise<number> {
  const { cost } = (await calling.store.reports.run(RUN.id))!
  return Number(cost.highPico) / 1e12
}
