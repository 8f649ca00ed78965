import { afterAll, beforeAll, expect, it } from 'vitest'
import { type CallStage, setCallStage } from '../support/call-stage.ts'
import { marketOf } from '../support/market.ts'

/** The package adds to the limit of its requests for thinking. */
const CLASSES = `
classes:
  plain: { models: [acme/small], maxOutputTokens: 1000, minOutputTokens: 1000 }
  thinking: { extends: plain, providerOptions: { anthropic: { thinking: { type: enabled, budgetTokens: 2000 } } } }
`

let stage: CallStage
beforeAll(async () => {
  stage = await setCallStage(marketOf({ one: { protocol: 'anthropic' } }, CLASSES))
})
afterAll(() => stage.close())

it('what a package adds to the limit of an answer counts in what a call may cost at most', async () => {
  const [poor, poorer] = [
    await stage.open('poor', {}, { tokens: 2_500 }),
    await stage.open('poorer', {}, { tokens: 2_500 }),
  ]
  expect(await stage.call(poor, 'plain', 1)).toMatchObject({ kind: 'answered' })
  expect(await stage.call(poorer, 'thinking', 1)).toMatchObject({ kind: 'over-budget' })
  const enough = await stage.open('enough', {}, { tokens: 4_000 })
  expect(await stage.call(enough, 'thinking', 1)).toMatchObject({ kind: 'answered' })
})
