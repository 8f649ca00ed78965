import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Calling, startCalling } from '../support/calling.ts'
import { marketOf } from '../support/market.ts'

/** The package adds to the limit of its requests for thinking. */
const CLASSES = `
classes:
  plain: { models: [acme/small], maxOutputTokens: 1000, minOutputTokens: 1000 }
  thinking: { extends: plain, providerOptions: { anthropic: { thinking: { type: enabled, budgetTokens: 2000 } } } }
`

let calling: Calling
beforeAll(async () => {
  calling = await startCalling(marketOf({ one: { protocol: 'anthropic' } }, CLASSES))
})
afterAll(() => calling.close())

it('what a package adds to the limit of an answer counts in what a call may cost at most', async () => {
  const poor = await calling.open({ id: 'poor', budget: { tokens: 2_500 } })
  const poorer = await calling.open({ id: 'poorer', budget: { tokens: 2_500 } })
  expect(await calling.call({ run: poor, taskClass: 'plain' })).toMatchObject({ kind: 'answered' })
  expect(await calling.call({ run: poorer, taskClass: 'thinking' })).toMatchObject({ kind: 'over-budget' })
  const enough = await calling.open({ id: 'enough', budget: { tokens: 4_000 } })
  expect(await calling.call({ run: enough, taskClass: 'thinking' })).toMatchObject({ kind: 'answered' })
})
