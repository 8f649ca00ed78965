import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Calling, startCalling } from '../support/calling.ts'
import { marketOf } from '../support/market.ts'

const CLASSES = `
classes:
  plain: { models: [acme/small], maxOutputTokens: 100, minOutputTokens: 100 }
  urgent: { extends: plain, providerOptions: { one: { service_tier: priority } } }
`

let calling: Calling
beforeAll(async () => {
  calling = await startCalling(marketOf({ one: { protocol: 'openai-compatible' } }, CLASSES))
})
afterAll(() => calling.close())

const costsOf = async (run: string) => (await calling.store.reports.attempts({ run })).map(({ cost }) => cost)

it('a tier that is dearer by nobody knows how much is reserved at the most of it, and told within bounds', async () => {
  const [usual, urgent] = [await calling.open({ id: 'usual' }), await calling.open({ id: 'urgent' })]
  await calling.call({ run: usual, taskClass: 'plain' })
  await calling.call({ run: urgent, taskClass: 'urgent' })
  const [[exact], [within]] = [await costsOf('usual'), await costsOf('urgent')]
  expect(exact!.lowPico).toBe(exact!.highPico)
  expect(within).toEqual({ lowPico: exact!.lowPico, highPico: String((BigInt(exact!.highPico) * 5n) / 2n) })

  // What is enough for the one is not for the other: its worst case is two and a half times as much.
  const budget = { usd: '0.001' }
  const [poor, poorer] = [await calling.open({ id: 'poor', budget }), await calling.open({ id: 'poorer', budget })]
  expect(await calling.call({ run: poor, taskClass: 'plain' })).toMatchObject({ kind: 'answered' })
  expect(await calling.call({ run: poorer, taskClass: 'urgent' })).toMatchObject({ kind: 'over-budget' })
})

it('an answer of a dearer tier is cut by what is too much, and no deeper', async () => {
  // A little more than half of what 3,000 tokens may cost at the most of the tier.
  const half = await calling.open({ id: 'half', budget: { usd: '0.016' } })
  const settings = { maxOutputTokens: 3_000 }
  expect(await calling.call({ run: half, taskClass: 'urgent', settings })).toMatchObject({ kind: 'answered' })
})
