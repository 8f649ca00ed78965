/**
 * A limit for each value of a label, over runs of one worker: as the configuration has it, and as somebody sets it for one.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { limitAt } from '../../src/core/budgets/shared-limit.ts'
import type { Labels } from '../../src/core/protocol.ts'
import { YAML } from '../support/scene.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'

const CUSTOMERS = { name: 'customers', scope: { each: 'customer' }, per: 'lifetime', usd: '0.003', warnAt: [] } as const

let stage: Stage

beforeAll(async () => {
  stage = await stageScene({
    yaml: `${YAML}budgets: { customers: { scope: { each: customer }, per: lifetime, usd: '0.003' } }\n`,
  })
})

afterAll(() => stage?.close())

it('ends the runs of customers at a limit of their own, and lets others spend on', async () => {
  const ann = limitAt(CUSTOMERS, 0, 'ann')
  await stage.store.budgets.setLimits(ann.ownLimits!, { limitPico: '1000', setAtMs: 1 })
  const outcomes = await Promise.all([
    outcomeOf({ customer: 'ann' }),
    outcomeOf({ customer: 'bob' }),
    outcomeOf({ customer: 'cyd' }),
    outcomeOf({}),
  ])
  expect(outcomes.map(({ kind }) => kind)).toEqual(['out-of-budget', 'answered', 'answered', 'answered'])
  expect(outcomes[0]!.message).toContain("the shared budget 'customers' of $0.000000001 for label customer=ann")
  await spendOn('bob')
  await stage.store.budgets.setLimits(ann.ownLimits!, undefined)
  expect(await outcomeOf({ customer: 'ann' })).toMatchObject({ kind: 'answered' })
  expect(await outcomeOf({ customer: 'cyd' })).toMatchObject({ kind: 'answered' })
  const values = ['ann', 'bob', 'cyd'].map(customer => limitAt(CUSTOMERS, 0, customer))
  for (const { spentPico, reservedPico } of await stage.store.budgets.standing(values)) {
    expect(BigInt(spentPico)).toBeLessThanOrEqual(3_000_000_000n)
    expect(reservedPico).toBe('0')
  }
})

/** Until there is no room for one more. */
async function spendOn(customer: string): Promise<void> {
  for (let runs = 0; runs < 30; runs += 1) if ((await outcomeOf({ customer })).kind === 'out-of-budget') return
  throw new Error(`${customer} is never out of budget`)
}

async function outcomeOf(labels: Labels) {
  const run = await stage.signalbox.start('clerk', { input: 'Tell me the sum.', labels })
  return run.outcome()
}
