import { afterAll, beforeAll, expect, it } from 'vitest'
import { type CallStage, setCallStage } from '../support/call-stage.ts'
import { marketOf } from '../support/market.ts'

const CLASSES = `
classes:
  plain: { models: [acme/small], maxOutputTokens: 100, minOutputTokens: 100 }
  urgent: { extends: plain, providerOptions: { one: { service_tier: priority } } }
`

let stage: CallStage
beforeAll(async () => {
  stage = await setCallStage(marketOf({ one: { protocol: 'openai-compatible' } }, CLASSES))
})
afterAll(() => stage.close())

const costsOf = async (run: string) => (await stage.store.reports.attempts({ run })).map(({ cost }) => cost)

it('a tier that is dearer by nobody knows how much is reserved at the most of it, and told within bounds', async () => {
  const [usual, urgent] = [await stage.open('usual'), await stage.open('urgent')]
  await stage.call(usual, 'plain', 1)
  await stage.call(urgent, 'urgent', 1)
  const [[exact], [within]] = [await costsOf('usual'), await costsOf('urgent')]
  expect(exact!.lowPico).toBe(exact!.highPico)
  expect(within).toEqual({ lowPico: exact!.lowPico, highPico: String((BigInt(exact!.highPico) * 5n) / 2n) })

  // What is enough for the one is not for the other: its worst case is two and a half times as much.
  const budget = { usd: '0.001' }
  const [poor, poorer] = [await stage.open('poor', {}, budget), await stage.open('poorer', {}, budget)]
  expect(await stage.call(poor, 'plain', 1)).toMatchObject({ kind: 'answered' })
  expect(await stage.call(poorer, 'urgent', 1)).toMatchObject({ kind: 'over-budget' })
})

it('an answer of a dearer tier is cut by what is too much, and no deeper', async () => {
  // A little more than half of what 3,000 tokens may cost at the most of the tier.
  const half = await stage.open('half', {}, { usd: '0.016' })
  const settings = { maxOutputTokens: 3_000 }
  expect(await stage.call(half, 'urgent', 1, { settings })).toMatchObject({ kind: 'answered' })
})
