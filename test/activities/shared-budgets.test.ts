import { createServer, type Server } from 'node:http'
import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger, type LogEntry } from '@temporalio/worker'
import { afterEach, expect, it } from 'vitest'
import { createCallModel } from '../../activities/call-model.ts'
import { limitAt } from '../../src/core/budgets/shared-limit.ts'
import type { CallModelInput, CallModelResult, RunRef } from '../../src/core/protocol.ts'
import type { RunningVendors } from '../../src/providers/simulated/index.ts'
import type { WiredPorts } from '../../src/runtime/ports/wire-ports.ts'
import type { Store } from '../../src/store/index.ts'
import { type Calling, callOf, startCalling } from '../support/calling.ts'
import { marketOf } from '../support/market.ts'
import { onFreePort } from '../support/on-free-port.ts'

const PRICE = { input: 1, cachedInput: 0.1, output: 4 }
const MODELS = { 'acme/small': { price: PRICE }, 'acme/riddle': { price: undefined, vendor: { price: PRICE } } }

const CLASSES = `
classes:
  patient: { models: [acme/small], maxOutputTokens: 500, patience: 5s }
  hasty: { models: [acme/small], maxOutputTokens: 500, minOutputTokens: 500, patience: 1ms }
  unpriced: { models: [acme/riddle], maxOutputTokens: 500 }
workspaces: { acme: {}, other: {} }
`

let calling: Calling
let store: Store
let vendors: RunningVendors
let wired: WiredPorts
let logged: LogEntry[]

async function wire(budgets: string): Promise<void> {
  logged = []
  calling = await startCalling(marketOf({ one: { models: MODELS } }, `${CLASSES}budgets: ${budgets}`))
  ;({ store, vendors, wired } = calling)
}

afterEach(() => calling.close())

it('is never overspent by runs side by side: the later wait for what the earlier give back', async () => {
  await wire(`{ everyone: { scope: { all: true }, per: lifetime, usd: '0.0048' } }`)
  const runs = [await open('acme', 1), await open('other', 2)]
  const calls = Array.from({ length: 8 }, (_, at) => input(runs[at % 2]!, at + 1))
  const results = await Promise.all(calls.map(call))
  const billed = vendors.meter().reduce((sum, row) => sum + BigInt(row.billedPico), 0n)
  expect(billed).toBeLessThanOrEqual(4_800_000_000n)
  expect(results.filter(result => result.kind === 'answered').length).toBeGreaterThanOrEqual(4)
  for (const result of results) expect(['answered', 'over-budget']).toContain(result.kind)
})

it('refuses by name, with its limit and when its period ends, and lets others go on', async () => {
  await wire(`{ acme-month: { scope: { workspace: acme }, per: month, usd: '0.0001' } }`)
  const [acme, other] = [await open('acme', 1), await open('other', 2)]
  const refused = await call(input(acme, 1))
  expect(refused).toMatchObject({ kind: 'over-budget' })
  expect(refused.kind === 'over-budget' && refused.message).toMatch(
    /shared budget 'acme-month' of \$0\.0001 .*\$0\.0001 is left and up to \$0\.\d+ .*period ends \d{4}-\d\d-01T00:00Z/,
  )
  expect(vendors.meter()).toHaveLength(0)
  expect(await call(input(other, 1))).toMatchObject({ kind: 'answered' })
})

it('gives each value of a label the limit for itself, and holds no call without the label', async () => {
  await wire(`{ customers: { scope: { each: customer }, per: day, usd: '0.003' } }`)
  const [ann, bob] = [await open('acme', 1), await open('acme', 2)]
  const labels = (customer: string) => ({ labels: { customer } })
  const ask = (run: RunRef, step: number, changes = {}) => call(input(run, step, { taskClass: 'hasty', ...changes }))
  const [limit] = wired.ports.directory.budgets
  await store.budgets.setLimits(limitAt(limit!, Date.now(), "ann's").ownLimits!, { limitPico: '1000000', setAtMs: 1 })
  const refused = await ask(ann, 1, labels("ann's"))
  expect(refused.kind === 'over-budget' && refused.message).toMatch(
    /^the shared budget 'customers' of \$0\.000001 for label customer=ann's does not admit .*\(signalbox budget set customers --label 'customer=ann'\\''s' --usd <amount>\)/,
  )
  expect(await ask(bob, 1, labels('bob'))).toMatchObject({ kind: 'answered' })
  expect(await ask(ann, 2)).toMatchObject({ kind: 'answered' })
  const [its, others] = await store.budgets.standing(['bob', "ann's"].map(value => limitAt(limit!, Date.now(), value)))
  expect(its).toMatchObject({ label: { customer: 'bob' }, limitPico: '3000000000', reservedPico: '0' })
  expect(BigInt(its!.spentPico)).toBeGreaterThan(0n)
  expect(others).toMatchObject({ spentPico: '0' })
})

it('says whose budget a call waits for, where each value of a label has one, and lets that of another go on', async () => {
  await wire(`{ customers: { scope: { each: customer }, per: day, usd: '0.003' } }`)
  const [run, holding] = [await open('acme', 1), await open('acme', 2)]
  await vendors.setFaults('one', [{ kind: 'stall', afterTokens: 5, times: 1 }])
  const hasty = (customer: string) => ({ taskClass: 'hasty', labels: { customer } })
  const held = calling.begin(input(holding, 1, hasty('ann')))
  await expect.poll(() => store.budgets.holdingRuns()).toHaveLength(1)
  expect(await call(input(run, 1, hasty('ann')))).toMatchObject({
    kind: 'wait',
    reason: "calls in flight hold the rest of the budget 'customers' for label customer=ann",
  })
  expect(await call(input(run, 2, hasty('bob')))).toMatchObject({ kind: 'answered' })
  held.cancel()
  expect(await held.result).toMatchObject({ kind: 'cancelled' })
})

it('takes a limit that somebody sets at once', async () => {
  await wire(`{ acme-month: { scope: { workspace: acme }, per: month, usd: '0' } }`)
  const run = await open('acme', 1)
  expect(await call(input(run, 1))).toMatchObject({ kind: 'over-budget' })
  await store.budgets.setLimits('acme-month', { limitPico: '1000000000000', setAtMs: 1 })
  expect(await call(input(run, 1))).toMatchObject({ kind: 'answered' })
})

it('says of whom the call waits when another run holds what is left', async () => {
  await wire(`{ titles: { scope: { label: { feature: titles } }, per: day, usd: '0.003' } }`)
  const [run, holding] = [await open('acme', 1), await open('other', 2)]
  await vendors.setFaults('one', [{ kind: 'stall', afterTokens: 5, times: 1 }])
  const labels = { feature: 'titles' }
  const held = calling.begin(input(holding, 1, { taskClass: 'hasty', labels }))
  await expect.poll(() => store.budgets.holdingRuns()).toHaveLength(1)
  expect(await call(input(run, 1, { taskClass: 'hasty', labels }))).toMatchObject({
    kind: 'wait',
    reason: "calls in flight hold the rest of the budget 'titles'",
  })
  // It is seen to wait until it comes back, or would have long ago.
  await store.budgets.sweep(Date.now() + 600_000)
  expect(await waiters()).toEqual(['run-1 1'])
  await store.budgets.sweep(Date.now() + 602_000)
  expect(await waiters()).toEqual([])
  expect(await call(input(run, 2, { taskClass: 'hasty' }))).toMatchObject({ kind: 'answered' })
  held.cancel()
  expect(await held.result).toMatchObject({ kind: 'cancelled' })
})

it('does not say of a call that was cancelled, or waits for its vendor now, that it waits for money', async () => {
  await wire(`{ titles: { scope: { all: true }, per: lifetime, usd: '0.003' } }`)
  const [holding, other] = [await open('acme', 1), await open('other', 2)]
  await vendors.setFaults('one', [{ kind: 'stall', afterTokens: 5, times: 1 }])
  const holder = calling.begin(input(holding, 1, { taskClass: 'hasty' }))
  await expect.poll(() => store.budgets.holdingRuns()).toHaveLength(1)

  const cancelled = calling.begin(input(other, 1))
  await expect.poll(waiters).toEqual(['run-2 1'])
  const told = async () => (await store.events.read('run-2', 0, 100)).filter(({ kind }) => kind === 'wait')
  const reason = "calls in flight hold the rest of the budget 'titles'"
  await expect.poll(told).toMatchObject([{ step: 1, reason }])
  cancelled.cancel()
  expect(await cancelled.result).toMatchObject({ kind: 'cancelled' })
  expect(await waiters()).toEqual([])

  const closed = calling.begin(input(other, 2))
  await expect.poll(waiters).toEqual(['run-2 2'])
  const fault = { kind: 'quota-exhausted', message: '', evidence: { retryAfterMs: 60_000 } } as const
  wired.ports.health.record('one:acme/small', { kind: 'fault', fault })
  holder.cancel()
  await holder.result
  expect(await closed.result).toMatchObject({ kind: 'wait', reason: expect.stringContaining('one') })
  expect(await waiters()).toEqual([])
})

it('lets no endpoint of unknown price serve where its money is limited', async () => {
  await wire(`{ acme-month: { scope: { workspace: acme }, per: month, usd: '5' } }`)
  const [acme, other] = [await open('acme', 1), await open('other', 2)]
  expect(await call(input(acme, 1, { taskClass: 'unpriced' }))).toMatchObject({
    kind: 'fault',
    fault: { kind: 'no-route', message: expect.stringContaining('price') },
  })
  expect(await call(input(other, 1, { taskClass: 'unpriced' }))).toMatchObject({ kind: 'answered' })
})

it('warns once, in the log and to the webhook, without a word of content, beside a budget without shares', async () => {
  const hook = await listen(200)
  const quiet = 'month: { scope: { workspace: acme }, per: month, tokens: 50000 }'
  const day = `acme-day: { scope: { workspace: acme }, per: day, tokens: 5000, warnAt: [0.001, 1], webhook: '${hook.url}' }`
  await wire(`{ ${quiet}, ${day} }`)
  const run = await open('acme', 1)
  for (const step of [1, 2]) await call(input(run, step))
  await expect.poll(() => hook.bodies).toHaveLength(1)
  expect(JSON.parse(hook.bodies[0]!)).toEqual({
    kind: 'budget-warning',
    state: 'begun',
    subject: 'acme-day',
    message: expect.stringMatching(/^the budget acme-day is at least 0\.1 % spent: 4,\d{3} of 5,000 tokens left$/),
    at: expect.stringMatching(/Z$/),
    budget: 'acme-day',
    share: 0.001,
    spentUsd: expect.stringMatching(/^0\.\d+$/),
    spentTokens: expect.any(Number),
    limitTokens: 5_000,
    periodEndsAt: expect.stringMatching(/T00:00:00\.000Z$/),
  })
  const left = expect.stringMatching(/^4,\d{3} of 5,000 tokens$/)
  expect(warnings()).toMatchObject([
    ['budget runs low', { run: run.id, step: 1, class: 'patient', budget: 'acme-day', share: 0.001, left }],
  ])
  hook.server.close()
})

it('warns once when it turns calls away below its shares, since their worst case is more than what is left', async () => {
  const hook = await listen(200)
  await wire(
    `{ acme-day: { scope: { workspace: acme }, per: day, usd: '0.001', warnAt: [0.8], webhook: '${hook.url}' } }`,
  )
  const run = await open('acme', 1)
  for (const step of [1, 2])
    expect(await call(input(run, step, { taskClass: 'hasty' }))).toMatchObject({ kind: 'over-budget' })
  const figures = { budget: 'acme-day', share: 0, left: '$0.00100 of $0.00100' }
  expect(warnings()).toMatchObject([['budget turns calls away', { ...figures, step: 1 }]])
  await expect.poll(() => hook.bodies).toHaveLength(1)
  expect(JSON.parse(hook.bodies[0]!)).toMatchObject({
    kind: 'budget-warning',
    share: 0,
    message:
      'the budget acme-day has turned a call away, which might have needed more than is left: $0.00100 of $0.00100 left',
  })
  hook.server.close()
})

it('warns of each value of a label by its name', async () => {
  const hook = await listen(200)
  await wire(
    `{ customers: { scope: { each: customer }, per: day, tokens: 5000, warnAt: [0.001], webhook: '${hook.url}' } }`,
  )
  const run = await open('acme', 1)
  for (const [at, customer] of ['ann', 'bob', 'ann'].entries()) await call(input(run, at + 1, { labels: { customer } }))
  await expect.poll(() => hook.bodies).toHaveLength(2)
  const told = hook.bodies.map(body => JSON.parse(body)).toSorted((a, b) => (a.message < b.message ? -1 : 1))
  expect(told).toMatchObject([
    { subject: 'customers', budget: 'customers', label: { customer: 'ann' }, limitTokens: 5_000 },
    {
      label: { customer: 'bob' },
      message: expect.stringMatching(/^the budget customers for label customer=bob is at least/),
    },
  ])
  expect(told[0]).not.toHaveProperty('ownLimits')
  expect(warnings().map(([, meta]) => meta?.label)).toEqual([{ customer: 'ann' }, { customer: 'bob' }])
  hook.server.close()
})

it('warns a webhook that fails for a moment all the same', async () => {
  const hook = await listen(503, 200)
  await wire(
    `{ acme-day: { scope: { workspace: acme }, per: day, tokens: 5000, warnAt: [0.001], webhook: '${hook.url}' } }`,
  )
  expect(await call(input(await open('acme', 1), 1))).toMatchObject({ kind: 'answered' })
  await expect.poll(() => hook.bodies).toHaveLength(2)
  expect(warnings()).toMatchObject([['budget runs low', {}]])
  hook.server.close()
})

it('is not held up by a webhook that fails, and says so without its address as the worker ends', async () => {
  const hook = await listen(500)
  await wire(
    `{ acme-day: { scope: { workspace: acme }, per: day, tokens: 5000, warnAt: [0.001], webhook: '${hook.url}' } }`,
  )
  expect(await call(input(await open('acme', 1), 1))).toMatchObject({ kind: 'answered' })
  await expect.poll(() => hook.bodies).toHaveLength(1)
  await wired.close()
  await expect
    .poll(() => warnings().at(-1))
    .toMatchObject([
      'budget webhook failed',
      { problem: expect.stringMatching(/^it answered 500; this is not sent again: check/) },
    ])
  expect(JSON.stringify(warnings())).not.toContain(hook.url)
  hook.server.close()
})

const open = (workspace: string, at: number) => calling.open({ id: `run-${at}`, workspace })

const input = (run: RunRef, step: number, changes: Partial<CallModelInput> = {}) =>
  callOf({ run, taskClass: 'patient', step, ...changes })

async function waiters(): Promise<readonly string[]> {
  const limits = wired.ports.directory.budgets.map(budget => limitAt(budget, Date.now()))
  const [standing] = await store.budgets.standing(limits)
  return standing!.waiters.map(({ runId, step }) => `${runId} ${step}`)
}

async function call(asked: CallModelInput): Promise<CallModelResult> {
  const environment = new MockActivityEnvironment(undefined, {
    logger: new DefaultLogger('WARN', entry => logged.push(entry)),
  })
  return (await environment.run(createCallModel(wired.ports), asked)) as CallModelResult
}

function warnings() {
  return logged.map(({ message, meta }) => [message, meta] as const)
}

/** Answers with each status in turn, and from then on with the last. */
async function listen(...statuses: readonly number[]): Promise<{ server: Server; url: string; bodies: string[] }> {
  const bodies: string[] = []
  const server = createServer(async (incoming, reply) => {
    let body = ''
    for await (const chunk of incoming) body += chunk
    bodies.push(body)
    reply.writeHead(statuses[bodies.length - 1] ?? statuses.at(-1)!).end()
  })
  const address = await onFreePort(server)
  return { server, bodies, url: `http://${address}/hook` }
}
