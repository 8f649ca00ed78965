import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EXIT } from '../../src/cli/exit-codes.ts'
import { newCall } from '../store/records.ts'
import { type Calling, startCalling } from '../support/calling.ts'
import { marketOf } from '../support/market.ts'
import { signalbox } from './captured.ts'

const market = (plain: string) =>
  marketOf(
    { one: { models: { 'acme/small': {}, 'acme/large': { price: { input: 2, output: 8 } } } } },
    `
classes:
  plain: { models: [${plain}], maxOutputTokens: 100 }
  other: { models: [acme/large], maxOutputTokens: 100 }
  learned: { models: [acme/small], maxOutputTokens: 100, hedge: { after: p95 } }
`,
  )
const yaml = (plain: string) => market(plain).yaml

let calling: Calling
let env: NodeJS.ProcessEnv

beforeAll(async () => {
  calling = await startCalling(market('acme/small'))
  env = { ...calling.env, DATABASE_URL: `sqlite:${calling.storePath}` }
  const run = await calling.open({ id: 'letter' })
  for (const step of [1, 2, 3]) await calling.call({ run, taskClass: 'plain', step })
})

afterAll(() => calling.close())

const file = (text: string) => {
  const path = join(dirname(calling.storePath), 'other.yaml')
  writeFileSync(path, text)
  return path
}

it('explain of a class says that it asks in batches, for how long and at what price', async () => {
  const nightly = yaml('acme/small').replace('protocol: openai', 'protocol: openai\n    quirks: { batch: true }')
  const config = file(`${nightly}  nightly: { extends: plain, batch: 6h }\n`)
  const asked = ['explain', '--class', 'nightly', '--prompt-tokens', '1000', '--config', config]
  const { out } = await signalbox(asked, { env })
  expect(out).toContain('In a batch for 6 h, at 50 % of the usual price; after that as usual.')
  // 1,000 tokens at $1 a million and 100 at $4.
  expect(out).toMatch(/costs at most +in a batch[\s\S]*one:acme\/small.*\$0\.0014\d* +\$0\.0007/)
  const { json } = await signalbox([...asked, '--json'], { env })
  expect(json()).toMatchObject({ batchMs: 6 * 3_600_000, batchPercent: 50 })
  const { out: plain } = await signalbox(['explain', '--class', 'plain', '--config', config], { env })
  expect(plain).not.toContain('batch')
})

describe('explain of a run', () => {
  it('prints the plan of a step with its numbers, its rejections and what it met', async () => {
    const { out, exitCode } = await signalbox(['explain', 'letter', '--step', '2'], { env })
    expect(exitCode).toBe(EXIT.done)
    expect(out).toMatch(/^Step 2 of run letter, asked in class plain: answered by one:acme\/small\n/)
    expect(out).toMatch(
      /tokens in, at most [\d,]+ out\n# {2}endpoint +with all output[\s\S]*1 {2}one:acme\/small +\$0\.000\d+/,
    )
    expect(out).toContain('not in the class: one:acme/large')
    expect(out).toMatch(/What it met:\n {2}1\. one:acme\/small in class plain \(planned\): answered after/)
  })

  it('is one JSON object for programs', async () => {
    const { json } = await signalbox(['explain', 'letter', '--step', '1', '--json'], { env })
    expect(json()).toMatchObject({
      run: 'letter',
      step: 1,
      calls: [
        {
          taskClass: 'plain',
          plans: [
            {
              class: 'plain',
              candidates: [{ endpoint: 'one:acme/small' }],
              rejections: [{ found: expect.any(String) }],
            },
          ],
        },
      ],
    })
  })

  it('says what is missing: the step, the run, or both', async () => {
    const none = await signalbox(['explain', 'letter'], { env })
    expect(none).toMatchObject({ exitCode: EXIT.badInput, out: '' })
    expect(none.err).toContain(
      'run letter made calls at steps 1, 2, 3; name one, as in `signalbox explain letter --step 1`',
    )
    const steps = [1, ...Array(100).fill(2)]
    const run = await calling.open({ id: 'novel' })
    for (const [at, step] of steps.entries())
      await calling.store.ledger.noteCall(newCall(step, { run, callId: `novel/${at}`, startedAtMs: 2_000 + at }))
    expect((await signalbox(['explain', 'novel'], { env })).err).toContain(
      'run novel made calls at steps 1, 2; name one',
    )
    expect((await signalbox(['explain'], { env })).exitCode).toBe(EXIT.badInput)
    expect((await signalbox(['explain', 'letter', '--step', '9'], { env })).err).toContain('made no call at step 9')
  })
})

describe('backtest', () => {
  it('says class by class what another configuration would have changed', async () => {
    const config = ['backtest', '--config', file(yaml('acme/large'))]
    const { json } = await signalbox([...config, '--json'], { env })
    expect(json()).toMatchObject({
      calls: 3,
      withoutPlan: 0,
      classes: [
        {
          class: 'plain',
          calls: 3,
          same: 0,
          noRoute: 0,
          moves: [{ from: 'one:acme/small', to: 'one:acme/large', calls: 3 }],
          unmeasured: ['one:acme/large'],
        },
      ],
      cannotKnow: expect.any(Array),
    })
    const [plain] = json().classes
    // Twice the price, and nobody has heard how much the other model says.
    const usdOf = (key: string) => {
      expect(plain[key]).toMatch(/^0\.\d+$/)
      return Number(plain[key])
    }
    expect(usdOf('predictedUsd')).toBeCloseTo(usdOf('recordedUsd') * 2, 6)
    expect(usdOf('highUsd') - usdOf('lowUsd')).toBeGreaterThan(usdOf('predictedUsd') / 10)
    const { out } = await signalbox(config, { env })
    expect(out).toMatch(/plain +3 +0 +0 +3 +0 +0 +\$0\.\d+ +\$0\.\d+ \(\$0\.\d+ to \$0\.\d+\)/)
    expect(out).toContain('3 from one:acme/small to one:acme/large')
    const same = await signalbox(['backtest', '--config', file(yaml('acme/small'))], { env })
    expect(same.out).toMatch(/plain +3 +3 +0 +0 +0 +0 +(\$0\.\d+) +\1( |$)/m)
    expect(same.out).not.toContain('percentile')
  })

  it('is of the calls of a period', async () => {
    const config = ['backtest', '--config', file(yaml('acme/large'))]
    const before = await signalbox([...config, '--until', '1h', '--json'], { env })
    expect(before.json()).toMatchObject({ calls: 0, classes: [], since: expect.any(String), until: expect.any(String) })
    const { since, until } = before.json()
    expect(Date.parse(until) - Date.parse(since)).toBe(7 * 24 * 3_600_000)
    const backward = await signalbox([...config, '--since', '1h', '--until', '2h'], { env })
    expect(backward).toMatchObject({ exitCode: EXIT.badInput, err: expect.stringContaining('later than --since') })
  })

  it('needs no key of any vendor, for it asks none', async () => {
    const keyless = yaml('acme/large').replace('apiKey: none', `apiKey: "\${NOBODYS_KEY}"`)
    const { json } = await signalbox(['backtest', '--config', file(keyless), '--json'], { env })
    expect(json().classes).toMatchObject([{ class: 'plain', noRoute: 0, moves: [{ to: 'one:acme/large', calls: 3 }] }])
  })

  it('lists what is wrong with the other configuration', async () => {
    const { exitCode, err, out } = await signalbox(['backtest', '--config', file(yaml('acme/lagre'))], { env })
    expect(exitCode).toBe(EXIT.badInput)
    expect(err).toContain('Did you mean "acme/large"?')
    expect(out).toBe('')
  })
})

describe('explain of a call that no budget admits', () => {
  it('says which budget turned the call away, and what it lacked', async () => {
    const run = { id: 'poor', key: 'key-poor', workspace: 'default', labels: {}, moneyLimited: true as const }
    await calling.store.ledger.openRun({ run, workflow: 'test', budget: { usd: '0.00001' }, startedAtMs: Date.now() })
    expect(await calling.call({ run, taskClass: 'plain' })).toMatchObject({ kind: 'over-budget' })
    const { out } = await signalbox(['explain', 'poor', '--step', '1'], { env })
    expect(out).toMatch(
      / {2}one:acme\/small was turned away: the run's budget does not admit it: \$0\.00001 is left and up to \$\S+ would be needed\n/,
    )
    expect(out).toContain('nobody was asked')
    expect(out).not.toContain('Its run ended')
    await calling.store.ledger.closeRun(run, { outcome: 'out-of-budget', message: 'no money', endedAtMs: Date.now() })
    const ended = await signalbox(['explain', 'poor', '--step', '1'], { env })
    expect(ended.out).toContain('\nIts run ended: out-of-budget · no money\n')
  })
})

describe('explain of a run without its step', () => {
  it('explains the only step at which it made calls', async () => {
    await calling.call({ run: await calling.open({ id: 'short' }), taskClass: 'plain', step: 4 })
    const { out } = await signalbox(['explain', 'short'], { env })
    expect(out).toMatch(/^Step 4 of run short, /)
    const { json } = await signalbox(['explain', 'short', '--json'], { env })
    expect(json()).toMatchObject({ run: 'short', step: 4, calls: [{ taskClass: 'plain' }] })
  })

  it('says of a run that it has made no call, and of an unknown one that there is none', async () => {
    await calling.open({ id: 'silent' })
    const { exitCode, err } = await signalbox(['explain', 'silent'], { env })
    expect({ exitCode, err }).toEqual({
      exitCode: EXIT.badInput,
      err: expect.stringContaining('run silent has made no model call'),
    })
    expect((await signalbox(['explain', 'nobody'], { env })).err).toContain('nobody')
  })
})

it('explain says below an attempt why no second endpoint was asked beside it', async () => {
  await calling.call({ run: await calling.open({ id: 'alone' }), taskClass: 'learned' })
  const { out } = await signalbox(['explain', 'alone', '--step', '1'], { env })
  expect(out).toMatch(
    /\n {5}not hedged: this worker had too few answers of one:acme\/small to know the 95th of 100 of its times$/m,
  )
})
