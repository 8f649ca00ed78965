import { afterEach, beforeEach, expect, it } from 'vitest'
import type { CallModelInput } from '../../src/core/protocol.ts'
import { type Calling, callOf, RUN, startCalling } from '../support/calling.ts'
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
  expect(await unanswered(callOf({ policy: { denyProviders: ['one'] } }))).toEqual([
    { step: 1, fault: 'no-route', message: expect.stringMatching(/^No endpoint of class open can serve this call/) },
  ])
})

it('tells it of a call that names what is not there, and so has no plan', async () => {
  await calling.open()
  expect(await unanswered(callOf({ taskClass: 'opne' }))).toEqual([
    { step: 1, fault: 'no-route', message: expect.stringContaining("did you mean 'open'?") },
  ])
})

it('tells it of a call that a budget does not admit', async () => {
  await calling.open({ usd: '0.000001' })
  expect(await unanswered(callOf({ run: { ...RUN, moneyLimited: true } }))).toEqual([
    { step: 1, fault: 'over-budget', message: expect.stringContaining('$0.000001') },
  ])
})

it('leaves it to the question where the run asks people for a larger budget', async () => {
  await calling.open({ usd: '0.000001', onShort: 'ask' })
  expect(await unanswered(callOf({ run: { ...RUN, moneyLimited: true, asks: true } }))).toEqual([])
})

it('tells it of a call whose attempts have failed, with the words of the last fault', async () => {
  await calling.open()
  await calling.vendors.setFaults('one', [{ kind: 'payment-required' }])
  expect(await unanswered(callOf({}))).toEqual([
    { step: 1, fault: 'quota-exhausted', message: expect.stringContaining('one:') },
  ])
})

it('has nothing to tell of a call that is answered', async () => {
  await calling.open()
  expect(await unanswered(callOf({}))).toEqual([])
})

/** What the events say of the call that is made now. */
async function unanswered(asked: CallModelInput) {
  await calling.call(asked)
  const events = await calling.store.events.read(RUN.id, 0, 100)
  return events.flatMap(event => {
    if (event.kind !== 'unanswered' || event.step !== asked.step) return []
    const { step, fault, message } = event
    return [{ step, fault, message }]
  })
}
