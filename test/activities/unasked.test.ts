import { afterAll, beforeAll, expect, it } from 'vitest'
import { callJson, callsTable } from '../../src/cli/print/calls-table.ts'
import type { CallReport } from '../../src/store/index.ts'
import { type Asked, type Calling, startCalling } from '../support/calling.ts'
import { marketOf } from '../support/market.ts'

const MARKET = marketOf(
  { one: { models: { 'acme/small': {}, 'acme/large': {}, 'acme/other': {} } } },
  `
classes:
  plain: { models: [acme/small, acme/large], maxOutputTokens: 400, patience: 300ms }
  guarded: { extends: plain, policy: { content: [{ name: salary, pattern: "salary of", block: true }] } }
budgets: { press: { scope: { label: { team: press } }, per: day, usd: '0.0000001' } }
`,
)

let calling: Calling
beforeAll(async () => {
  calling = await startCalling(MARKET)
})
afterAll(() => calling.close())

async function callThatNeverLeft(how: Parameters<Calling['open']>[0] & { id: string }, asked: Asked) {
  const run = await calling.open(how)
  expect(await calling.call({ run, ...asked })).not.toMatchObject({ kind: 'answered' })
  const calls = await calling.store.reports.calls({ run: run.id })
  expect(calls).toHaveLength(1)
  return calls[0] as CallReport
}

it('a call that never left says in the list by which rules nobody was fit', async () => {
  const call = await callThatNeverLeft({ id: 'zdr' }, { taskClass: 'plain', policy: { zdr: true } })
  expect(call.unasked).toBe('no endpoint: zdr of the call policy (2)')
  expect(callsTable([call], { withRun: false, width: undefined })).toContain(
    '0 (no endpoint: zdr of the call policy (2))',
  )
  expect(callJson(call)).toMatchObject({ attempts: [], unasked: call.unasked })
})

it('or which content rule blocked it, without what it matched', async () => {
  const call = await callThatNeverLeft(
    { id: 'blocked' },
    { taskClass: 'guarded', prompt: 'Tell me the salary of Jane.' },
  )
  expect(call.unasked).toMatch(/^the content rule 'salary' of the class policy blocks this call/)
})

it('or what was short in the budget of its run, or in a shared one', async () => {
  const own = await callThatNeverLeft({ id: 'own', budget: { usd: '0.0000001' } }, { taskClass: 'plain' })
  expect(own.unasked).toMatch(/the run.*\$0\.0000001 is left and up to \$0\.\d+ would be needed/)
  const shared = await callThatNeverLeft({ id: 'shared', labels: { team: 'press' } }, { taskClass: 'plain' })
  expect(shared.unasked).toMatch(/press.*would be needed/)
})

it('or that its endpoints were closed at that moment', async () => {
  await calling.vendors.setFaults('one', [{ kind: 'unauthenticated' }])
  const run = await calling.open({ id: 'closed' })
  await calling.call({ run, taskClass: 'plain' })
  await calling.call({ run, taskClass: 'plain', step: 2 })
  const [first, second] = await calling.store.reports.calls({ run: run.id })
  expect(first).not.toHaveProperty('unasked')
  expect(second?.unasked).toBe('no endpoint: out of service (2)')
})
