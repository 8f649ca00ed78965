import { afterAll, beforeAll, expect, it } from 'vitest'
import { explainedCallWords } from '../../src/cli/print/explained-call.ts'
import type { Fault } from '../../src/core/faults/fault.ts'
import type { FaultRuleInput } from '../../src/providers/simulated/index.ts'
import { explainCall } from '../../src/runtime/routes/explain-call.ts'
import { type Calling, startCalling } from '../support/calling.ts'
import { marketOf } from '../support/market.ts'

const market = (faults: FaultRuleInput[] = []) =>
  marketOf(
    {
      one: {
        models: {
          'acme/small': {},
          'acme/tiny': {
            contextWindow: 300,
            maxOutput: 200,
            price: undefined,
            vendor: { price: { input: 1, output: 4 } },
          },
        },
        vendor: { faults },
      },
      two: { models: { 'acme/small': {}, 'acme/large': {} } },
    },
    `
classes:
  auto: { rules: [{ use: cheap }] }
  elsewhere: { rules: [{ use: cheap }], policy: { denyProviders: [one] } }
  there: { rules: [{ use: cheap }], policy: { allowProviders: [two] } }
  cheap: { models: [acme/small, acme/tiny], sort: order, maxOutputTokens: 400 }
  zdr: { models: [acme/small], needs: { contextWindow: 1000 }, patience: 300ms }
`,
  )

let calling: Calling

beforeAll(async () => {
  calling = await startCalling(market([{ kind: 'rate-limit', times: 1 }]))
})

afterAll(() => calling.close())

const records = () => ({ reports: calling.store.reports, place: 'here', close: async () => {} })

it('a call keeps its plan: every candidate with its numbers, every rejection with its rule, what each attempt met', async () => {
  const run = await calling.open({ id: 'kept' })
  // A draw that is rounded draws other endpoints, for a backtest as for a fork.
  const draw = 1 / 3
  expect((await calling.call({ run, taskClass: 'auto', memory: { draw } })).kind).toBe('answered')
  const [explained] = await explainCall(records(), run.id, 1)
  const { call, plans } = explained!
  expect(call).toMatchObject({
    taskClass: 'auto',
    attempts: [
      { endpoint: 'one:acme/small', fault: { kind: 'rate-limited' } },
      { endpoint: 'two:acme/small', outcome: 'answered' },
    ],
  })
  expect(plans).toHaveLength(1)
  expect(plans[0]).toMatchObject({
    version: calling.configuration.directory.catalogVersion,
    attempt: 1,
    asked: 'auto',
    class: 'cheap',
    ways: [{ from: 'auto', to: 'cheap', why: 'rule 1: any other call' }],
    needs: { outputTokens: 400 },
    draw,
  })
  expect(plans[0]!.candidates.map(({ endpoint }) => endpoint)).toEqual(['one:acme/small', 'two:acme/small'])
  expect(plans[0]!.candidates[0]!.expectedUsd).toBeGreaterThan(0.0016)
  expect(plans[0]!.rejections.map(({ endpoint, rejection }) => [endpoint, rejection.rule])).toEqual([
    ['one:acme/tiny', 'context-window'],
    ['two:acme/large', 'not-in-class'],
  ])
  const words = explainedCallWords(explained!, undefined)
  expect(words).toMatch(/one:acme\/tiny: its context window of 300 tokens is below the 4\d\d tokens needed; shorten/)
  expect(words).toMatch(/1\. one:acme\/small in class cheap \(planned\): rate-limited/)
})

it('a call that found nobody keeps its plan too, and what was closed at that moment', async () => {
  const run = await calling.open({ id: 'nobody' })
  await calling.call({ run, taskClass: 'zdr', policy: { zdr: true } })
  const [explained] = await explainCall(records(), run.id, 1)
  expect(explained?.plans[0]).toMatchObject({ candidates: [], policy: { zdr: true } })
  expect(explained?.plans[0]?.attempt).toBeUndefined()
  expect(explained?.plans[0]?.rejections.filter(({ rejection }) => rejection.rule === 'policy')).toMatchObject([
    { endpoint: 'one:acme/small', found: expect.stringContaining('the call policy'), change: expect.any(String) },
    { endpoint: 'two:acme/small' },
  ])
  const closed = await calling.open({ id: 'closed' })
  await calling.vendors.setFaults('one', [{ kind: 'unauthenticated' }])
  await calling.call({ run: closed, taskClass: 'zdr', policy: { denyProviders: ['two'] } })
  await calling.call({ run: closed, taskClass: 'zdr', step: 2, policy: { denyProviders: ['two'] } })
  const [second] = await explainCall(records(), closed.id, 2)
  expect(second?.plans[0]?.rejections).toContainEqual(
    expect.objectContaining({
      endpoint: 'one:acme/small',
      found: expect.stringMatching(/out of service|cooling down/),
    }),
  )
})

it('a call keeps who was ejected when it was planned', async () => {
  const steady = await startCalling(market())
  const run = await steady.open({ id: 'ejected' })
  const { health } = steady.wired.ports
  const fault: Fault = { kind: 'overloaded', message: 'it was busy', evidence: { status: 503 } }
  for (let nth = 1; nth <= 140; nth += 1) {
    health.record('one:acme/small', { kind: 'answered', totalMs: 10 })
    health.record('two:acme/small', nth % 7 === 0 ? { kind: 'fault', fault } : { kind: 'answered', totalMs: 10 })
  }
  await steady.call({ run, taskClass: 'cheap' })
  const [explained] = await explainCall({ reports: steady.store.reports, place: 'here' }, run.id, 1)
  await steady.close()
  expect(explained?.plans[0]?.candidates).toMatchObject([
    { endpoint: 'one:acme/small' },
    { endpoint: 'two:acme/small', ejected: true, unsteady: true },
  ])
  expect(explained?.plans[0]?.candidates[0]).not.toHaveProperty('ejected')
  expect(explainedCallWords(explained!, undefined)).toMatch(/two:acme\/small .*ejected/)
})

it('an attempt whose worker was killed is said to be so, without a time that nobody knows', async () => {
  const run = await calling.open({ id: 'killed' })
  for (const vendor of ['one', 'two']) await calling.vendors.setFaults(vendor, [{ kind: 'stall' }])
  const before = calling.vendors.meter().length
  const killed = calling.begin({ run, taskClass: 'cheap' })
  await expect.poll(() => calling.vendors.meter().length).toBe(before + 1)
  for (const vendor of ['one', 'two']) await calling.vendors.setFaults(vendor, [])
  await calling.call({ run, taskClass: 'cheap' })
  const [explained] = await explainCall(records(), run.id, 1)
  expect(explainedCallWords(explained!, undefined)).toMatch(
    /1\. \w+:acme\/small in class cheap \(planned\): worker lost, \$0\.0000 to \$/,
  )
  killed.cancel()
  await killed.result
})

it('a call that came by another class has the rule of that class in its words', async () => {
  const run = await calling.open({ id: 'ways' })
  await calling.call({ run, taskClass: 'elsewhere' })
  await calling.call({ run, taskClass: 'there', step: 2 })
  const found = async (step: number) => (await explainCall(records(), run.id, step))[0]?.plans[0]?.rejections[0]?.found
  expect(await found(1)).toContain('deny-provider')
  expect(await found(2)).toContain('allow-provider')
})

it('a step that was never made is said not to be there', async () => {
  await calling.open({ id: 'short' })
  await expect(explainCall(records(), 'short', 9)).rejects.toThrow(/made no call at step 9/)
  await expect(explainCall(records(), 'nobody-of-that-name', 1)).rejects.toMatchObject({ kind: 'unknown-run' })
})
