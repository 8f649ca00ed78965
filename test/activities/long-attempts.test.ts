import { afterEach, expect, it } from 'vitest'
import { beginCall } from '../support/call-scene.ts'
import { type Calling, callOf, startCalling } from '../support/calling.ts'
import { marketOf } from '../support/market.ts'

const market = (timeouts: object) =>
  marketOf(
    {
      one: { ...timeouts, models: { 'one/deep': {} }, vendor: { faults: [{ kind: 'cut' }] } },
      two: { ...timeouts, models: { 'two/deep': {} } },
    },
    'classes: { open: { models: [one/deep, two/deep], sort: order, maxOutputTokens: 500 } }',
  )

let calling: Calling
afterEach(() => calling?.close())

/** A call whose first attempt takes five minutes. */
async function slowly(timeouts: object) {
  calling = await startCalling(market(timeouts))
  await calling.open()
  const { ports } = calling.wired
  let lateMs = 0
  const ledger: typeof ports.ledger = {
    ...ports.ledger,
    endAttempt(attemptId, end) {
      lateMs = 300_000
      return ports.ledger.endAttempt(attemptId, end)
    },
  }
  return () => beginCall({ ...ports, ledger, now: () => Date.now() + lateMs }, callOf()).result
}

it('begin in an activity of their own where they might outlast the one that they come late in', async () => {
  const call = await slowly({ timeouts: { total: '59m' } })
  expect(await call()).toMatchObject({ kind: 'wait', reason: expect.stringContaining('two:two/deep') })
  expect(await call()).toMatchObject({ kind: 'answered', answer: { endpoint: 'two:two/deep' } })
  expect((await calling.attempts()).map(({ provider, outcome }) => [provider, outcome])).toEqual([
    ['one', 'fault'],
    ['two', 'answered'],
  ])
})

it('go on in the same one where there is time', async () => {
  const call = await slowly({})
  expect(await call()).toMatchObject({ kind: 'answered', answer: { endpoint: 'two:two/deep' } })
})
