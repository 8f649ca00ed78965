import { afterAll, beforeAll, expect, it } from 'vitest'
import { limitAt } from '../../src/core/budgets/shared-limit.ts'
import type { Policy } from '../../src/core/policy/policy.ts'
import { type Calling, startCalling } from '../support/calling.ts'
import { marketOf } from '../support/market.ts'

const REST = `
classes:
  auto:
    policy: { denyModels: [acme/small] }
    rules:
      - { when: { promptTokens: ">2000" }, use: long }
      - { use: cheap }
  cheap: { models: [acme/small, acme/large], maxOutputTokens: 100 }
  long: { models: [acme/small, acme/large], maxOutputTokens: 100, onBudget: auto-below }
  auto-below: { rules: [{ when: { label: { team: growth } }, use: cheap }, { use: cheap }] }
  guarded: { rules: [{ when: { promptTokens: ">2000" }, use: auto }, { when: { label: { team: legal } }, use: auto }, { use: cheap }] }
  by-team: { rules: [{ when: { label: { team: legal } }, use: auto }, { use: cheap }] }
  sums: { models: [acme/small, acme/large], maxOutputTokens: 100, sort: order }
budgets:
  long-day: { scope: { class: long }, per: day, usd: '0.0000001' }
  auto-day: { scope: { class: auto }, per: day, usd: '10.00' }
`

let calling: Calling

beforeAll(async () => {
  calling = await startCalling(
    marketOf({ one: { dataPolicy: { retention: 'none' }, models: { 'acme/small': {}, 'acme/large': {} } } }, REST),
  )
})

afterAll(() => calling.close())

it('a call goes on in the class that the rules name: the ledger has both, and the policies of both hold', async () => {
  const run = await calling.open({ id: 'rules' })
  const result = await calling.call({ run, taskClass: 'auto' })
  expect(result).toMatchObject({ kind: 'answered', answer: { endpoint: 'one:acme/large' } })
  const [call] = await calling.store.reports.calls({ run: run.id })
  expect(call).toMatchObject({ taskClass: 'auto', attempts: [{ taskClass: 'cheap' }] })
})

it('says in its result which class served, also where the answer is in the journal, and only where it is another one', async () => {
  const run = await calling.open({ id: 'served' })
  expect(await calling.call({ run, taskClass: 'auto' })).toMatchObject({ kind: 'answered', servedClass: 'cheap' })
  expect(await calling.call({ run, taskClass: 'auto' })).toMatchObject({ kind: 'answered', servedClass: 'cheap' })
  expect(await calling.call({ run, taskClass: 'cheap', step: 2 })).not.toHaveProperty('servedClass')
})

it.each(['constructor', '__proto__', 'toString'])('a class that nobody has configured is none, also %s', async name => {
  const run = await calling.open({ id: `inherited-${name}` })
  const message = expect.stringContaining(`no task class is called '${name}'`)
  expect(await calling.call({ run, taskClass: name })).toMatchObject({
    kind: 'fault',
    fault: { kind: 'no-route', message },
  })
})

it('counts towards the budgets of the class asked and of the class used, and steps down by rules too', async () => {
  const run = await calling.open({ id: 'budgets' })
  const result = await calling.call({ run, taskClass: 'auto', prompt: 'word '.repeat(4_000) })
  expect(result).toMatchObject({ kind: 'answered', answer: { endpoint: 'one:acme/large' } })
  const [call] = await calling.store.reports.calls({ run: run.id })
  expect(call).toMatchObject({
    taskClass: 'auto',
    attempts: [{ taskClass: 'cheap', reason: 'stepped down from long: planned' }],
  })
  const cheap = await calling.open({ id: 'plain' })
  await calling.call({ run: cheap, taskClass: 'auto' })
  const scopes = await calling.store.reports.spend({ by: ['class'], fromMs: 0, untilMs: Date.now() + 1 })
  expect(scopes.rows.map(({ keys }) => keys[0])).toEqual(['cheap'])
  const autoDay = calling.wired.ports.directory.budgets.find(({ name }) => name === 'auto-day')!
  const [asked] = await calling.store.budgets.standing([limitAt(autoDay, Date.now())])
  expect(BigInt(asked!.spentPico)).toBeGreaterThan(0n)
})

it('refuses a call whose own policy names what there is not, and asks nobody', async () => {
  const run = await calling.open({ id: 'misnamed' })
  const before = calling.vendors.meter().length
  const refused = async (policy: Policy) => {
    const result = await calling.call({ run, taskClass: 'cheap', policy })
    return result.kind === 'fault' ? `${result.fault.kind}: ${result.fault.message}` : result.kind
  }
  expect(await refused({ denyProviders: ['oen'] })).toMatch(/^no-route: the call's policy.*'oen'.*did you mean 'one'\?/)
  expect(await refused({ denyModels: ['acme/lrage'] })).toMatch(/the model 'acme\/lrage'.*did you mean 'acme\/large'\?/)
  expect(await refused({ denyAuthors: ['acne'] })).toMatch(/in denyAuthors the author 'acne'.*did you mean 'acme'\?/)
  expect(await refused({ regions: ['eu'] })).toMatch(/in regions the region 'eu'/)
  const misspelt = { denyModel: ['acme/small'] } as Policy
  expect(await refused(misspelt)).toMatch(
    /^no-route: the call's policy has the key 'denyModel', which would have no effect/,
  )
  expect(calling.vendors.meter()).toHaveLength(before)
  expect(await refused({ denyModels: ['acme/large'], denyProviders: ['openai'] })).toBe('answered')
})

it('a summary is bound by every class that may serve the calls which it is for, by whatever rule they get there', async () => {
  const by = async (sumsUpFor: string, labels: Record<string, string> = {}) => {
    const run = await calling.open({ id: `sums-${sumsUpFor}-${labels.team}`, labels })
    const result = await calling.call({ run, taskClass: 'sums', sumsUpFor })
    return result.kind === 'answered' ? result.answer.endpoint : result.kind
  }
  expect(await by('auto')).toBe('one:acme/large')
  expect(await by('by-team')).toBe('one:acme/small')
  expect(await by('by-team', { team: 'legal' })).toBe('one:acme/large')
  // How long the prompts were that it sums up, a rule cannot tell from the one that asks for it.
  expect(await by('guarded')).toBe('one:acme/large')
})
