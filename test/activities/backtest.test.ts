import { afterAll, beforeAll, expect, it } from 'vitest'
import { backtest, type ClassBacktest } from '../../src/core/backtest/backtest.ts'
import type { KnownPrompt, TranscriptRef } from '../../src/core/protocol.ts'
import { type Calling, startCalling } from '../support/calling.ts'

const DEAR = {
  contextWindow: 200_000,
  maxOutput: 4_000,
  price: { input: 3, cachedInput: 0.3, cacheWrite: 3.75, output: 15 },
}
const FAIR = { contextWindow: 200_000, maxOutput: 4_000, price: { input: 1, cachedInput: 0.1, output: 4 } }
const priced = ({ input, cachedInput, output }: { input: number; cachedInput: number; output: number }, more = '') =>
  `contextWindow: 200000, maxOutput: 4000, abilities: [tools, cache], price: { input: ${input}, cachedInput: ${cachedInput}, ${more}output: ${output} }`

const yaml = (work: string, brief: string) => `
providers:
  one:
    protocol: anthropic
    baseURL: "\${ONE_URL}"
    apiKey: none
    dataPolicy: { retention: 30d }
    models: { acme/large: { upstream: large, ${priced(DEAR.price, 'cacheWrite: 3.75, ')} } }
  two:
    protocol: openai
    baseURL: "\${TWO_URL}"
    apiKey: none
    dataPolicy: { retention: none }
    models: { acme/large: { upstream: large, ${priced(FAIR.price)} }, acme/small: { upstream: small, ${priced(FAIR.price)} } }
classes:
  work: { models: [acme/large], sort: order, maxOutputTokens: 150, ${work} }
  brief: { models: [${brief}], sort: order, maxOutputTokens: 60 }
`

/** Of acme/large, at `one`. */
const A = yaml('policy: { denyProviders: [two] }', 'acme/small')
const B = yaml('policy: { denyProviders: [one] }', 'acme/small')

const RUNS = 8
const STEPS = 6

let calling: Calling

beforeAll(async () => {
  const cache = { ttlMs: 300_000 }
  calling = await startCalling({
    yaml: A,
    vendors: [
      { name: 'one', protocol: 'anthropic', models: { large: DEAR }, cache },
      { name: 'two', protocol: 'openai', models: { large: FAIR, small: FAIR }, cache },
    ],
  })
})

afterAll(() => calling.close())

/** Long runs whose prompts grow, and short calls beside them. */
async function work(name: string): Promise<void> {
  for (let at = 0; at < RUNS; at += 1) {
    const run = await calling.open({ id: `${name}-${at}` })
    let transcript: TranscriptRef = { lineage: `${run.key}/agent`, length: 0 }
    let known: KnownPrompt | undefined
    for (let step = 1; step <= STEPS; step += 1) {
      const text = `Run ${at}, page ${step}: ${`the ${at}th of all words `.repeat(220)}`
      const memory = { draw: at / RUNS, ...(known && { known }) }
      const result = await calling.call({ run, taskClass: 'work', step, transcript, prompt: text, memory })
      if (result.kind !== 'answered') throw new Error(JSON.stringify(result))
      transcript = result.answer.transcript
      known = result.answer.known
    }
    await calling.call({ run, taskClass: 'brief', step: STEPS + 1, prompt: `A title for run ${at}` })
  }
}

async function spentOn(name: string): Promise<number> {
  const attempts = await calling.store.reports.attempts({ limit: 10_000 })
  const its = attempts.filter(attempt => attempt.runId.startsWith(`${name}-`) && attempt.taskClass === 'work')
  expect(its).toHaveLength(RUNS * STEPS)
  return its.reduce((sum, { cost }) => sum + Number(cost!.highPico) / 1e12, 0)
}

/** Each call is counted once. */
const adds = ({ calls, same, recached, moved, moves, noRoute, unknown }: ClassBacktest) => {
  expect(same + recached + moved + noRoute + unknown).toBe(calls)
  expect(moves.reduce((sum, move) => sum + move.calls, 0)).toBe(moved)
}

const test = async (config: string) => {
  const calls = await calling.store.reports.recorded({ sinceMs: 0, limit: 10_000 })
  return backtest(calls, calling.read(config).directory, Math.random)
}

it('predicts from runs under one configuration what they cost under another, within 10 %', async () => {
  await work('a')
  const [predicted, brief] = (await test(B)).classes
  const [unchanged] = (await test(A)).classes
  calling.wired.use(calling.read(B))
  await work('b')
  const [costA, costB] = [await spentOn('a'), await spentOn('b')]
  expect(predicted).toMatchObject({
    class: 'work',
    calls: RUNS * STEPS,
    same: 0,
    noRoute: 0,
    unknown: 0,
    moves: [{ from: 'one:acme/large', to: 'two:acme/large', calls: RUNS * STEPS }],
    unmeasured: ['two:acme/large'],
  })
  // Otherwise anything would be within 10 %.
  expect(costB).toBeLessThan(costA * 0.7)
  expect(predicted!.recordedUsd).toBeCloseTo(costA, 9)
  expect(Math.abs(predicted!.predictedUsd / costB - 1)).toBeLessThan(0.1)
  expect(predicted!.lowUsd).toBeLessThanOrEqual(predicted!.predictedUsd)
  expect(predicted!.highUsd).toBeGreaterThanOrEqual(predicted!.predictedUsd)
  expect(brief).toMatchObject({ class: 'brief', calls: RUNS, same: RUNS })
  expect(unchanged).toMatchObject({ same: RUNS * STEPS, moves: [] })
  expect(unchanged!.predictedUsd).toBeCloseTo(costA, 9)
  // Where every call goes as it went, nothing is uncertain.
  expect([unchanged!.lowUsd, unchanged!.highUsd]).toEqual([unchanged!.predictedUsd, unchanged!.predictedUsd])
})

it('counts each call once, those too that come back to their endpoint with another cache, have no price or no answer', async () => {
  await calling.vendors.setFaults('two', [{ kind: 'server-error' }])
  const run = await calling.open({ id: 'lost' })
  await calling.call({ run, taskClass: 'brief' })
  await calling.vendors.setFaults('two', [])
  const unpriced = B.replace(
    /acme\/large: \{ upstream: large, [^}]*\} \}, acme/,
    'acme/large: { upstream: large, unpriced: allow, contextWindow: 200000, maxOutput: 4000, abilities: [tools, cache] }, acme',
  )
  // The first pages elsewhere, the others where they went.
  const early = '  early: { models: [acme/large], policy: { denyProviders: [one] }, maxOutputTokens: 150 }\n'
  const there = `${yaml('rules: [{ when: { promptTokens: "<3000" }, use: early }]', 'acme/small')}${early}`
  const all = await Promise.all([A, B, unpriced, there].map(async config => (await test(config)).classes))
  for (const its of all.flat()) adds(its)
  const reasons = all.flatMap(classes => classes.flatMap(its => its.unknownReasons.map(({ reason }) => reason)))
  expect(reasons).toEqual(expect.arrayContaining(['no known price at two:acme/large', 'not answered in the record']))
  expect(all.flat().some(({ recached }) => recached > 0)).toBe(true)
})

it('says which calls another configuration would leave without a route, and by which rule', async () => {
  const strict = `${A}workspaces: { default: { policy: { denyModels: [acme/large] } } }\n`
  const { classes } = await test(strict)
  expect(classes.find(({ class: name }) => name === 'work')).toMatchObject({
    noRoute: RUNS * STEPS * 2,
    reasons: [{ reason: 'workspace policy: deny-model', calls: RUNS * STEPS * 2 }],
    predictedUsd: 0,
  })
  expect(classes.find(({ class: name }) => name === 'brief')).toMatchObject({ noRoute: 0 })
})

it('holds a call to the money limits of its run and of the other configuration, not to those of the one that it ran under', async () => {
  calling.wired.use(calling.read(`${A}budgets: { day: { scope: { all: true }, per: day, usd: '1000' } }\n`))
  await calling.call({ run: await calling.open({ id: 'shared' }), taskClass: 'brief' })
  await calling.call({ run: await calling.open({ id: 'own', moneyLimited: true }), taskClass: 'brief' })
  const unknown = A.replace(/(acme\/small: \{ [^{}]*), price: \{[^}]*\}/, '$1')
  const brief = (await test(unknown)).classes.find(({ class: name }) => name === 'brief')
  expect(brief).toMatchObject({ noRoute: 1, reasons: [{ reason: 'unknown-price', calls: 1 }] })
  const limited = `${unknown}budgets: { day: { scope: { class: brief }, per: day, usd: '1000' } }\n`
  const none = (await test(limited)).classes.find(({ class: name }) => name === 'brief')
  expect(none!.noRoute).toBe(none!.calls)
  // A call counts towards the class that was asked too, where its rules lead to another.
  const led = unknown.replace(/ {2}work: .*/, '  work: { rules: [{ use: brief }] }')
  const ofAsked = `${led}budgets: { day: { scope: { class: work }, per: day, usd: '1000' } }\n`
  const all = (await test(ofAsked)).classes.find(({ class: name }) => name === 'work')
  expect(all!.noRoute).toBe(all!.calls)
})
