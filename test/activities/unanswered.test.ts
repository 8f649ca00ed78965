import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Asked, type Calling, RUN, startCalling } from '../support/calling.ts'
import { marketOf } from '../support/market.ts'

let calling: Calling

beforeEach(async () => {
  calling = await startCalling(
    marketOf({ one: {} }, 'classes: { open: { maxOutputTokens: 500, minOutputTokens: 500 } }'),
  )
})

afterEach(() => calling.close())

it('tells among the events why a call is not answered, with what nobody was asked', async () => {
  await calling.open()
  expect(await unanswered({ policy: { denyProviders: ['one'] } })).toEqual([
    { step: 1, fault: 'no-route', message: expect.stringMatching(/^No endpoint of class open can serve this call/) },
  ])
})

it('tells it of a call that names what is not there, and so has no plan', async () => {
  await calling.open()
  expect(await unanswered({ taskClass: 'opne' })).toEqual([
    { step: 1, fault: 'no-route', message: expect.stringContaining("did you mean 'open'?") },
  ])
})

it('tells it of a call that a budget does not admit', async () => {
  await calling.open({ budget: { usd: '0.000001' } })
  expect(await unanswered({ run: { ...RUN, moneyLimited: true } })).toEqual([
    { step: 1, fault: 'over-budget', message: expect.stringContaining('$0.000001') },
  ])
})

it('leaves it to the question where the run asks people for a larger budget', async () => {
  await calling.open({ budget: { usd: '0.000001', onShort: 'ask' } })
  expect(await unanswered({ run: { ...RUN, moneyLimited: true, asks: true } })).toEqual([])
})

it('tells it of a call whose attempts have failed, with the words of the last fault', async () => {
  await calling.open()
  await calling.vendors.setFaults('one', [{ kind: 'payment-required' }])
  expect(await unanswered({})).toEqual([
    { step: 1, fault: 'quota-exhausted', message: expect.stringContaining('one:') },
  ])
})

it('has nothing to tell of a call that is answered', async () => {
  await calling.open()
  expect(await unanswered({})).toEqual([])
})

/** What the events say of the call that is made now. */
async function unanswered(asked: Asked) {
  await calling.call(asked)
  const events = await calling.store.events.read(RUN.id, 0, 100)
  return events.flatMap(event => {
    if (event.kind !== 'unanswered' || event.step !== 1) return []
    const { step, fault, message } = event
    return [{ step, fault, message }]
  })
}
