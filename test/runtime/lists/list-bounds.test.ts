import { expect, it, onTestFinished } from 'vitest'
import { listCalls } from '../../../src/runtime/lists/list-calls.ts'
import { listRuns } from '../../../src/runtime/lists/list-runs.ts'
import { spendings } from '../../../src/runtime/lists/spendings.ts'
import { openStore } from '../../../src/store/index.ts'

async function opened() {
  const store = await openStore({ path: ':memory:' })
  onTestFinished(() => store.close())
  return store
}

it('refuses limits that no database takes', async () => {
  const store = await opened()
  for (const limit of [0, -1, 1.5, 1e300, Number.NaN])
    await expect(listRuns(store, { limit })).rejects.toThrow(`the list of runs has limit ${limit}; it must be a whole`)
  expect(await listRuns(store, { limit: Number.MAX_SAFE_INTEGER })).toEqual({ runs: [], more: false })
})

it('refuses a label in other words, by which nothing would be found', async () => {
  const store = await opened()
  for (const label of ['customer=ann', { customer: 'ann' }, { key: 'customer', value: 5 }])
    await expect(listRuns(store, { label } as never)).rejects.toThrow("write { key: 'customer', value: 'ann' }")
  expect(await listRuns(store, { label: { key: 'customer', value: 'ann' } })).toEqual({ runs: [], more: false })
})

it('refuses a place in a list that is none, from which arbitrary pages would follow', async () => {
  const store = await opened()
  await expect(listRuns(store, { after: 'a run' } as never)).rejects.toThrow('give the last run of the page')
  await expect(listCalls(store.reports, { before: { startedAtMs: 1, key: 'k' } } as never)).rejects.toThrow(
    'give the first call of the page',
  )
  expect(await listCalls(store.reports, { before: { startedAtMs: 1, callId: 'k' } })).toEqual({
    calls: [],
    more: false,
  })
})

it('refuses times of spendings that are none', async () => {
  const store = await opened()
  for (const sinceMs of [Number.NaN, Number.NEGATIVE_INFINITY])
    await expect(spendings(store.reports, { sinceMs }, 5_000)).rejects.toThrow(
      `the list of spendings has sinceMs ${sinceMs}; it must be`,
    )
  await expect(spendings(store.reports, { untilMs: 1e21 }, 5_000)).rejects.toThrow(
    'the list of spendings has untilMs 1e+21',
  )
  expect(await spendings(store.reports, { sinceMs: 0.5, untilMs: 2.5 }, 5_000)).toMatchObject({ rows: [] })
})
