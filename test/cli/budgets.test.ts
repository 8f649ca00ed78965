import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EXIT } from '../../src/cli/exit-codes.ts'
import { limitAt } from '../../src/core/budgets/shared-limit.ts'
import { openStore } from '../../src/store/index.ts'
import { answered, exactly, newAttempt, newCall, newRun, RUN, worst } from '../store/records.ts'
import { signalbox } from './captured.ts'

const YAML = `
providers: { acme: { protocol: openai-compatible, baseURL: "http://127.0.0.1:9001/v1", models: { acme/large: {} } } }
classes: { strong: { models: [acme/large] } }
workspaces: { acme: {} }
budgets:
  acme-life: { scope: { workspace: acme }, per: lifetime, usd: '100.00', warnAt: [0.5], webhook: 'https://ops.example/secret-path' }
  titles: { scope: { label: { feature: titles } }, per: day, tokens: 5000 }
`

/** Before all of which spendings are asked. */
const OCTOBER = Date.UTC(2025, 9, 5)
const NOVEMBER = Date.UTC(2026, 10, 5)

let folder: string
let env: NodeJS.ProcessEnv
let config: readonly string[]

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-budgets-'))
  writeFileSync(join(folder, 'signalbox.yaml'), YAML)
  env = { DATABASE_URL: `sqlite:${join(folder, 'store.db')}` }
  config = ['--config', join(folder, 'signalbox.yaml')]
  await fill(join(folder, 'store.db'))
})

afterAll(() => rmSync(folder, { recursive: true }))

describe('budget', () => {
  it('lists limits, spendings and reservations in exact decimals, and no webhook address', async () => {
    const { out, json } = await signalbox(['budget', 'list', ...config, '--json'], { env })
    expect(json().budgets).toMatchObject([
      {
        name: 'acme-life',
        limitUsd: '100',
        spentUsd: '0.00000000042',
        reservedUsd: '2.5',
        leftUsd: '97.49999999958',
        webhook: true,
        holders: [{ runId: RUN.id, usd: '2.5', endpoint: 'acme:acme/large' }],
      },
      {
        name: 'titles',
        limitTokens: 5_000,
        leftTokens: 5_000,
        spentUsd: '0',
        endsAt: expect.stringMatching(/T00:00:00/),
      },
    ])
    expect(out).not.toContain('secret-path')
    const table = await signalbox(['budget', 'list', ...config], { env })
    expect(table.out).toMatch(/acme-life +workspace acme +lifetime +\$100\.0000 .* \$97\.5000/)
  })

  it.each([
    ['budget', 'list'],
    ['budget', 'show', 'acme-life'],
    ['explain', '--class', 'strong'],
    ['spend', '--statement', '2026-11'],
  ])('keeps tables of %s %s within the screen', async (...words) => {
    const own = words[0] === 'spend' ? [] : config
    const { out, exitCode } = await signalbox([...words, ...own], { env, columns: 60 })
    expect(exitCode).toBe(EXIT.done)
    // Whole sentences are the terminal's to break.
    const rows = out.split('\n').filter(line => / {2,}\S+ {2,}| · /.test(line))
    expect(rows.length).toBeGreaterThan(1)
    expect(rows.filter(line => line.length > 60)).toEqual([])
  })

  it('has nothing left where the limit was set below what is spent and reserved', async () => {
    const words = (amount: string) => ['budget', 'set', 'acme-life', ...(amount ? ['--usd', amount] : ['--clear'])]
    const { json } = await signalbox([...words('1'), ...config, '--json'], { env })
    expect(json()).toMatchObject({ limitUsd: '1', leftUsd: '0' })
    await signalbox([...words(''), ...config], { env })
  })

  it('shows who holds reservations', async () => {
    const { out } = await signalbox(['budget', 'show', 'acme-life', ...config], { env })
    expect(out).toMatch(/held by .*\n.*letter-1 +acme:acme\/large +\$2\.5000/)
  })

  it('shows who waits for room, how much they ask for and why', async () => {
    const { out } = await signalbox(['budget', 'show', 'acme-life', ...config], { env })
    expect(out).toMatch(/waiting .*\n.*letter-1 +3 +strong +\$3\.0000 +50 .*calls in flight/)
    const { json } = await signalbox(['budget', 'show', 'acme-life', ...config, '--json'], { env })
    expect(json().waiters).toEqual([
      {
        runId: RUN.id,
        step: 3,
        taskClass: 'strong',
        endpoint: 'acme:acme/large',
        reason: "calls in flight hold the rest of the budget 'acme-life'",
        usd: '3',
        tokens: 50,
        since: new Date(NOVEMBER).toISOString(),
      },
    ])
  })

  it('sets limits that are shown as such, adds to them, and gives them back', async () => {
    const set = (...words: string[]) =>
      signalbox(['budget', 'set', 'acme-life', ...words, ...config, '--json'], { env })
    expect((await set('--usd', '5.50')).json()).toMatchObject({ limitUsd: '5.5', set: { limitUsd: '5.5' } })
    expect((await set('--tokens', '900')).json()).toMatchObject({ set: { limitUsd: '5.5', limitTokens: 900 } })
    const cleared = (await set('--clear')).json()
    expect(cleared).toMatchObject({ limitUsd: '100' })
    expect(cleared).not.toHaveProperty('set')
  })

  it('needs no key of any vendor, for it asks none, and every limit', async () => {
    const path = join(folder, 'keyless.yaml')
    const keyless = YAML.replace('models:', `apiKey: "\${NOBODYS_KEY}", models:`)
    writeFileSync(path, keyless)
    const { json, err } = await signalbox(['budget', 'list', '--config', path, '--json'], { env })
    expect(err).toBe('')
    expect(json().budgets).toMatchObject([{ name: 'acme-life', limitUsd: '100' }, { name: 'titles' }])
    writeFileSync(path, keyless.replace("'100.00'", `"\${LIMIT}"`))
    expect(await signalbox(['budget', 'list', '--config', path], { env })).toMatchObject({
      exitCode: EXIT.badInput,
      err: expect.stringMatching(/1 problem\n.*budgets\.acme-life\.usd.*LIMIT is not set/),
    })
  })

  it.each([
    [['budget', 'show', 'acme-live'], /no budget 'acme-live'; did you mean 'acme-life'\?/],
    [['budget', 'set', 'acme-life'], /say what to set/],
    [['budget', 'set', 'acme-life', '--usd', '-5'], /is not an amount/],
    [['budget', 'set', 'acme-life', '--usd', '5', '--clear'], /say what to set/],
    [['budget', 'set', 'acme-life', '--tokens', 'many'], /whole number above 0/],
  ])('refuses %j in words', async (words, told) => {
    const { exitCode, err } = await signalbox([...words, ...config], { env })
    expect(exitCode).toBe(EXIT.badInput)
    expect(err).toMatch(told)
  })
})

describe('a budget with a limit for each value of a label', () => {
  const path = () => join(folder, 'each.yaml')
  const run = (...words: string[]) => signalbox(['budget', ...words, '--config', path()], { env })

  beforeAll(async () => {
    writeFileSync(
      path(),
      YAML.replace(
        '  titles:',
        "  customers: { scope: { each: customer, class: strong }, per: lifetime, usd: '9' }\n  titles:",
      ),
    )
    const { ledger, close } = await openStore({ path: join(folder, 'store.db') })
    const budget = { name: 'customers', scope: { each: 'customer' }, per: 'lifetime', usd: '9', warnAt: [] } as const
    for (let at = 1; at <= 30; at += 1) {
      const call = newCall(100 + at, { startedAtMs: OCTOBER })
      await ledger.beginCall(call)
      const shared = [limitAt(budget, OCTOBER, at === 1 ? '' : `c-${at}`)]
      await ledger.beginAttempt(newAttempt(call, 1, { ...worst(BigInt(at) * 100_000_000_000n), shared }))
      await ledger.endAttempt(`${call.callId}#1`, answered({ cost: exactly(BigInt(at) * 100_000_000_000n) }))
    }
    await close()
  })

  it('lists those that have spent most, and says that there are more', async () => {
    const { out, err, json } = await run('list')
    expect(out).toMatch(/\ncustomers +class strong, each customer +lifetime +\$9\.0000\n/)
    expect(out).toMatch(/\ncustomers +label customer=c-30 +lifetime +\$9\.0000 +\$3\.0000 +\$0\.0000 +\$6\.0000\n/)
    expect(out.match(/label customer=/g)).toHaveLength(5)
    expect(err).toContain('of customers only the 5 that have spent most are listed; `signalbox budget show customers`')
    expect(() => json()).toThrow()
    const { budgets } = (await run('list', '--json')).json()
    expect(budgets[1]).toMatchObject({ name: 'customers', scope: { each: 'customer' }, limitUsd: '9', more: true })
    expect(budgets[1]).not.toHaveProperty('spentUsd')
    expect(budgets[1].values).toHaveLength(5)
    expect(budgets[1].values[0]).toMatchObject({
      label: { customer: 'c-30' },
      spentUsd: '3',
      leftUsd: '6',
      holders: [],
    })
    expect(budgets[0]).not.toHaveProperty('values')
  })

  it('shows as many as are asked for, or one', async () => {
    const { out, err } = await run('show', 'customers')
    expect(out).toMatch(/customer +limit +spent +reserved +left\nc-30 +\$9\.0000 +\$3\.0000/)
    expect(out.match(/^c-/gm)).toHaveLength(20)
    expect(err).toContain('only the 20 that have spent most are shown, and there are more: raise --limit')
    const all = await run('show', 'customers', '--limit', '30')
    expect(all.out.match(/^c-/gm)).toHaveLength(29)
    expect(all.err).toBe('')
    const one = await run('show', 'customers', '--label', 'customer=c-7')
    expect(one.out).toMatch(/of +class strong, label customer=c-7\n/)
    expect(one.out).toMatch(/spent +\$0\.7000\n.*\nleft +\$8\.3000/)
    const nameless = await run('show', 'customers', '--label', 'customer=')
    expect(nameless.out).toMatch(/of +class strong, label customer=\n/)
    expect(nameless.out).toMatch(/spent +\$0\.1000\n/)
  })

  it('raises the limit of one, or of all that have none of their own', async () => {
    const limits = async () => {
      const { values } = (await run('show', 'customers', '--limit', '2', '--json')).json()
      return values.map(({ limitUsd }: { limitUsd: string }) => limitUsd)
    }
    const one = (await run('set', 'customers', '--label', 'customer=c-30', '--usd', '20', '--json')).json()
    expect(one).toMatchObject({ label: { customer: 'c-30' }, limitUsd: '20', set: { limitUsd: '20' }, leftUsd: '17' })
    expect(await limits()).toEqual(['20', '9'])
    expect((await run('set', 'customers', '--usd', '10', '--json')).json()).toMatchObject({
      limitUsd: '10',
      more: true,
    })
    expect(await limits()).toEqual(['20', '10'])
    await run('set', 'customers', '--label', 'customer=no: spending', '--tokens', '70')
    const { values, more } = (await run('show', 'customers', '--set', '--json')).json()
    expect(values).toMatchObject([
      { label: { customer: 'no: spending' }, limitUsd: '10', limitTokens: 70, spentUsd: '0' },
      { label: { customer: 'c-30' }, set: { limitUsd: '20' }, spentUsd: '3' },
    ])
    expect(more).toBe(false)
    expect((await run('show', 'customers', '--set', '--limit', '1')).err).toContain('only the 1 that were set last')
    await run('set', 'customers', '--label', 'customer=no: spending', '--clear')
    await run('set', 'customers', '--label', 'customer=c-30', '--clear')
    expect((await run('show', 'customers', '--set', '--json')).json().values).toEqual([])
    expect(await limits()).toEqual(['10', '10'])
    await run('set', 'customers', '--clear')
    expect(await limits()).toEqual(['9', '9'])
  })

  it('keeps its tables within the screen', async () => {
    for (const words of [['list'], ['show', 'customers']]) {
      const { out } = await signalbox(['budget', ...words, '--config', path()], { env, columns: 50 })
      expect(out.split('\n').filter(line => line.length > 50)).toEqual([])
    }
  })

  it.each([
    [['customers', '--label', 'customer=a', '--set'], /one by --label, or --set/],
    [['customers', '--label', 'team=c-7'], /has a limit for each customer; name one as customer=<value>/],
    [['customers', '--label', 'customer=a', '--label', 'team=b'], /name one as customer=<value>/],
    [
      ['titles', '--label', 'feature=titles'],
      /budget titles has one limit for everything it counts; leave out the label/,
    ],
  ])('refuses %j in words', async (words, told) => {
    const { exitCode, err } = await run('show', ...words)
    expect(exitCode).toBe(EXIT.badInput)
    expect(err).toMatch(told)
  })
})

describe('spend', () => {
  it('sums over all runs by class, model or label', async () => {
    const by = async (key: string) =>
      (await signalbox(['spend', '--by', key, '--since', '2026-11-01', '--json'], { env })).json()
    expect(await by('class')).toMatchObject({
      rows: [
        { class: 'strong', attempts: 1, costLowUsd: '0', costHighUsd: '2.5', exact: false },
        { class: 'a,"b"', attempts: 1, costLowUsd: '0.00000000042', costHighUsd: '0.00000000042', exact: true },
      ],
      total: { attempts: 2, costHighUsd: '2.50000000042' },
    })
    const both = await signalbox(['spend', '--by', 'workspace', '--by', 'model', '--since', '2026-11-01', '--json'], {
      env,
    })
    expect(both.json().rows).toMatchObject([{ workspace: 'acme', model: 'acme/large', attempts: 2, failed: 0 }])
    const twice = await signalbox(['spend', '--by', 'class', '--by', 'class', '--since', '2026-11-01', '--json'], {
      env,
    })
    expect(twice.json().by).toEqual(['class'])
    expect((await by('label:feature')).rows).toMatchObject([{ 'label:feature': null, attempts: 2 }])
    expect((await signalbox(['spend', '--since', '2026-11-01'], { env })).out).toMatch(/strong +1 /)
  })

  it('ends where it is told to, not before it begins', async () => {
    const attempts = async (...words: string[]) =>
      (await signalbox(['spend', ...words, '--json'], { env })).json().total.attempts
    const moment = new Date(NOVEMBER + 9).toISOString()
    expect(await attempts('--since', '2026-11-05', '--until', moment)).toBe(1)
    expect(await attempts('--since', moment, '--until', '2026-11-06')).toBe(1)
    // Without a beginning, of the week before.
    expect(await attempts('--until', '2026-11-06')).toBe(2)
    expect(await attempts('--until', '2026-11-13')).toBe(0)
    for (const command of ['spend', 'calls', 'runs']) {
      const mistaken = await signalbox([command, '--since', '2026-11-06', '--until', '2026-11-06'], { env })
      expect(mistaken.exitCode).toBe(EXIT.badInput)
      expect(mistaken.err).toContain('--until (2026-11-06 00:00:00 UTC) must be later than --since')
    }
  })

  it('gives the statement of a month as JSON and as CSV', async () => {
    const statement = await signalbox(['spend', '--statement', '2026-11', '--json'], { env })
    expect(statement.json()).toMatchObject({
      since: '2026-11-01T00:00:00.000Z',
      until: '2026-12-01T00:00:00.000Z',
      rows: [{ workspace: 'acme', class: 'strong', provider: 'acme', model: 'acme/large' }, { class: 'a,"b"' }],
    })
    const csv = await signalbox(['spend', '--statement', '2026-11', '--csv'], { env })
    expect(csv.out.split('\r\n')).toEqual([
      'month,workspace,class,provider,model,tool,attempts,inputTokens,outputTokens,costLowUsd,costHighUsd,unpriced,pricedToolCalls',
      '2026-11,acme,strong,acme,acme/large,,1,0,0,0,2.5,0,0',
      '2026-11,acme,"a,""b""",acme,acme/large,,1,30,12,0.00000000042,0.00000000042,0,0',
      '',
    ])
    const october = await signalbox(['spend', '--statement', '2026-10', '--json'], { env })
    expect(october.json()).toMatchObject({ rows: [], total: { attempts: 0, costHighUsd: '0' } })
    expect(october.err).toBe('')
    const future = await signalbox(['spend', '--statement', '2199-01'], { env })
    expect(future.err).toContain('that month is not over')
    expect(future.out).toMatch(/^2199-01-01 00:00:00 to 2199-02-01 00:00:00 UTC: nothing was spent; the store is /)
  })

  it('gives what one job has cost each customer, as CSV too', async () => {
    const words = [
      'spend',
      '--label',
      'job=night',
      '--by',
      'label:customer',
      '--by',
      'model',
      '--since',
      '2026-11-01',
      '--until',
      '2026-11-13',
    ]
    const csv = await signalbox([...words, '--csv'], { env })
    expect(csv.out.split('\r\n')).toEqual([
      'since,until,label:customer,model,attempts,inputTokens,outputTokens,costLowUsd,costHighUsd,unpriced,pricedToolCalls',
      '2026-11-01T00:00:00.000Z,2026-11-13T00:00:00.000Z,ann,acme/large,1,0,0,0,2.5,0,0',
      '',
    ])
    expect((await signalbox([...words, '--json'], { env })).json().total).toMatchObject({ attempts: 1 })
  })

  it.each([
    [['spend', '--by', 'team'], /label:<key>/],
    [['spend', '--statement', '2026-13'], /month like 2026-11/],
    [['spend', '--statement', '2026-11', '--csv', '--json'], /--csv and --json are two forms/],
    [['spend', '--statement', '2026-11', '--by', 'class'], /leave out --by/],
    [['spend', '--statement', '2026-11', '--until', '2026-11-06'], /--until/],
    [['spend', '--statement', '2026-11', '--label', 'team=a'], /--label/],
  ])('refuses %j in words', async (words, told) => {
    const { exitCode, err } = await signalbox(words, { env })
    expect(exitCode).toBe(EXIT.badInput)
    expect(err).toMatch(told)
  })
})

/** One attempt that has ended, in a class with a name that CSV must quote, and one that holds $2.50. */
async function fill(path: string): Promise<void> {
  const { ledger, budgets, close } = await openStore({ path })
  await ledger.openRun(newRun())
  const limit = { name: 'acme-life', scope: { workspace: 'acme' }, per: 'lifetime', usd: '100', warnAt: [] } as const
  const shared = [limitAt(limit, NOVEMBER)]
  const calls = [
    newCall(1, { taskClass: 'a,"b"', startedAtMs: NOVEMBER }),
    newCall(2, { startedAtMs: NOVEMBER + 9, labels: { job: 'night', customer: 'ann' } }),
  ]
  for (const call of calls) {
    await ledger.beginCall(call)
    await ledger.beginAttempt(newAttempt(call, 1, { ...worst(2_500_000_000_000n), shared }))
  }
  await ledger.endAttempt(`${calls[0]!.callId}#1`, answered({ cost: exactly(420) }))
  await budgets.beginWait({
    scopeId: shared[0]!.scopeId,
    callId: newCall(3).callId,
    run: RUN,
    step: 3,
    taskClass: 'strong',
    endpoint: 'acme:acme/large',
    reason: "calls in flight hold the rest of the budget 'acme-life'",
    needed: { pico: '3000000000000', tokens: 50 },
    sinceMs: NOVEMBER,
  })
  await close()
}
