import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createAskBudget } from '../../activities/ask-budget.ts'
import { createCallModel } from '../../activities/call-model.ts'
import type { RunRef } from '../../src/core/protocol.ts'
import { type Calling, callOf, startCalling } from '../support/calling.ts'
import { marketOf } from '../support/market.ts'

let calling: Calling
let run: RunRef

beforeEach(async () => {
  calling = await startCalling(
    marketOf({ one: {} }, 'classes: { open: { maxOutputTokens: 500, minOutputTokens: 500 } }'),
  )
  run = await calling.open({ budget: { usd: '0.000001', onShort: 'ask' }, moneyLimited: true, asks: true })
})

afterEach(() => calling.close())

it('asks people once for a run below, however often the activity is tried', async () => {
  const ask = createAskBudget(calling.wired.ports)
  const input = { run, step: 1, message: 'run-1/critic is short of it' }
  for (const id of ['5', '5', '9']) await activity(id).run(ask, input)
  expect(await asks()).toEqual(['run-1/critic is short of it', 'run-1/critic is short of it'])
})

it('asks people once for the run itself, and again when the call is asked again', async () => {
  const callModel = createCallModel(calling.wired.ports)
  for (const id of ['5', '5', '9'])
    expect(await activity(id).run(callModel, callOf({ run }))).toMatchObject({ kind: 'over-budget' })
  expect(await asks()).toHaveLength(2)
})

/** A try of the activity with this id. */
function activity(activityId: string): MockActivityEnvironment {
  return new MockActivityEnvironment({ activityId }, { logger: new DefaultLogger('ERROR') })
}

async function asks(): Promise<readonly string[]> {
  const events = await calling.store.events.read(run.id, 0, 100)
  return events.flatMap(event => (event.kind === 'budget-ask' ? [event.message] : []))
}
