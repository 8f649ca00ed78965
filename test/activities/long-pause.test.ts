import { expect, it, onTestFinished } from 'vitest'
import { callOf, startCalling } from '../support/calling.ts'
import { marketOf } from '../support/market.ts'

const classesOf = (models: string) => `
classes:
  solo: { models: [${models}], maxOutputTokens: 500, patience: 300ms }
`
const PROVIDERS = { one: { models: { 'one/large': {} } }, two: { models: { 'two/large': {} } } }

it('looks during a long pause that a vendor has named whether its class has another model', async () => {
  const { yaml, vendors: scripts } = marketOf(PROVIDERS, classesOf('one/large'))
  const calling = await startCalling({ yaml, vendors: scripts })
  onTestFinished(() => calling.close())
  const { vendors, wired, read, open, call, attempts } = calling
  await open()
  await vendors.setFaults('one', [{ kind: 'rate-limit', retryAfterMs: 1_800_000 }])
  const asked = callOf({ taskClass: 'solo' })
  const first = await call(asked)
  expect(first).toMatchObject({
    kind: 'wait',
    reason: expect.stringMatching(/^one answered 429, and may be asked again at .* UTC; another model in the class/),
  })
  expect(first.kind === 'wait' && first.ms).toBeLessThan(700_000)
  expect(await call(asked)).toMatchObject({ kind: 'wait', reason: expect.stringMatching(/^one answered 429/) })
  expect(await attempts()).toHaveLength(1)
  wired.use(read(marketOf(PROVIDERS, classesOf('one/large, two/large')).yaml))
  expect(await call(asked)).toMatchObject({ kind: 'answered' })
  expect((await attempts()).map(({ endpoint, outcome }) => `${endpoint} ${outcome}`)).toEqual([
    'one:one/large fault',
    'two:two/large answered',
  ])
})

it('says of a pause that is too long to be waited for what to do about it', async () => {
  const calling = await startCalling(marketOf(PROVIDERS, classesOf('one/large')))
  onTestFinished(() => calling.close())
  const { vendors, open, call } = calling
  await open()
  await vendors.setFaults('one', [{ kind: 'rate-limit', retryAfterMs: 7_300_000 }])
  const heard = await call(callOf({ taskClass: 'solo' }))
  expect(heard).toMatchObject({
    kind: 'fault',
    fault: { message: expect.stringMatching(/retry after 2 h 2 m\)\. Add another model to the class, or .*`outlast`/) },
  })
  const next = await call(callOf({ taskClass: 'solo', step: 2 }))
  expect(JSON.stringify(next)).toMatch(
    /cooling down after a 429 for 2 h \d+ m; wait, add another model to classes\.solo, or/,
  )
})
